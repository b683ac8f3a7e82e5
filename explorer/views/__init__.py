"""The workspaces: each a view, its controller, and the part of the session that it owns."""
