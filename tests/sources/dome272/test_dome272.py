"""State dicts of dome272's Diffusion-Models-pytorch; the reference is its network written down again."""

from __future__ import annotations

import math
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from torch import Tensor
from torch.nn import functional as F

from explorer import sources
from explorer.errors import BadInput
from explorer.recipe.told import Told

from ..stepwise import CLOSE, furthest, random_weights

WIDTHS, UPS, TOLD = (8, 16, 24, 24), (16, 8, 8), 12
STEPS = 50
LEVELS = np.cumprod(1 - np.linspace(1e-4, 0.02, STEPS))
"""alpha_bar_0..alpha_bar_49: its first beta is of no step."""


def shapes(deep: bool, classes: int) -> dict[str, tuple[int, ...]]:
    found: dict[str, tuple[int, ...]] = {}

    def layer(name: str, *shape: int) -> None:
        found[f"{name}.weight"], found[f"{name}.bias"] = shape, (shape[0],)

    def double(name: str, before: int, after: int, between: int) -> None:
        for place, o, i in ((0, between, before), (3, after, between)):
            found[f"{name}.double_conv.{place}.weight"] = (o, i, 3, 3)
            layer(f"{name}.double_conv.{place + 1}", o)

    def attention(name: str, width: int) -> None:
        found[f"{name}.mha.in_proj_weight"], found[f"{name}.mha.in_proj_bias"] = (3 * width, width), (3 * width,)
        for part in ("mha.out_proj", "ff_self.1", "ff_self.3"):
            layer(f"{name}.{part}", width, width)
        layer(f"{name}.ln", width)
        layer(f"{name}.ff_self.0", width)

    double("inc", 3, WIDTHS[0], WIDTHS[0])
    for index in (1, 2, 3):
        before, after = WIDTHS[index - 1], WIDTHS[index]
        double(f"down{index}.maxpool_conv.1", before, before, before)
        double(f"down{index}.maxpool_conv.2", before, after, after)
        layer(f"down{index}.emb_layer.1", after, TOLD)
        attention(f"sa{index}", after)
    middle = [("bot1", 24, 40), ("bot2", 40, 40), ("bot3", 40, 24)] if deep else [("bot1", 24, 24), ("bot3", 24, 24)]
    for name, before, after in middle:
        double(name, before, after, after)
    h = 24
    for index, after in enumerate(UPS, 1):
        before = h + WIDTHS[3 - index]
        double(f"up{index}.conv.0", before, before, before)
        double(f"up{index}.conv.1", before, after, before // 2)
        layer(f"up{index}.emb_layer.1", after, TOLD)
        attention(f"sa{index + 3}", after)
        h = after
    layer("outc", 3, h, 1, 1)
    if classes:
        found["label_emb.weight"] = (classes, TOLD)
    return found


def network(w: dict[str, Tensor], x: Tensor, i: int, labels: Tensor | None = None) -> Tensor:
    """What it makes of states at its index i; labels of -1 are none."""

    def double(name: str, x: Tensor) -> Tensor:
        for place in (0, 3):
            x = F.conv2d(x, w[f"{name}.double_conv.{place}.weight"], padding=1)
            x = F.group_norm(x, 1, w[f"{name}.double_conv.{place + 1}.weight"], w[f"{name}.double_conv.{place + 1}.bias"])
            x = F.gelu(x) if place == 0 else x
        return x

    def linear(name: str, x: Tensor) -> Tensor:
        return F.linear(x, w[f"{name}.weight"], w[f"{name}.bias"])

    def norm(name: str, x: Tensor) -> Tensor:
        return F.layer_norm(x, x.shape[-1:], w[f"{name}.weight"], w[f"{name}.bias"])

    def attention(name: str, x: Tensor) -> Tensor:
        width = x.shape[1]
        pixels = x.flatten(2).mT
        q, k, v = F.linear(norm(f"{name}.ln", pixels), w[f"{name}.mha.in_proj_weight"], w[f"{name}.mha.in_proj_bias"]).chunk(3, dim=-1)
        heads = [
            torch.softmax(a @ b.mT / math.sqrt(width / 4), dim=-1) @ c
            for a, b, c in zip(q.chunk(4, -1), k.chunk(4, -1), v.chunk(4, -1), strict=True)
        ]
        seen = linear(f"{name}.mha.out_proj", torch.cat(heads, dim=-1)) + pixels
        seen = linear(f"{name}.ff_self.3", F.gelu(linear(f"{name}.ff_self.1", norm(f"{name}.ff_self.0", seen)))) + seen
        return seen.mT.reshape(x.shape)

    def told(name: str) -> Tensor:
        return linear(f"{name}.emb_layer.1", F.silu(emb))[:, :, None, None]

    angles = torch.full((len(x), 1), float(i)) / 10000 ** (torch.arange(0, TOLD, 2) / TOLD)
    emb = torch.cat([angles.sin(), angles.cos()], dim=1)
    if labels is not None:
        emb = torch.stack([e if label < 0 else e + w["label_emb.weight"][label] for e, label in zip(emb, labels, strict=True)])
    skips = [double("inc", x)]
    for index in (1, 2, 3):
        h = F.max_pool2d(skips[-1], 2)
        h = F.gelu(h + double(f"down{index}.maxpool_conv.1", h))
        skips.append(attention(f"sa{index}", double(f"down{index}.maxpool_conv.2", h) + told(f"down{index}")))
    h = skips.pop()
    for name in ("bot1", "bot2", "bot3"):
        h = double(name, h) if f"{name}.double_conv.0.weight" in w else h
    for index in (1, 2, 3):
        h = torch.cat([skips.pop(), F.interpolate(h, scale_factor=2, mode="bilinear", align_corners=True)], dim=1)
        h = F.gelu(h + double(f"up{index}.conv.0", h))
        h = attention(f"sa{index + 3}", double(f"up{index}.conv.1", h) + told(f"up{index}"))
    return F.conv2d(h, w["outc.weight"], w["outc.bias"])


SIZE = Told(timesteps=STEPS, image_size=(16, 16))


@pytest.mark.parametrize("deep", [True, False])
@pytest.mark.parametrize("classes", [0, 5])
def test_every_mean_is_the_programs(tmp_path: Path, deep: bool, classes: int) -> None:
    weights = random_weights(shapes(deep, classes))
    path = tmp_path / "ckpt.pt"
    torch.save(weights, path)

    def predicted(x: Tensor, t: int, labels: Any) -> Tensor:
        return network(weights, x, t, torch.tensor(labels) if classes else None)

    assert furthest(path, SIZE, LEVELS, predicted) < CLOSE
    assert furthest(path, SIZE, LEVELS, lambda x, t, labels: predicted(x, t - 1, labels)) > CLOSE


def test_no_class_adds_nothing_to_what_t_is_told_as(tmp_path: Path) -> None:
    weights = random_weights(shapes(False, 5))
    torch.save(weights, tmp_path / "ckpt.pt")
    opened = sources.open(tmp_path / "ckpt.pt", SIZE)
    assert opened.card.classes is not None
    assert (opened.card.classes.labels, opened.card.classes.null_label) == (6, 5)
    x = torch.randn(2, 3, 16, 16)
    with torch.no_grad():
        torch.testing.assert_close(
            opened.network(x, torch.tensor([7, 7]), torch.tensor([5, 1])),
            network(weights, x, 7, torch.tensor([-1, 1])),
            rtol=1e-4,
            atol=1e-4,
        )


@pytest.mark.parametrize(
    ("told", "words"),
    [
        ({"timesteps": 1}, "of one noise step (--timesteps) its program visits none"),
        ({"schedule": "cosine"}, "its program has no cosine schedule"),
        ({"image_size": (12, 16)}, "images of 12 x 16 (--image-size)"),
    ],
)
def test_answers_that_do_not_fit(tmp_path: Path, told: dict[str, Any], words: str) -> None:
    torch.save(random_weights(shapes(False, 0)), tmp_path / "ckpt.pt")
    with pytest.raises(BadInput) as refused:
        sources.open(tmp_path / "ckpt.pt", Told(**told))
    assert str(refused.value).startswith(f"{tmp_path / 'ckpt.pt'}: {words}")


@pytest.mark.parametrize(
    ("name", "shape", "words"),
    [
        ("inc.double_conv.0.weight", (8, 4, 3, 3), "takes 4 channels; pictures have 1 or 3 here"),
        ("outc.weight", (6, 8, 1, 1), "makes 6 channels of 3"),
        ("down1.maxpool_conv.2.double_conv.3.weight", (18, 8, 3, 3), "has attention of 18 channels, which do not divide into the 4 heads"),
    ],
)
def test_what_is_no_lane_is_asked_nothing(tmp_path: Path, name: str, shape: tuple[int, ...], words: str) -> None:
    torch.save(random_weights(shapes(False, 0) | {name: shape}), tmp_path / "ckpt.pt")
    for ask in (sources.open, sources.asks):
        with pytest.raises(BadInput) as refused:
            ask(tmp_path / "ckpt.pt")
        assert str(refused.value).startswith(f"{tmp_path / 'ckpt.pt'}: {words}")
