"""The quarantine register: its entries, months and papers, and the keys that open it."""
