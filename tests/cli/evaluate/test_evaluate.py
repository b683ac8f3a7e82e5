"""`evaluate`: figures beside those of real images, and the card that keeps them."""

from __future__ import annotations

import functools
import json
import math
import shlex
import shutil
import subprocess
import sys
from collections.abc import Callable
from itertools import pairwise
from pathlib import Path
from typing import Any

import msgspec
import numpy as np
import pytest
import torch

from explorer.checkpoints.card import Metric
from explorer.checkpoints.files import file_sha256, load, read_card, save_card
from explorer.checkpoints.locate import locate
from explorer.cli.evaluate.command import write_metrics
from explorer.datasets.mnist import mnist
from explorer.evaluation import judge as judging
from explorer.evaluation.samples import as_pixels

OTHER = Path("other pictures.npy")


@pytest.fixture
def copy(tmp_path: Path) -> Callable[[str], Path]:
    """A shipped checkpoint that may be written to."""

    def make(name: str) -> Path:
        return Path(shutil.copy(locate(name), tmp_path / f"my {name}.safetensors"))

    return make


@pytest.mark.usefixtures("few_real_images")
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
    assert said["fid_interval"][0] < said["fid"] < said["fid_interval"][1]
    assert (said["resamples"], said["level"]) == (200, 0.95)
    assert said["confident_share_interval"][0] < said["confident_share"] < said["confident_share_interval"][1]
    (metric,) = (m for m in read_card(path).metrics if m.command == said["command"])
    assert (metric.name, metric.value, metric.reference) == ("fid", said["fid"], said["real_fid"])
    assert metric.details["digit_shares"] == said["digit_shares"]
    assert said["command"] == "generative-explorer evaluate --checkpoint 'my mnist-vae-2d.safetensors' --metric fid --images 300 --seed 1"


@pytest.mark.usefixtures("few_real_images")
def test_fid_of_a_chain_says_its_sampler(run: Callable[..., Any]) -> None:
    options = ["--images", 4, "--steps", 3, "--eta", 0.5, "--clip"]
    said = run("evaluate", "--checkpoint", "mnist-ddpm-c", "--metric", "fid", *options, "--json").json
    assert (said["steps"], said["eta"], said["clip"], said["precision"]) == (3, 0.5, True, "fp32")
    assert min(said["fid"], said["real_fid"]) > 0
    wanted = "generative-explorer evaluate --checkpoint mnist-ddpm-c --metric fid --images 4 --steps 3 --eta 0.5 --clip --seed 0"
    assert said["command"] == wanted


@pytest.mark.usefixtures("few_real_images")
def test_enough_samples_also_have_the_distance_without_bias(run: Callable[..., Any]) -> None:
    said = run("evaluate", "--checkpoint", "mnist-vae-2d", "--metric", "fid", "--images", 750, "--json").json
    assert said["fid_infinity"] < said["fid"]
    assert said["fid_infinity_interval"][0] < said["fid_infinity"] < said["fid_infinity_interval"][1]


@pytest.mark.usefixtures("few_real_images")
def test_kid_of_samples_beside_that_of_real_images(run: Callable[..., Any], copy: Callable[[str], Path]) -> None:
    path = copy("mnist-vae-2d")
    ran = run("evaluate", "--checkpoint", path, "--metric", "kid", "--images", 200, "--seed", 1, "--json", "--write")
    assert ran.status == 0, ran.err
    said = ran.json
    assert said["command"] == "generative-explorer evaluate --checkpoint 'my mnist-vae-2d.safetensors' --metric kid --images 200 --seed 1"
    assert said["kid_interval"][0] < said["kid"] < said["kid_interval"][1]
    assert said["real_kid_interval"][0] < 0 < said["real_kid_interval"][1]
    assert said["real_kid"] < said["kid"]
    (metric,) = (m for m in read_card(path).metrics if m.command == said["command"])
    assert (metric.name, metric.value, metric.reference) == ("kid", said["kid"], said["real_kid"])


