"""Exports: lanes written to a file with their recipe, as background work with a cancel point at every step."""

from __future__ import annotations

import time
from collections.abc import Generator, Iterator, Sequence
from dataclasses import replace
from functools import partial
from pathlib import Path

import msgspec
import numpy as np
from torch import Tensor

from explorer.checkpoints.locate import source_of
from explorer.diffusion.pixel_range import seen
from explorer.engine.aside import aside
from explorer.engine.chain.branches import first_of, with_lineage
from explorer.engine.chain.chains import Chains
from explorer.engine.chain.export.messages import ExportChain, Exported, ExportLook, ExportProgress, ExportRead, ReadExport
from explorer.engine.chain.lanes import ChainLane
from explorer.engine.chain.looks import picture_shape
from explorer.engine.chain.messages import LaneKey, ShowStep, StepShown, lane_keys
from explorer.engine.chain.showing import show_step
from explorer.engine.desk import Desk
from explorer.engine.models.predictors import labels_told
from explorer.engine.thread.requests import Outcome, Steps
from explorer.errors import BadInput
from explorer.exports.atomic import check_out
from explorer.exports.embedded import NoRecipe, read_recipe
from explorer.exports.kinds import KINDS, Drawn, Stored
from explorer.exports.sheet import BACKGROUND
from explorer.exports.walk import (
    DECODED,
    OF_STEPS,
    PLAN,
    STATE,
    Frame,
    Layout,
    Packed,
    Piece,
    WrittenLane,
    layout_of,
    unchanged,
    write_arrays,
    write_pictures,
)
from explorer.recipe import ChainRecipe, Change, Lane, Recipe, Shown
from explorer.recipe.quantities import QUANTITIES
from explorer.recipe.shown import FRAMES, MAX_NAME

PROGRESS_SECONDS = 0.1
MAX_PICTURE_PIXELS, MAX_FILM_PIXELS = 2**27, 2**31


def read_export(request: ReadExport, desk: Desk) -> Steps:
    """The recipe in an exported file."""
    try:
        recipe = yield from aside(partial(read_recipe, Path(request.path)))
    except NoRecipe as error:
        yield ExportRead(request.path, None, str(error))
    else:
        yield ExportRead(request.path, recipe)


def export_chain(request: ExportChain, desk: Desk) -> Steps:
    """Sample what is missing of the lanes, and write them."""
    chains, channel = desk.of(Chains), desk.channel
    path = Path(request.path)
    check_out(path, tuple(KINDS))
    kind = KINDS[path.suffix.lower()]
    if not request.recipe.lanes:
        raise BadInput(f"{path.name}: there are no lanes to export")
    keys = lane_keys(request.recipe)
    if any(sample >= request.recipe.samples for sample in request.look.shown.samples):
        raise BadInput(f"{path.name}: there are {request.recipe.samples} samples; it names sample {max(request.look.shown.samples)}")
    chains = chains.own(keys)
    lanes = chains.hold(keys, channel)
    try:
        yield from _sampled(list(dict.fromkeys(lanes)))
        arithmetic = chains.models.arithmetic(chains.ran(with_lineage(keys)).values())
        recipe = Recipe(chain=portable(request.recipe), shown=_named(request.look, kind), arithmetic=arithmetic)
        if isinstance(kind, Stored):
            yield from _arrays(path, kind, lanes, recipe)
        else:
            yield from _pictures(path, kind, lanes, keys, request.look, recipe, chains)
    finally:
        chains.release(channel)
    yield Exported(request.path, path.stat().st_size)


def _named(look: ExportLook, kind: Drawn | Stored) -> Shown:
    """What is shown, with the names that are drawn of several lanes: whoever makes the picture again need not guess them."""
    if isinstance(kind, Stored) and kind.page:
        frames = look.shown.frames or (0 if look.frames == FRAMES else look.frames)
        return msgspec.structs.replace(look.shown, names=tuple(label[:MAX_NAME] for label in look.labels), frames=frames)
    drawn = isinstance(kind, Drawn) and look.shown.labels and (len(look.labels) > 1 or look.shown.layout == "grid")
    return msgspec.structs.replace(look.shown, names=tuple(label[:MAX_NAME] for label in look.labels) if drawn else ())


