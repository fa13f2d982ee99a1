"""Calls to institutions as rows, who is calling now, and what a caller has to know."""
