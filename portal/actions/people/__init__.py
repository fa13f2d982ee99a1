"""Accounts: inviting, activating, authorising, logging in, and the identifier that a person signs with."""
