"""What becomes of a month after its deadline: the answer on its way to АСП, and what is corrected later."""
