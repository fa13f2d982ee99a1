"""Circulars: what one must hold, whom it is for, what it proposes to say, and who has read it."""
