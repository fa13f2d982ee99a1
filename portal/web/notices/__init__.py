"""Circulars: the offices' pages of them, and the pages of who has to read them."""
