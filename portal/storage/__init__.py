"""The database: it knows Peewee and the domain, and nothing of the web."""
