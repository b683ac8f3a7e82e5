"""`render`: the real window into a picture."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import msgspec
import numpy as np
import pytest
from PIL import Image
from PySide6.QtCore import QEventLoop, QTimer

from explorer.checkpoints.files import load, save
from explorer.checkpoints.locate import locate
from explorer.cli.render.command import exceptions_to, parse_size
from explorer.errors import BadInput
from explorer.recipe import MAX_LANES
from explorer.state.persistence import session_file
from explorer.widgets.look.theme import DARK, LIGHT


def pixels(path: Path) -> np.ndarray:
    with Image.open(path) as picture:
        return np.asarray(picture.convert("RGB"))


def rgb(colour: str) -> list[int]:
    return [int(colour[i : i + 2], 16) for i in (1, 3, 5)]


def test_a_chain_is_drawn_at_the_size_and_in_the_colours_asked_for(run: Callable[..., Any], qapp: object, tmp_path: Path) -> None:
    out = tmp_path / "reverse.png"
    ran = run("render", "reverse-chain", "--out", out, "--size", "1360x820", "--theme", "light", "--steps", 3, "--samples", 1, "--t", 0)
    assert (ran.status, ran.err) == (0, "")
    picture = pixels(out)
    assert picture.shape == (820, 1360, 3)
    assert picture[410, 8].tolist() == rgb(LIGHT.panel)
    assert not session_file().exists()


def test_nothing_is_said_beside_the_picture(tmp_path: Path) -> None:
    """In a process of its own: pytest-qt takes Qt's messages otherwise."""
    out = tmp_path / "latent.png"
    command = [sys.executable, "-m", "explorer", "render", "latent", "--out", str(out), "--size", "1280x800"]
    ran = subprocess.run(command, capture_output=True, text=True, timeout=300, check=False)
    assert (ran.returncode, ran.stdout, ran.stderr) == (0, "", "")
    assert pixels(out).shape == (800, 1280, 3)


def test_the_seed_and_the_timestep_change_the_picture(run: Callable[..., Any], qapp: object, tmp_path: Path) -> None:
    pictures = []
    for number, options in enumerate([("--seed", 1), ("--seed", 2), ("--seed", 1, "--t", 1000), ("--seed", 1)]):
        out = tmp_path / f"{number}.png"
        ran = run("render", "compare", "--checkpoint", "mnist-ddpm-b", "--steps", 2, "--samples", 1, "--out", out, *options)
        assert ran.status == 0, ran
        pictures.append(pixels(out))
    one, other_seed, other_t, again = (picture[:, :1000].astype(int) for picture in pictures)
    assert np.abs(one - other_seed).max() > 50
    assert np.abs(one - other_t).max() > 50
    assert np.array_equal(one, again)


def test_a_sweep_is_drawn_as_a_grid(run: Callable[..., Any], qapp: object, tmp_path: Path) -> None:
    pictures = []
    for number, options in enumerate([("--steps", 2), ("--sweep", "steps=1,2"), ("--sweep", "steps=1,2", "--grid")]):
        out = tmp_path / f"{number}.png"
        ran = run("render", "compare", "--checkpoint", "mnist-ddpm-b", "--samples", 2, "--size", "1360x820", "--out", out, *options)
        assert ran.status == 0, ran
        pictures.append(pixels(out).astype(int))
    one, lanes, grid = pictures
    assert np.abs(one - lanes).max() > 100
    assert np.abs(lanes - grid).max() > 100


def test_the_network_is_drawn_with_and_without_a_skip(run: Callable[..., Any], qapp: object, tmp_path: Path) -> None:
    pictures = []
    for number, options in enumerate([(), ("--panel", "unet"), ("--panel", "unet", "--skip-off", 1)]):
        out = tmp_path / f"{number}.png"
        ran = run("render", "reverse-chain", "--steps", 2, "--samples", 1, "--t", 500, "--size", "1360x820", "--out", out, *options)
        assert ran.status == 0, ran
        pictures.append(pixels(out).astype(int))
    closed, whole, without = pictures
    assert np.abs(closed - whole).max() > 100
    assert np.abs(whole - without).max() > 100


