"""The U-Net: the lecture's form, its refinements, and what each part does."""

from __future__ import annotations

import pytest
import torch
from torch import Tensor, nn

from explorer.models.unet import UNet, UNetConfig, timestep_embedding

LECTURE = {"norm": "none", "residual": False, "activation": "relu", "time": "channel", "downsample": "max-pool"}


def awake(config: UNetConfig) -> UNet:
    """A network whose zero-initialized layers answer too."""
    network = UNet(config)
    for name, parameter in network.named_parameters():
        if not parameter.any():
            nn.init.normal_(parameter, std=0.1)
            assert parameter.any(), name
    return network.requires_grad_(False).eval()


def batch(n: int = 2, channels: int = 1, size: int = 8) -> tuple[Tensor, Tensor]:
    return torch.randn(n, channels, size, size), torch.arange(1, n + 1) * 100


CONFIGS = {
    "lecture": UNetConfig(width=8, **LECTURE),  # type: ignore[arg-type]
    "refined": UNetConfig(width=8),
    "attention at two levels": UNetConfig(width=8, attention=(1, 2)),
    "one level": UNetConfig(width=8, multipliers=(1,)),
    "four levels": UNetConfig(width=8, multipliers=(1, 1, 2, 3)),
    "colour": UNetConfig(width=8, channels=3),
    "outer skip": UNetConfig(width=8, outer_skip=True, output_scale=0.01),
    "skip by timestep": UNetConfig(width=8, outer_skip=True, skip_by_timestep=True),
    "lecture, with strided convolutions": UNetConfig(width=8, **LECTURE | {"downsample": "conv"}),  # type: ignore[arg-type]
    "only residual": UNetConfig(width=6, norm="none", time="channel"),
    "relu with film": UNetConfig(width=8, activation="relu", residual=False),
}


@pytest.mark.parametrize("config", CONFIGS.values(), ids=CONFIGS.keys())
def test_the_output_has_the_inputs_shape_and_depends_on_image_and_t(config: UNetConfig) -> None:
    network = awake(config)
    x, t = batch(channels=config.channels)
    output = network(x, t)
    assert output.shape == x.shape
    assert torch.isfinite(output).all()
    other_t = network(x, t + 300)
    other_x = network(x + 0.5, t)
    assert (output - other_t).abs().amax((1, 2, 3)).min() > 1e-5, "t matters"
    assert (output - other_x).abs().amax((1, 2, 3)).min() > 1e-3


@pytest.mark.parametrize("config", CONFIGS.values(), ids=CONFIGS.keys())
def test_every_weight_learns(config: UNetConfig) -> None:
    network = awake(config).requires_grad_(True)
    x, t = batch(channels=config.channels, size=16)
    (network(x, t) ** 2).sum().backward()
    idle = [name for name, p in network.named_parameters() if p.grad is None or not p.grad.abs().sum() > 0]
    assert not idle


@pytest.mark.parametrize("config", CONFIGS.values(), ids=CONFIGS.keys())
def test_images_and_timesteps_of_a_batch_do_not_mix(config: UNetConfig) -> None:
    network = awake(config)
    x, t = batch(3, config.channels)
    together = network(x, t)
    for i in range(3):
        assert torch.allclose(network(x[i : i + 1], t[i : i + 1])[0], together[i], atol=1e-5)


def test_the_lectures_network_has_two_3x3_convolutions_a_level_and_its_parameters() -> None:
    width, multipliers, channels = 8, (1, 2, 4), 1
    network = UNet(UNetConfig(width=width, multipliers=multipliers, channels=channels, **LECTURE))  # type: ignore[arg-type]
    assert not [m for m in network.modules() if isinstance(m, nn.GroupNorm | nn.SiLU | nn.Linear)]

    def conv(inputs: int, outputs: int, k: int = 3) -> int:
        return inputs * outputs * k * k + outputs

    def block(inputs: int, outputs: int) -> int:
        return conv(inputs, outputs) + conv(outputs, outputs)

    w = [width * m for m in multipliers]
    expected = conv(channels + 1, w[0])  # t is one more channel
    expected += block(w[0], w[0]) + block(w[0], w[1]) + block(w[1], w[2])  # max-pooling between them has no weights
    expected += block(w[2], w[2])
    expected += block(2 * w[2], w[2]) + conv(w[2], w[1], 2) + block(2 * w[1], w[1]) + conv(w[1], w[0], 2) + block(2 * w[0], w[0])
    expected += conv(w[0], channels)
    assert sum(p.numel() for p in network.parameters()) == expected


