"""The models that come with the app: what they say of themselves and what they must be alike in."""

from __future__ import annotations

from collections.abc import Mapping
from itertools import pairwise
from pathlib import Path

import msgspec
import numpy as np
import pytest
import torch

from explorer.checkpoints.files import load, read_card
from explorer.checkpoints.snapshots import snapshots
from explorer.datasets.emoji import emoji
from explorer.datasets.images import load_images, to_unit_range
from explorer.datasets.mnist import mnist
from explorer.diffusion.forward import q_sample
from explorer.diffusion.parameterization import Option
from explorer.diffusion.schedule import linear
from explorer.diffusion.training import TrainingTables, linear_fit, target
from explorer.resources import resource_root

KINDS = {
    "emoji-ddpm-c": "ddpm",
    "mnist-ddpm-a": "ddpm", "mnist-ddpm-b": "ddpm", "mnist-ddpm-c": "ddpm", "mnist-vae-2d": "vae", "mnist-ae-2d": "ae",
    "mnist-pca-2d": "ae", "mnist-hinton2006-2d": "ae", "mnist-vae-16d": "vae",
    "mnist-classifier": "classifier", "mnist-ddpm-lecture": "ddpm", "mnist-ddpm-a-small": "ddpm",
    "mnist-ddpm-b-small": "ddpm", "mnist-ddpm-classes": "ddpm", "mnist-ldm-2d": "ddpm",
    "mnist-ldm-16d": "ddpm",
}  # fmt: skip


@pytest.mark.parametrize("name", KINDS)
def test_every_shipped_model_opens_and_says_how_it_was_made(checkpoints: Mapping[str, Path], name: str) -> None:
    card = load(checkpoints[name]).card
    assert card.kind == KINDS[name]
    learned = load_images(name.split("-")[0])
    assert card.data.name == learned.name
    assert (card.data.shape if card.latent is None else card.latent.images) == learned.image_shape
    assert card.data.sha256 == learned.sha256
    training = card.training
    assert training is not None
    assert training.command.startswith("generative-explorer train ")
    assert "/tmp" not in training.command
    assert training.images_seen >= 59_000


SKIP_FIELDS = {"outer_skip", "output_scale", "skip_by_timestep"}


def test_options_a_b_and_c_differ_in_their_option_and_what_is_added_to_the_network(checkpoints: Mapping[str, Path]) -> None:
    """One architecture, one initial seed, one data order, the same number of images."""
    cards = {option: read_card(checkpoints[f"mnist-ddpm-{option.lower()}"]) for option in "ABC"}
    for option, card in cards.items():
        assert card.option == option
        assert card.schedule is not None
        assert card.schedule.T == 1000
    b = cards["B"]
    assert b.training is not None
    for card in cards.values():
        assert card.training is not None
        same = msgspec.structs.replace(
            card.training, loss=b.training.loss, command=b.training.command, notes=b.training.notes, precision=b.training.precision
        )
        assert same == b.training
        assert card.schedule == b.schedule
        assert card.data == b.data
        assert card.network.name == b.network.name
        for name, value in b.network.config.items():
            assert name in SKIP_FIELDS or card.network.config[name] == value


def test_the_latent_models_have_planes(checkpoints: Mapping[str, Path]) -> None:
    for name, variational in (("mnist-vae-2d", True), ("mnist-ae-2d", False)):
        config = read_card(checkpoints[name]).network.config
        assert config["code"] == 2
        assert config["variational"] is variational


def test_the_classifier_reads_digits(checkpoints: Mapping[str, Path], mnist_test: tuple[np.ndarray, np.ndarray]) -> None:
    network = load(checkpoints["mnist-classifier"]).network
    images, labels = mnist_test
    with torch.inference_mode():
        read = network(torch.from_numpy(to_unit_range(images[:500]))).argmax(1).numpy()
    assert (read == labels[:500]).mean() > 0.97


@pytest.mark.parametrize(("option", "share"), [("A", 0.5), ("B", 0.3), ("C", 0.15)])
def test_the_networks_predict_what_their_option_says(
    checkpoints: Mapping[str, Path], digits: torch.Tensor, option: str, share: float
) -> None:
    """Their error is a small share of that of the best constant guess: x_t for A, 0 for B (less its mean) and C."""
    checkpoint = load(checkpoints[f"mnist-ddpm-{option.lower()}"])
    tables = TrainingTables(linear(1000))
    eps = torch.randn(digits.shape, generator=torch.Generator().manual_seed(0))
    for time in (100, 300):
        t = torch.full((len(digits),), time)
        x_t = q_sample(tables.schedule, digits, t, eps)
        wanted = target(Option(option), tables, digits, eps, x_t, t)
        naive = {"A": x_t, "B": digits.mean(0, keepdim=True), "C": torch.zeros_like(eps)}[option]
        with torch.inference_mode():
            error = (checkpoint.network(x_t, t) - wanted).square().mean()
        assert error < share * (naive - wanted).square().mean()


