"""Stands outside the rooms: imports nothing of roost."""