def test_the_default_network_has_about_one_and_a_half_million_parameters() -> None:
    assert sum(p.numel() for p in UNet(UNetConfig()).parameters()) == pytest.approx(1.5e6, rel=0.1)


@pytest.mark.parametrize("level", [0, 1])
def test_the_skip_of_each_level_carries_the_image(level: int) -> None:
    network = awake(UNetConfig(width=8, **LECTURE))  # type: ignore[arg-type]
    network.downsample[level].register_forward_hook(lambda module, inputs, output: torch.zeros_like(output))
    for other in {0, 1, 2} - {level}:
        network.up[2 - other].register_forward_pre_hook(lambda module, inputs: (_without_skip(module, inputs[0]), inputs[1]))
    x, t = batch()
    y = x.clone()
    y[..., 3, 3] += 1
    assert (network(x, t) - network(y, t)).abs().max() > 1e-6, "with the other skips and everything below cut off"


def test_the_image_also_goes_through_the_deepest_level() -> None:
    network = awake(UNetConfig(width=8))
    for module in network.up:
        module.register_forward_pre_hook(lambda module, inputs: (_without_skip(module, inputs[0]), inputs[1]))
    x, t = batch()
    assert (network(x, t) - network(x + torch.randn_like(x), t)).abs().max() > 1e-4, "with the skips cut off"


def _without_skip(module: nn.Module, joined: Tensor) -> Tensor:
    """The concatenation [from below, skip] with the skip set to 0."""
    joined = joined.clone()
    outputs = module.block.conv1.out_channels  # type: ignore[union-attr]
    joined[:, -outputs:] = 0
    return joined


def test_channels_grow_while_the_image_halves() -> None:
    network = awake(UNetConfig(width=8, multipliers=(1, 2, 4)))
    shapes: list[tuple[int, ...]] = []
    for stage in network.down:
        stage.register_forward_hook(lambda module, inputs, output: shapes.append(tuple(output.shape[1:])))
    network(*batch(size=16))
    assert shapes == [(8, 16, 16), (16, 8, 8), (32, 4, 4)]


def test_attention_lets_far_pixels_see_each_other() -> None:
    """Without it and with one level, a pixel's reach is that of the convolutions."""
    reaches = {}
    for attention in ((), (0,)):
        network = awake(UNetConfig(width=8, multipliers=(1,), attention=attention, norm="none"))
        x, t = batch(1, size=32)
        y = x.clone()
        y[..., 0, 0] += 5
        reaches[attention] = float((network(x, t) - network(y, t))[..., -1, -1].abs().max())
    assert reaches[()] == 0
    assert reaches[(0,)] > 0


def test_a_fresh_network_with_an_outer_skip_is_the_identity() -> None:
    network = UNet(UNetConfig(width=8, outer_skip=True, output_scale=0.01)).requires_grad_(False)
    x, t = batch()
    assert torch.equal(network(x, t), x)
    assert torch.equal(UNet(UNetConfig(width=8))(x, t), torch.zeros_like(x))


def test_the_output_scale_scales() -> None:
    plain, scaled = UNetConfig(width=8, outer_skip=True), UNetConfig(width=8, outer_skip=True, output_scale=0.05)
    network = awake(plain)
    small = UNet(scaled).requires_grad_(False)
    small.load_state_dict(network.state_dict())
    x, t = batch()
    assert torch.allclose(small(x, t) - x, 0.05 * (network(x, t) - x), atol=1e-6)


def test_under_bf16_the_ends_stay_float32() -> None:
    network = awake(UNetConfig(width=8, outer_skip=True, output_scale=1e-3))
    seen: dict[str, torch.dtype] = {}
    for name, module in (("stem", network.stem), ("head", network.head), ("inner", network.down[1].block.conv1)):
        module.register_forward_hook(lambda m, i, output, name=name: seen.__setitem__(name, output.dtype))
    x, t = batch()
    exact = network(x, t)
    with torch.autocast("cpu", torch.bfloat16):
        rough = network(x, t)
    assert seen == {"stem": torch.float32, "head": torch.float32, "inner": torch.bfloat16}
    assert rough.dtype == torch.float32
    assert (rough - exact).abs().max() < 1e-3, "x_t itself is not rounded to bfloat16"


