"""The school's diary beside the list, and the early warning from it."""
