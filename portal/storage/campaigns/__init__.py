"""Campaigns in the database: staged and loaded lines, placing, progress and answers."""
