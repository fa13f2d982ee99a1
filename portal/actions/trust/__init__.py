"""Whose certificates are trusted: the trust folder and its lists of revoked certificates."""
