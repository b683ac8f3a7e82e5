"""Which loaded checkpoints stay."""

from __future__ import annotations

import shutil
from collections.abc import Mapping
from pathlib import Path

import pytest
import torch

from explorer.checkpoints.snapshots import snapshots
from explorer.engine.models.models import KEPT, Models
from explorer.recipe import Lane


@pytest.fixture
def models() -> Models:
    return Models(torch.device("cpu"), "bf16")


@pytest.fixture
def others(checkpoints: Mapping[str, Path]) -> list[str]:
    """Small checkpoints, more than are kept."""
    found = [snapshot.path for name in ("mnist-vae-2d", "mnist-ae-2d") for snapshot in snapshots(checkpoints[name])]
    assert len(set(found)) > KEPT
    return found


def lane_of(models: Models, path: Path) -> Lane:
    return Lane(models.checkpoint(str(path)).sha256, str(path), "C")


def test_a_predictor_in_use_stays_whatever_else_is_opened(models: Models, others: list[str], checkpoints: Mapping[str, Path]) -> None:
    lane = lane_of(models, checkpoints["mnist-ddpm-c"])
    first = models.network_predictor(lane)
    for path in others:
        models.checkpoint(path)
        assert models.network_predictor(lane) is first
    assert models.checkpoint(lane.source).network is first.network, "and its checkpoint with it"


def test_one_that_is_not_asked_for_goes_and_its_checkpoint_with_it(
    models: Models, others: list[str], checkpoints: Mapping[str, Path]
) -> None:
    lane = lane_of(models, checkpoints["mnist-ddpm-c"])
    first = models.network_predictor(lane)
    for path in others:
        models.checkpoint(path)
    again = models.network_predictor(lane)
    assert again is not first
    assert models.checkpoint(lane.source).network is again.network is not first.network


def test_it_stays_where_another_copy_of_its_file_is_the_one_asked_for(
    models: Models, others: list[str], checkpoints: Mapping[str, Path], tmp_path: Path
) -> None:
    lane = lane_of(models, checkpoints["mnist-ddpm-c"])
    first = models.network_predictor(lane)
    copy = shutil.copy(checkpoints["mnist-ddpm-c"], tmp_path / "copy.safetensors")
    for path in others:
        models.checkpoint(path)
        models.checkpoint(str(copy))
    assert models.network_predictor(lane) is first
