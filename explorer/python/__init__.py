"""What `import explorer` gives: chains from Python, the window from Python, and sources of one's own."""
