"""The quarantine register: who holds its keys, and what they do with them."""
