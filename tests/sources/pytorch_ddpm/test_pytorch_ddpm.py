"""pytorch-ddpm's checkpoints open as lanes whose steps are its own; the reference is its network written down again."""

from __future__ import annotations

import math
from pathlib import Path
from typing import Any

import pytest
import torch
from torch import Tensor
from torch.nn import functional as F

from explorer import backends, sources
from explorer.errors import BadInput
from explorer.recipe.told import Told

from ..stepwise import CLOSE, furthest, linear_levels, random_weights

T, WIDTH, MULT, BLOCKS, ATTENDS = 200, 32, (1, 2), 2, (False, True)
TABLE = "time_embedding.timembedding.0.weight"


def table() -> Tensor:
    """Sine and cosine by turns."""
    frequencies = torch.exp(-math.log(10000) * torch.arange(0, WIDTH, 2) / WIDTH)
    angles = torch.arange(T)[:, None] * frequencies
    made = torch.zeros(T, WIDTH)
    made[:, 0::2], made[:, 1::2] = angles.sin(), angles.cos()
    return made


def shapes() -> dict[str, tuple[int, ...]]:
    found: dict[str, tuple[int, ...]] = {}

    def layer(name: str, *shape: int) -> None:
        found[f"{name}.weight"], found[f"{name}.bias"] = shape, (shape[0],)

    def block(name: str, before: int, after: int, attends: bool) -> None:
        layer(f"{name}.block1.0", before)
        layer(f"{name}.block1.2", after, before, 3, 3)
        layer(f"{name}.temb_proj.1", after, 4 * WIDTH)
        layer(f"{name}.block2.0", after)
        layer(f"{name}.block2.3", after, after, 3, 3)
        if before != after:
            layer(f"{name}.shortcut", after, before, 1, 1)
        if attends:
            layer(f"{name}.attn.group_norm", after)
            for part in ("proj_q", "proj_k", "proj_v", "proj"):
                layer(f"{name}.attn.{part}", after, after, 1, 1)

    layer("time_embedding.timembedding.1", 4 * WIDTH, WIDTH)
    layer("time_embedding.timembedding.3", 4 * WIDTH, 4 * WIDTH)
    layer("head", WIDTH, 3, 3, 3)
    h, skips, index = WIDTH, [WIDTH], 0
    for level, times in enumerate(MULT):
        for _ in range(BLOCKS):
            block(f"downblocks.{index}", h, WIDTH * times, ATTENDS[level])
            h, index = WIDTH * times, index + 1
            skips.append(h)
        if level < len(MULT) - 1:
            layer(f"downblocks.{index}.main", h, h, 3, 3)
            index += 1
            skips.append(h)
    block("middleblocks.0", h, h, True)
    block("middleblocks.1", h, h, False)
    index = 0
    for level, times in reversed(list(enumerate(MULT))):
        for _ in range(BLOCKS + 1):
            block(f"upblocks.{index}", h + skips.pop(), WIDTH * times, ATTENDS[level])
            h, index = WIDTH * times, index + 1
        if level:
            layer(f"upblocks.{index}.main", h, h, 3, 3)
            index += 1
    layer("tail.0", h)
    layer("tail.2", 3, h, 3, 3)
    return found


