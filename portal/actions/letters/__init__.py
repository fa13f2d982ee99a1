"""The outbox, what is announced in it, and the one-time addresses in its letters."""