def portable(recipe: ChainRecipe) -> ChainRecipe:
    """The recipe with shipped checkpoints by their names: where they lie on this machine means nothing elsewhere."""

    def renamed(lane: Lane) -> Lane:
        changed = tuple(
            msgspec.structs.replace(edit, source=source_of(Path(edit.source))) if isinstance(edit, Change) and edit.checkpoint else edit
            for edit in lane.edits
        )
        source = source_of(Path(lane.source)) if lane.checkpoint else lane.source
        return msgspec.structs.replace(lane, source=source, edits=changed)

    lanes = tuple(renamed(lane) for lane in recipe.lanes)
    branches = tuple(msgspec.structs.replace(branch, lane=renamed(branch.lane)) for branch in recipe.branches)
    return msgspec.structs.replace(recipe, lanes=lanes, branches=branches)


class _Told:
    """Progress, ten times a second at most."""

    def __init__(self, words: str, total: int) -> None:
        self._words, self._total, self._done, self._at = words, total, 0, 0.0

    def add(self) -> ExportProgress | None:
        """One more is done; None where nothing need be told."""
        self._done += 1
        now = time.monotonic()
        if now - self._at < PROGRESS_SECONDS:
            return None
        self._at = now
        return ExportProgress(self._words, self._done, self._total)


def _sampled(lanes: Sequence[ChainLane]) -> Steps:
    told = _Told("sampling", sum(lane.course.K - lane.done for lane in lanes))
    for lane in lanes:
        while not lane.finished:
            yield from first_of(lane).advancing()
            yield told.add()


# --- arrays -----------------------------------------------------------------------------------------------------


def _arrays(path: Path, kind: Stored, lanes: Sequence[ChainLane], recipe: Recipe) -> Steps:
    """States and predictions of every lane from its frames, and its coefficients."""
    told = _Told("writing arrays", sum(lane.course.K + 1 for lane in lanes))
    packing: _Told | None = None
    written = [
        WrittenLane(
            _plan(lane),
            lane.key.samples,
            lane.image_shape,
            partial(_pieces, lane, told),
            None if lane.latent is None else lane.latent.images,
            partial(seen, of=lane.value_range) if lane.latent is None else unchanged,
        )
        for lane in lanes
    ]
    for outcome in write_arrays(path, kind, written, recipe):
        if isinstance(outcome, Packed):
            packing = packing or _Told("packing", outcome.total)
            yield packing.add()
        else:
            yield outcome


def _plan(lane: ChainLane) -> dict[str, np.ndarray]:
    planned = lane.planned()
    labels = labels_told(lane.predictor, lane.key.samples)
    return {name: getattr(planned, name) for name in PLAN} | ({} if labels is None else {"labels": labels})


def _pieces(lane: ChainLane, told: _Told) -> Iterator[Piece | Outcome | None]:
    for k in range(lane.course.K + 1):
        for name in ("x_t", *(OF_STEPS if k < lane.course.K else ())):
            for tensor in lane.show(k, name):
                yield None if tensor is None else Piece(k, slice(None), {STATE if name == "x_t" else name: tensor.numpy()})
                if tensor is not None and lane.latent is not None and k == lane.course.K:
                    yield from _images(lane, tensor)
        yield told.add()


def _images(lane: ChainLane, codes: Tensor) -> Iterator[Piece | None]:
    """x_0 decoded, of a lane whose states are codes."""
    for images in lane.decoded(lane.course.K, "x_t", codes, range(lane.key.samples)):
        yield None if images is None else Piece(0, slice(None), {DECODED: images})


# --- pictures ---------------------------------------------------------------------------------------------------


def _pictures(
    path: Path, kind: Drawn, lanes: Sequence[ChainLane], keys: Sequence[LaneKey], look: ExportLook, recipe: Recipe, chains: Chains
) -> Steps:  # fmt: skip
    times = times_of(kind, lanes, look, chains)
    look = seen_alike(look, kind.film)
    layout = laid_out(path, lanes, look, len(times))
    _check_memory(path, kind, layout.size, len(times))
    frames = _frames(keys, look, times, layout.image_shape[0], chains)
    yield from write_pictures(path, kind, layout, frames, recipe, look.shown.fps or look.fps)


def seen_alike(look: ExportLook, film: bool) -> ExportLook:
    """Codes are decoded in all pictures of a film, and where x_0 is shown: they are as large in each."""
    shown = msgspec.structs.replace(look.shown, decoded=look.shown.decoded or film or look.shown.t == 0)
    return replace(look, shown=shown)


def times_of(kind: Drawn, lanes: Sequence[ChainLane], look: ExportLook, chains: Chains) -> list[int]:
    """The steps whose pictures an export has."""
    return film_times(lanes, chains.levels(look.timeline), look.shown.frames or look.frames) if kind.film else [look.shown.t]


