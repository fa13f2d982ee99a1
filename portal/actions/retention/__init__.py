"""Erasing what the law lets the portal keep no longer."""
