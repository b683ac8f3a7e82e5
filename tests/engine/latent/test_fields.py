"""Fields over the plane: coarse first, with a range of their own, each value what its definition says."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import numpy as np
import pytest
import torch

from explorer.checkpoints.files import load
from explorer.engine.desk import Desk, handler_of
from explorer.engine.latent.field_messages import FieldKind, FieldShown, ShowField
from explorer.engine.latent.messages import CodesShown, EncodeImages
from explorer.engine.models.models import Models
from explorer.engine.thread.requests import Payload, Steps
from explorer.errors import BadInput
from explorer.latent.plane import cell_centres

EXTENT = (-2.0, 2.0, -1.0, 1.5)
COLOURS = tuple(f"#{17 * i:02x}0000" for i in range(10))


@pytest.fixture(scope="module")
def models() -> Models:
    """Models on the CPU."""
    return Models(torch.device("cpu"))


def steps(payload: Payload, models: Models) -> Steps:
    """A request under way."""
    desk = Desk()
    desk.begin(models)
    return handler_of(type(payload))(payload, desk)


def ask(models: Models, path: Path, kind: FieldKind, columns: int = 8, rows: int = 5) -> list[FieldShown]:
    """All answers."""
    with torch.inference_mode():
        found = list(steps(ShowField(str(path), kind, EXTENT, columns, rows, COLOURS), models))
    assert None in found
    return [outcome for outcome in found if isinstance(outcome, FieldShown)]


def centres(columns: int = 8, rows: int = 5) -> torch.Tensor:
    """Codes at the cells' centres."""
    return torch.from_numpy(cell_centres(EXTENT, columns, rows).astype(np.float32))


def test_each_pass_is_finer_and_the_range_stays(models: Models, checkpoints: Mapping[str, Path]) -> None:
    parts = ask(Models(torch.device("cpu")), checkpoints["mnist-vae-2d"], "error")  # of which nothing is known yet
    assert [(p.columns, p.rows, p.partial) for p in parts] == [(2, 2, True), (4, 3, True), (8, 5, False)]
    assert len({(p.low, p.high, p.logarithmic) for p in parts}) == 1
    assert parts[0].low < parts[0].high
    assert all(p.values.shape == (p.rows, p.columns) and p.picture.shape == (p.rows, p.columns, 3) for p in parts)
    elsewhere = ask(models, checkpoints["mnist-vae-2d"], "error", 3, 3)[-1]
    assert (elsewhere.low, elsewhere.high) == (parts[0].low, parts[0].high)


def test_the_error_is_of_the_decoding_encoded_and_decoded_again(models: Models, checkpoints: Mapping[str, Path]) -> None:
    model = load(checkpoints["mnist-vae-2d"]).network
    with torch.inference_mode():
        x = model.decode(centres())  # type: ignore[operator]
        wanted = (((x - model(x)) / 2) ** 2).mean((1, 2, 3)).numpy()
    np.testing.assert_allclose(ask(models, checkpoints["mnist-vae-2d"], "error")[-1].values.ravel(), wanted, rtol=1e-3, atol=1e-6)


def test_the_elbo_is_at_the_posteriors_mean_and_an_ae_has_none(models: Models, checkpoints: Mapping[str, Path]) -> None:
    model = load(checkpoints["mnist-vae-2d"]).network
    with torch.inference_mode():
        x = model.decode(centres())  # type: ignore[operator]
        mean, log_variance = model.encode(x)  # type: ignore[operator]
        logits = model.decode_logits(mean)  # type: ignore[operator]
        log_p = torch.distributions.Bernoulli(logits=logits, validate_args=False).log_prob((x + 1) / 2).sum((1, 2, 3))
        q = torch.distributions.Normal(mean, (0.5 * log_variance).exp())
        kl = torch.distributions.kl_divergence(q, torch.distributions.Normal(0.0, 1.0)).sum(1)
    found = ask(models, checkpoints["mnist-vae-2d"], "elbo")[-1]
    np.testing.assert_allclose(found.values.ravel(), (log_p - kl).numpy(), rtol=1e-3)
    with pytest.raises(BadInput, match="an AE has no ELBO"):
        ask(models, checkpoints["mnist-ae-2d"], "elbo")


