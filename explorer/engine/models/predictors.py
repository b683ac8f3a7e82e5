"""Predictors of checkpoints: what stands behind the seam of explorer.diffusion.predictor."""

from __future__ import annotations

import threading
from collections.abc import Generator
from contextlib import AbstractContextManager
from dataclasses import replace
from typing import TypeVar
from weakref import WeakKeyDictionary

import msgspec
import numpy as np
import torch
from torch import Tensor

from explorer.backends import TORCH
from explorer.backends.base import Backend
from explorer.checkpoints.card import Card
from explorer.checkpoints.files import Checkpoint
from explorer.diffusion import schedule as schedules
from explorer.diffusion.exact_predictor import ExactPredictor
from explorer.diffusion.guidance import Condition
from explorer.diffusion.limits import Clip, Limit
from explorer.diffusion.matching import MatchedPredictor
from explorer.diffusion.parameterization import Option
from explorer.diffusion.pixel_range import HERE, Range, words
from explorer.diffusion.plan import Plan
from explorer.diffusion.posterior import posterior
from explorer.diffusion.predictor import NetworkPredictor, Predictor, Run
from explorer.diffusion.reverse import plan
from explorer.diffusion.schedule import Schedule, ScheduleError
from explorer.engine.aside import check_wanted
from explorer.engine.models import devices
from explorer.engine.models.kept_choices import KeptChoices, Probed
from explorer.errors import BadInput
from explorer.models.roles import Denoiser, label_count
from explorer.recipe import NO_CLASS, Lane, Sampler, ScheduleChoice
from explorer.recipe.arithmetic import Precision
from explorer.recipe.labels import label_of_sample

CLOSE_ENOUGH = 1 / 255  # images span 2
SAME_IMAGE = 0.02
"""By how much of its own size x0_hat may move."""
PROBE_IMAGES, PROBES = 2, 8

T = TypeVar("T")
_turns: WeakKeyDictionary[torch.nn.Module, AbstractContextManager[object]] = WeakKeyDictionary()
"""Whose turn it is to ask a network, however many ways there are to run it."""


def schedule_of(checkpoint: Checkpoint) -> Schedule:
    """Forward process that a DDPM checkpoint names.

    Raises
    ------
    BadInput
        If it is no DDPM, or its schedule is not valid.
    """
    card = checkpoint.card
    if card.kind != "ddpm" or card.schedule is None:
        raise BadInput(f"{checkpoint.path}: is of kind {card.kind}; a chain needs a ddpm")
    try:
        if card.schedule.betas is not None:
            return schedules.from_betas(card.schedule.betas, card.schedule.start)
        return schedules.named(card.schedule.name, card.schedule.T)
    except ScheduleError as error:
        raise BadInput(f"{checkpoint.path}: {error}") from None


def from_checkpoint(
    checkpoint: Checkpoint, device: torch.device, precision: Precision | None = None, backend: Backend = TORCH
) -> NetworkPredictor:
    """Predictor of a DDPM checkpoint in one arithmetic, the backend's exact one unless another is named; moves its network to the device.

    Raises
    ------
    BadInput
        If it is no DDPM, or its schedule, option or image shape does not fit its network.
    """
    schedule = schedule_of(checkpoint)
    network, card = checkpoint.network, checkpoint.card
    if not isinstance(network, Denoiser) or card.option is None:
        raise BadInput(f"{checkpoint.path}: its network {card.network.name} cannot predict a step")
    if not network.accepts(card.data.shape):
        raise BadInput(f"{checkpoint.path}: its network cannot take images of shape {card.data.shape}")
    if getattr(network, "self_conditioned", False) and not backend.supports(checkpoint.network):
        raise BadInput(
            f"{checkpoint.path}: {backend.title} cannot tell its network the x0_hat of the state before; PyTorch can: --device cpu"
        )
    known = 0 if card.classes is None else card.classes.labels
    if label_count(network) != known:
        raise BadInput(f"{checkpoint.path}: its network takes {label_count(network)} labels, its card has {known}")
    run = prepared(checkpoint, backend, device, precision or backend.precisions[0])
    return NetworkPredictor(
        run, Option(card.option), schedule,
        name=str(checkpoint.path), network=checkpoint.network, calls_network=backend.has_derivatives, condition=own_condition(card),
        value_range=card.data.value_range,
    )  # fmt: skip


