"""The same list in the least code, to measure the portal beside: no rules, no audit."""
