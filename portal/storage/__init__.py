"""The database: knows Peewee and the domain, nothing of the web."""
