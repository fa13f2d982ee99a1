"""What stays of a school's diary: the figures that were compared, and of which file they are."""
