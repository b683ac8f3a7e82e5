"""Options that say what a checkpoint does not: on a folder of a training run that was stopped before it wrote its schedule."""

import json
from pathlib import Path
from typing import Any

import pytest
import torch

from explorer.cli import main


@pytest.fixture
def silent(tmp_path: Path) -> Path:
    """A UNet2DModel without a schedule, and without a size of images."""
    import diffusers

    torch.manual_seed(3)
    unet = diffusers.UNet2DModel(
        in_channels=1, out_channels=1, block_out_channels=(8, 8), norm_num_groups=4, layers_per_block=1,
        down_block_types=("DownBlock2D", "DownBlock2D"), up_block_types=("UpBlock2D", "UpBlock2D"),
    )  # fmt: skip
    unet.save_pretrained(tmp_path / "run" / "checkpoint-20" / "unet")
    return tmp_path / "run"


def told(path: Path, *options: object, status: int = 0, capsys: Any) -> Any:
    assert main(["info", str(path), "--json", *map(str, options)]) == status
    out, err = capsys.readouterr()
    return json.loads(out) if status == 0 else err


@pytest.fixture(autouse=True)
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GENERATIVE_EXPLORER_HOME", str(tmp_path / "home"))


def test_what_is_told_is_used_and_remembered(silent: Path, capsys: Any, tmp_path: Path) -> None:
    usual = told(silent, capsys=capsys)
    assert (usual["option"], usual["schedule"], usual["data"]["shape"]) == ("C", {"name": "linear", "T": 1000}, [1, 32, 32])
    said = told(silent, "--predicts", "v", "--schedule", "cosine", "--timesteps", 200, "--image-size", "16x24", capsys=capsys)
    assert (said["option"], said["schedule"], said["data"]["shape"]) == ("V", {"name": "cosine", "T": 200}, [1, 16, 24])
    assert said["sha256"] != usual["sha256"]
    assert told(silent, capsys=capsys) == said
    (tmp_path / "betas.json").write_text("[0.1, 0.2, 0.3]")
    given = told(silent, "--schedule", tmp_path / "betas.json", capsys=capsys)
    assert given["schedule"] == {"name": "betas", "T": 3, "betas": [0.1, 0.2, 0.3]}
    assert given["option"] == "V"


def test_an_export_is_made_again_from_what_was_told(silent: Path, capsys: Any, tmp_path: Path) -> None:
    out = tmp_path / "x.npz"
    sampled = ["sample", "--checkpoint", str(silent), "--out", str(out), "--samples", "1", "--steps", "3", "--image-size", "16"]
    assert main([*sampled, "--predicts", "b"]) == 0
    capsys.readouterr()
    told(silent, "--predicts", "c", "--image-size", 32, capsys=capsys)  # what is remembered is another now
    assert main(["replay", str(out), "--out", str(tmp_path / "again.npz"), "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["identical"]


def test_mistakes_are_said_in_a_line(silent: Path, capsys: Any) -> None:
    assert "says itself what --heads would tell" in told(silent, "--heads", 4, status=2, capsys=capsys)
    assert "no network of diffusers predicts the posterior mean" in told(silent, "--predicts", "a", status=2, capsys=capsys)
    assert "'x' is not one of 'a', 'b', 'c', 'v'" in told(silent, "--predicts", "x", status=2, capsys=capsys)
    assert "no size of images" in told(silent, "--image-size", "big", status=2, capsys=capsys)
    assert main(["open", "mnist-ddpm-c", "--predicts", "c"]) == 2
    assert "--predicts: nothing that is opened asks for it" in capsys.readouterr().err


def test_one_of_several_checkpoints_may_have_asked(silent: Path, capsys: Any, tmp_path: Path) -> None:
    out = tmp_path / "x.npz"
    names = ["--checkpoint", str(silent), "--checkpoint", "mnist-ddpm-c"]
    assert main(["sample", *names, "--out", str(out), "--samples", "1", "--steps", "2", "--image-size", "28", "--json"]) == 0
    assert [lane["image_shape"] for lane in json.loads(capsys.readouterr().out)["lanes"]] == [[1, 28, 28], [1, 28, 28]]
