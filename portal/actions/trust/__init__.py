"""Whose certificates are believed: the trust folder and the lists of revoked certificates."""
