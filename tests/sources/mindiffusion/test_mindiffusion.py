"""State dicts of minDiffusion and conditional MNIST are lanes whose steps are theirs, to the last one, which ends at alpha_bar_0 < 1."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from torch import Tensor, nn
from torch.nn import functional as F

from explorer import sources
from explorer.errors import BadInput
from explorer.recipe.told import Told

from ..stepwise import CLOSE, furthest, random_weights

T = 60


def tables(count: int = T) -> dict[str, Tensor]:
    """As both programs make them, in float32."""
    beta = (0.02 - 1e-4) * torch.arange(count + 1, dtype=torch.float32) / count + 1e-4
    alpha = 1 - beta
    bar = alpha.log().cumsum(0).exp()
    return {
        "alpha_t": alpha, "oneover_sqrta": 1 / alpha.sqrt(), "sqrt_beta_t": beta.sqrt(), "alphabar_t": bar, "sqrtab": bar.sqrt(),
        "sqrtmab": (1 - bar).sqrt(), "mab_over_sqrtmab": (1 - alpha) / (1 - bar).sqrt(),
    }  # fmt: skip


LEVELS = np.cumprod(1 - np.linspace(1e-4, 0.02, T + 1))
"""alpha_bar_0..alpha_bar_T: each a product of one factor more."""


class Weights:
    """Names and shapes, and the layers that they are."""

    def __init__(self) -> None:
        self.shapes: dict[str, tuple[int, ...]] = {}
        self.w: dict[str, Tensor] = {}

    def layer(self, name: str, *shape: int, bias: int | None = None) -> None:
        self.shapes[f"{name}.weight"] = shape
        self.shapes[f"{name}.bias"] = (shape[0] if bias is None else bias,)

    def batch_norm(self, name: str, width: int) -> None:
        self.layer(name, width)
        self.shapes |= {f"{name}.running_mean": (width,), f"{name}.running_var": (width,)}

    def fill(self) -> dict[str, Tensor]:
        self.w = random_weights(self.shapes)
        for name in [name for name in self.w if name.endswith("running_var")]:
            self.w[name] = self.w[name].abs() + 0.5
            self.w[name.replace("running_var", "num_batches_tracked")] = torch.tensor(3)
        return self.w

    def conv(self, name: str, x: Tensor) -> Tensor:
        weight = self.w[f"{name}.weight"]
        return F.conv2d(x, weight, self.w[f"{name}.bias"], padding=weight.shape[-1] // 2)

    def up(self, name: str, x: Tensor, side: int) -> Tensor:
        return F.conv_transpose2d(x, self.w[f"{name}.weight"], self.w[f"{name}.bias"], stride=side)

    def linear(self, name: str, x: Tensor) -> Tensor:
        return F.linear(x, self.w[f"{name}.weight"], self.w.get(f"{name}.bias"))

    def eight(self, name: str, x: Tensor) -> Tensor:
        return F.group_norm(x, 8, self.w[f"{name}.weight"], self.w[f"{name}.bias"])

    def of_batch(self, name: str, x: Tensor) -> Tensor:
        known = (self.w[f"{name}.{part}"][None, :, None, None] for part in ("running_mean", "running_var", "weight", "bias"))
        mean, variance, weight, bias = known
        return (x - mean) / (variance + 1e-5).sqrt() * weight + bias


def context(width: int = 16, classes: int = 4, window: int = 2) -> tuple[dict[str, Tensor], Callable[[Tensor, Tensor, Tensor], Tensor]]:
    """Weights of conditional MNIST's network, and the network: of x, a one-hot class or zeros, and t / T."""
    a = Weights()

    def pair(name: str, before: int, after: int) -> None:
        for index, (i, o) in enumerate(((before, after), (after, after)), 1):
            a.layer(f"{name}.conv{index}.0", o, i, 3, 3)
            a.batch_norm(f"{name}.conv{index}.1", o)

    pair("init_conv", 1, width)
    pair("down1.model.0", width, width)
    pair("down2.model.0", width, 2 * width)
    for name, before in (("timeembed", 1), ("contextembed", classes)):
        for index, after in ((1, 2 * width), (2, width)):
            a.layer(f"{name}{index}.model.0", after, before)
            a.layer(f"{name}{index}.model.2", after, after)
    a.layer("up0.0", 2 * width, 2 * width, window, window)
    a.layer("up0.1", 2 * width)
    for name, before in (("up1", 4 * width), ("up2", 2 * width)):
        a.layer(f"{name}.model.0", before, width, 2, 2, bias=width)
        pair(f"{name}.model.1", width, width)
        pair(f"{name}.model.2", width, width)
    a.layer("out.0", width, 2 * width, 3, 3)
    a.layer("out.1", width)
    a.layer("out.3", 1, width, 3, 3)
    weights = a.fill()

    def layer(name: str, x: Tensor) -> Tensor:
        return F.gelu(a.of_batch(f"{name}.1", a.conv(f"{name}.0", x)))

    def both(name: str, x: Tensor) -> Tensor:
        return layer(f"{name}.conv2", layer(f"{name}.conv1", x))

    def embedded(name: str, x: Tensor) -> Tensor:
        return a.linear(f"{name}.model.2", F.gelu(a.linear(f"{name}.model.0", x)))[:, :, None, None]

    def doubled(name: str, x: Tensor, skip: Tensor) -> Tensor:
        return both(f"{name}.model.2", both(f"{name}.model.1", a.up(f"{name}.model.0", torch.cat([x, skip], dim=1), 2)))

    def network(x: Tensor, one_hot: Tensor, share: Tensor) -> Tensor:
        first = layer("init_conv.conv1", x)
        x = (first + layer("init_conv.conv2", first)) / 1.414
        down1 = F.max_pool2d(both("down1.model.0", x), 2)
        down2 = F.max_pool2d(both("down2.model.0", down1), 2)
        h = F.relu(a.eight("up0.1", a.up("up0.0", F.gelu(F.avg_pool2d(down2, window)), window)))
        h = doubled("up1", embedded("contextembed1", -one_hot) * h + embedded("timeembed1", share), down2)
        h = doubled("up2", embedded("contextembed2", -one_hot) * h + embedded("timeembed2", share), down1)
        return a.conv("out.3", F.relu(a.eight("out.1", a.conv("out.0", torch.cat([h, x], dim=1)))))

    return weights, network


