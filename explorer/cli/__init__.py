"""The command line: one file a command; every command works without a screen."""

from __future__ import annotations

try:
    from explorer.cli.main import main
except KeyboardInterrupt:  # Ctrl-C while it is loaded; later `main` sees to it
    raise SystemExit(130) from None

__all__ = ["main"]
