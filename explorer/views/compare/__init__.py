"""Compare: several lanes from the same noise, locked to one step."""

from __future__ import annotations

from explorer.views.compare.view import CompareWorkspace

__all__ = ["CompareWorkspace"]
