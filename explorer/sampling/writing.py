"""Chains written as arrays or pictures: walked on their way to the file, or held in memory."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass
from functools import partial
from pathlib import Path

import msgspec
import numpy as np
import torch
from torch import Tensor

from explorer.diffusion.noise import shared_noise
from explorer.diffusion.pixel_range import seen
from explorer.diffusion.reverse import Step
from explorer.engine.models.predictors import labels_told, range_of
from explorer.errors import BadInput
from explorer.evaluation.samples import as_pixels, block_size, blocks
from explorer.exports.kinds import KINDS, Drawn, Stored
from explorer.exports.walk import DECODED, STATE, Frame, Layout, Piece, WrittenLane, layout_of, unchanged, write_arrays, write_pictures
from explorer.recipe import LayoutName, Recipe, Shown
from explorer.recipe.shown import FPS, FRAMES, MAX_NAME
from explorer.sampling.lanes import SampledLane

MAX_FILM_BYTES = 2**31
MAX_SHEET_PIXELS = 2**28

Progress = Callable[[int, str, str], AbstractContextManager[Callable[[int], object]]]
"""From how many there are, of what, and their unit to a context that is told how many more are done."""


def silent(total: int, what: str, unit: str) -> AbstractContextManager[Callable[[int], object]]:
    """Progress that nobody watches."""
    return nullcontext(lambda done: None)


@dataclass(frozen=True, slots=True, eq=False)
class DrawnLane:
    """A lane whose states are drawn.

    Attributes
    ----------
    label : str
        For people.
    source : str
        What its network is called, for messages.
    image_shape : (C, H, W)
    timesteps : tuple of int
        T .. 0 of its states.
    states : callable
        From indices of states, 0 for x_T, to tiles (count, N, C, H, W), uint8.
    """

    label: str
    source: str
    image_shape: tuple[int, int, int]
    timesteps: tuple[int, ...]
    states: Callable[[Sequence[int]], np.ndarray]

    @property
    def K(self) -> int:
        """Number of steps."""
        return len(self.timesteps) - 1


def write(
    out: Path, lanes: Sequence[SampledLane], recipe: Recipe, scale: int | None, frames: int, fps: float, progress: Progress = silent
) -> None:  # fmt: skip
    """Walk the lanes and write what the file's name says (BadInput if it is too large or cannot be written)."""
    assert recipe.chain is not None
    seed, samples = recipe.chain.seed, recipe.chain.samples
    kind = KINDS[out.suffix.lower()]
    if isinstance(kind, Stored):
        if kind.page:
            recipe = as_paged(recipe, [lane.label for lane in lanes], frames)
        written: list[WrittenLane[None]] = [
            WrittenLane(
                plan_arrays(lane, samples),
                samples,
                lane.image_shape,
                partial(pieces, lane, seed, samples, progress),
                None if lane.latent is None else lane.latent.images,
                partial(seen, of=range_of(lane.predictor)) if lane.latent is None else unchanged,
            )
            for lane in lanes
        ]
        for _ in write_arrays(out, kind, written, recipe):
            pass
    else:
        drawn = [
            DrawnLane(
                lane.label, lane.lane.source, lane.picture_shape, lane.course.timesteps, partial(_states, lane, seed, samples, progress)
            )
            for lane in lanes
        ]
        draw(out, kind, drawn, as_drawn(recipe, drawn, scale, frames, fps, kind.film), scale, frames, fps)


def as_drawn(recipe: Recipe, lanes: Sequence[DrawnLane], scale: int | None, frames: int, fps: float, film: bool) -> Recipe:
    """The recipe with what was chosen of the picture, and the names of its lanes, so that it is made again alike."""
    shown = recipe.shown or Shown()
    if len(lanes) > 1 or shown.layout == "grid":
        shown = msgspec.structs.replace(shown, names=tuple(label[:MAX_NAME] for label in _names(lanes, shown.layout)))
    paced = {"frames": 0 if frames == FRAMES else frames, "fps": 0.0 if fps == FPS else fps} if film else {}
    shown = msgspec.structs.replace(shown, scale=scale or 0, **paced)
    return msgspec.structs.replace(recipe, shown=None if shown == Shown() else shown)


def as_paged(recipe: Recipe, labels: Sequence[str], frames: int) -> Recipe:
    """The recipe with the names of lanes that a page shows, and how many states it shall have."""
    names = tuple(label[:MAX_NAME] for label in labels)
    shown = msgspec.structs.replace(recipe.shown or Shown(), names=names, frames=0 if frames == FRAMES else frames)
    return msgspec.structs.replace(recipe, shown=shown)


def _names(lanes: Sequence[DrawnLane], layout: LayoutName) -> tuple[str, ...]:
    """What stands beside each lane: in a grid without what all have in common."""
    labels = tuple(lane.label for lane in lanes)
    if layout == "grid" and len({label.rpartition(" · ")[0] for label in labels}) == 1:
        return tuple(label.rpartition(" · ")[2] for label in labels)
    return labels