def test_the_network_of_emoji_sees_the_noise_in_what_it_has_not_learnt(checkpoints: Mapping[str, Path]) -> None:
    network = load(checkpoints["emoji-ddpm-c"]).network
    x0 = torch.from_numpy(to_unit_range(emoji("test")[0][:32]))
    eps = torch.randn(x0.shape, generator=torch.Generator().manual_seed(0))
    for time, share in ((100, 0.15), (300, 0.08)):
        t = torch.full((len(x0),), time)
        with torch.inference_mode():
            error = (network(q_sample(linear(1000), x0, t, eps), t) - eps).square().mean()
        assert error < share * eps.square().mean()


@pytest.mark.parametrize(
    ("name", "share"),
    [("mnist-vae-2d", 0.7), ("mnist-ae-2d", 0.7), ("mnist-pca-2d", 0.95), ("mnist-hinton2006-2d", 0.7), ("mnist-vae-16d", 0.2)],
)
def test_the_latent_models_reconstruct(checkpoints: Mapping[str, Path], digits: torch.Tensor, name: str, share: float) -> None:
    model = load(checkpoints[name]).network
    with torch.inference_mode():
        error = (model(digits) - digits).square().mean()
    assert error < share * (digits.mean(0, keepdim=True) - digits).square().mean(), "two numbers say more than the mean image"


def test_the_skips_of_a_and_c_follow_from_the_option_by_one_rule(checkpoints: Mapping[str, Path]) -> None:
    """skip(t) x_t + scale(t) net: the best linear prediction of the target, and what that leaves. B's output is the clean image itself."""
    images, _ = mnist("train")
    mean_square = float((to_unit_range(images[:10_000]) ** 2).mean())
    assert read_card(checkpoints["mnist-ddpm-b"]).network.config["outer_skip"] is False
    for option in "AC":
        network = load(checkpoints[f"mnist-ddpm-{option.lower()}"]).network
        skip, scale = linear_fit(Option(option), TrainingTables(linear(1000)), mean_square)
        torch.testing.assert_close(network.skip_table.double()[1:], skip[1:], rtol=1e-6, atol=1e-9)
        torch.testing.assert_close(network.scale_table.double()[1:], scale[1:], rtol=1e-6, atol=1e-9)


RUNS = ("mnist-vae-2d", "mnist-ae-2d", "mnist-ddpm-c")


@pytest.mark.parametrize("name", RUNS)
def test_the_snapshots_are_of_the_run_that_made_the_model(checkpoints: Mapping[str, Path], name: str) -> None:
    """At least seven, from the first updates on, each a whole checkpoint of the same data and seed, in half precision."""
    known = snapshots(checkpoints[name])
    assert len(known) >= 7
    assert known[-1].path == str(checkpoints[name])
    assert known[0].images < 60_000, "within the first epoch"
    steps = np.diff(np.log([snapshot.images for snapshot in known]))
    assert steps.max() < np.log(16), "none is far from the next"
    files = set(checkpoints[name].with_suffix("").iterdir())
    record = {path for path in files if path.name in ("run.json", "loss.csv")}
    assert files - record == {Path(snapshot.path) for snapshot in known[:-1]}, "nothing else is in the folder"
    last = read_card(checkpoints[name])
    for snapshot in known[:-1]:
        opened = load(Path(snapshot.path))
        assert opened.card.training is not None
        assert last.training is not None
        assert opened.card.data == last.data
        assert (opened.card.training.seed, opened.card.training.batch) == (last.training.seed, last.training.batch)
        numbers = sum(tensor.numel() for tensor in opened.network.state_dict().values())
        assert Path(snapshot.path).stat().st_size < 2.2 * numbers + 20_000


@pytest.mark.parametrize("name", ["mnist-vae-2d", "mnist-ae-2d"])
def test_the_errors_fall_from_snapshot_to_snapshot(checkpoints: Mapping[str, Path], digits: torch.Tensor, name: str) -> None:
    errors = []
    for snapshot in snapshots(checkpoints[name]):
        model = load(Path(snapshot.path)).network
        with torch.inference_mode():
            errors.append(float((model(digits) - digits).square().mean()))
    assert errors[-1] < 0.2 * errors[0]
    assert all(later < 1.1 * earlier for earlier, later in pairwise(errors))


def test_all_that_comes_with_the_app_stays_small() -> None:
    total = sum(path.stat().st_size for path in resource_root().rglob("*") if path.is_file())
    assert total < 95e6
