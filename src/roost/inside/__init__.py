"""The only files that run inside a user's environment: copied there, never imported from here."""