def test_kid_to_other_images_is_that_of_all_pairs(run: Callable[..., Any], tmp_path: Path) -> None:
    """Of what the judge sees in the same samples."""
    digits, squares, same = tmp_path / "digits.npy", tmp_path / "squares.npy", tmp_path / "same.npz"
    images = mnist("test")[0][:60]
    np.save(digits, images)
    np.save(squares, np.full_like(images, 255))
    sampler = ["--checkpoint", "mnist-ddpm-c", "--steps", 3, "--seed", 1]
    near, far = (
        run("evaluate", *sampler, "--metric", "kid", "--images", 20, "--dataset", path, "--json").json for path in (digits, squares)
    )
    assert run("sample", *sampler, "--samples", 20, "--out", same).status == 0
    with np.load(same) as found:
        states = found["lane0/x"][-1]
    judge = judging.Judge.open(torch.device("cpu"))
    made, real = (judge.read(pixels).features.astype(np.float64) for pixels in (as_pixels(torch.from_numpy(states)), images))
    within, across = [(a @ a.T / 128 + 1) ** 3 for a in (made, real)], (made @ real.T / 128 + 1) ** 3
    means = [(k.sum() - np.trace(k)) / (len(k) * (len(k) - 1)) for k in within]
    assert near["kid"] == pytest.approx(sum(means) - 2 * across.mean(), rel=1e-4)
    assert far["kid"] != near["kid"]
    assert "60 images of squares" in far["compared_with"]
    assert far["command"].endswith(f"--metric kid --images 20 --dataset {squares} --steps 3 --seed 1")


@pytest.mark.usefixtures("few_real_images")
def test_fid_of_a_sweep_is_the_same(run: Callable[..., Any], tmp_path: Path) -> None:
    of_both = ("--checkpoint", "mnist-ddpm-c")
    run("sweep", *of_both, "--samples", 4, "--grid", "seed=2 steps=3", "--figure", "fid", "--out", tmp_path, "--workers", 1)
    row = json.loads((tmp_path / "index.jsonl").read_text())
    alone = run("evaluate", *of_both, "--metric", "fid", "--images", 4, "--steps", 3, "--seed", 2, "--json").json
    assert [row[name] for name in ("fid", "fid_standard_error")] == [alone[name] for name in ("fid", "fid_standard_error")]


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
        (["mnist-ae-2d", "kid"], ["mnist-ae-2d", "of kind ae", "no distribution"]),
        (["emoji-ddpm-c", "kid"], ["emoji-ddpm-c", "knows MNIST alone", "--dataset"]),
        (["emoji-ddpm-c", "kid", "--dataset", "mnist"], ["emoji-ddpm-c", "3x32x32", "1x28x28"]),
        (["mnist-vae-2d", "kid", "--images", "2"], ["--images 2", "3 or more"]),
        (["mnist-vae-2d", "kid", "--steps", "5"], ["--steps", "fid and kid of a ddpm"]),
        (["mnist-vae-2d", "fid", "--dataset", "mnist"], ["--dataset", "no meaning for fid"]),
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


def test_the_bound_of_held_out_images_with_all_its_terms(run: Callable[..., Any], copy: Callable[[str], Path]) -> None:
    path = copy("mnist-ddpm-c")
    ran = run("evaluate", "--checkpoint", path, "--metric", "vlb", "--images", 4, "--strata", 6, "--seed", 3, "--json", "--write")
    assert ran.status == 0, ran.err
    said = ran.json
    parts = [said[name]["nats"] for name in ("L_T", "sum_L_t-1", "L_0")]
    assert said["L"]["nats"] == pytest.approx(sum(parts))
    assert said["L"]["bits_per_dim"] == pytest.approx(said["L"]["nats"] / (784 * math.log(2)))
    assert min(parts) > 0
    assert said["L"]["standard_error"] > 0
    assert (said["images"], said["draws"], said["split"], said["dataset"], said["rounds"]) == (4, 1, "test", "mnist", 2)
    rows = said["terms"]
    assert (rows[0]["from_t"], rows[0]["to_t"], rows[-1]["to_t"]) == (1, 1, 1000)
    assert all(before["to_t"] + 1 == after["from_t"] for before, after in pairwise(rows))
    steps = sum(row["nats"] * (row["to_t"] - row["from_t"] + 1) for row in rows[1:])
    assert steps == pytest.approx(said["sum_L_t-1"]["nats"])
    assert said["evaluated"] == 4 * len(rows) == sum(said["each_t"]["images"])
    (metric,) = (m for m in read_card(path).metrics if m.name == "test vlb")
    assert (metric.value, metric.command) == (said["bits_per_dim"], said["command"])
    again = run(*shlex.split(said["command"].replace("my mnist-ddpm-c.safetensors", str(path)))[1:], "--json").json
    assert again["nats"] == said["nats"]