def prepared(checkpoint: Checkpoint, backend: Backend, device: torch.device, precision: Precision) -> Run:
    """A network made ready by a backend, and asked by one thread at a time: a runtime behind it may know no other way."""
    run, turn = backend.prepare(checkpoint.network, device, precision), _turns.setdefault(checkpoint.network, threading.RLock())

    def alone(*given: Tensor) -> Tensor:
        with turn:
            check_wanted()  # who has waited for a large network's turn meanwhile may want something else by now
            return run(*given)

    return alone


def own_condition(card: Card) -> Condition | None:
    """What a network is told where nobody says anything: its classes in turn; None where it takes no labels."""
    classes = card.classes
    return None if classes is None else Condition(classes.of_classes, classes.null_label, known=classes.labels)


def conditioned(predictor: NetworkPredictor, lane: Lane) -> NetworkPredictor:
    """The predictor of a lane's network, told the lane's labels, and guided as it says; it is told the classes in turn where it says none.

    Parameters
    ----------
    predictor : NetworkPredictor
        As `from_checkpoint` gives it, whatever it has been told since.

    Raises
    ------
    BadInput
        If the network takes no labels, or not these, or cannot be guided.
    """
    source, own = lane.source, predictor.condition
    if own is None and not lane.labels and not lane.guidance:
        return predictor
    if own is None:
        raise BadInput(f"{source}: is not class-conditional: it takes no label and no guidance")
    null = own.null_label
    if null is None and (lane.guidance or NO_CLASS in lane.labels):
        raise BadInput(f"{source}: has no label for no class, so that it cannot be guided; if one of its labels is that, tell which")
    for label in lane.labels:
        if label >= own.known:
            none = f", of which {null} is for no class" if null is not None else ""
            raise BadInput(f"{source}: takes the labels 0 to {own.known - 1}{none}; not {label}")
    labels = tuple(null if label == NO_CLASS and null is not None else label for label in lane.labels)
    return predictor.told(replace(own, labels=labels or own.classes, guidance=lane.guidance))


def can_be_apart(device: torch.device, *predictors: Predictor) -> bool:
    """Whether another thread may ask these: they are known to be functions of what they are asked, and compute on the CPU."""
    inner = (each.inner if isinstance(each, MatchedPredictor) else each for each in predictors)
    return device.type == "cpu" and all(isinstance(each, (ExactPredictor, NetworkPredictor)) for each in inner)


def condition_in(predictor: Predictor) -> Condition | None:
    """What a predictor's network is told; None where it takes no labels."""
    while isinstance(predictor, MatchedPredictor):
        predictor = predictor.inner
    return predictor.condition if isinstance(predictor, NetworkPredictor) else None


def labels_told(predictor: Predictor, samples: int) -> np.ndarray | None:
    """Label of each of so many samples, shape (samples,), int64, NO_CLASS for the null label; None where a network takes no labels."""
    condition = condition_in(predictor)
    if condition is None:
        return None
    labels = [label_of_sample(condition.labels, i) for i in range(samples)]
    return np.array([NO_CLASS if label == condition.null_label else label for label in labels], np.int64)


def range_of(predictor: Predictor) -> Range:
    """Black and white of the images that a predictor's chain makes."""
    while isinstance(predictor, MatchedPredictor):
        predictor = predictor.inner
    return predictor.value_range if isinstance(predictor, NetworkPredictor) else HERE


def check_range(of: Range, source: str) -> None:
    """Refuse a network whose images are of another range than those of data sets (BadInput, naming the source)."""
    if of != HERE:
        raise BadInput(
            f"{source}: its images are in {words(of)}, and those of data sets are in {words(HERE)} here: they cannot be compared"
        )


def told_data(predictor: Predictor, labels: np.ndarray | None, source: str) -> Predictor:
    """The predictor, told of image i of a data set its own label, as its bound is measured; itself where it takes none.

    Parameters
    ----------
    labels : ndarray, shape (n,), or None
        Without them it is told the null label.
    source : str
        Named by messages.

    Raises
    ------
    BadInput
        If it takes labels and there are none, nor a null label, or others than it knows; or its images are of another range.
    """
    if isinstance(predictor, MatchedPredictor):
        return predictor.with_inner(told_data(predictor.inner, labels, source))
    check_range(range_of(predictor), source)
    if not isinstance(predictor, NetworkPredictor) or predictor.condition is None:
        return predictor
    own = predictor.condition
    if labels is None:
        if own.null_label is None:
            raise BadInput(f"{source}: is told a class for each image, and this data set has no labels")
        return predictor.told(replace(own, labels=(own.null_label,)))
    if int(labels.max()) >= own.known:
        raise BadInput(f"{source}: takes the labels 0 to {own.known - 1}, and this data set has label {labels.max()}")
    return predictor.told(replace(own, labels=tuple(labels.tolist())))


