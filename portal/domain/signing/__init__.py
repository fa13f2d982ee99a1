"""What a declaration says, and what is asked of a qualified signature on it."""
