"""U-Nets of OpenAI's programs open as lanes whose steps are theirs; what their files do not say is asked, and must fit."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from torch import Tensor

from explorer import backends, sources
from explorer.cli import main
from explorer.errors import BadInput
from explorer.recipe.told import Told

from ..stepwise import CLOSE, furthest, linear_levels, random_weights
from .reference import Build, Reference, shapes

SMALL = Told(image_size=(8, 8))
LINEAR = linear_levels(1e-4, 0.02, 1000)


def written(path: Path, build: Build, **more: Any) -> tuple[Path, dict[str, Tensor]]:
    """A state dict in a file."""
    weights = random_weights(shapes(build))
    torch.save(weights | more, path)
    return path, weights


def of(reference: Reference, scale: float = 1.0, channels: int = 3) -> Any:
    """The network at t - 1, times a factor; the first half of what it makes."""
    return lambda x, t, labels: reference(x, torch.full((len(x),), (t - 1) * scale), torch.tensor(labels))[:, :channels]


@pytest.mark.parametrize(
    ("build", "told", "how"),
    [
        (Build(), {}, {}),
        (Build(scale_shift=False, blocks=2, attends=(True, False)), {}, {}),
        (Build(updown=True, attends=(False, True)), {"head_channels": 16}, {"head_channels": 16}),
        (Build(updown=True, mult=(1, 1, 2), attends=(False, True, False), blocks=2), {"heads": 2}, {"heads": 2}),
        (Build(resamples=False), {"heads": 1}, {"heads": 1}),
        (Build(), {"attention_order": "new"}, {"new_order": True}),
        (Build(channels=64, mult=(0.5, 1), image=1, out=1), {}, {}),
        (Build(out=6), {}, {}),
        (Build(mult=(1,), attends=(False,)), {}, {}),
    ],
)
def test_every_mean_is_the_programs(tmp_path: Path, build: Build, told: dict[str, Any], how: dict[str, Any]) -> None:
    path, weights = written(tmp_path / "ema_0.9999_1.pt", build)
    predicted = of(Reference(build, weights, **how), channels=build.image)
    assert furthest(path, Told(image_size=(8, 8), **told), LINEAR, predicted) < CLOSE


@pytest.mark.parametrize("told", [{"heads": 2}, {"attention_order": "new"}, {"schedule": "cosine"}, {"predicts": "B"}])
def test_a_wrong_answer_is_another_chain(tmp_path: Path, told: dict[str, Any]) -> None:
    """Any of them fits the weights: the tolerance tells them apart."""
    path, weights = written(tmp_path / "model.pt", Build())
    levels = LINEAR
    if "schedule" in told:
        f = np.cos((np.arange(1001) / 1000 + 0.008) / 1.008 * np.pi / 2) ** 2
        levels = np.cumprod(np.concatenate([[1.0], np.maximum(f[1:] / f[:-1], 0.001)]))
    assert (
        furthest(path, Told(image_size=(8, 8), **told), levels, of(Reference(Build(), weights)), "C" if "predicts" in told else "B") > CLOSE
    )


@pytest.mark.parametrize(("word", "scale"), [("fraction", 1000 / 400), ("index", 1.0)])
def test_timesteps_are_rescaled_where_there_are_not_a_thousand(tmp_path: Path, word: Any, scale: float) -> None:
    path, weights = written(tmp_path / "model.pt", Build())
    levels = linear_levels(1e-4 * 2.5, 0.02 * 2.5, 400)
    told = Told(image_size=(8, 8), timesteps=400, time_input=word)
    assert furthest(path, told, levels, of(Reference(Build(), weights), scale)) < CLOSE


def test_classes_and_what_is_half_precise(tmp_path: Path) -> None:
    build = Build(classes=10, updown=True)
    path, weights = written(tmp_path / "model.pt", build)
    halved = {name: tensor.half() if "_block" in name else tensor for name, tensor in weights.items()}
    torch.save({"state_dict": {f"module.{name}": tensor for name, tensor in halved.items()}}, path)
    card = sources.card(path)
    assert card.classes is not None
    assert card.classes.labels == 10
    assert furthest(path, SMALL, LINEAR, of(Reference(build, halved, head_channels=64))) < CLOSE


def test_what_is_assumed_is_told_and_fits_the_published_sizes(tmp_path: Path) -> None:
    path, _ = written(tmp_path / "model.pt", Build())
    card = sources.card(path)
    assert card.data.shape == (3, 32, 32)
    assert card.origin is not None
    assert card.origin.told == Told("C", "linear", None, 1000, None, "fraction", None, (32, 32), 4, None, "legacy")
    assert sources.card(path, Told(head_channels=16)).origin.told.heads is None  # type: ignore[union-attr]
    wide, _ = written(tmp_path / "wide.pt", Build(64, (1, 2), updown=True))
    asked = {question.field: question for question in sources.asks(wide)}
    assert asked["head_channels"].default == 64
    assert asked["head_channels"].instead == "heads"


@pytest.mark.parametrize(
    ("build", "told", "words"),
    [
        (Build(), {"heads": 3}, "3 heads (--heads) do not divide the 64 channels of its attention"),
        (Build(), {"head_channels": 48}, "heads of 48 channels (--head-channels) do not divide the 64 of its attention"),
        (Build(), {"image_size": (9, 8)}, "images of 9 x 8 (--image-size) are none of multiples of 2"),
        (Build(image=6), {}, "is a super-resolution network"),
        (Build(image=4, out=4), {}, "takes 4 channels"),
        (Build(out=5), {}, "makes 5 channels of 3"),
    ],
)
def test_answers_that_do_not_fit(tmp_path: Path, build: Build, told: dict[str, Any], words: str) -> None:
    path, _ = written(tmp_path / "model.pt", build)
    for ask in (sources.card, sources.open):
        with pytest.raises(BadInput) as refused:
            ask(path, Told(**told))
        assert str(refused.value).startswith(f"{path}: {words}")


@pytest.mark.parametrize(
    ("change", "words"),
    [
        (lambda w: w.pop("out.0.bias"), "has no weights out.0.bias, which a network of its sizes has"),
        (lambda w: w.update({"out.9.bias": torch.zeros(1)}), "has weights out.9.bias that a network of its sizes does not"),
        (lambda w: w.update({"out.0.bias": torch.zeros(3)}), "weights out.0.bias are (3,)"),
        (lambda w: w.update({"middle_block.1.qkv.bias": torch.zeros(191)}), "weights middle_block.1.qkv.bias are (191,)"),
        (lambda w: w.update({"out.0.bias": torch.full((32,), torch.nan)}), "its weights out.0.bias are not finite"),
        (lambda w: w.update({"out.0.bias": torch.zeros(32, dtype=torch.int64)}), "weights out.0.bias are (32,)"),
        (lambda w: w.update({"input_blocks.9.0.in_layers.0.weight": torch.zeros(32)}), "has other blocks on its way up"),
        (lambda w: w.update({"out.2.weight": torch.zeros(3)}), "has no weights out.2.weight of 4 sides"),
        (lambda w: [w.pop(name) for name in list(w) if name.startswith("output_blocks.")], "is a classifier of noisy images"),
        (lambda w: w.update({"out.0.bias": torch.zeros(1).expand(2**40)}), "weights out.0.bias claim more numbers than the file has"),
    ],
)  # fmt: skip
def test_weights_that_are_none_of_the_family(tmp_path: Path, change: Any, words: str, capsys: pytest.CaptureFixture[str]) -> None:
    weights = random_weights(shapes(Build()))
    change(weights)
    path = tmp_path / "model.pt"
    torch.save(weights, path)
    assert main(["info", str(path)]) == 2
    said = capsys.readouterr().err
    assert said.startswith(f"generative-explorer: {path}: {words}")
    assert said.count("\n") == 1


def test_commands_take_it_with_its_answers(tmp_path: Path) -> None:
    path, _ = written(tmp_path / "model.pt", Build())
    out = tmp_path / "chain.npz"
    told = ["--heads", "2", "--image-size", "8", "--schedule", "cosine", "--timesteps", "50"]
    assert main(["sample", "--checkpoint", str(path), *told, "--steps", "3", "--samples", "2", "--out", str(out)]) == 0
    assert main(["replay", str(out), "--out", str(tmp_path / "again.npz")]) == 0


@pytest.mark.skipif(bool(backends.backend_named("native").missing()), reason="the native kernel is not built")  # type: ignore[union-attr]
def test_the_native_kernel_runs_it(tmp_path: Path) -> None:
    path, _ = written(tmp_path / "model.pt", Build(resamples=False))
    for told in (SMALL, Told(image_size=(8, 8), timesteps=400)):
        network, native = sources.open(path, told).network, backends.backend_named("native")
        assert native is not None
        assert native.supports(network)
        x_t, t = torch.randn(3, 3, 8, 8), torch.tensor([1, 200, 400])
        with torch.no_grad():
            wanted = network(x_t, t)
            assert (native.prepare(network, torch.device("cpu"), "fp32")(x_t, t) - wanted).abs().max() < 1e-5 * wanted.abs().max()
