"""A month as the operator runs it: the campaign, its window, and the answer to АСП."""
