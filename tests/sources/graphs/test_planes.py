"""A decoder's graph as a latent plane, alone and with the encoder beside it."""

from __future__ import annotations

import shutil
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from torch import Tensor, nn

from explorer import sources
from explorer.checkpoints.card import LatentCard
from explorer.engine.latent.codes import held_out_images
from explorer.errors import BadInput
from explorer.model_exports import onnx_graph
from explorer.models.roles import LatentModel, decodes_only
from explorer.recipe.told import Told

from .conftest import export, graph, helper

UNIT, SYMMETRIC = Told(pixel_range="0,1"), Told(pixel_range="-1,1")


class Decoding(nn.Module):
    def __init__(self, code: int) -> None:
        super().__init__()
        torch.manual_seed(2)
        self.layer = nn.Linear(code, 64)

    def forward(self, z: Tensor) -> Tensor:
        return torch.sigmoid(self.layer(z)).reshape(-1, 1, 8, 8)


class Encoding(nn.Module):
    def __init__(self, code: int, gaussian: bool) -> None:
        super().__init__()
        torch.manual_seed(3)
        self.mean, self.log_variance, self.gaussian = nn.Linear(64, code), nn.Linear(64, code), gaussian

    def forward(self, x: Tensor) -> Any:
        flat = x.flatten(1)
        return (self.mean(flat), self.log_variance(flat)) if self.gaussian else self.mean(flat)


def decoder(folder: Path, code: int = 3) -> Path:
    return export(folder / "small-decoder.onnx", Decoding(code), (torch.zeros(2, code),), ("z",), "image")


def encoder(folder: Path, gaussian: bool, code: int = 3) -> Path:
    return export(folder / "small-encoder.onnx", Encoding(code, gaussian), (torch.zeros(2, 1, 8, 8),), ("x",), "mean")


def test_a_decoder_is_a_plane_that_cannot_be_encoded_to(tmp_path: Path) -> None:
    path = decoder(tmp_path)
    assert [(question.field, question.default) for question in sources.asks(path)] == [("pixel_range", "0,1")]
    checkpoint = sources.open(path, UNIT)
    plane = checkpoint.network
    assert isinstance(plane, LatentModel)
    assert (checkpoint.card.kind, plane.config.code, plane.config.image_shape) == ("ae", 3, (1, 8, 8))
    z = torch.randn(7, 3)
    assert torch.allclose(plane.decode(z), 2 * Decoding(3)(z) - 1, atol=1e-5)
    assert torch.allclose(sources.open(path, SYMMETRIC).network.decode(z), Decoding(3)(z), atol=1e-5)  # type: ignore[operator]
    assert decodes_only(plane)
    assert held_out_images(checkpoint) is None
    assert any("decoder alone" in note for note in checkpoint.card.origin.notes)  # type: ignore[union-attr]
    with pytest.raises(BadInput, match="decoder alone"):
        plane.encode(torch.zeros(1, 1, 8, 8))


def test_derivatives_are_differences(tmp_path: Path) -> None:
    plane: Any = sources.open(decoder(tmp_path), UNIT).network
    z, directions = torch.randn(4, 3), torch.tensor([[1.0, 0, 0], [0, 2, 1]])
    images, slopes = plane.push_forward(z, directions)
    own = Decoding(3).eval()
    for place in range(2):
        _, wanted = torch.autograd.functional.jvp(lambda codes: 2 * own(codes) - 1, z, directions[place].expand(4, 3))
        assert torch.allclose(slopes[:, place], wanted, atol=2e-3)
    assert torch.equal(images, plane.decode(z))


