"""The engine thread: requests in by a mailbox, results out by an outbox, and the window's end of both."""
