"""The rules, in plain Python: no Flask, no Peewee, no clock, no files."""
