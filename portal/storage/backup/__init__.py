"""Every row of the database as lines, the same of SQLite and of PostgreSQL, and back into an empty one."""
