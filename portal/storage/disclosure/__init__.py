"""All rows about one child or one account, wherever they are."""
