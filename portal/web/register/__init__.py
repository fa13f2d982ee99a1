"""The quarantine register, its months, papers and keys."""
