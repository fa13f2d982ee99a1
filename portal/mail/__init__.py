"""The outbox, the messages, and sending them."""
