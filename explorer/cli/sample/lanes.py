"""The lanes of `sample`: opened, walked, and written as arrays or pictures."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path

import numpy as np
import torch
from torch import Tensor

from explorer.checkpoints.files import Checkpoint
from explorer.checkpoints.locate import source_of
from explorer.cli import shared
from explorer.diffusion.exact_predictor import of_samples
from explorer.diffusion.noise import shared_noise
from explorer.diffusion.predictor import NetworkPredictor, Predictor
from explorer.diffusion.reverse import Plan, Step, plan
from explorer.engine.models.data_sets import DataSets, exact_predictor
from explorer.engine.models.predictors import conditioned, labels_told, on_schedule
from explorer.errors import BadInput
from explorer.evaluation.samples import as_pixels, block_size, blocks, walk
from explorer.exports.kinds import KINDS, Drawn, Stored
from explorer.exports.walk import STATE, Frame, Layout, Piece, WrittenLane, layout_of, write_arrays, write_pictures
from explorer.recipe import Lane, Recipe, Sampler
from explorer.recipe.arithmetic import Precision, RunBy
from explorer.recipe.labels import label_words
from explorer.recipe.sweep import parse_sweep, swept, value_words

MAX_FILM_BYTES = 2**31
MAX_SHEET_PIXELS = 2**28


@dataclass(frozen=True, eq=False)
class SampledLane:
    """A lane ready to be walked."""

    lane: Lane
    predictor: Predictor
    course: Plan
    image_shape: tuple[int, int, int]
    device: torch.device
    precision: Precision
    swept: str = ""
    run: RunBy | None = None
    """What runs its network, where that is chosen."""

    @property
    def label(self) -> str:
        """Option, name and steps, or the value of the setting that is swept, for people."""
        kind = str(self.lane.option) if self.lane.exact is None else _exact_words(self.lane)
        told = "" if self.swept else class_words(self.lane)
        return f"{kind} · {Path(self.lane.source).stem} · {self.swept or f'{self.course.K} steps'}{told}"

    def seed(self, shared: int) -> int:
        """Seed of its noise: its own, or the one that all lanes share."""
        return shared if self.lane.seed is None else self.lane.seed

    def walk(self, seed: int, indices: range) -> Iterator[Step]:
        """Steps of the chains of these samples; `seed` is the shared one."""
        own = self.seed(seed)
        predictor = of_samples(self.predictor, own, indices)
        return walk(predictor, self.course, own, indices, self.image_shape, self.device, self.lane.sampler.clip)


def class_words(lane: Lane) -> str:
    """What a lane is told of classes, as far as somebody said it: " · label 7 · w 1"."""
    label = lane.labels if lane.exact is None else () if lane.exact.label is None else (lane.exact.label,)
    return (f" · label {label_words(label)}" if label else "") + (f" · w {lane.guidance:g}" if lane.guidance else "")


def _exact_words(lane: Lane) -> str:
    assert lane.exact is not None
    kind = "Exact" if lane.exact.follow == "draw" else "Exact mean"
    return kind if lane.option is None else f"{kind} through {lane.option}"


def lane_of(
    checkpoint: Checkpoint, where: shared.Place, steps: int | None, eta: float, clip: bool | None, samples: int | None = None,
    labels: tuple[int, ...] = (), guidance: float = 0.0,
) -> SampledLane:  # fmt: skip
    """Lane of a checkpoint under a sampler, of so many samples in all; a `clip` of None is what its card says.

    Raises
    ------
    BadInput
        If it is no ddpm, the steps do not fit its schedule, or it does not take the labels or the guidance.
    """
    try:
        sampler = Sampler(steps, eta, checkpoint.card.clips if clip is None else clip)
        run = where.run_by(checkpoint, samples, steps)
        predictor, precision = where.predictor(checkpoint, run, samples or 0)
        course = plan(predictor.schedule, steps, eta)
    except ValueError as error:
        raise BadInput(f"{checkpoint.path}: {error}") from None
    card = checkpoint.card
    lane = Lane(checkpoint.sha256, source_of(checkpoint.path), card.option, sampler, told=card.told, labels=labels, guidance=guidance)
    return SampledLane(lane, conditioned(predictor, lane), course, card.data.shape, where.device, precision, run=run)


def sweep(made: SampledLane, text: str, kept: DataSets) -> list[SampledLane]:
    """The lane once for each value of a setting, such as "steps=10,25,50".

    Parameters
    ----------
    kept : DataSets
        Of exact lanes.

    Raises
    ------
    BadInput
        If the text is no sweep, or a value does not fit the lane.
    """
    setting, values = parse_sweep(text)
    lanes = []
    for lane, value in zip(swept(made.lane, setting, values), values, strict=True):
        predictor = made.predictor if setting != "schedule" else on_schedule(made.predictor, lane.schedule)
        if setting == "label" and lane.exact is not None:
            predictor = exact_predictor(lane, kept)
        elif isinstance(predictor, NetworkPredictor):
            predictor = conditioned(predictor, lane)
        try:
            course = plan(predictor.schedule, lane.sampler.steps, lane.sampler.eta)
        except ValueError as error:
            raise BadInput(f"{lane.source}: {error}") from None
        lanes.append(replace(made, lane=lane, predictor=predictor, course=course, swept=value_words(setting, value)))
    return lanes


def write(out: Path, lanes: Sequence[SampledLane], recipe: Recipe, scale: int | None, frames: int, fps: float) -> None:
    """Walk the lanes and write what the file's name says (BadInput if it is too large or cannot be written)."""
    kind = KINDS[out.suffix.lower()]
    if isinstance(kind, Stored):
        _write_arrays(out, kind, lanes, recipe)
    else:
        _write_pictures(out, kind, lanes, recipe, scale, frames, fps)


