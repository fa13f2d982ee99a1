"""Accounts: inviting, activating, authorising, logging in, and the ЕГН that a person signs with."""
