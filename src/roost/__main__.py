"""The door: `python -I -m roost`."""
