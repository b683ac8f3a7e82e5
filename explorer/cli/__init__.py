"""The command line: one file a command; every command works without a screen."""

from __future__ import annotations

from explorer.cli.main import main

__all__ = ["main"]
