"""Accounts: logging in, activation, one's own account, delegates, and the operator's view of people."""
