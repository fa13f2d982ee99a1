"""What is asked of whoever opens an account, beside the password."""
