"""The call list of a regional office, one call, and one institution as the office sees it."""
