"""The row classes, and how the database is reached."""
