"""Where newer scripts look for `main`."""
