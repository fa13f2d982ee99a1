"""Keeping the whole database in a file that only an offline key opens, and bringing it back."""
