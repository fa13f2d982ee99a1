"""What is waiting for a person, for the first page."""
