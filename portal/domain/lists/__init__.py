"""What stands beside the decisions of a list: the days without school."""
