"""Objective: every term of the bound against t, for each option."""

from __future__ import annotations

from explorer.views.objective.view import ObjectiveWorkspace

__all__ = ["ObjectiveWorkspace"]
