"""What stands beside the decisions of a list: days without school, slips, what parents are told."""
