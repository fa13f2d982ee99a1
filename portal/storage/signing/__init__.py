"""Signatures that stand, and what they rest on."""
