"""What is there already is replaced where that was asked for, and nowhere else."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import typer.main

from explorer.cli.commands import COMMANDS
from explorer.cli.typed import app
from explorer.datasets.mnist import mnist
from explorer.exports.pictures import write_png
from explorer.recipe import ChainRecipe, Lane, Recipe

LANE = Lane("0" * 64, "mnist-ddpm-c", "C")
WRITES: dict[str, tuple[str, ...]] = {
    "sample": ("sample", "--checkpoint", "mnist-ddpm-c", "--out", "a.png"),
    "decode": ("decode", "--checkpoint", "mnist-vae-2d", "--grid", "2", "--out", "a.png"),
    "render": ("render", "objective", "--out", "a.png"),
    "replay": ("replay", "made.png", "--out", "a.png"),
    "export": ("export", "mnist-ddpm-c", "--out", "a.onnx"),
    "export of two": ("export", "mnist-vae-2d", "--out", "b.onnx"),
    "open": ("open", "--profile-window", "a.json"),
}


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The working folder, with files of the person's in it."""
    monkeypatch.chdir(tmp_path)
    for name in ("a.png", "a.onnx", "a.json", "b-decoder.onnx"):
        (tmp_path / name).write_text("mine")
    write_png(tmp_path / "made.png", mnist("test")[0][0, 0], Recipe(chain=ChainRecipe((LANE,))))
    return tmp_path


@pytest.mark.parametrize("words", WRITES.values(), ids=WRITES)
def test_a_file_that_is_there_is_not_replaced_unasked(refused: Callable[..., str], folder: Path, words: tuple[str, ...]) -> None:
    there = {"b.onnx": "b-decoder.onnx"}.get(words[-1], words[-1])
    assert refused(*words).endswith(f"{there}: is there already; --force replaces it\n".strip())
    assert (folder / there).read_text() == "mine"


def test_every_command_that_writes_a_file_has_the_option() -> None:
    group: Any = typer.main.get_command(app)
    options = {name: {parameter.name for parameter in group.get_command(None, name).params} for name in COMMANDS}
    assert [name for name, has in options.items() if has & {"out", "profile_window"} and "force" not in has] == ["train"]


def test_with_the_option_it_is_replaced(run: Callable[..., Any], folder: Path) -> None:
    assert run(*WRITES["decode"], "--force").status == 0
    assert (folder / "a.png").read_bytes().startswith(b"\x89PNG")


@pytest.mark.parametrize("name", ["final.safetensors", "epoch-003.safetensors"])
def test_a_run_replaces_no_checkpoint(refused: Callable[..., str], tmp_path: Path, name: str) -> None:
    (tmp_path / name).write_text("mine")
    line = refused("train", "ddpm", "--out", tmp_path, "--images", 128, "--epochs", 1)
    assert name in line
    assert "choose another folder" in line
    assert (tmp_path / name).read_text() == "mine"
