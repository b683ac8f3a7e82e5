"""Schedules that a run is asked for: by name, by control points, by a file; and what is refused."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest
import torch

from explorer.checkpoints.files import read_card
from explorer.checkpoints.fit import make_schedule
from explorer.cli.main import main
from explorer.datasets.arrays import read_array
from explorer.diffusion.schedule import cosine, linear
from explorer.errors import BadInput
from explorer.recipe.forward import ForwardSchedule
from explorer.recipe.training import knot_words
from explorer.training.schedules import schedule_of

KNOTS = ((0.0, 9.2), (0.5, -0.25), (1.0, -10.0))
FEW = np.linspace(1e-3, 0.2, 40)


def test_names_and_their_length() -> None:
    assert torch.equal(schedule_of("linear").betas, linear(1000).betas)
    assert torch.equal(schedule_of("cosine", 50).betas, cosine(50).betas)


def test_a_bent_schedule_is_the_one_that_the_forward_workspace_shows() -> None:
    shown = ForwardSchedule("bent", 60, KNOTS).choice
    made = schedule_of("bent", 60, knot_words(KNOTS))
    assert made.name == "betas"
    assert tuple(made.betas.tolist()) == shown.betas


@pytest.mark.parametrize("form", ["list", "object", "npy"])
def test_betas_in_a_file_are_taken_as_they_are(tmp_path: Path, form: str) -> None:
    path = tmp_path / ("betas.npy" if form == "npy" else "betas.json")
    if form == "npy":
        np.save(path, FEW)
    else:
        path.write_text(json.dumps(FEW.tolist() if form == "list" else {"name": "mine", "betas": FEW.tolist()}))
    assert schedule_of(str(path)).betas.tolist() == FEW.tolist()
    assert schedule_of(str(path), 40).T == 40
    with pytest.raises(BadInput, match="has 40 betas, but --timesteps is 41"):
        schedule_of(str(path), 41)


def write(path: Path, content: object) -> Path:
    if isinstance(content, np.ndarray):
        np.save(path, content)
    elif isinstance(content, bytes):
        path.write_bytes(content)
    else:
        path.write_text(json.dumps(content))
    return path


@pytest.mark.parametrize(
    ("name", "content", "said"),
    [
        ("a.json", [0.1, 1.2], r"beta_2 = 1\.2 is not in \(0, 1\)"),
        ("a.json", [0.1, float("nan")], "must be finite"),
        ("a.json", [0.1], "holds 1 betas"),
        ("a.json", ["0.1", "0.2"], "holds no list of betas"),
        ("a.json", [[0.1, 0.2]], "holds no list of betas"),
        ("a.json", [0.1, [0.2]], "holds no list of betas"),
        ("a.json", {"beta": [0.1, 0.2]}, "holds no list of betas"),
        ("a.json", b"[0.1, 0.", r"is no \.json file, or is cut short"),
        ("a.npy", b"nothing", r"is no \.npy file, or is cut short"),
        ("a.npy", np.zeros((2, 2)), "holds no list of betas"),
        ("a.npy", np.array([0.1, None], object), r"is no \.npy file"),
        ("a.txt", b"0.1 0.2", "there are linear, cosine, bent, or a file"),
    ],
)
def test_a_file_that_holds_no_schedule_is_named_with_the_cause(tmp_path: Path, name: str, content: object, said: str) -> None:
    path = write(tmp_path / name, content)
    with pytest.raises(BadInput, match=said) as error:
        schedule_of(str(path))
    assert name in str(error.value)


@pytest.mark.parametrize(
    ("source", "timesteps", "knots", "said"),
    [
        ("gone.json", None, None, "gone.json: no such file"),
        ("quadratic", None, None, "--schedule quadratic: there are linear"),
        ("linear", 10, None, "--schedule linear: beta_"),
        ("bent", None, None, "needs its control points"),
        ("bent", None, "0:-9,1:9", "log SNR falls"),
        ("bent", None, "0,1", "u:log SNR with commas"),
        ("cosine", None, "0:9,1:-9", "--knots are the control points of --schedule bent"),
    ],
)
def test_what_is_asked_for_and_cannot_be_is_refused(source: str, timesteps: int | None, knots: str | None, said: str) -> None:
    with pytest.raises(BadInput, match=said):
        schedule_of(source, timesteps, knots)


def test_a_checkpoint_of_a_bent_schedule_carries_its_betas_and_samples(tmp_path: Path, checkpoints: dict[str, Path]) -> None:
    run = ["train", "ddpm", "--width", "8", "--images", "32", "--batch", "16", "--epochs", "1", "--device", "cpu", "--json"]
    bent = ["--schedule", "bent", "--knots", knot_words(KNOTS), "--timesteps", "30"]
    assert main([*run, *bent, "--out", str(tmp_path / "bent")]) == 0
    final = tmp_path / "bent" / "final.safetensors"
    card = read_card(final).schedule
    assert card is not None
    assert torch.equal(make_schedule(card).betas, schedule_of("bent", 30, knot_words(KNOTS)).betas)
    assert torch.equal(schedule_of(str(final)).betas, make_schedule(card).betas), "another run may take it from there"
    with pytest.raises(BadInput, match="has no schedule"):
        schedule_of(str(checkpoints["mnist-vae-2d"]))
    assert main(["sample", "--checkpoint", str(final), "--samples", "1", "--steps", "3", "--out", str(tmp_path / "x.png")]) == 0
    other = [*run, "--schedule", "bent", "--knots", "0:9,1:-9", "--timesteps", "30"]
    assert main([*other, "--out", str(tmp_path / "bent"), "--resume"]) == 2, "another schedule is another run"


@pytest.mark.parametrize("name", ["linear", "cosine", "bent"])
def test_more_timesteps_than_there_can_be_are_refused_before_any_is_made(name: str) -> None:
    with pytest.raises(BadInput, match="--timesteps 100000000000000: a schedule has 2 to 1000000"):
        schedule_of(name, 10**14, "0:9,1:-9" if name == "bent" else None)


def test_a_header_that_claims_too_much_names_its_file(tmp_path: Path) -> None:
    path = tmp_path / "claims.npy"
    with path.open("wb") as file:
        np.lib.format.write_array_header_1_0(file, {"descr": "<f8", "fortran_order": False, "shape": (10**13,)})
    with pytest.raises(BadInput, match=r"claims\.npy: "):
        schedule_of(str(path))


@pytest.mark.parametrize(
    ("version", "header"),
    [
        (1, "{'descr': '<f8', 'fortran_order': False, 'shape': (((("),
        (1, "{'descr': '<f8', 'fortran_order': False, 'shape': (3L,), }"),
        (1, "  a\n {'descr'"),
        (1, "{'descr': [('a', '<f8', (1000000000,))], 'fortran_order': False, 'shape': (3,), }"),
        (1, "{'descr': '<f8', 'fortran_order': False, 'shape': (-3,), }"),
        (1, "'a' * 3"),
        (9, "{'descr': '<f8', 'fortran_order': False, 'shape': (3,), }"),
    ],
)
@pytest.mark.filterwarnings("ignore:Reading")  # of NumPy, which the app does not show
def test_a_spoilt_header_is_one_sentence_wherever_an_array_is_read(tmp_path: Path, version: int, header: str) -> None:
    text = header.encode() + b" " * (117 - len(header)) + b"\n"
    (tmp_path / "a.npy").write_bytes(b"\x93NUMPY" + bytes((version, 0)) + len(text).to_bytes(2, "little") + text + bytes(24))
    with pytest.raises(BadInput, match=r"a\.npy: (is no \.npy file, or is cut short|beta_1 = 0 is not in)"):
        schedule_of(str(tmp_path / "a.npy"))
    with pytest.raises(BadInput, match=r"a\.npy: (cannot be read as an array: |an array of images has shape)"):
        read_array(tmp_path / "a.npy")