def naive(width: int = 8) -> tuple[dict[str, Tensor], Callable[[Tensor, Tensor], Tensor]]:
    """Weights of minDiffusion's U-Net, and the network: of x and t / T."""
    a = Weights()

    def three(name: str, before: int, after: int) -> None:
        for place, i in (("main.0", before), ("conv.0", after), ("conv.3", after)):
            a.layer(f"{name}.{place}", after, i, 3, 3)
            a.layer(f"{name}.{place[:-1]}{int(place[-1]) + 1}", after)

    three("init_conv", 3, width)
    for index, (before, after) in enumerate(((width, width), (width, 2 * width), (2 * width, 2 * width)), 1):
        three(f"down{index}.model.0", before, after)
    a.shapes["timeembed.lin1.weight"] = (2 * width, 1)
    a.layer("timeembed.lin2", 2 * width, 2 * width)
    a.layer("up0.0", 2 * width, 2 * width, 4, 4)
    a.layer("up0.1", 2 * width)
    for index, (before, after) in enumerate(((4 * width, 2 * width), (4 * width, width), (2 * width, width)), 1):
        a.layer(f"up{index}.model.0", before, after, 2, 2, bias=after)
        three(f"up{index}.model.1", after, after)
        three(f"up{index}.model.2", after, after)
    a.layer("out", 3, 2 * width, 3, 3)
    weights = a.fill()

    def parts(name: str, x: Tensor) -> tuple[Tensor, Tensor]:
        first = F.relu(a.eight(f"{name}.main.1", a.conv(f"{name}.main.0", x)))
        second = F.relu(a.eight(f"{name}.conv.1", a.conv(f"{name}.conv.0", first)))
        return first, F.relu(a.eight(f"{name}.conv.4", a.conv(f"{name}.conv.3", second)))

    def doubled(name: str, x: Tensor, skip: Tensor) -> Tensor:
        return parts(f"{name}.model.2", parts(f"{name}.model.1", a.up(f"{name}.model.0", torch.cat([x, skip], dim=1), 2))[1])[1]

    def network(x: Tensor, share: Tensor) -> Tensor:
        told = a.linear("timeembed.lin2", torch.sin(a.linear("timeembed.lin1", share)))[:, :, None, None]
        x = sum(parts("init_conv", x)) / 1.414  # type: ignore[assignment]
        downs = [x]
        for index in (1, 2, 3):
            downs.append(F.max_pool2d(parts(f"down{index}.model.0", downs[-1])[1], 2))
        h = F.relu(a.eight("up0.1", a.up("up0.0", F.relu(F.avg_pool2d(downs[3], 4)) + told, 4)))
        h = doubled("up1", h, downs[3]) + told
        h = doubled("up3", doubled("up2", h, downs[2]), downs[1])
        return a.conv("out", torch.cat([h, x], dim=1))

    return weights, network


def stack() -> tuple[dict[str, Tensor], nn.Module]:
    """minDiffusion's shortest network, as torch's own layers make it."""
    torch.manual_seed(0)
    layers = [nn.Sequential(nn.Conv2d(i, o, 7, padding=3), nn.BatchNorm2d(o), nn.LeakyReLU()) for i, o in ((1, 8), (8, 4))]
    network = nn.ModuleDict({"conv": nn.Sequential(*layers, nn.Conv2d(4, 1, 3, padding=1))})
    for name, values in network.state_dict().items():
        if name.endswith(("running_mean", "running_var")):
            values.add_(torch.rand_like(values))
    return network.state_dict(), network["conv"].eval()


