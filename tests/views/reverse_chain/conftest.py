"""Reverse chain in the real window, on a shipped model."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from pytestqt.qtbot import QtBot

from explorer.views.reverse_chain.view import ReverseChainWorkspace
from tests.views.reverse_chain.branches import SAMPLES, SEED, STEPS, LaneMaker, settle


@pytest.fixture
def page(open_page: Callable[..., ReverseChainWorkspace], lane: LaneMaker, qtbot: QtBot) -> ReverseChainWorkspace:
    """Option C over 10 steps, sampled, at t = 500, sample 2 selected."""
    opened = open_page(ReverseChainWorkspace, (lane("C", steps=STEPS),), seed=SEED, samples=SAMPLES, selected=2)
    opened.playback.scrub(500)
    settle(opened, qtbot)
    return opened
