"""The declaration of a list, signing it with the account's own key, and the receipt."""