@pytest.mark.parametrize(
    ("metric", "more", "name"),
    [
        ("vlb", (), "test vlb"), ("vlb", ("--split", "train"), "train vlb"), ("excess", ("--dataset", "mnist"), "train excess x0 error"),
        ("excess", ("--split", "test"), "test excess x0 error"), ("vlb", ("--dataset", OTHER), f"vlb of {OTHER.stem}"),
    ],
)  # fmt: skip
def test_the_card_says_of_which_images_a_figure_is(
    run: Callable[..., Any], copy: Callable[[str], Path], tmp_path: Path, metric: str, more: tuple[str, ...], name: str
) -> None:
    path = copy("mnist-ddpm-b")
    np.save(tmp_path / OTHER, np.random.default_rng(0).integers(0, 256, (3, 28, 28), np.uint8))
    more = tuple(str(tmp_path / OTHER) if part == OTHER else part for part in more)
    before = {found.name for found in read_card(path).metrics}
    asked = ("--metric", metric, "--images", 2, "--strata", 2, *more)
    assert run("evaluate", "--checkpoint", path, *asked, "--write").status == 0
    assert {found.name for found in read_card(path).metrics} - before == {name}


def test_a_model_measured_on_the_file_that_it_learnt_from(run: Callable[..., Any], tiny: Path, tmp_path: Path) -> None:
    images = tmp_path / "colours.npy"
    np.save(images, np.random.default_rng(0).integers(0, 256, (6, 3, 8, 8), np.uint8))
    checkpoint = load(tiny)
    data = msgspec.structs.replace(checkpoint.card.data, sha256=file_sha256(images))
    save_card(tiny, msgspec.structs.replace(checkpoint.card, data=data))
    assert run("evaluate", "--checkpoint", tiny, "--dataset", images, "--images", 4, "--metric", "vlb", "--write").status == 0
    assert [metric.name for metric in read_card(tiny).metrics] == ["train vlb"]


def test_every_timestep_of_a_short_schedule(run: Callable[..., Any], tiny: Path, tmp_path: Path) -> None:
    images = tmp_path / "colours.npy"
    np.save(images, np.random.default_rng(0).integers(0, 256, (6, 3, 8, 8), np.uint8))
    arguments = ["evaluate", "--checkpoint", tiny, "--dataset", images, "--images", 4, "--strata", 20]
    said = run(*arguments, "--metric", "vlb", "--json").json
    assert said["each_t"]["t"] == list(range(1, 21))
    assert set(said["each_t"]["images"]) == {4}
    other = run(*arguments, "--metric", "vlb", "--variance", "beta", "--json").json
    assert other["L_T"] == said["L_T"]
    assert other["sum_L_t-1"]["nats"] != said["sum_L_t-1"]["nats"]
    text = run(*arguments, "--metric", "vlb").out
    assert "bits/dim" in text
    assert "each_t" not in text
    excess = run(*arguments, "--metric", "excess", "--json").json
    assert min(row["excess"] for row in excess["terms"]) > 0, "random weights are not better than the best on its own images"
    for row in excess["terms"]:
        assert row["excess"] == pytest.approx(row["network"] - row["ideal"], rel=1e-9)
    assert excess["mean_excess"] == pytest.approx(np.mean([row["excess"] for row in excess["terms"]]))
    assert excess["split"] == "train"


