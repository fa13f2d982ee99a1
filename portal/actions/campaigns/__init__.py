"""Running a month as the operator: the campaign, its window, and the answer to АСП."""
