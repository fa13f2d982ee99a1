"""What stands beside the decisions of a list: the days without school, and what parents are told."""
