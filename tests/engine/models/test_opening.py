"""Opening what a person chose: in steps, asked for what the file does not say, refused in a sentence."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path

import pytest
import torch

from explorer import sources
from explorer.engine.models import devices, library
from explorer.engine.models.messages import CheckpointAsks, CheckpointOpened, OpenCheckpoint, Opening
from explorer.engine.models.models import Models
from explorer.engine.models.opening import open_checkpoint
from explorer.engine.thread.requests import Outcome
from explorer.errors import BadInput
from explorer.recipe.told import Told

RIGHT = Told("C", "linear", None, 1000, 1)


def outcomes(request: OpenCheckpoint) -> list[Outcome]:
    with torch.inference_mode():
        return [each for each in open_checkpoint(request, Models(devices.choose("auto"))) if each is not None]


def test_it_says_how_far_it_is(checkpoints: Mapping[str, Path]) -> None:
    path = str(checkpoints["mnist-ddpm-c"])
    *before, end = outcomes(OpenCheckpoint(path))
    assert isinstance(end, CheckpointOpened)
    assert all(isinstance(each, Opening) for each in before)
    assert [each.doing for each in before if isinstance(each, Opening)][-2:] == ["checking", "asking"]


def test_what_asks_is_asked_once_and_again_when_wanted(silent: Callable[..., Path]) -> None:
    path = silent("mnist-ddpm-c")
    asks = outcomes(OpenCheckpoint(str(path)))[-1]
    assert isinstance(asks, CheckpointAsks)
    assert [each.field for each in asks.questions] == ["predicts", "schedule", "timesteps", "first_timestep"]
    assert asks.questions[0].why == "its weights fit any"
    assert asks.answers == asks.usual == Told("C", "linear", None, 1000, 0)
    assert (asks.format, asks.known) == ("a silent checkpoint, written by a test", False)
    assert isinstance(outcomes(OpenCheckpoint(str(path), RIGHT))[-1], CheckpointOpened)
    opened = outcomes(OpenCheckpoint(str(path)))[-1]
    assert isinstance(opened, CheckpointOpened)
    assert opened.entry.card is not None
    assert opened.entry.card.told == RIGHT
    again = outcomes(OpenCheckpoint(str(path), again=True))[-1]
    assert isinstance(again, CheckpointAsks)
    assert (again.answers, again.known) == (RIGHT, True)


def test_betas_that_were_told_are_not_asked_again(silent: Callable[..., Path]) -> None:
    path = silent("mnist-ddpm-c")
    sources.remember(path, Told("C", betas=(0.1, 0.2), timesteps=2, first_timestep=1))
    assert sources.knows(path)


def test_what_is_told_otherwise_is_another_entry(silent: Callable[..., Path]) -> None:
    path = silent("mnist-ddpm-c")
    sources.remember(path, RIGHT)
    first = library.entry(path, False)
    sources.remember(path, Told("B", "linear", None, 1000, 1))
    second = library.entry(path, False)
    assert [entry.card.option for entry in (first, second) if entry.card is not None] == ["C", "B"]
    assert first.sha256 != second.sha256


def test_what_is_refused_is_not_remembered(silent: Callable[..., Path]) -> None:
    path = silent("mnist-ddpm-c")
    with pytest.raises(BadInput, match="nobody writes such files"):
        outcomes(OpenCheckpoint(str(path), Told("A", "linear", None, 1000, 1)))
    assert not sources.knows(path)


def test_a_network_that_fails_at_its_first_step_is_refused_in_a_sentence(silent: Callable[..., Path]) -> None:
    path = silent("mnist-ddpm-c")
    with pytest.raises(BadInput, match=r"x\.silent: its network fails at its first step: "):
        outcomes(OpenCheckpoint(str(path), Told("C", "linear", None, 4000, 1)))
