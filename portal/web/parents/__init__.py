"""Letters to parents and slips for class teachers."""
