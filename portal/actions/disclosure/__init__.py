"""What is held of one person, put together for that person; the audit has that it was, and no name."""