def _write_arrays(out: Path, kind: Stored, lanes: Sequence[SampledLane], recipe: Recipe) -> None:
    """Every state and prediction of every lane, in blocks of samples (DESIGN.md, section 7)."""
    assert recipe.chain is not None
    seed, samples = recipe.chain.seed, recipe.chain.samples
    written: list[WrittenLane[None]] = [
        WrittenLane(_plan(lane, samples), samples, lane.image_shape, partial(_pieces, lane, seed, samples)) for lane in lanes
    ]
    for _ in write_arrays(out, kind, written, recipe):
        pass


def _plan(lane: SampledLane, samples: int) -> dict[str, np.ndarray]:
    course, labels = lane.course, labels_told(lane.predictor, samples)
    levels = [step.alpha_bar for step in course.steps] + [course.steps[-1].alpha_bar_prev]
    coefficients = {name: np.array([getattr(step, name) for step in course.steps], np.float64) for name in ("a0", "at", "sigma")}
    return {"timesteps": np.array(course.timesteps, np.int64), "alpha_bar": np.array(levels, np.float64)} | coefficients | (
        {} if labels is None else {"labels": labels}
    )  # fmt: skip


def _pieces(lane: SampledLane, seed: int, samples: int) -> Iterator[Piece]:
    with shared.progress(lane.course.K * samples, lane.label, "step") as report:
        for indices in blocks(samples, block_size(lane.image_shape)):
            rows = slice(indices.start, indices.stop)
            for step in lane.walk(seed, indices):
                said, z = step.prediction, shared_noise(lane.seed(seed), indices, step.t, lane.image_shape)
                values = {STATE: step.x_t, "x0_hat": said.x0_hat, "eps_hat": said.eps_hat, "mean": said.mean, "z": z}
                yield Piece(step.k, rows, {name: _numpy(tensor) for name, tensor in values.items()})
                if step.t_prev == 0:
                    yield Piece(step.k + 1, rows, {STATE: _numpy(step.x_prev)})
                report(len(indices))


def _numpy(tensor: Tensor) -> np.ndarray:
    values: np.ndarray = tensor.float().cpu().numpy()
    return values


def _write_pictures(
    out: Path, kind: Drawn, lanes: Sequence[SampledLane], recipe: Recipe, scale: int | None, frames: int, fps: float
) -> None:  # fmt: skip
    """The samples, or a film of states of the chain: a sheet a lane, or lanes against samples."""
    assert recipe.chain is not None
    samples = recipe.chain.samples
    shape = lanes[0].image_shape
    for lane in lanes:
        if lane.image_shape != shape:
            other = f"{lanes[0].lane.source} of {shape}"
            raise BadInput(f"{lane.lane.source}: makes images of {lane.image_shape}, {other}: only an .npz holds both")
    count = min(frames, max(lane.course.K for lane in lanes) + 1) if kind.film else 1
    labels = tuple(lane.label for lane in lanes)
    name = recipe.shown.layout if recipe.shown is not None else "lanes"
    if name == "grid" and len({label.rpartition(" · ")[0] for label in labels}) == 1:
        labels = tuple(label.rpartition(" · ")[2] for label in labels)
    layout = layout_of(name, samples, shape, labels, scale, captioned=kind.film)
    _check_memory(out, kind, layout, count)
    states = [_states(lane, recipe.chain.seed, samples, count) for lane in lanes]
    captions = [f"t = {lanes[0].course.timesteps[k]}" for k in _shown(lanes[0].course.K, count)]
    pictures = (Frame([tiles[f] for tiles in states], caption) for f, caption in enumerate(captions))
    for _ in write_pictures(out, kind, layout, pictures, recipe, fps):
        pass


def _check_memory(out: Path, kind: Drawn, layout: Layout, count: int) -> None:
    tiles = count * layout.samples * int(np.prod(layout.image_shape)) * len(layout.labels)
    pixels = layout.size[0] * layout.size[1]
    if tiles > MAX_FILM_BYTES or pixels > MAX_SHEET_PIXELS or pixels * count > kind.most_pixels:
        raise BadInput(f"{out}: too large a picture: ask for fewer --samples or --frames, or a lower --scale")
    kind.check(out, layout.size)


def _shown(K: int, count: int) -> list[int]:
    """Indices of `count` states, evenly spaced, x_0 last; of x_0 alone if it is one."""
    return [K] if count == 1 else [round(K * f / (count - 1)) for f in range(count)]


def _states(lane: SampledLane, seed: int, samples: int, count: int) -> np.ndarray:
    """Tiles (count, N, C, H, W), uint8, of the states to show."""
    K = lane.course.K
    wanted: dict[int, list[int]] = {}
    for frame, k in enumerate(_shown(K, count)):
        wanted.setdefault(k, []).append(frame)
    tiles = np.zeros((count, samples, *lane.image_shape), np.uint8)
    with shared.progress(K * samples, lane.label, "step") as report:
        for indices in blocks(samples, block_size(lane.image_shape)):
            rows = slice(indices.start, indices.stop)
            for step in lane.walk(seed, indices):
                for k, state in ((step.k, step.x_t), (step.k + 1, step.x_prev)):
                    if k in wanted and (k == 0 or k > step.k):
                        tiles[wanted[k], rows] = as_pixels(state)
                report(len(indices))
    return tiles