def plan_arrays(lane: SampledLane, samples: int) -> dict[str, np.ndarray]:
    """Every name in `explorer.exports.walk.PLAN`: timesteps (K+1,) int64, alpha_bar (K+1,); a0, at and sigma (K,), float64.

    Of a class-conditional network also labels (samples,), int64.
    """
    course, labels = lane.course, labels_told(lane.predictor, samples)
    levels = [step.alpha_bar for step in course.steps] + [course.steps[-1].alpha_bar_prev]
    coefficients = {name: np.array([getattr(step, name) for step in course.steps], np.float64) for name in ("a0", "at", "sigma")}
    return {"timesteps": np.array(course.timesteps, np.int64), "alpha_bar": np.array(levels, np.float64)} | coefficients | (
        {} if labels is None else {"labels": labels}
    )  # fmt: skip


def pieces(lane: SampledLane, seed: int, samples: int, progress: Progress = silent) -> Iterator[Piece]:
    """Every state and prediction of a lane, in blocks of samples, float32."""
    with progress(lane.course.K * samples, lane.label, "step") as report:
        for indices in blocks(samples, block_size(lane.image_shape)):
            rows = slice(indices.start, indices.stop)
            for step in lane.walk(seed, indices):
                yield Piece(step.k, rows, _values(lane, step, seed, indices))
                if step.t_prev == 0:
                    yield Piece(step.k + 1, rows, {STATE: _numpy(step.x_prev)})
                    if lane.latent is not None:
                        yield Piece(0, rows, {DECODED: lane.pictures(step.x_prev)})
                report(len(indices))


def _values(lane: SampledLane, step: Step, seed: int, indices: range) -> dict[str, np.ndarray]:
    said, z = step.prediction, shared_noise(lane.seed(seed), indices, step.t, lane.image_shape)
    values = {STATE: step.x_t, "x0_hat": said.x0_hat, "eps_hat": said.eps_hat, "mean": said.mean, "z": z}
    return {name: _numpy(tensor) for name, tensor in values.items()}


def _numpy(tensor: Tensor) -> np.ndarray:
    values: np.ndarray = tensor.float().cpu().numpy()
    return values


def draw(
    out: Path, kind: Drawn, lanes: Sequence[DrawnLane], recipe: Recipe, scale: int | None, frames: int, fps: float
) -> None:  # fmt: skip
    """The samples, or a film of states of the chain: a sheet a lane, or lanes against samples (BadInput as `write`)."""
    assert recipe.chain is not None
    samples = recipe.chain.samples
    shape = lanes[0].image_shape
    for lane in lanes:
        if lane.image_shape != shape:
            other = f"{lanes[0].source} of {shape}"
            raise BadInput(f"{lane.source}: makes images of {lane.image_shape}, {other}: only an .npz holds both")
    count = min(frames, max(lane.K for lane in lanes) + 1) if kind.film else 1
    name = recipe.shown.layout if recipe.shown is not None else "lanes"
    layout = layout_of(name, samples, shape, _names(lanes, name), scale, captioned=kind.film)
    _check_memory(out, kind, layout, count)
    states = [lane.states(shown(lane.K, count)) for lane in lanes]
    captions = [f"t = {lanes[0].timesteps[k]}" for k in shown(lanes[0].K, count)]
    pictures = (Frame([tiles[f] for tiles in states], caption) for f, caption in enumerate(captions))
    for _ in write_pictures(out, kind, layout, pictures, recipe, fps):
        pass


def _check_memory(out: Path, kind: Drawn, layout: Layout, count: int) -> None:
    tiles = count * layout.samples * int(np.prod(layout.image_shape)) * len(layout.labels)
    pixels = layout.size[0] * layout.size[1]
    if tiles > MAX_FILM_BYTES or pixels > MAX_SHEET_PIXELS or pixels * count > kind.most_pixels:
        raise BadInput(f"{out}: too large a picture: ask for fewer samples or frames, or a lower scale")
    kind.check(out, layout.size)


def shown(K: int, count: int) -> list[int]:
    """Indices of `count` states, evenly spaced, x_0 last; of x_0 alone if it is one."""
    return [K] if count == 1 else [round(K * f / (count - 1)) for f in range(count)]


def _states(lane: SampledLane, seed: int, samples: int, progress: Progress, wanted_states: Sequence[int]) -> np.ndarray:
    """Tiles (count, N, C, H, W), uint8, of the states to show."""
    wanted: dict[int, list[int]] = {}
    for frame, k in enumerate(wanted_states):
        wanted.setdefault(k, []).append(frame)
    tiles = np.zeros((len(wanted_states), samples, *lane.picture_shape), np.uint8)
    with progress(lane.course.K * samples, lane.label, "step") as report:
        for indices in blocks(samples, block_size(lane.image_shape)):
            rows = slice(indices.start, indices.stop)
            for step in lane.walk(seed, indices):
                for k, state in ((step.k, step.x_t), (step.k + 1, step.x_prev)):
                    if k in wanted and (k == 0 or k > step.k):
                        tiles[wanted[k], rows] = as_pixels(torch.from_numpy(lane.pictures(state)))
                report(len(indices))
    return tiles
