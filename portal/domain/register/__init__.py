"""The rules of the quarantine register: what it keeps, and for how long."""
