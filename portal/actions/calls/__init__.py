"""Calling institutions that are late: whose turn it is, and noting what came of it."""
