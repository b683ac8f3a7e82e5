"""Fields over the latent plane, coarse first: density, errors, magnification, how decodings are read."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from weakref import WeakKeyDictionary

import numpy as np
from torch import Tensor

from explorer.engine.desk import Desk
from explorer.engine.latent.batches import batch
from explorer.engine.latent.cells import Cells
from explorer.engine.latent.codes import ImageCodes, codes_of
from explorer.engine.latent.field_messages import FieldKind, FieldShown, ShowField
from explorer.engine.latent.plane import OpenPlane, open_plane
from explorer.engine.models.models import Models
from explorer.engine.pictures.colour_maps import class_blend, coloured
from explorer.engine.thread.requests import Steps
from explorer.errors import BadInput
from explorer.latent.density import Mixture
from explorer.latent.elbo import gaussian_kl, log_likelihood, reconstruction_error
from explorer.latent.geometry import magnification
from explorer.latent.plane import Extent, cell_centres, check_grid, extent_of, prior_radius
from explorer.models.fused import fused
from explorer.models.roles import ImageReader, LatentModel
from explorer.recipe import Slice

COARSE = (4, 2)
"""Passes before the last have cells so many times as wide as its own."""

KNOWN_ENOUGH = 0.5
"""Share of the cells that must be known from the last view for the coarse passes to be left out."""

BLOCKS: dict[FieldKind, int] = {"density": 64, "error": 64, "elbo": 64, "magnification": 32, "classes": 16}
"""Codes between two cancel points: about as much work as a decoding of 100."""

REFERENCE_CELLS = 20
"""A field's range comes from a grid of so many cells a side over the codes."""

DENSITY_NATS = 10.0
"""How far below the greatest density the map reaches."""

Evaluate = Callable[[Tensor], np.ndarray]


@dataclass(frozen=True)
class _Range:
    low: float
    high: float
    logarithmic: bool


PROBABILITIES = _Range(0.0, 1.0, False)
_last: WeakKeyDictionary[LatentModel, dict[FieldKind, tuple[Slice | None, Cells]]] = WeakKeyDictionary()
_fused: WeakKeyDictionary[ImageReader, Callable[[Tensor], Tensor]] = WeakKeyDictionary()
_ranges: WeakKeyDictionary[LatentModel, dict[tuple[FieldKind, Slice | None], _Range]] = WeakKeyDictionary()


def show_field(request: ShowField, desk: Desk) -> Steps:
    """Answer a ShowField: a pass with wide cells first, then finer ones; None is a cancel point.

    Raises
    ------
    BadInput
        If the model has no such field, or the grid cannot be.
    """
    models = desk.of(Models)
    plane = yield from open_plane(request.path, request.slice, models)
    codes: ImageCodes | None = None
    for found in codes_of(plane.checkpoint, models.device):
        yield None
        codes = found
    assert codes is not None
    places = plane.slice.project(codes.means)[0]
    evaluate = _evaluator(request.kind, plane, codes, models)
    known, key = _ranges.setdefault(plane.model, {}), (request.kind, request.slice)
    if request.kind == "classes":
        known[key] = PROBABILITIES
    if key not in known:
        for reference in _values(evaluate, plane, _home(places), REFERENCE_CELLS, REFERENCE_CELLS, request.kind):
            yield None
            if reference is not None:
                known[key] = _range(request.kind, reference)
    cells = _cells_for(request, plane.model)
    if cells.known.mean() < KNOWN_ENOUGH:
        for factor in COARSE:
            columns, rows = math.ceil(request.columns / factor), math.ceil(request.rows / factor)
            for values in _values(evaluate, plane, request.extent, columns, rows, request.kind):
                yield None
                if values is not None:
                    yield _shown(request, values.reshape(rows, columns, -1), known[key], partial=True)
    yield from _fill(cells, evaluate, plane, request.kind)
    assert cells.values is not None
    yield _shown(request, cells.values, known[key], partial=False)


def _cells_for(request: ShowField, model: LatentModel) -> Cells:
    """The finest cells, with those that were computed for the last view of the same field."""
    before = _last.get(model, {}).get(request.kind)
    same = before is not None and before[0] == request.slice
    try:
        check_grid(request.extent, request.columns, request.rows)
    except ValueError as error:
        raise BadInput(str(error)) from None
    cells = Cells.of(request.extent, request.columns, request.rows, before[1] if before is not None and same else None)
    _last.setdefault(model, {})[request.kind] = (request.slice, cells)
    return cells


def _fill(cells: Cells, evaluate: Evaluate, plane: OpenPlane, kind: FieldKind) -> Iterator[None]:
    """Compute what is missing; None after each block, whose values are kept also when it ends there."""
    numbers = cells.missing
    centres = cell_centres(cells.extent, cells.columns, cells.rows)
    step = batch(plane.model, BLOCKS[kind])
    for start in range(0, len(numbers), step):
        block = numbers[start : start + step]
        cells.put(block, evaluate(plane.tensor(centres[block])))
        yield None


