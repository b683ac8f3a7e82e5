"""Lanes that no window holds: opened, and walked."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
import torch
from torch import Tensor

from explorer.checkpoints.card import LatentCard
from explorer.checkpoints.files import Checkpoint
from explorer.checkpoints.locate import source_of
from explorer.diffusion.exact_predictor import ExactPredictor, of_samples
from explorer.diffusion.pixel_range import seen
from explorer.diffusion.predictor import NetworkPredictor, Predictor
from explorer.diffusion.reverse import Plan, Step
from explorer.engine.chain.starts import check_start, initial_states
from explorer.engine.chain.through_decoder import PIXELS, decoded
from explorer.engine.models.data_sets import DataSets, exact_predictor
from explorer.engine.models.predictors import check_method, conditioned, course_of, finished, limit_of, on_schedule, range_of
from explorer.errors import BadInput
from explorer.evaluation.samples import walk
from explorer.models.roles import SeenThroughDecoder
from explorer.recipe import Lane, Sampler, ScheduleChoice
from explorer.recipe.arithmetic import Precision, RunBy
from explorer.recipe.labels import label_words
from explorer.recipe.sampler import method_words
from explorer.recipe.sweep import parse_sweep, swept, value_words
from explorer.sampling.place import Place


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
    latent: LatentCard | None = None
    """What its states are, where they are codes."""
    network: SeenThroughDecoder | None = None
    """Through which they are seen."""
    data: str = ""
    """Name of the data set that its images are like."""

    @property
    def picture_shape(self) -> tuple[int, int, int]:
        """(C, H, W) of its pictures."""
        return self.image_shape if self.latent is None else self.latent.images

    def pictures(self, states: Tensor) -> np.ndarray:
        """Images (N, C, H, W), float32, in [-1, 1], of states of its chain: of codes, their decodings, a few at a time."""
        if self.latent is None or self.network is None:
            found: np.ndarray = seen(states.float().cpu().numpy(), range_of(self.predictor))
            return found
        step = max(1, PIXELS // (self.latent.images[1] * self.latent.images[2]))
        return np.concatenate([decoded(self.network, block) for block in states.split(step)])

    @property
    def label(self) -> str:
        """Option, name and steps, or the value of the setting that is swept, for people."""
        return label_of(self.lane, self.course.K, self.swept)

    def seed(self, shared: int) -> int:
        """Seed of its noise: its own, or the one that all lanes share."""
        return shared if self.lane.seed is None else self.lane.seed

    def walk(self, seed: int, indices: range) -> Iterator[Step]:
        """Steps of the chains of these samples; `seed` is the shared one."""
        own = self.seed(seed)
        predictor, start = of_samples(self.predictor, own, indices), None
        if self.lane.start is not None:
            check_start(self.lane, self.image_shape, predictor.schedule, of_codes=self.latent is not None)
            start = finished(initial_states(self.lane, self.predictor, own, indices, self.image_shape, self.device))
        return walk(predictor, self.course, own, indices, self.image_shape, self.device, limit_of(self.lane.sampler), start)


def label_of(lane: Lane, steps: int, swept: str = "") -> str:
    """What a lane of so many steps is called for people."""
    kind = str(lane.option) if lane.exact is None else _exact_words(lane)
    told = "" if swept else class_words(lane)
    told += f" · {lane.start.words}" if lane.start is not None else ""
    return f"{kind} · {Path(lane.source).stem} · {swept or f'{steps} steps{method_words(lane.sampler)}'}{told}"


def class_words(lane: Lane) -> str:
    """What a lane is told of classes, as far as somebody said it: " · label 7 · w 1"."""
    label = lane.labels if lane.exact is None else () if lane.exact.label is None else (lane.exact.label,)
    return (f" · label {label_words(label)}" if label else "") + (f" · w {lane.guidance:g}" if lane.guidance else "")


def _exact_words(lane: Lane) -> str:
    assert lane.exact is not None
    kind = "Exact" if lane.exact.follow == "draw" else "Exact mean"
    return kind if lane.option is None else f"{kind} through {lane.option}"


def lane_of(
    checkpoint: Checkpoint, where: Place, sampler: Sampler, samples: int | None = None,
    labels: tuple[int, ...] = (), guidance: float = 0.0, schedule: ScheduleChoice | None = None,
) -> SampledLane:  # fmt: skip
    """Lane of a checkpoint under a sampler, of so many samples in all; on another schedule than its own where one is chosen.

    Raises
    ------
    BadInput
        If it is no ddpm, the sampler does not fit its schedule or its network, or it does not take the labels or the guidance.
    """
    card = checkpoint.card
    try:
        lane = Lane(
            checkpoint.sha256, source_of(checkpoint.path), card.option, sampler, None, schedule,
            told=card.told, labels=labels, guidance=guidance,
        )  # fmt: skip
        run = where.run_by(checkpoint, samples, sampler.steps)
        network, precision = where.predictor(checkpoint, run, samples or 0)
        check_method(network, sampler, str(checkpoint.path))
        predictor = on_schedule(conditioned(network, lane), schedule)
        course = course_of(predictor.schedule, sampler)
    except ValueError as error:
        raise BadInput(f"{checkpoint.path}: {error}") from None
    decoder = checkpoint.network if isinstance(checkpoint.network, SeenThroughDecoder) else None
    if decoder is not None:
        checkpoint.network.to(where.device)
    return SampledLane(
        lane, predictor, course, card.data.shape, where.device, precision, run=run,
        latent=card.latent if decoder is not None else None, network=decoder, data=card.data.name,
    )  # fmt: skip


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
        if isinstance(predictor, ExactPredictor) and lane.exact is not None:
            predictor = predictor.following(lane.exact.follow)
        try:
            check_method(predictor, lane.sampler, lane.source)
            course = course_of(predictor.schedule, lane.sampler)
        except ValueError as error:
            raise BadInput(f"{lane.source}: {error}") from None
        lanes.append(replace(made, lane=lane, predictor=predictor, course=course, swept=value_words(setting, value)))
    return lanes
