"""The outbox, and whom letters are for."""