@pytest.mark.parametrize(
    ("arguments", "cause"),
    [
        (("mnist-vae-2d", "vlb"), "is of kind vae; vlb is for a ddpm"),
        (("mnist-classifier", "excess"), "is of kind classifier"),
        (("mnist-ddpm-c", "vlb", "--steps", "50"), "--steps: of no meaning for vlb"),
        (("mnist-ddpm-c", "excess", "--variance", "beta"), "--variance: of no meaning for excess"),
        (("mnist-ddpm-c", "fid", "--draws", "2"), "--draws: of no meaning for fid"),
        (("mnist-vae-2d", "elbo", "--steps", "5", "--eta", "0.5", "--clip"), "--steps, --eta, --clip: of no meaning for elbo"),
        (("mnist-vae-2d", "fid", "--eta", "0"), "--eta: of no meaning for fid of a vae"),
        (("mnist-vae-2d", "iwae", "--draws", "30000000"), "--draws 30000000: at most 5,000"),
        (("mnist-vae-2d", "prior-share", "--images", "1000000000000"), "--images 1000000000000: prior-share draws at most 100,000"),
        (("mnist-ddpm-c", "vlb", "--draws", "1000000000000"), "--draws 1000000000000: at most 16,129"),
        (("mnist-ddpm-c", "vlb", "--images", "10001"), "there are 10,000 test images of mnist"),
        (("mnist-ddpm-c", "vlb", "--dataset", "nowhere.npy"), "no such file"),
    ],
)
def test_what_the_objective_cannot_be_asked(refused: Callable[..., str], arguments: tuple[str, ...], cause: str) -> None:
    name, metric, *rest = arguments
    assert cause in refused("evaluate", "--checkpoint", name, "--metric", metric, *rest)


def test_one_image_gives_no_standard_error(refused: Callable[..., str], tiny: Path, tmp_path: Path) -> None:
    np.save(tmp_path / "one.npy", np.zeros((1, 8, 8, 3), np.uint8))
    for metric in ("vlb", "excess"):
        line = refused("evaluate", "--checkpoint", tiny, "--metric", metric, "--dataset", tmp_path / "one.npy", "--strata", 2)
        assert "one.npy: has one image" in line


def test_a_card_that_cannot_be_written_is_noticed_before_measuring(refused: Callable[..., str], tmp_path: Path) -> None:
    folder = tmp_path
    while len(str(folder)) < 4060:  # of 4095 bytes that a path may have: the file's fits, its neighbour's does not
        folder = folder / ("n" * min(200, 4060 - len(str(folder))))
        folder.mkdir()
    path = shutil.copy(locate("mnist-classifier"), folder / "own.safetensors")
    line = refused("evaluate", "--checkpoint", path, "--metric", "accuracy", "--images", 20, "--write")
    assert "cannot be written: File name too long" in line


@pytest.mark.skipif(sys.platform == "win32", reason="limits of POSIX")
def test_figures_are_printed_though_the_card_cannot_be_written(copy: Callable[[str], Path]) -> None:
    import resource

    path = copy("mnist-classifier")
    before = path.read_bytes()
    command = [sys.executable, "-m", "explorer", "evaluate", "--checkpoint", path, "--metric", "accuracy", "--images", "20", "--write"]
    limit = functools.partial(resource.setrlimit, resource.RLIMIT_FSIZE, (1000, 1000))  # as on a full disk
    ran = subprocess.run([*command, "--json"], capture_output=True, text=True, timeout=300, check=False, preexec_fn=limit)
    assert ran.returncode == 2
    said = json.loads(ran.stdout)
    assert (said["images"], said["written"]) == (20, False)
    assert said["accuracy"] > 0.9
    assert "cannot be written" in ran.stderr.splitlines()[-1]
    assert "Traceback" not in ran.stderr
    assert [file.read_bytes() for file in path.parent.iterdir()] == [before]


