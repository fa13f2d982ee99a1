"""Signing a list, with the account's own key or with a qualified certificate."""
