"""What the offices see of a month at a glance: how it went hour by hour, and a year of each institution."""
