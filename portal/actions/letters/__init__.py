"""The outbox, the announcements that go into it, and the one-time addresses in its letters."""
