"""Comparing a list with the school's diary, and warning of whose absences come near the limit."""