def _frames(
    keys: Sequence[LaneKey], look: ExportLook, times: Sequence[int], channels: int, chains: Chains
) -> Iterator[Frame | Outcome | None]:  # fmt: skip
    told = _Told("writing pictures", len(times))
    for t in times:
        tiles = yield from tiles_at(keys, look, t, channels, chains)
        if len(times) == 1:  # the whole file is written at once: the last moment to give it up
            yield ExportProgress("writing", 1, 1)
        yield Frame(tiles, caption_of(look, t))
        if len(times) > 1:
            yield told.add()


def film_times(lanes: Sequence[ChainLane], timeline: np.ndarray | None, frames: int) -> list[int]:
    """Evenly spaced t from T to 0, as many as the longest lane has states or as are wanted; of one lane, its own."""
    T = max(lane.course.timesteps[0] for lane in lanes) if timeline is None else len(timeline) - 1
    count = max(2, min(frames, max(lane.course.K for lane in lanes) + 1))
    return [round(T * (count - 1 - f) / (count - 1)) for f in range(count)]


def laid_out(path: Path, lanes: Sequence[ChainLane], look: ExportLook, pictures: int) -> Layout:
    """How each of so many pictures is drawn (BadInput if the lanes' images cannot be in one)."""
    shown = look.shown
    of = shown.of if QUANTITIES[shown.quantity].beside == "lane" else shown.quantity
    shape, samples = picture_shape(lanes[0], of, shown.decoded), len(shown.samples) or lanes[0].key.samples
    captioned = look.shown.labels and (pictures > 1 or look.shown.t > 0 or look.shown.quantity != "x_t")
    for lane in lanes:
        own = picture_shape(lane, of, shown.decoded)
        if own != shape:
            raise BadInput(f"{path.name}: {lane.key.lane.source} makes images of {own}, another lane of {shape}: export an .npz")
    grey = shape[0] == 1 and not QUANTITIES[shown.quantity].diverging
    drawn = (1 if grey else 3, shape[1], shape[2])
    labels = look.labels if len(look.labels) == len(lanes) else tuple(str(i) for i in range(len(lanes)))
    scale = look.scale if look.scale is not None else shown.scale or None
    return layout_of(shown.layout, samples, drawn, labels, scale, captioned, shown.samples, shown.labels)


def _check_memory(path: Path, kind: Drawn, size: tuple[int, int], count: int) -> None:
    pixels = size[0] * size[1]
    if pixels > MAX_PICTURE_PIXELS or pixels * count > MAX_FILM_PIXELS:
        raise BadInput(
            f"{path.name}: too large a picture of {size[1]} x {size[0]}: export fewer samples, lanes or frames, or a smaller scale"
        )
    kind.check(path, size)


def tiles_at(
    keys: Sequence[LaneKey], look: ExportLook, t: int, channels: int, chains: Chains
) -> Generator[None, None, list[np.ndarray]]:  # fmt: skip
    """Tiles (N, C, H, W) of each lane at t; of a difference the reference is itself, a lane without one is blank, as in the window."""
    shown = look.shown
    reference = keys[min(shown.reference, len(keys) - 1)] if QUANTITIES[shown.quantity].beside == "lane" else None
    tiles: dict[LaneKey, np.ndarray] = {}
    reasons: list[str] = []
    for part, quantity in ((tuple(k for k in dict.fromkeys(keys) if k != reference), shown.quantity), ((reference,), shown.of)):
        present = tuple(key for key in part if key is not None)
        question = ShowStep(
            present, t, quantity, reference, shown.of, look.palette, look.timeline, shown.beside, not shown.by_channel, shown.decoded
        )
        for outcome in show_step(chains, question) if present else ():
            if isinstance(outcome, StepShown):
                tiles |= {frame.key: frame.tiles for frame in outcome.frames}
                reasons += [blank.reason for blank in outcome.blank]
            else:
                yield None
    if not tiles:
        raise BadInput(next(filter(None, reasons), "there is nothing to draw: no lane has what is shown"))
    if shown.samples:
        tiles = {key: drawn[list(shown.samples)] for key, drawn in tiles.items()}
    blank = np.full_like(next(iter(tiles.values())), BACKGROUND)
    return [tiles.get(key, blank).transpose(0, 3, 1, 2)[:, :channels] for key in keys]


def caption_of(look: ExportLook, t: int) -> str:
    """The words below the picture of a step."""
    shown = look.shown
    what = QUANTITIES[shown.quantity].caption.format(of=shown.of, reference=_reference_label(look))
    return f"{what} at t = {t}" if what else f"t = {t}"


def _reference_label(look: ExportLook) -> str:
    return look.labels[look.shown.reference] if look.shown.reference < len(look.labels) else "the reference lane"
