"""A list's declaration, signing it with the account's own key, and the receipt."""
