"""The engine's answers for the latent plane, on shipped models and real digits."""

from __future__ import annotations

import math
from collections.abc import Mapping
from pathlib import Path

import numpy as np
import pytest
import torch
from PIL import Image

from explorer.checkpoints.card import FORMAT_VERSION, Card, DataCard, NetworkCard
from explorer.checkpoints.files import load, save
from explorer.datasets.images import to_unit_range
from explorer.datasets.mnist import mnist
from explorer.engine.desk import Desk, handler_of
from explorer.engine.latent.codes import ENCODING_BLOCK
from explorer.engine.latent.encoding import POSTERIOR_DRAWS
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
    ImageShown,
    PictureEncoded,
    PictureOffered,
    ShowImage,
)
from explorer.engine.models.models import Models
from explorer.engine.pictures.tiles import grey_tiles
from explorer.engine.thread.requests import Outcome, Payload
from explorer.errors import BadInput
from explorer.latent.plane import cell_centres
from explorer.models.autoencoder import Autoencoder, AutoencoderConfig
from explorer.recipe import Dab, Slice
from explorer.training.cards import config_dict


@pytest.fixture(scope="module")
def models() -> Models:
    """Models on the CPU."""
    return Models(torch.device("cpu"))


@pytest.fixture
def vae(checkpoints: Mapping[str, Path]) -> str:
    """Path of the shipped VAE."""
    return str(checkpoints["mnist-vae-2d"])


@pytest.fixture
def ae(checkpoints: Mapping[str, Path]) -> str:
    """Path of the shipped AE."""
    return str(checkpoints["mnist-ae-2d"])


def desk_of(models: Models) -> Desk:
    """With these models on it."""
    desk = Desk()
    desk.begin(models)
    return desk


def steps(payload: Payload, models: Models) -> list[Outcome | None]:
    """All that a request gives, as on the engine thread."""
    with torch.inference_mode():
        return list(handler_of(type(payload))(payload, desk_of(models)))


def answer(payload: Payload, models: Models) -> Outcome:
    """A request's one outcome."""
    found = [outcome for outcome in steps(payload, models) if outcome is not None]
    assert len(found) == 1
    return found[0]


def network(path: str) -> Autoencoder:
    """The network itself, loaded apart from the engine."""
    found = load(Path(path)).network
    assert isinstance(found, Autoencoder)
    return found


def test_codes_are_the_encoders_means(vae: str, models: Models, mnist_test: tuple[np.ndarray, np.ndarray]) -> None:
    images, labels = mnist_test
    found = answer(EncodeImages(vae, limit=700), models)
    assert isinstance(found, CodesShown)
    with torch.inference_mode():
        mean, log_variance = network(vae).encode(torch.from_numpy(to_unit_range(images[:700])))
    assert log_variance is not None
    assert found.sigmas is not None
    np.testing.assert_allclose(found.codes, mean.numpy(), atol=1e-4)
    np.testing.assert_allclose(found.sigmas, (0.5 * log_variance).exp().numpy(), rtol=1e-4)
    np.testing.assert_array_equal(found.labels, labels[:700])
    for array in (found.codes, found.sigmas, found.labels):
        assert array is not None
        assert array.flags.c_contiguous
        assert not array.flags.writeable


def test_an_ae_has_codes_without_sigmas(ae: str, models: Models) -> None:
    found = answer(EncodeImages(ae, limit=50), models)
    assert isinstance(found, CodesShown)
    assert found.sigmas is None
    assert found.codes.shape == (50, 2)


def test_long_work_can_be_cancelled_in_between(vae: str, models: Models) -> None:
    fresh = Models(torch.device("cpu"))  # it has no codes yet
    outcomes = steps(EncodeImages(vae, limit=3 * ENCODING_BLOCK), fresh)
    assert len(outcomes) > 3, "while it is read, too"
    assert not any(outcomes[:-1])
    assert len(steps(EncodeImages(vae, limit=3 * ENCODING_BLOCK), fresh)) == 1
    coarse, fine = 1, 12  # 10 x 8 and 40 x 30 decodings in blocks of 100
    found = steps(DecodeGrid(vae, (-1, 1, -1, 1), 40, 30), models)
    assert [type(outcome) for outcome in found] == [type(None)] * coarse + [GridDecoded] + [type(None)] * fine + [GridDecoded]


