"""Calling who is late: whom first, what came of it, and that two never call one school."""
