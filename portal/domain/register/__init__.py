"""What the quarantine register keeps, for how long, and the rules of it."""