def test_images_of_another_shape_and_unknown_data_are_refused(refused: Callable[..., str], tiny: Path) -> None:
    assert "give --dataset" in refused("evaluate", "--checkpoint", tiny, "--metric", "vlb")
    assert "its images are 1 × 28 × 28" in refused("evaluate", "--checkpoint", tiny, "--metric", "vlb", "--dataset", "mnist")


def test_the_importance_weighted_bound_of_a_vae(run: Callable[..., Any], copy: Callable[[str], Path]) -> None:
    path = copy("mnist-vae-2d")
    ran = run("evaluate", "--checkpoint", path, "--metric", "iwae", "--images", 50, "--draws", 20, "--json", "--write")
    assert ran.status == 0, ran.err
    said = ran.json
    assert said["elbo"] < said["iwae"] < 0
    assert said["above_elbo"] == pytest.approx(said["iwae"] - said["elbo"])
    assert "--metric iwae --images 50 --draws 20" in said["command"]
    assert any((m.name, m.value) == ("test IWAE-20", said["iwae"]) for m in read_card(path).metrics)
    refused = run("evaluate", "--checkpoint", "mnist-ae-2d", "--metric", "iwae", "--images", 50)
    assert refused.status == 2
    assert "codes are points" in refused.err


def test_log_p_of_held_out_images_is_above_their_elbo(run: Callable[..., Any], copy: Callable[[str], Path]) -> None:
    path = copy("mnist-vae-2d")
    ran = run("evaluate", "--checkpoint", path, "--metric", "log-px", "--images", 4, "--json", "--write")
    assert ran.status == 0, ran.err
    said = ran.json
    assert said["elbo"] < said["log_px"] < 0
    assert said["gap"] == pytest.approx(said["log_px"] - said["elbo"])
    assert said["moved"] < 1e-3
    assert any((m.name, m.value) == ("test log p(x)", said["log_px"]) for m in read_card(path).metrics)
    for checkpoint, cause in (("mnist-vae-16d", "16 dimensions"), ("mnist-ae-2d", "codes are points"), ("mnist-ddpm-c", "needs a vae")):
        refused = run("evaluate", "--checkpoint", checkpoint, "--metric", "log-px", "--images", 4)
        assert refused.status == 2
        assert cause in refused.err


def test_the_share_of_prior_samples_that_read_as_digits(run: Callable[..., Any]) -> None:
    said = run("evaluate", "--checkpoint", "mnist-ae-2d", "--metric", "prior-share", "--images", 100, "--json").json
    assert 0.4 < said["prior_share"] < 1
    assert 0.4 < said["share_of_fitted_gaussian"] < 1
    assert said["real_share"] > 0.9
    refused = run("evaluate", "--checkpoint", "mnist-ddpm-c", "--metric", "prior-share", "--images", 100)
    assert refused.status == 2
    assert "needs a vae or an ae" in refused.err


def test_a_card_is_written_without_touching_the_weights(copy: Callable[[str], Path]) -> None:
    from safetensors.torch import load_file, save_file

    from explorer.checkpoints.card import METADATA_KEY, encode_card

    path = copy("mnist-ae-2d")
    halves = {name: tensor.half() for name, tensor in load_file(path).items()}
    save_file(halves, path, {METADATA_KEY: encode_card(read_card(path))})
    write_metrics(load(path), (Metric("new", 1.0, "how"),))
    after = load_file(path)
    assert all(torch.equal(after[name], tensor) and after[name].dtype == torch.float16 for name, tensor in halves.items())
    assert read_card(path).metrics[-1].name == "new"


def test_samples_are_counted_that_are_read_as_what_they_were_told_to_be() -> None:
    from explorer.cli.evaluate.samples import read_as_told
    from explorer.evaluation.judge import Readings

    made = Readings(np.zeros((4, 1), np.float32), np.eye(10, dtype=np.float32)[[3, 4, 5, 5]])
    assert read_as_told(made, [3, 3, 5, -1]) == {"read_as_told": pytest.approx(2 / 3), "of_a_class": 3}
    assert read_as_told(made, [-1] * 4) == {}, "no sample was told a class"
    assert read_as_told(made, None) == {}
