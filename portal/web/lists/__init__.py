"""The list of children, and the decision on each."""
