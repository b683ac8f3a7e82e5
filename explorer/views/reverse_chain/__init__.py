"""Reverse chain: one lane, scrubbed from pure noise to the sample."""

from __future__ import annotations

from explorer.views.reverse_chain.view import ReverseChainWorkspace

__all__ = ["ReverseChainWorkspace"]
