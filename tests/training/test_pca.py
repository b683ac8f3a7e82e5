"""PCA against numpy's singular value decomposition."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import torch

from explorer.checkpoints.files import load, save
from explorer.datasets.images import ImageSet, load_images, to_unit_range
from explorer.errors import BadInput
from explorer.training.pca import fit


@pytest.fixture(scope="module")
def data() -> ImageSet:
    whole = load_images("mnist", "test")
    return replace(whole, images=whole.images[:300])


def test_it_is_the_best_linear_reconstruction(data: ImageSet, tmp_path: Path) -> None:
    card, network = fit(data, 5, command="generative-explorer train pca --code 5")
    x = to_unit_range(data.images).reshape(300, -1).astype(np.float64)
    mean = x.mean(0)
    u, s, v = np.linalg.svd(x - mean, full_matrices=False)
    best = mean + (u[:, :5] * s[:5]) @ v[:5]
    found = network(torch.from_numpy(x).float().reshape(-1, 1, 28, 28)).reshape(300, -1).numpy()
    np.testing.assert_allclose(found, best, atol=1e-4)
    config = card.network.config
    assert config["variance"] == pytest.approx(((x - best) ** 2).mean() / 4, rel=1e-6)
    weight = network.encoder.weight
    assert isinstance(weight, torch.Tensor)
    torch.testing.assert_close(weight @ weight.T, torch.eye(5), rtol=0, atol=1e-5)
    assert (weight.gather(1, weight.abs().argmax(1, keepdim=True)) > 0).all()
    assert card.kind == "ae"
    assert card.training is not None
    assert f"{(s[:5] ** 2).sum() / (s**2).sum():.2%}" in card.training.notes
    save(tmp_path / "pca.safetensors", card, network.state_dict())
    again = load(tmp_path / "pca.safetensors")
    torch.testing.assert_close(again.network(torch.zeros(1, 1, 28, 28)), network(torch.zeros(1, 1, 28, 28)))


def test_only_the_first_images_are_taken(data: ImageSet) -> None:
    card, _ = fit(data, 2, images=50)
    assert card.training is not None
    assert card.training.images_seen == 50


def test_what_has_no_components_is_refused_by_name(data: ImageSet) -> None:
    with pytest.raises(BadInput, match=f"{data.name}: code must be in 1..784"):
        fit(data, 785)
    with pytest.raises(BadInput, match="at least 2 images"):
        fit(data, 2, images=1)


def test_images_need_not_be_square(data: ImageSet) -> None:
    wide = replace(data, images=data.images[:20, :, :12, :16])
    _, network = fit(wide, 3)
    x = torch.from_numpy(to_unit_range(wide.images))
    assert network(x).shape == x.shape


def test_images_that_are_all_alike_or_too_large_are_refused() -> None:
    for images, cause in ((np.full((4, 1, 8, 8), 7, np.uint8), "all alike"), (np.zeros((4, 3, 256, 256), np.uint8), "too much memory")):
        with pytest.raises(BadInput, match=rf"grey: .*{cause}"):
            fit(ImageSet("grey", images, None, "0" * 64), 2)
