"""The made-up backend, with its line in the list."""

from __future__ import annotations

import importlib.util
from pathlib import Path

import pytest

from explorer import backends
from explorer.backends.base import Backend


@pytest.fixture
def last(monkeypatch: pytest.MonkeyPatch) -> Backend:
    """It beside PyTorch alone, while the test runs."""
    spec = importlib.util.spec_from_file_location("channels_last", Path(__file__).parent / "channels_last.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    made: Backend = module.ChannelsLast()
    monkeypatch.setattr(backends, "BACKENDS", [backends.TORCH, made])
    return made
