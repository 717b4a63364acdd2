"""One runtime that gives every script its own Python environment."""