def test_the_embedding_is_sines_and_cosines_and_tells_every_t_apart() -> None:
    t = torch.arange(1, 1001)
    embedded = timestep_embedding(t, 32)
    assert embedded.shape == (1000, 32)
    assert embedded.dtype == torch.float32
    expected = torch.cat([torch.sin(t.double()), torch.cos(t.double())]).float()
    assert torch.allclose(torch.cat([embedded[:, 0], embedded[:, 16]]), expected, atol=1e-4)
    distances = torch.cdist(embedded.double(), embedded.double()) + 10 * torch.eye(1000)
    assert distances.min() > 0.1


@pytest.mark.parametrize("size", [(6, 8), (8, 6), (7, 7)])
def test_an_image_that_does_not_halve_evenly_is_refused(size: tuple[int, int]) -> None:
    network = UNet(UNetConfig(width=8))
    with pytest.raises(ValueError, match="multiples of 4"):
        network(torch.zeros(1, 1, *size), torch.tensor([1]))


@pytest.mark.parametrize(
    ("wrong", "cause"),
    [
        ({"channels": 0}, "channels"),
        ({"width": 12}, "multiple of 8"),
        ({"width": 0, "norm": "none"}, "width"),
        ({"width": 10**6}, "width"),
        ({"multipliers": ()}, "multipliers"),
        ({"multipliers": (1,) * 9}, "multipliers"),
        ({"multipliers": (1, 0)}, "multipliers"),
        ({"attention": (3,)}, "attention"),
        ({"attention": (-1,)}, "attention"),
        ({"output_scale": 0.0}, "output_scale"),
        ({"skip_by_timestep": True}, "outer_skip"),
        ({"timesteps": 10**7}, "timesteps"),
        ({"output_scale": float("nan")}, "output_scale"),
        ({"timesteps": 0}, "timesteps"),
    ],
)
def test_a_configuration_that_cannot_be_built_names_the_field(wrong: dict[str, object], cause: str) -> None:
    with pytest.raises(ValueError, match=cause):
        UNetConfig(**wrong)  # type: ignore[arg-type]


@pytest.mark.parametrize("config", [UNetConfig(width=8, classes=3), UNetConfig(width=8, classes=3, skip_by_timestep=True, outer_skip=True)])
def test_with_classes_the_output_depends_on_the_label(config: UNetConfig) -> None:
    network = awake(config)
    x, t = batch(4)
    same_x, same_t = x[:1].expand(4, -1, -1, -1), t[:1].expand(4)
    output = network(same_x, same_t, torch.arange(4))
    gaps = (output[:, None] - output[None]).abs().amax((2, 3, 4)) + torch.eye(4)
    assert network.label_count == 4
    assert gaps.min() > 1e-4, "every class and the null label have a vector of their own"
    with pytest.raises(ValueError, match="told a label for each image"):
        network(x, t)


def test_every_vector_of_a_class_learns_from_its_own_images_alone() -> None:
    network = awake(UNetConfig(width=8, classes=2)).requires_grad_(True)
    x, t = batch()
    (network(x, t, torch.tensor([0, 2])) ** 2).sum().backward()
    assert network.class_embedding is not None
    gradient = network.class_embedding.weight.grad
    assert gradient is not None
    assert gradient.abs().sum(1).gt(0).tolist() == [True, False, True]


def test_a_seed_gives_the_other_weights_what_it_gives_them_without_classes() -> None:
    torch.manual_seed(5)
    plain = UNet(UNetConfig(width=8)).state_dict()
    torch.manual_seed(5)
    with_classes = UNet(UNetConfig(width=8, classes=3)).state_dict()
    assert set(with_classes) - set(plain) == {"class_embedding.weight"}
    assert all(torch.equal(with_classes[name], tensor) for name, tensor in plain.items())


def test_classes_come_in_with_the_times_features() -> None:
    with pytest.raises(ValueError, match="time is not film"):
        UNetConfig(width=8, classes=3, time="channel")
