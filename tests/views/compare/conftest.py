"""Compare in the real window, on shipped models."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from explorer.recipe import ExactProcess, Lane, Sampler, ScheduleChoice
from explorer.views.compare.view import CompareWorkspace
from tests.views.compare.hands import STEPS, LaneMaker, Opener


@pytest.fixture
def page(open_page: Opener, lane: LaneMaker) -> CompareWorkspace:
    """Options A, B and C over 10 steps, sampled, at t = 0."""
    return open_page(CompareWorkspace, tuple(lane(option, steps=STEPS) for option in "ABC"))


@pytest.fixture
def exact_lanes(tmp_path: Path) -> Callable[..., tuple[Lane, ...]]:
    """Lanes of five pictures, sampled in no time: one for each T of a cosine schedule."""
    path = tmp_path / "five.npy"
    np.save(path, np.random.default_rng(0).integers(0, 256, (5, 8, 8), np.uint8))

    def make(*lengths: int) -> tuple[Lane, ...]:
        return tuple(Lane("", str(path), None, Sampler(), ExactProcess(str(path)), ScheduleChoice("cosine", T)) for T in lengths)

    return make