def test_a_large_manifold_comes_coarse_first(vae: str, models: Models) -> None:
    parts = [outcome for outcome in steps(DecodeGrid(vae, (-1, 1, -1, 1), 24, 20), models) if outcome is not None]
    assert all(isinstance(part, GridDecoded) for part in parts)
    assert [(part.columns, part.rows, part.partial) for part in parts] == [(6, 5, True), (24, 20, False)]  # type: ignore[union-attr]


def test_decodings_are_the_decoders_own(vae: str, models: Models) -> None:
    codes = ((0.1, -0.4), (2.0, 1.5), (-30.0, 12.0))
    found = answer(DecodeCodes(vae, codes), models)
    assert isinstance(found, CodesDecoded)
    with torch.inference_mode():
        reference = network(vae).decode(torch.tensor(codes)).numpy()
    np.testing.assert_allclose(found.values, reference, atol=1e-5)
    assert found.tiles.shape == (3, 28, 28, 3)
    np.testing.assert_array_equal(found.tiles, np.rint((found.values[:, 0, :, :, None] + 1) * 127.5).repeat(3, 3))
    np.testing.assert_array_equal(found.codes, np.array(codes, np.float32))
    assert found.readings == ()
    assert not found.tiles.flags.writeable


def test_readings_are_probabilities_best_first(vae: str, models: Models, mnist_test: tuple[np.ndarray, np.ndarray]) -> None:
    shown = answer(EncodeImages(vae, limit=300), models)
    assert isinstance(shown, CodesShown)
    found = answer(DecodeCodes(vae, tuple(map(tuple, shown.codes.tolist())), judge=True), models)
    assert isinstance(found, CodesDecoded)
    right = 0
    for reading, label in zip(found.readings, mnist_test[1], strict=False):
        shares = [share for _, share in reading]
        assert sorted(shares, reverse=True) == shares
        assert sum(shares) == pytest.approx(1, abs=1e-4)
        assert sorted(c for c, _ in reading) == list(range(10))
        right += reading[0][0] == label
    assert right > 0.4 * 300  # a tenth by chance


def test_no_codes_give_no_decodings(vae: str, models: Models) -> None:
    found = answer(DecodeCodes(vae, ()), models)
    assert isinstance(found, CodesDecoded)
    assert found.tiles.shape == (0, 28, 28, 3)


def test_the_grid_is_one_picture_with_the_top_row_at_y_max(vae: str, models: Models) -> None:
    extent = (-2.0, 1.0, -1.0, 3.0)
    found = [outcome for outcome in steps(DecodeGrid(vae, extent, 5, 300), models) if outcome is not None][-1]
    assert isinstance(found, GridDecoded)
    assert found.picture.shape == (300 * 28, 5 * 28, 3)
    centres = cell_centres(extent, 5, 300)
    for row, column in ((0, 0), (0, 4), (299, 2), (60, 1)):
        code = tuple(centres[row * 5 + column].astype(np.float32).tolist())
        one = answer(DecodeCodes(vae, (code,)), models)
        assert isinstance(one, CodesDecoded)
        tile = found.picture[row * 28 : (row + 1) * 28, column * 28 : (column + 1) * 28].astype(int)
        assert np.abs(tile - one.tiles[0]).max() <= 1  # a batch may round otherwise
    assert not found.picture.flags.writeable


def test_a_picture_has_the_terms_of_its_elbo(vae: str, models: Models, mnist_test: tuple[np.ndarray, np.ndarray], tmp_path: Path) -> None:
    image = mnist_test[0][7]
    file = tmp_path / "nine.png"
    Image.fromarray(image[0]).save(file)
    found = answer(EncodePicture(vae, str(file)), models)
    assert isinstance(found, PictureEncoded)
    model, x = network(vae), torch.from_numpy(to_unit_range(image[None]))
    with torch.inference_mode():
        mean, log_variance = model.encode(x)
        assert log_variance is not None
        q = torch.distributions.Normal(mean, (0.5 * log_variance).exp())
        kl = torch.distributions.kl_divergence(q, torch.distributions.Normal(0.0, 1.0)).sum()
        torch.manual_seed(1)
        logits = model.decode_logits(q.sample((500,))[:, 0])
        log_p = torch.distributions.Bernoulli(logits=logits, validate_args=False).log_prob((x + 1) / 2).flatten(1).sum(1)
    assert found.name == "nine.png"
    assert found.mean == pytest.approx(mean[0].tolist(), abs=1e-5)
    assert found.sigma == pytest.approx((0.5 * log_variance[0]).exp().tolist(), rel=1e-4)
    assert found.kl == pytest.approx(float(kl), rel=1e-4)
    assert found.log_likelihood == pytest.approx(float(log_p.mean()), abs=4 * float(log_p.std()) / math.sqrt(POSTERIOR_DRAWS))
    np.testing.assert_array_equal(found.tile[:, :, 0], image[0])
    assert found.reconstruction.shape == (28, 28, 3)
    again = answer(EncodePicture(vae, str(file)), models)
    assert isinstance(again, PictureEncoded)
    assert again.log_likelihood == found.log_likelihood