def _values(evaluate: Evaluate, plane: OpenPlane, extent: Extent, columns: int, rows: int, kind: FieldKind) -> Iterator[np.ndarray | None]:
    """Values at a grid's centres, row by row, last; None after each block."""
    try:
        centres = cell_centres(extent, columns, rows)
    except ValueError as error:
        raise BadInput(str(error)) from None
    blocks = []
    for block in plane.tensor(centres).split(batch(plane.model, BLOCKS[kind])):
        blocks.append(evaluate(block))
        yield None
    yield np.concatenate(blocks)


def _evaluator(kind: FieldKind, plane: OpenPlane, codes: ImageCodes, models: Models) -> Evaluate:
    """What gives the field's values (N,), or probabilities (N, C), at places (N, 2)."""
    model = plane.model
    if kind == "density":
        if not len(codes.means):
            raise BadInput("the aggregate posterior needs the model's test images, which are not on this machine")
        mixture = _aggregate(plane, codes)
        return lambda places: mixture.log_density(places.double().cpu().numpy()).astype(np.float32)
    if kind == "elbo":
        if not model.config.variational:
            raise BadInput("an AE has no ELBO: choose the reconstruction error")
        if not model.config.likelihood:
            raise BadInput("nothing is said of this model's p(x|z), so it has no ELBO: choose the reconstruction error")
        return lambda places: _numpy(_elbo_at_mean(model, plane.decode(places)))
    if kind == "error":
        return lambda places: _numpy(reconstruction_error(model, plane.decode(places)))
    if kind == "magnification":
        if model.config.quantizes:
            raise BadInput("this decoder takes the nearest entries of a code book: it jumps, and magnifies nothing between jumps")
        return lambda places: _numpy(magnification(plane.decode, places) / 4)  # an area: pixels in [0, 1], not [-1, 1]
    judge = models.judge()
    if judge is None:
        raise BadInput("the digit classifier, mnist-classifier, is not installed")
    if judge.image_shape != model.config.image_shape:
        _, height, width = judge.image_shape
        raise BadInput(f"the digit classifier reads {height} x {width} images, and this model's are of another size")
    reader = _fused.get(judge) or _fused.setdefault(judge, fused(judge))
    return lambda places: _numpy(reader(plane.decode(places)).float().softmax(1))


def _aggregate(plane: OpenPlane, codes: ImageCodes) -> Mixture:
    """q(z) of the test images; on a slice the marginal of its two coordinates."""
    if plane.model.config.code == 2:
        return Mixture.of(codes.means, codes.sigmas)
    places = plane.slice.project(codes.means)[0]
    return Mixture.of(places, None) if codes.sigmas is None else Mixture(places, plane.slice.project_covariances(codes.sigmas))


def _elbo_at_mean(model: LatentModel, x: Tensor) -> Tensor:
    """log p(x|z) at the posterior's mean less KL(q(z|x) || p(z)), shape (N,), nats: the ELBO without its sampling noise."""
    mean, log_variance = model.encode(x)
    assert log_variance is not None
    return log_likelihood(model, x, mean) - gaussian_kl(mean, log_variance)


def _home(places: np.ndarray) -> Extent:
    """Rectangle of the codes, or of most of the prior."""
    radius = prior_radius(0.99)
    return extent_of(places) or (-radius, radius, -radius, radius)


def _range(kind: FieldKind, reference: np.ndarray) -> _Range:
    """Ends of the map from values over the codes' rectangle: stated, and the same wherever one looks."""
    finite = reference[np.isfinite(reference)]
    if not len(finite):
        return _Range(0.0, 1.0, False)
    if kind == "density":
        top = math.ceil(float(finite.max()))
        return _Range(top - DENSITY_NATS, top, False)
    low, high = (_rounded(float(q)) for q in np.quantile(finite, [0.02, 0.98]))
    if kind == "elbo":
        return _Range(low, high if high > low else low + 1, False)
    high = max(high, 1e-9)
    return _Range(min(max(low, high / 1e4), high / 2), high, True)


def _rounded(value: float) -> float:
    """To two digits."""
    return float(f"{value:.2g}")


def _shown(request: ShowField, values: np.ndarray, ends: _Range, partial: bool) -> FieldShown:
    rows, columns, depth = values.shape
    classes = None
    if request.kind == "classes":
        colours = request.class_colours
        if len(colours) != depth:
            raise BadInput(f"the classifier has {depth} classes, and {len(colours)} colours were given")
        picture = class_blend(values, colours)
        classes, values = values.argmax(2).astype(np.uint8), values.max(2)
        classes.setflags(write=False)
    else:
        values = values[..., 0]
        picture = coloured(values, ends.low, ends.high, ends.logarithmic)
    values = np.ascontiguousarray(values, np.float32)
    for array in (values, picture):
        array.setflags(write=False)
    return FieldShown(
        request.path, request.kind, request.extent, columns, rows, values, classes, picture, ends.low, ends.high, ends.logarithmic, partial
    )


def _numpy(tensor: Tensor) -> np.ndarray:
    return tensor.float().cpu().numpy()
