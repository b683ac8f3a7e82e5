"""What the person's hands do: gestures, buttons and keys become changes of the session."""
