"""Institutions, as people look for them."""
