"""Institutions on pages: finding one by what people call it."""
