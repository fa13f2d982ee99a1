"""Circulars with their files and recipients, and who has read them."""
