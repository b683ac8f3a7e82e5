"""Networks that are told a label for each image, by every way to run them."""

from __future__ import annotations

import pytest
import torch
from torch import nn

from explorer import backends
from explorer.backends.base import Backend
from explorer.backends.native.runner import KEPT_ROWS, Runner
from explorer.models.unet import UNet, UNetConfig
from tests.backends.here import compiled_here

CPU = torch.device("cpu")
HERE = [
    pytest.param(backend, precision, id=f"{backend.name} {precision}") for backend in backends.BACKENDS for precision in backend.offers(CPU)
]


def awake(network: nn.Module) -> nn.Module:
    for parameter in network.parameters():
        if not parameter.any() or parameter.ndim == 1:
            nn.init.normal_(parameter, 0.5 if parameter.ndim == 1 else 0, 0.1)
    return network.eval()


def own() -> nn.Module:
    torch.manual_seed(0)
    return awake(UNet(UNetConfig(width=16, multipliers=(1, 2), outer_skip=True, skip_by_timestep=True, classes=3)))


def error(one: torch.Tensor, other: torch.Tensor) -> float:
    return float((one - other).norm() / other.norm())


@pytest.mark.parametrize(("backend", "precision"), HERE)
@pytest.mark.parametrize("labels", [[0, 1, 2, 3, 1], [2, 2, 2, 2, 2], [3, 3, 3, 3, 3]], ids=["mixed", "one class", "no class"])
def test_labels_are_told_by_every_backend(backend: Backend, precision: str, labels: list[int]) -> None:
    network = own()
    x, t = torch.randn(5, 1, 16, 16, generator=torch.Generator().manual_seed(4)), torch.full((5,), 400)
    with torch.inference_mode(), compiled_here():
        run = backend.prepare(network, CPU, precision)
        for told in (torch.tensor(labels), torch.tensor(labels).flip(0)):
            assert error(run(x, t, told), network(x, t, told)) < (1e-5 if precision == "fp32" else 2e-2)


NATIVE = backends.backend_named("native")
assert NATIVE is not None
needs_native = pytest.mark.skipif(bool(NATIVE.missing()), reason=NATIVE.missing())


@needs_native
def test_the_kernel_makes_rows_for_every_label_and_forgets_those_not_asked_for() -> None:
    assert NATIVE is not None
    torch.manual_seed(0)
    network = awake(UNet(UNetConfig(width=8, multipliers=(1,), classes=400)))
    run = NATIVE.prepare(network, CPU, "fp32")
    assert isinstance(run, Runner)
    labels = torch.arange(401)
    x = torch.randn(401, 1, 4, 4)
    with torch.no_grad():
        for t in (15, 16, 999):
            times = torch.full((401,), t)
            assert error(run(x, times, labels), network(x, times, labels)) < 3e-6
    (size,) = run.sizes.values()
    assert sum(map(len, size.rows.values())) <= KEPT_ROWS


@needs_native
def test_a_network_with_classes_is_not_run_without_labels() -> None:
    assert NATIVE is not None
    run = NATIVE.prepare(own(), CPU, "fp32")
    with pytest.raises(ValueError, match="told a label for each image"):
        run(torch.zeros(1, 1, 8, 8), torch.tensor([1]))


@needs_native
def test_class_embeddings_of_diffusers_are_computed() -> None:
    assert NATIVE is not None
    diffusers = pytest.importorskip("diffusers")
    torch.manual_seed(1)
    kinds = {"down_block_types": ("DownBlock2D",) * 2, "up_block_types": ("UpBlock2D",) * 2, "block_out_channels": (16, 24)}
    settings = {"in_channels": 1, "out_channels": 1, "layers_per_block": 1, "norm_num_groups": 8, "num_class_embeds": 4}
    network = awake(diffusers.UNet2DModel(sample_size=16, **settings, **kinds))
    x, t, labels = torch.randn(3, 1, 16, 16), torch.tensor([0, 500, 999]), torch.tensor([3, 0, 1])
    assert NATIVE.supports(network)
    with torch.no_grad():
        assert error(NATIVE.prepare(network, CPU, "fp32")(x, t, labels), network(x, t, labels).sample) < 3e-6