def taken_over(lane: Lane, own: Condition | None) -> Lane:
    """A lane whose network goes on for another's: with as much of that one's labels and guidance as it takes.

    Parameters
    ----------
    own : Condition or None
        Of the network that goes on, as `from_checkpoint` gives it.
    """
    guided = own is not None and own.null_label is not None
    fits = own is not None and all(label < own.known and (guided or label != NO_CLASS) for label in lane.labels)
    return msgspec.structs.replace(lane, labels=lane.labels if fits else (), guidance=lane.guidance if guided else 0.0)


def through_network(predictor: Predictor, device: torch.device) -> Predictor:
    """The predictor itself where it calls a torch module; else that module called by PyTorch in its stead, so that it can be watched."""
    if isinstance(predictor, MatchedPredictor):
        return MatchedPredictor(through_network(predictor.inner, device), predictor.schedule)
    if not isinstance(predictor, NetworkPredictor) or predictor.network is None or predictor.calls_network:
        return predictor
    run = TORCH.prepare(predictor.network, device, TORCH.precisions[0])
    return NetworkPredictor(
        run,
        predictor.option,
        predictor.schedule,
        name=predictor.name,
        network=predictor.network,
        condition=predictor.condition,
        value_range=predictor.value_range,
    )


def chosen_schedule(choice: ScheduleChoice) -> Schedule:
    """Schedule of a recipe.

    Raises
    ------
    BadInput
        If there is none such.
    """
    try:
        return schedules.from_betas(choice.betas) if choice.betas is not None else schedules.named(choice.name, choice.T)
    except ScheduleError as error:
        raise BadInput(f"the {choice.name} schedule with T = {choice.T}: {error}: choose another T") from None


def course_of(schedule: Schedule, sampler: Sampler) -> Plan:
    """Steps of a lane's chain (ScheduleError if its sampler does not fit the schedule)."""
    return plan(
        schedule, sampler.steps, sampler.eta, sampler.method, spacing=sampler.spacing, offset=sampler.offset, to_one=sampler.to_one,
        variance=sampler.variance,
    )  # fmt: skip


def limit_of(sampler: Sampler) -> Clip:
    """What a lane does to x0_hat."""
    if not sampler.clip or (sampler.clip_range == 1 and sampler.threshold is None):
        return sampler.clip
    return Limit(sampler.clip_range, sampler.threshold)


def check_method(predictor: Predictor, sampler: Sampler, source: str) -> None:
    """Refuse a sampler that the predictor does not fit (BadInput, naming the source).

    An exact process that draws an image at each step has no other sampler, and a network that puts out no variance none of it.
    """
    if sampler.variance == "learned" and not _learned(predictor):
        raise BadInput(f"{source}: its network has learned no variance; the variance of its steps can be small or large")
    if isinstance(predictor, ExactPredictor) and predictor.follow == "draw" and sampler.method != "ancestral":
        raise BadInput(
            f"{source}: it draws an image of the data set at each step, which is ancestral sampling; "
            f"for the sampler {sampler.method} follow the mean"
        )


def _learned(predictor: Predictor) -> bool:
    inner = predictor.inner if isinstance(predictor, MatchedPredictor) else predictor
    return isinstance(inner, NetworkPredictor) and inner.learned is not None


def on_schedule(predictor: Predictor, choice: ScheduleChoice | None) -> Predictor:
    """The predictor, walked along another schedule where one is chosen (BadInput if there is none such).

    A network is asked at its own timestep of the same noise; the exact process is that of the schedule itself.
    """
    if choice is None:
        return predictor
    schedule = chosen_schedule(choice)
    return predictor.on(schedule) if isinstance(predictor, ExactPredictor) else MatchedPredictor(predictor, schedule)