def test_the_objective_is_drawn_once_it_is_measured(run: Callable[..., Any], qapp: object, tmp_path: Path) -> None:
    checkpoint = load(locate("mnist-ddpm-c"))
    short = tmp_path / "short.safetensors"  # of few timesteps, which are soon measured
    schedule = msgspec.structs.replace(checkpoint.card.schedule, T=24)
    save(short, msgspec.structs.replace(checkpoint.card, schedule=schedule), checkpoint.network.state_dict())
    pictures = []
    for number, images in enumerate((4, 4, 8)):
        out = tmp_path / f"{number}.png"
        ran = run("render", "objective", "--checkpoint", short, "--samples", images, "--t", 3, "--size", "1280x800", "--out", out)
        assert ran.status == 0, ran
        pictures.append(pixels(out).astype(int))
    one, again, more = pictures
    assert np.array_equal(one, again)
    assert np.abs(one - more).max() > 100


@pytest.mark.parametrize(
    ("workspace", "options", "most"),
    [
        ("reverse-chain", (), 20), ("compare", (), 20), ("compare", ("--exact", "mnist"), 1000), ("objective", (), 20),
        ("reverse-chain", ("--t", 99999999999999999999), 20), ("objective", ("--t", 1_000_001), 20),
        ("compare", ("--sweep", "schedule=linear:10,linear:15"), 15),
    ],
)  # fmt: skip
def test_a_timestep_that_no_lane_has_is_refused(
    refused: Callable[..., str], qapp: object, tiny: Path, tmp_path: Path, workspace: str, options: tuple[object, ...], most: int
) -> None:
    wanted = options if "--t" in options else (*options, "--t", most + 1)
    line = refused("render", workspace, "--checkpoint", tiny, "--out", tmp_path / "w.png", *wanted)
    assert line.endswith(f"--t {wanted[-1]}: there are the timesteps 0..{most}")


@pytest.mark.parametrize("workspace", ["reverse-chain", "compare"])
def test_a_skip_that_the_network_does_not_have_is_refused(
    refused: Callable[..., str], qapp: object, tmp_path: Path, workspace: str
) -> None:
    options = ("--panel", "unet", "--skip-off", 1, "--skip-off", 8, "--out", tmp_path / "w.png")
    line = refused("render", workspace, "--checkpoint", "mnist-ddpm-c", *options)
    assert "--skip-off 8: mnist-ddpm-c has skips at the levels 1, 2, 3" in line


@pytest.mark.parametrize("workspace", ["compare", "objective"])
def test_more_lanes_than_there_can_be_end_it_at_once(
    refused: Callable[..., str], qapp: object, tiny: Path, tmp_path: Path, workspace: str
) -> None:
    lanes = [word for _ in range(MAX_LANES + 1) for word in ("--checkpoint", tiny)]
    line = refused("render", workspace, *lanes, "--out", tmp_path / "w.png", "--timeout", 100_000)
    assert f"at most {MAX_LANES} lanes" in line


