"""What waits for a person, for the first page."""
