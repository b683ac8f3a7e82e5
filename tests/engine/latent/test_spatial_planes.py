"""Planes through spaces of spatial codes: what the engine answers of an autoencoder whose codes are images of latent pixels."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
import torch
from PIL import Image

from explorer.datasets.emoji import emoji
from explorer.datasets.images import to_unit_range
from explorer.engine.latent import codes as latent_codes
from explorer.engine.latent.batches import batch
from explorer.engine.latent.decoding import LARGEST_TILE
from explorer.engine.latent.field_messages import FieldShown, ShowField
from explorer.engine.latent.messages import (
    CodesDecoded,
    CodesDrawn,
    CodesShown,
    DecodeCodes,
    DecodeGrid,
    DrawCodes,
    EncodeImages,
    EncodePicture,
    GridDecoded,
    PictureEncoded,
    ShowStroke,
    StrokeShown,
)
from explorer.engine.models.models import Models
from explorer.errors import BadInput
from explorer.latent.prior import prior_codes
from explorer.models.spatial import SpatialAutoencoder
from explorer.recipe import Slice, Stroke

from .test_latent import answer, steps

SIDE, CODE = 32, (4, 8, 8)


def written(folder: Path, name: str = "AutoencoderKL") -> str:
    """A small autoencoder of diffusers of random weights, for images of 32 x 32."""
    import diffusers

    torch.manual_seed(1)
    settings = {
        "block_out_channels": (8, 8, 16), "down_block_types": ("DownEncoderBlock2D",) * 3, "up_block_types": ("UpDecoderBlock2D",) * 3,
        "latent_channels": 4, "norm_num_groups": 4, "sample_size": SIDE,
    }  # fmt: skip
    getattr(diffusers, name)(**settings).save_pretrained(folder / name)
    return str(folder / name)


@pytest.fixture(scope="module")
def models() -> Models:
    return Models(torch.device("cpu"))


@pytest.fixture(scope="module")
def path(tmp_path_factory: pytest.TempPathFactory) -> str:
    return written(tmp_path_factory.mktemp("spatial"))


def network(path: str, models: Models) -> SpatialAutoencoder:
    found = models.checkpoint(path).network
    assert isinstance(found, SpatialAutoencoder)
    return found


def encoded(path: str, models: Models, pixels: np.ndarray) -> np.ndarray:
    """Flat mean codes of images (N, 3, H, W) uint8, float64."""
    with torch.inference_mode():
        codes: np.ndarray = network(path, models).encode(torch.from_numpy(to_unit_range(pixels)))[0].double().numpy()
    return codes


def test_emoji_stand_in_where_the_images_are_not_said(path: str, models: Models) -> None:
    shown = answer(EncodeImages(path), models)
    assert isinstance(shown, CodesShown)
    images, labels = emoji("test")
    assert shown.name == "emoji"
    assert shown.dimensions == 256
    np.testing.assert_array_equal(shown.labels, labels)
    codes = encoded(path, models, images)
    axes = np.linalg.svd(codes - codes.mean(0), full_matrices=False)[2][:2]
    places = (codes - codes.mean(0)) @ axes.T
    np.testing.assert_allclose(np.abs(shown.codes), np.abs(places), atol=1e-3 * np.abs(places).max())
    away = np.linalg.norm(codes - codes.mean(0) - places @ axes, axis=1)
    np.testing.assert_allclose(shown.distances, away, rtol=1e-3)


def test_they_are_encoded_once(path: str, models: Models, monkeypatch: pytest.MonkeyPatch) -> None:
    answer(EncodeImages(path), models)
    monkeypatch.setattr(SpatialAutoencoder, "encode", lambda self, x: pytest.fail("encoded again"))
    assert isinstance(answer(EncodeImages(path), models), CodesShown)


def test_of_a_costly_network_there_are_fewer(path: str, models: Models, monkeypatch: pytest.MonkeyPatch) -> None:
    weights = sum(weight.numel() for weight in network(path, models).parameters())
    monkeypatch.setattr(latent_codes, "WORK", 20 * weights * SIDE * SIDE)
    found = latent_codes.held_out_images(models.checkpoint(path))
    assert found is not None
    assert len(found.images) == 20
    assert batch(network(path, models), 100) == 76  # pixels of a hundred of MNIST's


def test_a_decoding_comes_with_its_code(path: str, models: Models) -> None:
    slice_ = Slice("axes", 3, 1, offsets=(0.5,))
    found = answer(DecodeCodes(path, ((2.0, -1.0),), slice=slice_), models)
    assert isinstance(found, CodesDecoded)
    z = np.zeros(256, np.float32)
    z[[3, 1, 0]] = 2, -1, 0.5
    np.testing.assert_array_equal(found.latent, z.reshape(CODE))
    with torch.inference_mode():
        np.testing.assert_allclose(found.values, network(path, models).decode(torch.from_numpy(z[None])).numpy(), atol=1e-5)


def test_a_picture_of_any_size_and_its_posterior(path: str, models: Models, tmp_path: Path) -> None:
    Image.fromarray(np.random.default_rng(1).integers(0, 255, (50, 40, 3), np.uint8)).save(tmp_path / "a.png")
    found = answer(EncodePicture(path, str(tmp_path / "a.png"), resize=True), models)
    assert isinstance(found, PictureEncoded)
    assert found.latent is not None
    assert found.latent.shape == CODE
    assert found.tile.shape == found.reconstruction.shape == (SIDE, SIDE, 3)
    assert np.isnan(found.log_likelihood)
    with torch.inference_mode():
        x = torch.from_numpy(found.tile.transpose(2, 0, 1)[None].astype(np.float32) / 127.5 - 1)
        mean, log_variance = network(path, models).to_latents(x)
        assert log_variance is not None
        kl = 0.5 * (mean**2 + log_variance.exp() - 1 - log_variance).sum()
    assert found.kl == pytest.approx(float(kl), rel=1e-4)


def test_a_plane_through_pictures_goes_through_their_codes(path: str, models: Models, tmp_path: Path) -> None:
    pixels = np.random.default_rng(2).integers(0, 255, (2, SIDE, SIDE, 3), np.uint8)
    files = []
    for name, picture in zip(("one", "two"), pixels, strict=True):
        Image.fromarray(picture).save(tmp_path / f"{name}.png")
        files.append(str(tmp_path / f"{name}.png"))
    slice_ = Slice("pictures", pictures=tuple(files))
    shown = answer(EncodeImages(path, slice=slice_), models)
    assert isinstance(shown, CodesShown)
    assert [name for name, _ in shown.marks] == ["one", "two"]
    codes = encoded(path, models, pixels.transpose(0, 3, 1, 2))
    for (_, place), code in zip(shown.marks, codes, strict=True):
        found = answer(DecodeCodes(path, (place,), slice=slice_), models)
        assert isinstance(found, CodesDecoded)
        assert found.latent is not None
        np.testing.assert_allclose(found.latent.reshape(-1), code, atol=1e-3 * np.abs(code).max())


@pytest.mark.parametrize("paper", ["white", "black"])
def test_transparent_pictures_of_a_plane_are_on_what_was_told(path: str, models: Models, tmp_path: Path, paper: str) -> None:
    pixels = np.random.default_rng(3).integers(0, 255, (3, SIDE, SIDE, 4), np.uint8)
    files = [str(tmp_path / f"{name}.png") for name in ("one", "two", "three")]
    for file, picture in zip(files, pixels, strict=True):
        Image.fromarray(picture).save(file)
    seen = []
    for picture in pixels:
        ground = Image.new("RGBA", (SIDE, SIDE), paper)
        seen.append(np.asarray(Image.alpha_composite(ground, Image.fromarray(picture)).convert("RGB")).transpose(2, 0, 1))
    codes = encoded(path, models, np.stack(seen))
    through = Slice("pictures", pictures=tuple(files[:2]), background=paper)  # type: ignore[arg-type]
    moved = Slice("axes", picture=files[2], picture_background=paper)  # type: ignore[arg-type]
    for slice_, number in ((through, 0), (through, 1), (moved, 2)):
        found = answer(EncodePicture(path, files[number], slice=slice_, paper=paper), models)  # type: ignore[arg-type]
        assert isinstance(found, PictureEncoded)
        assert found.distance < 1e-3 * np.linalg.norm(codes[number])


def test_a_plane_is_moved_to_what_is_encoded(path: str, models: Models) -> None:
    before = answer(EncodeImages(path), models)
    after = answer(EncodeImages(path, slice=Slice(image=7)), models)
    assert isinstance(before, CodesShown)
    assert isinstance(after, CodesShown)
    assert before.distances is not None
    assert after.distances is not None
    assert before.distances[7] > 1e-2
    assert after.distances[7] < 1e-3 * before.distances[7]
    np.testing.assert_allclose(after.codes - after.codes[0], before.codes - before.codes[0], atol=1e-3)  # the axes stay


def test_large_decodings_are_averaged_down_in_the_manifold(tmp_path: Path, models: Models) -> None:
    path = written(tmp_path)
    (tmp_path / "AutoencoderKL" / "config.json").write_text(
        (tmp_path / "AutoencoderKL" / "config.json").read_text().replace(f'"sample_size": {SIDE}', '"sample_size": 128')
    )
    grid = answer(DecodeGrid(path, (-1, 1, -1, 1), 2, 3, Slice("axes")), models)
    assert isinstance(grid, GridDecoded)
    assert grid.picture.shape == (3 * LARGEST_TILE, 2 * LARGEST_TILE, 3)


def test_strokes_and_samples_of_the_prior(path: str, models: Models) -> None:
    stroke = Stroke("s", ((-1.0, 0.0), (1.0, 2.0)), 5, "line")
    *_, shown = (each for each in steps(ShowStroke(path, stroke, Slice("axes")), models) if each is not None)
    assert isinstance(shown, StrokeShown)
    z = torch.zeros(5, 256)
    z[:, 0], z[:, 1] = torch.linspace(-1, 1, 5), torch.linspace(0, 2, 5)
    with torch.inference_mode():
        wanted = network(path, models).decode(z).clamp(-1, 1).numpy()
    np.testing.assert_allclose(shown.tiles.transpose(0, 3, 1, 2) / 127.5 - 1, wanted, atol=1 / 127)
    drawn = answer(DrawCodes(path, 3, 9, slice=Slice("axes")), models)
    assert isinstance(drawn, CodesDrawn)
    np.testing.assert_allclose(drawn.codes, prior_codes(9, range(3), 256)[:, :2], atol=1e-6)


def test_fields_that_it_has_and_has_not(path: str, models: Models, tmp_path: Path) -> None:
    asked = ShowField(path, "error", (-1, 1, -1, 1), 2, 2, slice=Slice("axes"))
    *_, shown = (each for each in steps(asked, models) if each is not None)
    assert isinstance(shown, FieldShown)
    assert np.isfinite(shown.values).all()
    with pytest.raises(BadInput, match=r"nothing is said of this model's p\(x\|z\), so it has no ELBO"):
        answer(ShowField(path, "elbo", (-1, 1, -1, 1), 2, 2, slice=Slice("axes")), models)
    with pytest.raises(BadInput, match="code book: it jumps, and magnifies nothing between jumps"):
        answer(ShowField(written(tmp_path, "VQModel"), "magnification", (-1, 1, -1, 1), 2, 2, slice=Slice("axes")), models)
