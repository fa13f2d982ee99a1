"""Letters: which there are, what became of one, and when somebody is reminded."""