def test_an_ae_has_no_posterior(ae: str, models: Models, mnist_test: tuple[np.ndarray, np.ndarray]) -> None:
    found = answer(EncodePicture(ae, pixels=mnist_test[0][7, 0]), models)
    assert isinstance(found, PictureEncoded)
    assert found.sigma is None
    assert math.isnan(found.kl)
    assert found.name == "drawn"


def autoencoder_file(path: Path, data: str = "mnist", code: int = 2, size: int = 28, variational: bool = True) -> str:
    """A checkpoint with random weights."""
    config = AutoencoderConfig(variational, code=code, size=size, hidden=(8,))
    card = Card(
        FORMAT_VERSION, "vae" if variational else "ae", NetworkCard("autoencoder", config_dict(config)),
        DataCard(data, (1, size, size), (-1.0, 1.0), "0" * 64),
    )  # fmt: skip
    save(path, card, Autoencoder(config).state_dict())
    return str(path)


def test_other_data_shows_an_empty_plane(models: Models, tmp_path: Path) -> None:
    path = autoencoder_file(tmp_path / "leaves.safetensors", "leaves", size=12)
    found = answer(EncodeImages(path), models)
    assert isinstance(found, CodesShown)
    assert found.codes.shape == (0, 2)
    assert found.labels is None
    decoded = answer(DecodeCodes(path, ((0.0, 0.0),), judge=True), models)
    assert isinstance(decoded, CodesDecoded)
    assert decoded.readings == ()  # the judge reads 28x28


def test_a_code_of_one_dimension_names_the_file(models: Models, tmp_path: Path) -> None:
    path = autoencoder_file(tmp_path / "one.safetensors", code=1)
    grid = DecodeGrid(path, (0, 1, 0, 1), 2, 2)
    for payload in (EncodeImages(path), DecodeCodes(path, ((0.0, 0.0),)), grid, EncodePicture(path, "x.png")):
        with pytest.raises(BadInput, match=r"one\.safetensors: its codes have 1 dimension; a latent plane needs at least 2"):
            steps(payload, models)


def test_another_kind_of_checkpoint_names_the_file(models: Models, checkpoints: Mapping[str, Path]) -> None:
    with pytest.raises(BadInput, match=r"mnist-classifier\.safetensors: is a classifier"):
        steps(EncodeImages(str(checkpoints["mnist-classifier"])), models)


@pytest.mark.parametrize("code", [(math.nan, 0.0), (0.0, math.inf)])
def test_codes_that_are_not_finite_are_refused(vae: str, models: Models, code: tuple[float, float]) -> None:
    with pytest.raises(BadInput, match="finite"):
        steps(DecodeCodes(vae, (code,)), models)


def test_grids_that_cannot_be_are_refused(vae: str, models: Models) -> None:
    for extent, side in (((0, 0, 0, 1), 2), ((0, 1, 0, math.nan), 2), ((0, 1, 0, 1), 10**6)):
        payload = DecodeGrid(vae, extent, side, side)
        with pytest.raises(BadInput, match=r"extent|grid"):
            steps(payload, models)


def test_what_is_no_picture_names_the_file(vae: str, models: Models, tmp_path: Path) -> None:
    file = tmp_path / "words.png"
    file.write_text("no picture")
    with pytest.raises(BadInput, match=r"words\.png: cannot be read as a picture"):
        steps(EncodePicture(vae, str(file)), models)
    with pytest.raises(BadInput, match=r"gone\.png: no such file"):
        steps(EncodePicture(vae, str(tmp_path / "gone.png")), models)