def faithful(
    checkpoint: Checkpoint, device: torch.device, precision: Precision, backend: Backend = TORCH, kept: KeptChoices | None = None
) -> tuple[NetworkPredictor, Precision]:
    """Predictor in this arithmetic wherever it is close enough, above that in the exact one ("fp32"); and that where it never is.

    Parameters
    ----------
    kept : KeptChoices or None
        Where it is found, and kept, up to which timestep it is; it is looked at anew without.

    Raises
    ------
    BadInput
        As `from_checkpoint`.
    """
    return finished(faithful_work(checkpoint, device, precision, backend, kept))


def faithful_work(
    checkpoint: Checkpoint, device: torch.device, precision: Precision, backend: Backend = TORCH, kept: KeptChoices | None = None
) -> Generator[None, None, tuple[NetworkPredictor, Precision]]:
    """As `faithful`, returned; a None for each cancel point."""
    if precision == backend.precisions[0]:
        return from_checkpoint(checkpoint, device, None, backend), precision
    predictor = from_checkpoint(checkpoint, device)
    fast = from_checkpoint(checkpoint, device, precision, backend)
    place, question = devices.describe(device), f"{backend.name}/{precision}"
    known = kept.probed(checkpoint.sha256, place, question) if kept is not None else None
    up_to = min(known.up_to, predictor.schedule.T) if known is not None else -1
    if up_to < 0:
        up_to = yield from closeness(fast, predictor, checkpoint.card.data.shape, device)
        if kept is not None:
            kept.put_probed(place, question, Probed(checkpoint.sha256, backend.name, precision, up_to))
    if not up_to:
        return predictor, backend.precisions[0]
    predictor.fast, predictor.up_to = fast.run, up_to
    predictor.calls_network = backend.has_derivatives
    return predictor, precision


def run_by(checkpoint: Checkpoint, device: torch.device, run: Run, up_to: int, rest: Run, watched: bool) -> NetworkPredictor:
    """Predictor that asks `run` at t = 1..up_to and `rest` beyond (BadInput as `from_checkpoint`).

    Parameters
    ----------
    watched : bool
        Whether both call the module itself.
    """
    predictor = from_checkpoint(checkpoint, device)
    predictor.run, predictor.fast, predictor.up_to, predictor.calls_network = rest, run, up_to, watched
    return predictor


def finished(work: Generator[object, None, T]) -> T:
    """What work returns, its cancel points passed over."""
    while True:
        try:
            next(work)
        except StopIteration as done:
            result: T = done.value
            return result


def closeness(
    other: NetworkPredictor, exact: NetworkPredictor, image_shape: tuple[int, int, int], device: torch.device, samples: int = PROBE_IMAGES
) -> Generator[None, None, int]:
    """Largest timestep up to which the other arithmetic changes nothing that can be seen, returned; 0 for none, T for all.

    Looked at on noise images at `PROBES` timesteps, as root mean square over pixels: the posterior mean may move by half of
    one of 256 grey levels, and x0_hat by 2 % of its own size. Options A and C take x0_hat from an output whose error is
    multiplied by 1 / a0_t or sqrt(1 / alpha_bar_t - 1), so it goes wrong near T first, where the mean hardly depends on it.

    Parameters
    ----------
    samples : int
        Size of the batch that the other one is asked in: what is compiled for a size need be for no other.

    Yields
    ------
    None
        After each evaluation: a cancel point.
    """
    levels, T = exact.schedule.alpha_bar, exact.schedule.T
    images = min(samples, PROBE_IMAGES)
    x = torch.randn(images, *image_shape, generator=torch.Generator().manual_seed(0)).to(device)
    batch = x.repeat(-(-samples // images), 1, 1, 1)[:samples]
    close = 0
    for t in sorted({max(1, round(T * i / PROBES)) for i in range(PROBES + 1)}):
        step = posterior(float(levels[t]), float(levels[t - 1]))
        wanted = exact.predict(x, t, step, clip=False)
        yield
        said = other.predict(batch, t, step, clip=False)
        yield
        x0_hat, mean = said.x0_hat[:images], said.mean[:images]
        moved = _size(x0_hat - wanted.x0_hat) / max(_size(wanted.x0_hat), 1e-12)
        if not (_size(mean - wanted.mean) <= CLOSE_ENOUGH and moved <= SAME_IMAGE):  # NaN is not close
            break
        close = t
    return close


def _size(tensor: Tensor) -> float:
    """Root mean square."""
    return float(tensor.double().square().mean().sqrt())