def written(path: Path, prefix: str, weights: dict[str, Tensor], **more: Any) -> Path:
    torch.save({**tables(), **{prefix + name: tensor for name, tensor in weights.items()}, **more}, path)
    return path


def share(x: Tensor, t: int) -> Tensor:
    return torch.full((len(x), 1), t / T)


@pytest.mark.parametrize("steps", [8, None])
def test_conditional_mnist_is_the_programs_to_the_last_step(tmp_path: Path, steps: int | None) -> None:
    weights, network = context()
    path = written(tmp_path / "ddpm_unet01_mnist_9.pth", "nn_model.", weights)

    def predicted(x: Tensor, t: int, labels: Any) -> Tensor:
        return network(x, F.one_hot(torch.tensor(labels), 4).float(), share(x, t))

    assert furthest(path, None, LEVELS, predicted, steps=steps) < CLOSE
    card = sources.card(path)
    assert card.data.value_range == (0.0, 1.0)
    assert card.data.shape == (1, 8, 8)
    assert card.classes is not None
    assert (card.classes.labels, card.classes.null_label) == (5, 4)


def test_no_class_is_zeros(tmp_path: Path) -> None:
    weights, network = context()
    opened = sources.open(written(tmp_path / "w.pth", "nn_model.", weights)).network
    x = torch.randn(2, 1, 8, 8)
    with torch.no_grad():
        torch.testing.assert_close(
            opened(x, torch.tensor([1, 30]), torch.tensor([4, 2])),
            network(x, torch.tensor([[0.0, 0, 0, 0], [0, 0, 1, 0]]), torch.tensor([[1 / T], [30 / T]])),
            rtol=1e-4, atol=1e-4,
        )  # fmt: skip


def test_its_unet_is_the_programs(tmp_path: Path) -> None:
    weights, network = naive()
    path = written(tmp_path / "ddpm_cifar.pth", "eps_model.", weights)
    assert furthest(path, None, LEVELS, lambda x, t, _: network(x, share(x, t))) < CLOSE
    assert furthest(path, None, LEVELS, lambda x, t, _: network(x, share(x, t - 1))) > CLOSE
    assert sources.card(path).data.value_range == (-1.0, 1.0)


def test_its_convolutions_are_the_programs(tmp_path: Path) -> None:
    weights, network = stack()
    path = written(tmp_path / "ddpm_mnist.pth", "eps_model.", weights)
    assert furthest(path, Told(image_size=(9, 10)), LEVELS, lambda x, _t, _labels: network(x)) < CLOSE
    assert sources.card(path).data.value_range == (-0.5, 0.5)


@pytest.mark.parametrize(
    ("change", "told", "words"),
    [
        ({"sqrt_beta_t": torch.full((T + 1,), 1.5)}, {}, "beta_0 in its table sqrt_beta_t is 2.25"),
        ({"sqrt_beta_t": torch.full((T + 1,), torch.nan)}, {}, "its weights sqrt_beta_t are not finite"),
        ({"eps_model.out.bias": torch.zeros(4)}, {}, "weights out.bias are (4,); its network has (3,)"),
        ({"eps_model.more.bias": torch.zeros(4)}, {}, "has weights more.bias that its network does not"),
        ({"eps_model.init_conv.main.0.weight": torch.zeros(9, 3, 3, 3)}, {}, "num_channels (9) must be divisible by num_groups"),
        ({"eps_model.init_conv.main.0.weight": torch.zeros(8, 4, 3, 3)}, {}, "takes 4 channels; pictures have 1 or 3 here"),
        ({}, {"image_size": (28, 28)}, "images of 28 x 28 (--image-size) are none of multiples of 32"),
    ],
)
def test_what_does_not_fit(tmp_path: Path, change: dict[str, Tensor], told: dict[str, Any], words: str) -> None:
    path = written(tmp_path / "w.pth", "eps_model.", naive()[0], **change)
    with pytest.raises(BadInput) as refused:
        sources.open(path, Told(**told))
    assert str(refused.value).startswith(f"{path}: {words}")


def test_a_network_that_is_not_known(tmp_path: Path) -> None:
    path = written(tmp_path / "w.pth", "eps_model.", {"mine.a.weight": torch.zeros(2)})
    with pytest.raises(BadInput, match=r"a network that is not known here \(its names begin eps_model\.mine\.a\): export it with torch"):
        sources.card(path)
    torch.save({**tables(), **{name: tensor[:1] for name, tensor in tables().items()}}, path)
    with pytest.raises(BadInput, match="its tables have 1 numbers"):
        sources.asks(path)
