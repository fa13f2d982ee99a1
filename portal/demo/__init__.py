"""Invented institutions and children to try the portal with."""
