"""Erasing what the law no longer lets the portal keep."""