# --- drawings, test images, draws


def test_a_drawing_is_marks_of_the_brush_on_black(vae: str, models: Models) -> None:
    dabs = (Dab(((14.0, 4.0), (14.0, 24.0)), 1.5), Dab(((14.0, 20.0), (14.0, 27.0)), 3.0, -1.0))
    found = answer(EncodePicture(vae, drawing=dabs), models)
    assert isinstance(found, PictureEncoded)
    tile = found.tile[:, :, 0]
    assert tile[10, 13] == tile[10, 14] == 255
    assert tile[10, 10] == tile[10, 17] == 0
    assert tile[22, 13] == 0  # erased
    np.testing.assert_array_equal(tile, tile[:, ::-1])
    assert found.name == "drawn"


def test_a_test_image_is_encoded_as_itself(vae: str, models: Models, mnist_test: tuple[np.ndarray, np.ndarray]) -> None:
    shown = answer(EncodeImages(vae, limit=60), models)
    found = answer(EncodePicture(vae, index=42), models)
    assert isinstance(shown, CodesShown)
    assert isinstance(found, PictureEncoded)
    np.testing.assert_array_equal(found.tile[:, :, 0], mnist_test[0][42, 0])
    assert found.mean == pytest.approx(shown.codes[42], abs=1e-4)
    assert found.name == f"test image 42, digit {mnist_test[1][42]}"
    again = (found.reconstruction[:, :, 0] / 255.0 - mnist_test[0][42, 0] / 255.0) ** 2
    assert found.error == pytest.approx(again.mean(), abs=1e-3)
    hovered = answer(ShowImage(vae, 42), models)
    assert isinstance(hovered, ImageShown)
    np.testing.assert_array_equal(hovered.tile, found.tile)
    assert hovered.called == f"digit {mnist_test[1][42]}"
    for payload in (ShowImage(vae, 10_000), EncodePicture(vae, index=-1)):
        with pytest.raises(BadInput, match="there is no test image"):
            steps(payload, models)


def test_a_picture_of_another_size_is_offered_to_be_resized(vae: str, models: Models, tmp_path: Path) -> None:
    file = tmp_path / "wide.png"
    Image.fromarray(np.zeros((30, 50), np.uint8)).save(file)
    offer = answer(EncodePicture(vae, str(file), resize=False), models)
    assert offer == PictureOffered(vae, "wide.png", (30, 50), (28, 28))
    assert isinstance(answer(EncodePicture(vae, str(file)), models), PictureEncoded)


def test_draws_from_the_prior_are_the_same_for_every_model(vae: str, ae: str, models: Models) -> None:
    few, many, other = (steps(DrawCodes(path, count, 3), models)[-1] for path, count in ((vae, 4), (vae, 9), (ae, 4)))
    assert isinstance(few, CodesDrawn)
    assert isinstance(many, CodesDrawn)
    assert isinstance(other, CodesDrawn)
    np.testing.assert_array_equal(few.codes, many.codes[:4])
    np.testing.assert_array_equal(few.codes, other.codes)
    with torch.inference_mode():
        np.testing.assert_allclose(
            few.tiles[:, :, :, :1], grey_tiles(network(vae).decode(torch.tensor(few.codes)).numpy())[..., :1], atol=1
        )
    assert few.confident == float((few.confidence > 0.9).mean())
    unread = next(outcome for outcome in steps(DrawCodes(vae, 4, 3), models) if outcome is not None)
    assert isinstance(unread, CodesDrawn)
    assert unread.partial
    assert len(unread.digits) == 0
    with pytest.raises(BadInput, match="draws at once"):
        steps(DrawCodes(vae, 0, 3), models)


