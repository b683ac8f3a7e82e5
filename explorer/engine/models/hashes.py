"""Which checkpoint lies at a place, asked before the engine is there. No torch."""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path

from explorer import sources
from explorer.errors import BadInput

LARGEST = 64 * 2**20
"""Bytes of a checkpoint that is hashed for it; a larger one is left to the engine."""


def hash_at(source: str) -> str:
    """sha256 of the checkpoint at a path, or that comes with the app under that name; empty where there is none, or it takes long."""
    try:
        path = sources.located(source)
        return _hashed(path, sources.stamp(path)) if sources.size(path) <= LARGEST else ""
    except (BadInput, OSError, ValueError):
        return ""


@lru_cache(maxsize=64)
def _hashed(path: Path, _stamp: tuple[int, int]) -> str:
    return sources.sha256(path)
