"""Papers about a list for people outside the portal: parents, and class teachers."""
