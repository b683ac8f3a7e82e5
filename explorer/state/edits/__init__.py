"""What a person can do, workspace by workspace: pure functions, state in, state out."""
