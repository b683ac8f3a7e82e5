"""`evaluate`: figures beside those of real images, and the card that keeps them."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import torch

from explorer.checkpoints.card import Metric
from explorer.checkpoints.files import load, read_card
from explorer.checkpoints.locate import locate
from explorer.cli.evaluate import write_metrics


@pytest.fixture
def copy(tmp_path: Path) -> Callable[[str], Path]:
    """A shipped checkpoint that may be written to."""

    def make(name: str) -> Path:
        return Path(shutil.copy(locate(name), tmp_path / f"my {name}.safetensors"))

    return make


def test_fid_of_samples_beside_that_of_real_images(run: Callable[..., Any], copy: Callable[[str], Path]) -> None:
    path = copy("mnist-vae-2d")
    ran = run("evaluate", "--checkpoint", path, "--metric", "fid", "--images", 300, "--seed", 1, "--json", "--write")
    assert ran.status == 0, ran.err
    said = ran.json
    assert said["images"] == 300
    assert 0 < said["real_fid"] < said["fid"]
    assert said["ratio"] == pytest.approx(said["fid"] / said["real_fid"])
    assert said["real_confident_share"] > 0.95
    assert 0.3 < said["confident_share"] < said["real_confident_share"]
    for shares in (said["digit_shares"], said["real_digit_shares"]):
        assert len(shares) == 10
        assert sum(shares) == pytest.approx(1)
    assert min(said["real_digit_shares"]) > 0.04
    assert said["written"] is True
    (metric,) = (m for m in read_card(path).metrics if m.command == said["command"])
    assert (metric.name, metric.value, metric.reference) == ("fid", said["fid"], said["real_fid"])
    assert metric.details["digit_shares"] == said["digit_shares"]
    assert said["command"] == "generative-explorer evaluate --checkpoint 'my mnist-vae-2d.safetensors' --metric fid --images 300 --seed 1"


def test_fid_of_a_chain_says_its_sampler(run: Callable[..., Any]) -> None:
    options = ["--images", 4, "--steps", 3, "--eta", 0.5, "--clip"]
    said = run("evaluate", "--checkpoint", "mnist-ddpm-c", "--metric", "fid", *options, "--json").json
    assert (said["steps"], said["eta"], said["clip"], said["precision"]) == (3, 0.5, True, "fp32")
    assert min(said["fid"], said["real_fid"]) > 0
    wanted = "generative-explorer evaluate --checkpoint mnist-ddpm-c --metric fid --images 4 --steps 3 --eta 0.5 --clip --seed 0"
    assert said["command"] == wanted


def test_accuracy_is_written_once(run: Callable[..., Any], copy: Callable[[str], Path]) -> None:
    path = copy("mnist-classifier")
    before = load(path)
    for _ in range(2):
        ran = run("evaluate", "--checkpoint", path, "--metric", "accuracy", "--images", 200, "--write", "--json")
        assert ran.json["accuracy"] > 0.97
        assert ran.json["images"] == 200
    after = load(path)
    found = [metric for metric in after.card.metrics if metric.command == ran.json["command"]]
    assert found == [Metric("test accuracy", ran.json["accuracy"], ran.json["command"], details={"images": 200})]
    assert [m for m in after.card.metrics if m not in found] == list(before.card.metrics)
    assert all(torch.equal(a, b) for a, b in zip(before.network.state_dict().values(), after.network.state_dict().values(), strict=True))
    assert [p.name for p in path.parent.iterdir()] == [path.name]


def test_other_metrics_stay_and_the_same_is_replaced(copy: Callable[[str], Path]) -> None:
    path = copy("mnist-classifier")
    write_metrics(load(path), (Metric("fid", 1.0, "first"), Metric("fid", 2.0, "second")))
    write_metrics(load(path), (Metric("fid", 3.0, "first"), Metric("elbo", 4.0, "first")))
    values = {(m.name, m.command): m.value for m in read_card(path).metrics}
    assert values[("fid", "first")] == 3.0
    assert values[("fid", "second")] == 2.0
    assert values[("elbo", "first")] == 4.0


def test_elbo_of_a_vae(run: Callable[..., Any], copy: Callable[[str], Path]) -> None:
    path = copy("mnist-vae-2d")
    said = run("evaluate", "--checkpoint", path, "--metric", "elbo", "--images", 20, "--json", "--write").json
    assert said["elbo"] == pytest.approx(said["log_likelihood"] - said["kl"], rel=1e-5)
    assert said["elbo"] < said["iwae"] < 0
    assert "test ELBO" in {metric.name for metric in read_card(path).metrics if metric.command == said["command"]}


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["mnist-ae-2d", "fid"], ["mnist-ae-2d", "of kind ae", "no distribution"]),
        (["mnist-classifier", "fid"], ["of kind classifier"]),
        (["mnist-ddpm-c", "accuracy"], ["of kind ddpm", "classifier"]),
        (["mnist-ddpm-c", "elbo"], ["of kind ddpm", "a vae or an ae"]),
        (["mnist-ddpm-c", "fid", "--steps", "2000"], ["steps must be in 1..1000"]),
        (["mnist-ddpm-c", "fid", "--images", "1"], ["--images"]),
        (["mnist-ddpm-c", "fid", "--images", "59000"], ["--images must be in 2..50000"]),
        (["gone.safetensors", "fid"], ["gone.safetensors: no such file"]),
    ],
)
def test_what_cannot_be_measured(refused: Callable[..., str], arguments: list[str], words: list[str]) -> None:
    name, metric, *rest = arguments
    line = refused("evaluate", "--checkpoint", name, "--metric", metric, *rest)
    for word in words:
        assert word in line


def test_digits_are_judged_of_models_of_mnist_only(refused: Callable[..., str], tiny: Path) -> None:
    line = refused("evaluate", "--checkpoint", tiny, "--metric", "fid")
    assert "was trained on colours" in line