def test_what_the_window_raises_is_not_waited_for(qapp: object) -> None:
    problems: list[BaseException] = []
    before, loop = sys.excepthook, QEventLoop()
    with exceptions_to(problems):
        QTimer.singleShot(0, lambda: loop.exit(1 // 0))
        QTimer.singleShot(0, loop.quit)
        loop.exec()
    assert [type(problem) for problem in problems] == [ZeroDivisionError]
    assert sys.excepthook is before


def test_a_plane_is_drawn_of_the_checkpoint_asked_for(run: Callable[..., Any], qapp: object, tmp_path: Path) -> None:
    out = tmp_path / "latent.png"
    ran = run("render", "latent", "--checkpoint", "mnist-ae-2d", "--out", out)
    assert ran.status == 0, ran
    picture = pixels(out)
    assert picture.shape == (900, 1440, 3)
    assert picture[450, 8].tolist() == rgb(DARK.panel)
    plane = picture[100:760, 80:1100].reshape(-1, 3)
    assert len(np.unique(plane, axis=0)) > 100


@pytest.mark.parametrize(
    ("arguments", "cause"),
    [
        (("backward", "--out", "x.png"), "reverse-chain"),
        (("latent", "--out", "x.jpg"), "its ending must be one of .png"),
        (("latent", "--out", "no/such/folder/x.png"), "no/such/folder: No such file or directory"),
        (("latent", "--out", "x.png", "--size", "big"), "--size big"),
        (("latent", "--out", "x.png", "--size", "10x10"), "--size 10x10"),
        (("latent", "--out", "x.png", "--t", "5"), "--t: of no meaning for latent"),
        (("latent", "--out", "x.png", "--checkpoint", "gone.safetensors"), "gone.safetensors: no such file"),
        (
            ("reverse-chain", "--out", "x.png", "--checkpoint", "mnist-ddpm-a", "--checkpoint", "mnist-ddpm-b"),
            "reverse-chain shows one lane",
        ),
        (("compare", "--out", "x.png", "--samples", "0"), "samples"),
        (("reverse-chain", "--out", "x.png", "--skip-off", "1"), "--skip-off: of no meaning without --panel unet"),
        (("reverse-chain", "--out", "x.png", "--panel", "unet", "--skip-off", "0"), "skip-off"),
        (("latent", "--out", "x.png", "--grid"), "--grid: of no meaning for latent; compare takes it"),
        (("compare", "--out", "x.png", "--sweep", "depth=3"), "a sweep is SETTING=VALUE"),
        (("compare", "--out", "x.png", "--sweep", "eta=2"), "eta: '2' cannot be"),
        (
            ("latent", "--out", "x.png", "--panel", "unet"),
            "--panel: of no meaning for latent; reverse-chain, compare and objective take it",
        ),
        (("objective", "--out", "x.png", "--steps", "5", "--skip-off", "1"), "--steps, --skip-off: of no meaning for objective"),
        (("objective", "--out", "x.png", "--panel", "unet"), "--panel unet: of no meaning for objective, which has the panel likelihood"),
    ],
)
def test_bad_requests_are_one_line(
    refused: Callable[..., str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch, arguments: tuple[str, ...], cause: str
) -> None:
    monkeypatch.chdir(tmp_path)
    assert cause in refused("render", *arguments)
    assert not (tmp_path / "x.png").exists()


@pytest.mark.parametrize(
    ("workspace", "name"),
    [("latent", "mnist-ddpm-b"), ("compare", "mnist-vae-2d"), ("reverse-chain", "mnist-classifier"), ("objective", "mnist-ae-2d")],
)
def test_a_checkpoint_of_another_kind_is_refused(
    refused: Callable[..., str], qapp: object, tmp_path: Path, workspace: str, name: str
) -> None:
    out = tmp_path / "x.png"
    line = refused("render", workspace, "--checkpoint", name, "--out", out)
    assert name in line
    assert workspace in line
    assert not out.exists()


def test_a_checkpoint_that_cannot_be_read_is_refused(refused: Callable[..., str], qapp: object, tmp_path: Path) -> None:
    broken = tmp_path / "broken.safetensors"
    broken.write_bytes(b"nothing of use")
    line = refused("render", "latent", "--checkpoint", broken, "--out", tmp_path / "x.png")
    assert str(broken) in line


def test_more_steps_than_the_chain_has_are_refused(refused: Callable[..., str], qapp: object, tmp_path: Path) -> None:
    line = refused("render", "reverse-chain", "--steps", 5000, "--samples", 1, "--out", tmp_path / "x.png")
    assert "5000" in line


def test_giving_up_is_said(refused: Callable[..., str], qapp: object, tmp_path: Path) -> None:
    line = refused("render", "reverse-chain", "--samples", 64, "--timeout", 1, "--out", tmp_path / "x.png")
    assert "--timeout" in line


@pytest.mark.parametrize(("text", "size"), [("1440x900", (1440, 900)), (" 1024x640 ", (1024, 640)), ("3840×2160", (3840, 2160))])
def test_sizes_are_read(text: str, size: tuple[int, int]) -> None:
    assert parse_size(text) == size


@pytest.mark.parametrize("text", ["", "1440", "1440x", "-1x900", "1e3x900", "99999x900", "1440x900x3"])
def test_sizes_that_are_none_are_refused(text: str) -> None:
    with pytest.raises(BadInput, match="--size"):
        parse_size(text)


@pytest.mark.skipif(os.name != "posix", reason="of POSIX systems")
def test_a_picture_that_does_not_fit_leaves_the_one_before(tmp_path: Path) -> None:
    (tmp_path / "a.png").write_text("old")
    command = ["bash", "-c", 'ulimit -f 8; "$@"', "bash", sys.executable, "-m", "explorer", "render", "training"]
    command += ["--out", "a.png", "--force"]
    ran = subprocess.run(command, capture_output=True, text=True, check=False, cwd=tmp_path)
    assert ran.returncode == 2
    (line,) = ran.stderr.splitlines()
    assert line.startswith("generative-explorer: a.png: cannot be written: ")
    assert (tmp_path / "a.png").read_text() == "old"
    assert [path.name for path in tmp_path.iterdir()] == ["a.png"]
