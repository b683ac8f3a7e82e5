"""The denoiser of vectors: shapes, how t and the outer skip come in, and that it learns a score that is known."""

from __future__ import annotations

import pytest
import torch

from explorer.models.shapes import shapes
from explorer.models.vector_mlp import VectorMlp, VectorMlpConfig


def awake(config: VectorMlpConfig) -> VectorMlp:
    """One whose zeros at the start are gone, as after training."""
    torch.manual_seed(0)
    network = VectorMlp(config)
    with torch.no_grad():
        for each in network.parameters():
            each.add_(0.05 * torch.randn_like(each))
    return network.eval()


def test_a_vector_has_the_same_output_whatever_its_shape_and_company() -> None:
    network = awake(VectorMlpConfig(dimensions=6, width=16, depth=2))
    x, t = torch.randn(5, 6), torch.tensor([1, 10, 100, 500, 1000])
    flat = network(x, t)
    torch.testing.assert_close(network(x.reshape(5, 6, 1, 1), t).flatten(1), flat)
    torch.testing.assert_close(network(x[2:3], t[2:3]), flat[2:3])
    assert not torch.allclose(network(x, t.flip(0))[0], flat[0])
    assert [network.accepts(shape) for shape in ((6, 1, 1), (3, 2), (2, 1, 1))] == [True, True, False]


def test_the_outer_skip_is_that_of_its_tables_at_each_t() -> None:
    config = VectorMlpConfig(width=16, depth=1, outer_skip=True, skip_by_timestep=True, timesteps=20)
    network, bare = awake(config), awake(VectorMlpConfig(width=16, depth=1))
    network.skip_table.copy_(torch.linspace(0, 1, 21))
    network.scale_table.copy_(torch.linspace(2, 3, 21))
    x, t = torch.randn(4, 2), torch.tensor([1, 7, 13, 20])
    expected = (t / 20)[:, None] * x + (2 + t / 20)[:, None] * bare(x, t)
    torch.testing.assert_close(network(x, t), expected)
    assert (network.timestep_count, bare.timestep_count) == (20, None)


@pytest.mark.parametrize("config", [VectorMlpConfig(), VectorMlpConfig(5, 24, 2, outer_skip=True, skip_by_timestep=True, timesteps=9)])
def test_its_weights_have_the_shapes_that_are_told_of_them(config: VectorMlpConfig) -> None:
    assert shapes(config) == {name: tuple(tensor.shape) for name, tensor in VectorMlp(config).state_dict().items()}


@pytest.mark.parametrize(
    "wrong", [{"dimensions": 0}, {"depth": 33}, {"output_scale": 0.0}, {"output_scale": float("nan")}, {"skip_by_timestep": True}]
)
def test_what_cannot_be_built_is_refused(wrong: dict[str, float]) -> None:
    with pytest.raises(ValueError, match=next(iter(wrong))):
        VectorMlpConfig(**wrong)  # type: ignore[arg-type]
