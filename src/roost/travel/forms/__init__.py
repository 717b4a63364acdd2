"""The forms in which lists of requirements are written: each reads into `Needs` and writes from them."""