def test_classes_are_the_classifiers_own_with_colours_by_their_shares(models: Models, checkpoints: Mapping[str, Path]) -> None:
    with torch.inference_mode():
        images = load(checkpoints["mnist-vae-2d"]).network.decode(centres())  # type: ignore[operator]
        shares = load(checkpoints["mnist-classifier"]).network(images).softmax(1).numpy()
    found = ask(models, checkpoints["mnist-vae-2d"], "classes")[-1]
    assert found.classes is not None
    np.testing.assert_array_equal(found.classes.ravel(), shares.argmax(1))
    np.testing.assert_allclose(found.values.ravel(), shares.max(1), atol=1e-3)
    np.testing.assert_allclose(found.picture[..., 0].ravel(), shares @ (17 * np.arange(10)), atol=1)
    assert (found.low, found.high) == (0, 1)


def test_what_was_computed_for_the_last_view_is_not_computed_again(checkpoints: Mapping[str, Path]) -> None:
    fresh, path = Models(torch.device("cpu")), str(checkpoints["mnist-vae-2d"])
    with torch.inference_mode():
        whole = [o for o in steps(ShowField(path, "classes", (-2.0, 2.0, -1.0, 1.0), 16, 8, COLOURS), fresh) if o is not None]
        moved = list(steps(ShowField(path, "classes", (-1.5, 2.5, -1.25, 0.75), 16, 8, COLOURS), fresh))
        other = list(steps(ShowField(path, "classes", (-1.5, 2.5, -1.25, 0.75), 16, 8, COLOURS), Models(fresh.device)))[-1]
    assert len(whole) == 3
    (shown,) = (o for o in moved if o is not None)  # no coarse pass
    assert isinstance(shown, FieldShown)
    assert isinstance(other, FieldShown)
    np.testing.assert_allclose(shown.values, other.values, atol=1e-5)
    np.testing.assert_array_equal(shown.values[:7, :14], whole[-1].values[1:, 2:])  # type: ignore[union-attr]


def test_a_grid_that_cannot_be_is_refused(models: Models, checkpoints: Mapping[str, Path]) -> None:
    with pytest.raises(BadInput, match="cells"):
        ask(models, checkpoints["mnist-vae-2d"], "error", 0, 5)


def test_the_density_is_the_mean_of_the_posteriors(models: Models, checkpoints: Mapping[str, Path]) -> None:
    found = ask(models, checkpoints["mnist-vae-2d"], "density", 3, 2)[-1]
    codes = list(steps(EncodeImages(str(checkpoints["mnist-vae-2d"])), models))[-1]
    assert isinstance(codes, CodesShown)
    assert codes.sigmas is not None
    z = centres(3, 2).double().numpy()[:, None]
    m, s = codes.codes.astype(np.float64), codes.sigmas.astype(np.float64)
    each = np.exp(-0.5 * (((z - m) / s) ** 2).sum(2)) / (2 * np.pi * s.prod(1))
    np.testing.assert_allclose(found.values.ravel(), np.log(each.mean(1)), atol=1e-3)
    assert found.high - found.low == 10


def test_the_magnification_is_of_areas_between_neighbouring_decodings(models: Models, checkpoints: Mapping[str, Path]) -> None:
    found = ask(models, checkpoints["mnist-vae-2d"], "magnification", 3, 2)[-1]
    model = load(checkpoints["mnist-vae-2d"]).network.double()
    z, h = centres(3, 2).double(), 1e-5
    with torch.inference_mode():
        sides = [(model.decode(z + d) - model.decode(z - d)).flatten(1) / (2 * 2 * h) for d in torch.eye(2) * h]  # type: ignore[operator]
    g = torch.stack([torch.stack([(a * b).sum(1) for b in sides], 1) for a in sides], 1)
    np.testing.assert_allclose(found.values.ravel(), g.det().sqrt().numpy(), rtol=1e-3)
    assert found.logarithmic