def network(w: dict[str, Tensor], x: Tensor, t: int) -> Tensor:
    """What it makes of states at its own t, 0..T-1."""

    def conv(name: str, x: Tensor, stride: int = 1) -> Tensor:
        weight = w[f"{name}.weight"]
        return F.conv2d(x, weight, w[f"{name}.bias"], stride, weight.shape[-1] // 2)

    def norm(name: str, x: Tensor) -> Tensor:
        return F.group_norm(x, 32, w[f"{name}.weight"], w[f"{name}.bias"])

    def block(name: str, x: Tensor) -> Tensor:
        h = conv(f"{name}.block1.2", F.silu(norm(f"{name}.block1.0", x)))
        h = h + F.linear(F.silu(emb), w[f"{name}.temb_proj.1.weight"], w[f"{name}.temb_proj.1.bias"])[:, :, None, None]
        h = conv(f"{name}.block2.3", F.silu(norm(f"{name}.block2.0", h)))
        h = h + (conv(f"{name}.shortcut", x) if f"{name}.shortcut.weight" in w else x)
        return attention(f"{name}.attn", h) if f"{name}.attn.proj.weight" in w else h

    def attention(name: str, x: Tensor) -> Tensor:
        normed = norm(f"{name}.group_norm", x)
        q, k, v = (conv(f"{name}.{part}", normed).flatten(2) for part in ("proj_q", "proj_k", "proj_v"))
        weights = torch.softmax(q.transpose(1, 2) @ k / math.sqrt(x.shape[1]), dim=-1)
        return x + conv(f"{name}.proj", (v @ weights.transpose(1, 2)).view_as(x))

    emb = w[TABLE][torch.full((len(x),), t)]
    emb = F.linear(emb, w["time_embedding.timembedding.1.weight"], w["time_embedding.timembedding.1.bias"])
    emb = F.linear(F.silu(emb), w["time_embedding.timembedding.3.weight"], w["time_embedding.timembedding.3.bias"])
    h = conv("head", x)
    skips, index = [h], 0
    for level in range(len(MULT)):
        for _ in range(BLOCKS):
            h = block(f"downblocks.{index}", h)
            skips.append(h)
            index += 1
        if level < len(MULT) - 1:
            h = conv(f"downblocks.{index}.main", h, 2)
            skips.append(h)
            index += 1
    h = block("middleblocks.1", block("middleblocks.0", h))
    index = 0
    for level in reversed(range(len(MULT))):
        for _ in range(BLOCKS + 1):
            h = block(f"upblocks.{index}", torch.cat([h, skips.pop()], dim=1))
            index += 1
        if level:
            h = conv(f"upblocks.{index}.main", h.repeat_interleave(2, dim=2).repeat_interleave(2, dim=3))
            index += 1
    return conv("tail.2", F.silu(norm("tail.0", h)))


def written(path: Path, changed: float = 0.0) -> tuple[Path, dict[str, Tensor]]:
    """A checkpoint as its training writes it, its table moved by as much noise."""
    weights = random_weights(shapes()) | {TABLE: table() + changed * torch.randn(T, WIDTH)}
    raw = {name: tensor + 1 for name, tensor in weights.items()}
    sched = {"base_lrs": [1e-4], "last_epoch": 1, "_step_count": 2, "_last_lr": [1e-4]}
    optim = {"state": {}, "param_groups": []}
    torch.save({"net_model": raw, "ema_model": weights, "sched": sched, "optim": optim, "step": 7, "x_T": torch.randn(4, 3, 8, 8)}, path)
    return path, weights


SIZE = Told(image_size=(8, 8))


@pytest.mark.parametrize("changed", [0.0, 0.1])
def test_every_mean_is_the_programs(tmp_path: Path, changed: float) -> None:
    """Whether its table is that of sines and cosines, which the library computes, or has changed since."""
    path, weights = written(tmp_path / "ckpt.pt", changed)
    assert furthest(path, SIZE, linear_levels(1e-4, 0.02, T), lambda x, t, _: network(weights, x, t - 1)) < CLOSE
    assert furthest(path, SIZE, linear_levels(1e-4, 0.02, T), lambda x, t, _: network(weights, x, min(t, T - 1))) > CLOSE


@pytest.mark.parametrize("option", ["A", "B"])
def test_what_it_predicts_is_told(tmp_path: Path, option: Any) -> None:
    path, weights = written(tmp_path / "ckpt.pt")
    short = Told(predicts=option, image_size=(8, 8), betas=tuple(0.001 + 0.0001 * i for i in range(T)))
    levels = linear_levels(0.001, 0.001 + 0.0001 * (T - 1), T)
    assert furthest(path, short, levels, lambda x, t, _: network(weights, x, t - 1), option, None if option == "A" else 8) < CLOSE


@pytest.mark.parametrize(
    ("told", "words"),
    [
        ({"predicts": "V"}, "no network of pytorch-ddpm predicts v"),
        ({"betas": (0.1, 0.2)}, "2 betas were told of it (--schedule), and its table has 200 timesteps"),
        ({"image_size": (7, 8)}, "images of 7 x 8 (--image-size)"),
    ],
)
def test_answers_that_do_not_fit(tmp_path: Path, told: dict[str, Any], words: str) -> None:
    path, _ = written(tmp_path / "ckpt.pt")
    with pytest.raises(BadInput) as refused:
        sources.open(path, Told(**told))
    assert str(refused.value).startswith(f"{path}: {words}")


def test_the_averaged_weights_are_taken_and_the_others_where_there_are_none(tmp_path: Path) -> None:
    path, _ = written(tmp_path / "ckpt.pt")
    assert sources.card(path).origin.notes[0] == "its averaged weights (ema_model)"  # type: ignore[union-attr]
    held = torch.load(path, weights_only=True)
    del held["ema_model"]
    torch.save(held, path)
    assert sources.card(path).origin.notes[0].startswith("its weights as they were trained")  # type: ignore[union-attr]
    torch.save(held["net_model"], path)
    assert sources.open(path).card.origin.notes[0] == "its weights"  # type: ignore[union-attr]


@pytest.mark.skipif(bool(backends.backend_named("native").missing()), reason="the native kernel is not built")  # type: ignore[union-attr]
def test_the_native_kernel_runs_it(tmp_path: Path) -> None:
    path, _ = written(tmp_path / "ckpt.pt")
    network, native = sources.open(path, SIZE).network, backends.backend_named("native")
    assert native is not None
    assert native.supports(network)
    x_t, t = torch.randn(3, 3, 8, 8), torch.tensor([1, 100, 200])
    with torch.no_grad():
        wanted = network(x_t, t)
        assert (native.prepare(network, torch.device("cpu"), "fp32")(x_t, t) - wanted).abs().max() < 1e-5 * wanted.abs().max()
