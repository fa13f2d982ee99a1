"""Sheets that were read and wait for the button."""
