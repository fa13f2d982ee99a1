"""Signatures that are in force, and the declarations under them."""
