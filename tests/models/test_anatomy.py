"""The description of a U-Net against the network itself."""

from __future__ import annotations

import pytest
import torch
from torch import Tensor, nn

from explorer.models.anatomy import Anatomy, anatomy
from explorer.models.trace import Instead, traced
from explorer.models.unet import UNet, UNetConfig, timestep_embedding

CONFIGS = {
    "shipped form": UNetConfig(width=8, outer_skip=True),
    "lecture": UNetConfig(width=8, norm="none", residual=False, activation="relu", time="channel"),
    "attention at two levels": UNetConfig(width=8, attention=(1, 2)),
    "one level": UNetConfig(width=8, multipliers=(1,)),
    "four levels": UNetConfig(width=8, multipliers=(1, 1, 2, 3)),
    "narrowing": UNetConfig(width=8, multipliers=(3, 1, 2)),
    "colour": UNetConfig(width=8, channels=3, multipliers=(1, 2)),
}
configs = pytest.mark.parametrize("config", CONFIGS.values(), ids=CONFIGS.keys())


def awake(config: UNetConfig) -> UNet:
    """A network whose zero-initialized layers answer too."""
    network = UNet(config)
    for parameter in network.parameters():
        if not parameter.any():
            nn.init.normal_(parameter, std=0.1)
    return network.requires_grad_(False).eval()


def batch(config: UNetConfig) -> tuple[Tensor, Tensor]:
    return torch.randn(2, config.channels, 16, 24), torch.tensor([7, 400])


def hooks_of(network: UNet) -> int:
    return sum(len(m._forward_hooks) + len(m._forward_pre_hooks) for m in network.modules())


def parts_of(network: UNet) -> Anatomy:
    side = network.config.size_multiple
    return network.anatomy(side, side)


def by_hand(network: UNet, x: Tensor, t: Tensor, off: set[int], instead: Instead = "zero") -> Tensor:
    """The forward pass written out again, with skips replaced on the way."""
    time = None if network.time_mlp is None else network.time_mlp(timestep_embedding(t, network.config.width))
    h = network._stem(x, t)
    skips = []
    for level, stage in enumerate(network.down):
        if level:
            h = network.downsample[level - 1](h)
        h = stage(h, time)
        blank = torch.zeros_like(h) if instead == "zero" else h.mean((2, 3), keepdim=True).expand_as(h)
        skips.append(blank if level in off else h)
    h = network.middle(h, time)
    for index, stage in enumerate(network.up):
        if index:
            h = network.upsample[index - 1](h)
        h = stage(torch.cat([h, skips.pop()], dim=1), time)
    return network._head(h, x, t)


@configs
def test_every_shape_is_that_of_the_real_activation(config: UNetConfig) -> None:
    network, (x, t) = awake(config), batch(config)
    with traced(network, parts_of(network)) as seen:
        network(x, t)
    parts = anatomy(config, 16, 24)
    assert {name: tuple(h.shape[1:]) for name, h in seen.items()} == {node.name: node.shape for node in parts.nodes}


@configs
def test_the_nodes_are_in_the_order_of_computation(config: UNetConfig) -> None:
    network, (x, t) = awake(config), batch(config)
    with traced(network, parts_of(network)) as seen:
        network(x, t)
    order = [name for name in seen if name not in ("input", "output")]
    parts = anatomy(config, 16, 24)
    assert order == [node.name for node in parts.nodes][1:-1]
    assert [a for a, _ in parts.edges] == [node.name for node in parts.nodes][:-1]


@configs
def test_looking_changes_nothing(config: UNetConfig) -> None:
    network, (x, t) = awake(config), batch(config)
    before = network(x, t)
    with traced(network, parts_of(network)) as seen:
        within = network(x, t)
    assert torch.equal(before, within)
    assert torch.equal(seen["output"], before)
    assert torch.equal(seen["input"], x)
    assert torch.equal(network(x, t), before)


@configs
@pytest.mark.parametrize("instead", ["zero", "mean"])
def test_switching_a_skip_off_is_the_network_without_it(config: UNetConfig, instead: Instead) -> None:
    network, (x, t) = awake(config), batch(config)
    whole = network(x, t)
    for off in [{level} for level in range(len(config.multipliers))] + [set(range(len(config.multipliers)))]:
        with traced(network, parts_of(network), off, instead):
            switched = network(x, t)
        torch.testing.assert_close(switched, by_hand(network, x, t, off, instead), rtol=0, atol=0)
        assert not torch.equal(switched, whole), "every skip carries something"


@configs
def test_a_skip_is_the_block_it_comes_from(config: UNetConfig) -> None:
    network, (x, t) = awake(config), batch(config)
    inputs: dict[str, Tensor] = {}
    parts = anatomy(config, 16, 24)
    for skip in parts.skips:
        network.get_submodule(skip.target).register_forward_pre_hook(lambda _m, args, name=skip.target: inputs.update({name: args[0]}))
    with traced(network, parts_of(network)) as seen:
        network(x, t)
    for skip in parts.skips:
        assert torch.equal(inputs[skip.target][:, -skip.channels :], seen[skip.source])
        assert parts.node(skip.source).level == parts.node(skip.target).level == skip.level  # type: ignore[union-attr]


def test_attention_is_said() -> None:
    parts = anatomy(CONFIGS["attention at two levels"], 16, 16)
    assert [node.name for node in parts.nodes if node.attention] == ["down.1", "down.2", "middle", "up.0", "up.1"]


def test_no_hook_stays() -> None:
    network, (x, t) = awake(CONFIGS["shipped form"]), batch(CONFIGS["shipped form"])
    assert hooks_of(network) == 0
    with traced(network, parts_of(network), {0, 1}):
        assert hooks_of(network) > 0
        network(x, t)
    assert hooks_of(network) == 0
    with pytest.raises(ValueError, match="multiples of 4"), traced(network, parts_of(network), {0}):
        network(x[..., :15], t)
    assert hooks_of(network) == 0
    with pytest.raises(RuntimeError, match="stop"), traced(network, parts_of(network), {2}):
        raise RuntimeError("stop")
    assert hooks_of(network) == 0


def test_levels_that_are_not_there_are_passed_over() -> None:
    network, (x, t) = awake(CONFIGS["one level"]), batch(CONFIGS["one level"])
    with traced(network, parts_of(network), {3, 7}):
        assert torch.equal(network(x, t), UNet.forward(network, x, t))
    assert anatomy(CONFIGS["one level"], 16, 24).skip(3) is None


def test_a_size_that_does_not_halve_is_refused() -> None:
    with pytest.raises(ValueError, match="multiples of 4"):
        anatomy(CONFIGS["shipped form"], 16, 18)


def test_titles_count_levels_from_one() -> None:
    titles = [node.title for node in anatomy(CONFIGS["shipped form"], 28, 28).nodes]
    assert titles == [
        "input", "stem", "down 1", "downsample 2", "down 2", "downsample 3", "down 3", "middle",
        "up 3", "upsample 2", "up 2", "upsample 1", "up 1", "head", "output",
    ]  # fmt: skip
    assert anatomy(CONFIGS["shipped form"], 28, 28).nodes[5].shape_text == "16×7×7"
