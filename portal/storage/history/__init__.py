"""Who did what, read from the audit."""
