"""What the operator loads: institutions, enrolments, calendars, and АСП's lists."""