@pytest.mark.parametrize("gaussian", [False, True])
def test_the_encoder_beside_it_is_taken(gaussian: bool, tmp_path: Path) -> None:
    path, beside = decoder(tmp_path), encoder(tmp_path, gaussian)
    checkpoint = sources.open(path, UNIT)
    plane: Any = checkpoint.network
    assert checkpoint.card.kind == ("vae" if gaussian else "ae")
    assert not decodes_only(plane)
    x = torch.rand(3, 1, 8, 8) * 2 - 1
    mean, log_variance = plane.encode(x)
    own = Encoding(3, True)((x + 1) / 2)
    assert torch.allclose(mean, own[0], atol=1e-5)
    assert (log_variance is not None) == gaussian
    if gaussian:
        assert torch.allclose(log_variance, own[1], atol=1e-5)
    assert torch.allclose(plane(x), 2 * Decoding(3)(own[0]) - 1, atol=1e-5)
    assert sources.parts(path) == (path, beside)
    assert sources.home(beside) == path, "whoever names the encoder means both"


def test_an_encoder_alone_is_none(tmp_path: Path) -> None:
    with pytest.raises(BadInput, match="encoder alone"):
        sources.open(encoder(tmp_path, True))


def test_an_encoder_of_other_codes_is_refused(tmp_path: Path) -> None:
    path = decoder(tmp_path)
    encoder(tmp_path, False, code=5)
    with pytest.raises(BadInput, match="the decoder beside it takes"):
        sources.open(path, UNIT)


def test_latent_pixels_are_codes(tmp_path: Path) -> None:
    nodes = [helper.make_node("DepthToSpace", ["z"], ["y"], blocksize=2)]
    path = graph(tmp_path / "g.onnx", nodes, [("z", "float", ("n", 4, 4, 4))], [("y", "float", ("n", 1, 8, 8))])
    plane: Any = sources.open(path, SYMMETRIC).network
    assert plane.config.code == 64
    assert sources.card(path, SYMMETRIC).latent == LatentCard((4, 4, 4), (1, 8, 8), "ONNX graph")
    z = torch.randn(2, 64)
    assert torch.allclose(plane.decode(z), nn.functional.pixel_shuffle(z.reshape(2, 4, 4, 4), 2))
    open_sides = graph(tmp_path / "o.onnx", nodes, [("z", "float", ("n", 4, "h", "w"))], [("y", "float", ("n", 1, "H", "W"))])
    with pytest.raises(BadInput, match="left open"):
        sources.open(open_sides, SYMMETRIC)


def test_what_comes_out_must_be_an_image(tmp_path: Path) -> None:
    nodes = [helper.make_node("Reshape", ["z", "sides"], ["y"])]
    weights = {"sides": np.array([-1, 2, 2, 1], np.int64)}
    path = graph(tmp_path / "g.onnx", nodes, [("z", "float", ("n", 4))], [("y", "float", ("n", "a", "b", "c"))], weights)
    with pytest.raises(BadInput, match="no image"):
        sources.card(path, UNIT)


def test_both_copied_elsewhere_are_the_same(tmp_path: Path) -> None:
    path = decoder(tmp_path)
    alone = sources.sha256(path, UNIT)
    encoder(tmp_path, True)
    both = sources.sha256(path, UNIT)
    assert alone != both
    other = tmp_path / "elsewhere"
    other.mkdir()
    for name in ("small-decoder.onnx", "small-encoder.onnx"):
        shutil.copy(tmp_path / name, other / name)
    assert sources.sha256(other / "small-decoder.onnx", UNIT) == both


def test_what_this_app_exports_is_the_same_plane_again(tmp_path: Path, checkpoints: Mapping[str, Path]) -> None:
    own = sources.open(checkpoints["mnist-vae-2d"])
    onnx_graph.write(own, tmp_path / "vae.onnx")
    path = tmp_path / "vae-decoder.onnx"
    assert sources.asks(path) == ()
    again = sources.open(path)
    plane, model = again.network, own.network
    assert isinstance(plane, LatentModel)
    assert isinstance(model, LatentModel)
    assert (again.card.kind, again.card.data, again.card.training) == (own.card.kind, own.card.data, own.card.training)
    z, x = torch.randn(5, 2), torch.rand(5, 1, 28, 28) * 2 - 1
    assert torch.allclose(plane.decode(z), model.decode(z), atol=1e-4)
    for said, wanted in zip(plane.encode(x), model.encode(x), strict=True):
        assert torch.allclose(said, wanted, atol=1e-3)  # type: ignore[arg-type]  # a VAE has both
