"""Accounts, delegations and logins in the database."""
