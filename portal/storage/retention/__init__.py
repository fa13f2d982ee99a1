"""Erasing rows, and overwriting what they held."""
