"""The sheet out, and what comes back."""