def test_draws_from_a_posterior_have_its_mean_and_spread(vae: str, ae: str, models: Models) -> None:
    encoded = EncodePicture(vae, index=7)
    picture = answer(encoded, models)
    assert isinstance(picture, PictureEncoded)
    assert picture.sigma is not None
    found = next(outcome for outcome in steps(DrawCodes(vae, 2000, 1, encoded), models) if outcome is not None)
    assert isinstance(found, CodesDrawn)
    np.testing.assert_allclose(found.codes.mean(0), picture.mean, atol=4 * max(picture.sigma) / math.sqrt(2000))
    np.testing.assert_allclose(found.codes.std(0), 0.83 * np.array(picture.sigma), rtol=0.1)  # of a Gaussian cut off at 2 sigma
    point = steps(DrawCodes(ae, 5, 1, EncodePicture(ae, index=7)), models)[-1]
    assert isinstance(point, CodesDrawn)
    assert len(np.unique(point.codes, axis=0)) == 1  # an AE's code is a point


# --- planes through spaces of more dimensions


def test_a_slice_along_axes_decodes_codes_with_the_rest_at_its_offsets(models: Models, tmp_path: Path) -> None:
    path = autoencoder_file(tmp_path / "five.safetensors", code=5)
    slice_ = Slice("axes", 3, 1, offsets=(0.5, -1.0))
    found = answer(DecodeCodes(path, ((2.0, -0.25),), slice=slice_), models)
    assert isinstance(found, CodesDecoded)
    with torch.inference_mode():
        wanted = network(path).decode(torch.tensor([[0.5, -0.25, -1.0, 2.0, 0.0]])).numpy()
    np.testing.assert_allclose(found.values, wanted, atol=1e-5)
    with pytest.raises(BadInput, match=r"five\.safetensors: a plane in 5 dimensions moves along 3 more"):
        steps(DecodeCodes(path, ((0.0, 0.0),), slice=Slice("axes", offsets=(0.0,) * 4)), models)


def test_codes_are_shown_at_their_nearest_places_with_their_distances(models: Models, tmp_path: Path) -> None:
    path = autoencoder_file(tmp_path / "three.safetensors", code=3)
    found = [o for o in steps(EncodeImages(path, 300, Slice("axes", 0, 2)), models) if o is not None][-1]
    assert isinstance(found, CodesShown)
    with torch.inference_mode():
        codes = network(path).encode(torch.from_numpy(to_unit_range(mnist("test")[0][:300])))[0].numpy()
    np.testing.assert_allclose(found.codes, codes[:, [0, 2]], atol=1e-4)
    assert found.distances is not None
    np.testing.assert_allclose(found.distances, np.abs(codes[:, 1]), atol=1e-4)
    assert (found.dimensions, found.rest) == (3, 1)
    assert found.spread == pytest.approx(np.sqrt((codes[:, 1] ** 2).mean()), rel=1e-3)
    moved = [o for o in steps(EncodeImages(path, 300, Slice("axes", 0, 2, offsets=(-1.5,))), models) if o is not None][-1]
    assert isinstance(moved, CodesShown)
    assert (moved.origin, moved.origin_distance) == ((0.0, 0.0), 1.5)
    corner = [o for o in steps(EncodeImages(path, 300, Slice("codes", codes=((1, 2, 3), (2, 2, 3), (1, 3, 3)))), models) if o is not None]
    assert isinstance(corner[-1], CodesShown)
    assert corner[-1].origin == pytest.approx((-1.0, -2.0))
    assert corner[-1].origin_distance == pytest.approx(3.0)


def test_a_picture_off_the_plane_has_its_marginal_there(models: Models, tmp_path: Path) -> None:
    path = autoencoder_file(tmp_path / "four.safetensors", code=4)
    found = answer(EncodePicture(path, index=3, slice=Slice("axes", 2, 0)), models)
    assert isinstance(found, PictureEncoded)
    with torch.inference_mode():
        mean, log_variance = network(path).encode(torch.from_numpy(to_unit_range(mnist("test")[0][3:4])))
    assert log_variance is not None
    assert found.mean == pytest.approx(mean[0, [2, 0]].tolist(), abs=1e-5)
    assert found.sigma == pytest.approx((0.5 * log_variance[0, [2, 0]]).exp().tolist(), rel=1e-4)
    assert found.distance == pytest.approx(float(mean[0, [1, 3]].norm()), abs=1e-5)
    assert found.off == pytest.approx(mean[0, [1, 3]].tolist(), abs=1e-5)
    there = answer(EncodePicture(path, index=3, slice=Slice("axes", 2, 0, offsets=found.off)), models)
    assert isinstance(there, PictureEncoded)
    assert there.distance == pytest.approx(0, abs=1e-5)
