"""The denoiser of codes: what its chain walks, and what it is seen as."""

from __future__ import annotations

import pytest
import torch

from explorer.models.autoencoder import Autoencoder, AutoencoderConfig
from explorer.models.latent_mlp import LatentMlp, LatentMlpConfig, decoder_weights
from explorer.models.roles import Denoiser, SeenThroughDecoder

CODER = AutoencoderConfig(code=3, size=8, hidden=(9, 7))


@pytest.fixture
def network() -> LatentMlp:
    torch.manual_seed(1)
    made = LatentMlp(LatentMlpConfig(dimensions=3, width=16, depth=1, coder=CODER))
    made.code_mean.copy_(torch.tensor([2.0, -1.0, 0.5]))
    made.code_std.copy_(torch.tensor([0.5, 3.0, 1.0]))
    return made.double().eval()


def test_codes_go_to_states_and_back_in_float64(network: LatentMlp) -> None:
    z = torch.randn(50, 3, dtype=torch.float64) * 4
    states = network.normalised(z)
    assert states.shape == (50, 3, 1, 1)
    torch.testing.assert_close(network.raw(states), z, rtol=0, atol=1e-14)
    by_hand = (z - torch.tensor([2.0, -1.0, 0.5], dtype=torch.float64)) / torch.tensor([0.5, 3.0, 1.0], dtype=torch.float64)
    torch.testing.assert_close(states[:, :, 0, 0], by_hand, rtol=0, atol=1e-14)


def test_states_are_seen_as_the_autoencoder_decodes_their_codes(network: LatentMlp) -> None:
    coder = Autoencoder(CODER).double().eval()
    network.decoder.load_state_dict(decoder_weights(coder))
    z = torch.randn(4, 3, dtype=torch.float64)
    torch.testing.assert_close(network.seen(network.normalised(z)), coder.decode(z))
    assert isinstance(network, Denoiser) and isinstance(network, SeenThroughDecoder)  # noqa: PT018
    assert [network.accepts(shape) for shape in ((3, 1, 1), (1, 8, 8))] == [True, False]


def test_the_decoder_is_not_trained_and_takes_no_chance_from_the_denoiser() -> None:
    torch.manual_seed(5)
    one = LatentMlp(LatentMlpConfig(dimensions=3, width=8, depth=1, coder=CODER))
    torch.manual_seed(5)
    other = LatentMlp(LatentMlpConfig(dimensions=3, width=8, depth=1, coder=AutoencoderConfig(code=3, size=12, hidden=(30, 20))))
    torch.testing.assert_close(one.stem.weight, other.stem.weight)
    torch.testing.assert_close(one.blocks[0].first.weight, other.blocks[0].first.weight)  # type: ignore[union-attr]
    assert not any(weight.requires_grad for weight in one.decoder.parameters())
    assert one.stem.weight.requires_grad


def test_a_code_of_other_dimensions_is_refused() -> None:
    with pytest.raises(ValueError, match="those of the codes, 3, not 2"):
        LatentMlpConfig(dimensions=2, coder=CODER)
