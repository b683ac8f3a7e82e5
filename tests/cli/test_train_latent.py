"""`train` for latent models: logistic units, widths, stored halves, and PCA, which is computed."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import torch
from safetensors.torch import load_file

from explorer.checkpoints.files import load, read_card
from explorer.models.autoencoder import Autoencoder, AutoencoderConfig
from explorer.models.registry import parse_config


def test_a_logistic_autoencoder_is_said_to_be_one(run: Callable[..., Any], tmp_path: Path) -> None:
    out = tmp_path / "run"
    options = ["--activation", "sigmoid", "--hidden", "12,8", "--stored", "fp16", "--images", 64, "--batch", 32, "--epochs", 1]
    ran = run("train", "ae", *options, "--code", 3, "--out", out, "--json")
    assert ran.status == 0, ran.err
    path = out / "final.safetensors"
    card = read_card(path)
    assert parse_config(card.network.name, card.network.config) == AutoencoderConfig(
        variational=False, activation="sigmoid", hidden=(12, 8), code=3
    )
    assert card.training is not None
    assert "in place of their layer-wise RBM pre-training" in card.training.notes
    assert {tensor.dtype for tensor in load_file(path).values()} == {torch.float16}
    network = load(path).network
    assert isinstance(network, Autoencoder)
    assert next(network.parameters()).dtype == torch.float32, "computed in fp32, whatever is stored"


def test_pca_is_computed(run: Callable[..., Any], tmp_path: Path) -> None:
    ran = run("train", "pca", "--code", 4, "--images", 200, "--out", tmp_path / "run", "--json")
    assert ran.status == 0, ran.err
    card = read_card(Path(ran.json["checkpoint"]))
    assert (card.kind, card.network.name, card.network.config["code"]) == ("ae", "pca", 4)
    assert "of the training images' variance" in ran.json["notes"]


@pytest.mark.parametrize("widths", ["a", "", "10,", "-3", "0"])
def test_widths_that_cannot_be(refused: Callable[..., str], tmp_path: Path, widths: str) -> None:
    line = refused("train", "ae", "--hidden", widths, "--images", 64, "--batch", 32, "--epochs", 1, "--out", tmp_path / "run")
    assert "widths" in line


@pytest.mark.parametrize("held", ["state.ckpt", "final.safetensors"])
def test_pca_does_not_replace_what_a_folder_holds(refused: Callable[..., str], tmp_path: Path, held: str) -> None:
    (tmp_path / held).write_bytes(b"hours of work")
    line = refused("train", "pca", "--images", 200, "--out", tmp_path)
    assert "holds a " in line
    assert "--resume" not in line, "which means nothing for pca"
    assert (tmp_path / held).read_bytes() == b"hours of work"
    assert [path.name for path in tmp_path.iterdir()] == [held]


@pytest.mark.parametrize("option", [("--resume",), ("--start-from", "nosuch"), ("--epochs", "12"), ("--no-outer-skip",)])
def test_what_means_nothing_for_pca_is_refused_by_name(refused: Callable[..., str], tmp_path: Path, option: tuple[str, ...]) -> None:
    line = refused("train", "pca", *option, "--images", 200, "--out", tmp_path / "run")
    assert f"{option[0].replace('--no-', '--')}: means nothing for pca" in line
    assert not (tmp_path / "run").exists()
