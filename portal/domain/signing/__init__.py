"""What a declaration says, and which checks a qualified signature on it must pass."""
