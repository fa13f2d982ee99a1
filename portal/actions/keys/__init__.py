"""A person's keys: passwords, marks on accounts, turns and limits, and the key that signs."""
