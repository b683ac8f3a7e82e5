"""`info`: what a checkpoint is, or why it cannot be opened."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import msgspec

from explorer.checkpoints.files import file_sha256, load, read_card, save
from explorer.checkpoints.locate import locate, shipped


def test_everything_about_a_ddpm(run: Callable[..., Any]) -> None:
    said = run("info", "mnist-ddpm-c", "--json").json
    path = locate("mnist-ddpm-c")
    card = read_card(path)
    assert said["path"] == str(path)
    assert (said["kind"], said["option"], said["predicts"]) == ("ddpm", "C", "noise")
    assert said["sha256"] == file_sha256(path)
    assert said["bytes"] == path.stat().st_size
    assert said["parameters"] > 1_000_000
    assert said["schedule"] == {"name": "linear", "T": 1000}
    assert said["network"] == {"name": "unet", "config": card.network.config}
    assert said["data"]["shape"] == [1, 28, 28]
    assert card.training is not None
    assert said["training"]["command"] == card.training.command
    assert len(said["metrics"]) == len(card.metrics)


def test_the_snapshots_of_a_run_by_their_names(run: Callable[..., Any]) -> None:
    said = run("info", "mnist-vae-2d", "--json").json
    assert len(said["snapshots"]) >= 8
    assert said["snapshots"][-1] == {"checkpoint": "mnist-vae-2d", "images": said["training"]["images_seen"]}
    first = said["snapshots"][0]
    early = run("info", first["checkpoint"], "--json").json
    assert early["training"]["images_seen"] == first["images"]
    assert early["network"] == said["network"]
    assert first["checkpoint"] in run("info", "mnist-vae-2d").out
    assert run("info", "mnist-ddpm-a", "--json").json["snapshots"] == []


def test_a_snapshot_that_is_not_there(refused: Callable[..., str]) -> None:
    line = refused("info", "mnist-vae-2d/epoch-999", "--json")
    assert "mnist-vae-2d/epoch-999: there is no such snapshot" in line
    assert "epoch-001" in line


def test_every_shipped_checkpoint_by_name(run: Callable[..., Any]) -> None:
    ran = run("info", *shipped(), "--json")
    assert ran.status == 0
    kinds = {Path(said["path"]).stem: said["kind"] for said in map(json.loads, ran.out.splitlines())}
    assert kinds.keys() == shipped().keys()
    assert kinds["mnist-vae-2d"] == "vae"
    assert kinds["mnist-ae-2d"] == "ae"
    assert kinds["mnist-classifier"] == "classifier"


def test_for_people(run: Callable[..., Any]) -> None:
    said = run("info", "mnist-ddpm-a").out
    assert "option A (predicts the posterior mean)" in said
    assert "generative-explorer train ddpm" in said


def test_what_a_card_says_is_not_obeyed_by_the_terminal(run: Callable[..., Any], tmp_path: Path) -> None:
    known = load(locate("mnist-pca-2d"))
    training = msgspec.structs.replace(known.card.training, command="train\x1b[2J\nfake line", notes="\x9b31m")
    save(tmp_path / "a.safetensors", msgspec.structs.replace(known.card, training=training), known.network.state_dict())
    said = run("info", tmp_path / "a.safetensors").out
    assert r"train\x1b[2J\nfake line" in said
    assert r"\x9b31m" in said
    assert said.replace("\n", "").isprintable()


def test_one_that_cannot_be_opened(refused: Callable[..., str], broken: tuple[Path, str]) -> None:
    path, cause = broken
    line = refused("info", path, "--json")
    assert path.name in line
    assert cause in line


def test_the_others_are_told_of_all_the_same(run: Callable[..., Any], tmp_path: Path) -> None:
    ran = run("info", tmp_path / "gone.safetensors", "mnist-classifier", "--json")
    assert ran.status == 2
    assert ran.json["kind"] == "classifier"
    (line,) = ran.err.splitlines()
    assert "gone.safetensors: no such file" in line
