"""Edits of a recipe made into what explorer.diffusion.branches walks."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from functools import partial

import msgspec
import torch
from torch import Tensor

from explorer.datasets.images import to_unit_range
from explorer.diffusion import branches as walking
from explorer.diffusion.branches import DRAWN_ANEW, Branched, DrawnAnew, Leg, Mark, Touch, branch_steps, spread, stream_of
from explorer.diffusion.exact_predictor import of_samples
from explorer.diffusion.forward import noised
from explorer.diffusion.inpainting import Inpainting, as_it_is
from explorer.diffusion.noise import shared_noise
from explorer.diffusion.predictor import Predictor
from explorer.diffusion.reverse import INITIAL, Noise, Plan, Step, initial_state, noise_source
from explorer.engine.chain.starts import initial_states
from explorer.engine.models.predictors import finished, limit_of
from explorer.errors import BadInput
from explorer.recipe import BackUp, Change, Dab, Edit, FreshNoise, Inpaint, Lane, Paint, coverage
from explorer.recipe.sampler import NOISY

State = Callable[[int], Tensor]


@dataclass(frozen=True)
class Draws:
    """The samples of a batch and their noise.

    Attributes
    ----------
    seed : int
    indices : sequence of int
    shape : (C, H, W)
    device : torch.device
    """

    seed: int
    indices: Sequence[int]
    shape: tuple[int, int, int]
    device: torch.device

    def noise(self, t: int, kind: int, number: int, repeat: int = 0) -> Tensor:
        """Standard normal (N, C, H, W) of a kind (see explorer.diffusion.branches), never the chain's own."""
        return shared_noise(self.seed, self.indices, t, self.shape, self.device, stream_of(kind, number, repeat))

    def chosen(self, samples: Sequence[int]) -> Tensor | None:
        """Which of the batch an edit is of, shape (N,), bool; None is all."""
        if not samples:
            return None
        return torch.tensor([index in samples for index in self.indices], dtype=torch.bool, device=self.device)


def parent_of(lane: Lane, edits: int | None = None) -> Lane:
    """The lane without its last edit, or with its first so many."""
    count = len(lane.edits) - 1 if edits is None else edits
    return msgspec.structs.replace(lane, edits=lane.edits[:count])


class _Weaver:
    """Takes the edits one after another."""

    def __init__(self, lane: Lane, predictor: Predictor, course: Plan, draws: Draws) -> None:
        self.lane, self.draws = lane, draws
        self.course = self.plain = course
        self.legs = [Leg(0, predictor, limit_of(lane.sampler))]
        self.noises: list[tuple[int, Noise]] = []
        self.on_state: dict[int, tuple[Touch, ...]] = {}
        self.on_image: dict[int, tuple[Touch, ...]] = {}
        self.inpaintings: list[Inpainting] = []
        self.anew: set[int] = set()
        self.etas = [(0, lane.sampler.eta)]

    def place(self, edit: Edit) -> int:
        try:
            return walking.place(self.course, edit.t)
        except ValueError:
            top = self.course.timesteps[0]
            raise BadInput(
                f"{self.lane.source}: the branch at t = {edit.t} is above this chain's T = {top}; leave the chain at a lower t"
            ) from None

    def check(self, what: str, edit: Edit, shape: tuple[int, ...]) -> None:
        wanted = self.draws.shape[-len(shape) :]
        if shape != wanted:
            sides, own = " x ".join(map(str, shape)), " x ".join(map(str, wanted))
            raise BadInput(f"{self.lane.source}: the {what} of the branch at t = {edit.t} is {sides}, the images are {own}")

    def fresh(self, edit: FreshNoise) -> None:
        if edit.stream:
            self.draw_from(edit, walking.FRESH)
        else:
            own = noise_source(self.draws.seed, self.draws.indices, self.draws.shape, self.draws.device)
            self.noises.append((edit.t, own))
            self.go_on(self.place(edit), 0)

    def draw_from(self, edit: FreshNoise | BackUp | Inpaint, kind: int) -> None:
        """Another z from the edit down."""
        draws = self.draws
        self.noises.append((edit.t, lambda t: draws.noise(t, kind, edit.stream)))
        self.go_on(self.place(edit), stream_of(kind, edit.stream))

    def go_on(self, k: int, stream: int) -> None:
        """From k on, a predictor whose steps draw takes its numbers from this stream."""
        leg = self.legs[-1]
        self.legs.append(Leg(k, of_samples(leg.predictor, self.draws.seed, self.draws.indices, stream), leg.clip))

    def paint(self, edit: Paint) -> None:
        k, draws = self.place(edit), self.draws
        marks = marks_of(edit.dabs, draws)
        chosen = draws.chosen(edit.samples)

        def touch(x: Tensor) -> Tensor:
            return walking.painted(x, marks, draws.noise(edit.t, walking.BRUSH, edit.stream), chosen)

        target = self.on_state if edit.on == "x_t" else self.on_image
        lowest = edit.t if edit.until is None else edit.until
        for step in (k, *(j for j in range(k + 1, self.course.K) if self.course.timesteps[j] >= lowest)):
            target[step] = (*target.get(step, ()), touch)

    def inpaint(self, edit: Inpaint, state: State) -> None:
        k, legs = self.place(edit), tuple(self.legs)
        self.check("mask", edit, (edit.mask.height, edit.mask.width))
        inpainting = inpainting_of(edit, k, self.course, self.draws, state)
        self.end_inpainting(k)
        self.inpaintings.append(inpainting)
        if edit.anew:
            leg, indices = partial(walking.leg_at, legs), spread(0, k, DRAWN_ANEW)
            anew = drawn_anew(edit, inpainting, self.course, self.draws, indices, leg, self.lane.sampler.eta)
            self.on_state[k] = (*self.on_state.get(k, ()), anew)
            self.anew.add(k)
            self.draw_from(edit, walking.AGAIN)

    def change(self, edit: Change, predictor_of: Callable[[Lane], Predictor]) -> None:
        k, leg = self.place(edit), self.legs[-1]
        predictor = leg.predictor
        if edit.checkpoint:
            left = self.lane
            other = Lane(
                edit.checkpoint,
                edit.source,
                edit.option,
                schedule=left.schedule,
                told=edit.told,
                labels=left.labels,
                guidance=left.guidance,
            )
            predictor = of_samples(predictor_of(other), self.draws.seed, self.draws.indices)
            if not walking.same_levels(self.course, predictor.schedule.alpha_bar.tolist()):
                own = self.course.timesteps[0]
                raise BadInput(
                    f"{edit.source}: its noise levels (T = {predictor.schedule.T}) are not those of this chain (T = {own}); "
                    "go on with a checkpoint of the same schedule"
                )
        clip = leg.clip
        if edit.clip is not None:
            clip = limit_of(msgspec.structs.replace(self.lane.sampler, clip=edit.clip))
        self.legs.append(Leg(k, predictor, clip))
        if edit.eta is not None:
            self.check_noise(edit)
            self.etas.append((k, edit.eta))
            self.course = walking.with_eta(self.course, k, edit.eta)

    def check_noise(self, edit: Change) -> None:
        method = self.lane.sampler.method
        if edit.eta and method not in NOISY:
            raise BadInput(f"{self.lane.source}: the sampler {method} adds no noise, so the branch at t = {edit.t} cannot change eta")

    def back_up(self, edit: BackUp, state: State) -> None:
        k, draws = self.place(edit), self.draws
        self.forget_below(k, edit.t)
        level, K = self.course.steps[k].alpha_bar, self.course.K
        if edit.picture is not None:
            self.check("picture", edit, edit.picture.shape)
            image = torch.from_numpy(to_unit_range(edit.picture.array())).to(draws.device)

        def touch(x: Tensor) -> Tensor:
            x0 = state(K) if edit.picture is None else image.expand_as(x)
            return noised(x0, level, draws.noise(INITIAL, walking.BACK_UP, edit.stream))

        self.on_state[k] = (*self.on_state.get(k, ()), touch)
        self.anew.add(k)
        if edit.fresh:
            self.draw_from(edit, walking.DOWN)

    def forget_below(self, k: int, t: int) -> None:
        """What was done below k made the image that is taken up again: it is not done twice."""
        self.on_state = {i: touches for i, touches in self.on_state.items() if i <= k}
        self.on_image = {i: touches for i, touches in self.on_image.items() if i < k}
        self.anew = {i for i in self.anew if i <= k}
        self.end_inpainting(k)
        self.noises = [(top, noise) for top, noise in self.noises if top >= t]
        self.legs = [leg for leg in self.legs if leg.start <= k]
        self.etas = [(start, eta) for start, eta in self.etas if start <= k]
        self.course = self.plain
        for start, eta in self.etas[1:]:
            self.course = walking.with_eta(self.course, start, eta)

    def end_inpainting(self, k: int) -> None:
        self.inpaintings = [replace(i, end=min(i.end, k)) for i in self.inpaintings if i.start < k]


def marks_of(dabs: Sequence[Dab], draws: Draws) -> list[Mark]:
    """Brush marks as `painted` takes them (BadInput if one has a colour and the images have none)."""
    channels, height, width = draws.shape
    marks: list[Mark] = []
    for dab in dabs:
        value: float | Tensor = dab.value
        if dab.colour is not None:
            if channels != len(dab.colour):
                raise BadInput(f"a colour is painted on images of three channels, not of {channels}: paint a value instead")
            value = torch.tensor(dab.colour, device=draws.device).reshape(-1, 1, 1)
        marks.append((torch.from_numpy(coverage(dab, height, width)), value, dab.noise))
    return marks


def inpainting_of(edit: Inpaint, k: int, course: Plan, draws: Draws, state: State) -> Inpainting:
    """What an edit says, from state k on.

    Parameters
    ----------
    state : callable
        States of the chain that is erased in, (N, C, H, W) on the device: what is kept.
    """
    stream, levels = edit.stream, walking.alpha_bars(course)
    erased = torch.from_numpy(edit.mask.array()).to(draws.device)[None, None]
    chosen = draws.chosen(edit.samples)
    if chosen is not None:
        erased = erased & chosen.reshape(-1, 1, 1, 1)

    def noised_again(k: int, u: int) -> Tensor:
        return noised(state(course.K), levels[k], draws.noise(course.timesteps[k], walking.KNOWN, stream, u))

    def redrawn(predictor: Predictor, u: int) -> Predictor:
        return of_samples(predictor, draws.seed, draws.indices, stream_of(walking.AGAIN, stream, u))

    return Inpainting(
        k, course.K, erased, noised_again if edit.known == "image" else lambda k, _u: state(k), edit.repeats,
        lambda t, u: draws.noise(t, walking.AGAIN, stream, u), lambda t, u: draws.noise(t, walking.JUMP, stream, u),
        redrawn if edit.anew else as_it_is,
    )  # fmt: skip


def drawn_anew(
    edit: Inpaint, inpainting: Inpainting, course: Plan, draws: Draws, indices: Sequence[int], leg: Callable[[int], Leg], eta: float
) -> DrawnAnew:
    """The region that an edit erases, from noise at T down by these states."""
    return DrawnAnew(course, indices, inpainting, lambda: draws.noise(INITIAL, walking.AGAIN, edit.stream), leg, eta)


def weave(
    lane: Lane,
    predictor: Predictor,
    course: Plan,
    draws: Draws,
    predictor_of: Callable[[Lane], Predictor],
    ancestor: Callable[[int], State],
) -> Branched:
    """What a branch walks.

    Parameters
    ----------
    lane : Lane
        With its edits.
    predictor, course
        Of the lane without edits.
    draws : Draws
    predictor_of : callable
        Predictor of a lane of another checkpoint.
    ancestor : callable
        i -> the states (k -> (N, C, H, W) on the device) of the lane with its first i edits.

    Raises
    ------
    BadInput
        If an edit is above T, a mask or a picture has another shape, or another network has other noise levels.
    """
    weaver = _Weaver(lane, predictor, course, draws)
    for index, edit in enumerate(lane.edits):
        match edit:
            case FreshNoise():
                weaver.fresh(edit)
            case Paint():
                weaver.paint(edit)
            case Inpaint():
                weaver.inpaint(edit, ancestor(index))
            case Change():
                weaver.change(edit, predictor_of)
            case BackUp():
                weaver.back_up(edit, ancestor(index))
    own = noise_source(draws.seed, draws.indices, draws.shape, draws.device)
    return Branched(
        weaver.course, tuple(weaver.legs), walking.noise_with(own, weaver.noises), weaver.on_state, weaver.on_image,
        tuple(weaver.inpaintings), frozenset(weaver.anew),
    )  # fmt: skip


def walked(lane: Lane, predictor: Predictor, course: Plan, draws: Draws, predictor_of: Callable[[Lane], Predictor]) -> Iterator[Step]:
    """A lane from x_T to x_0 without an engine: what it takes from its ancestors is walked beside it."""
    noise = noise_source(draws.seed, draws.indices, draws.shape, draws.device)
    branch = weave(
        lane, predictor, course, draws, predictor_of, lambda i: _Beside(parent_of(lane, i), predictor, course, draws, predictor_of)
    )  # fmt: skip
    x = initial_state(noise)
    if lane.start is not None:
        x = finished(initial_states(lane, predictor, draws.seed, draws.indices, draws.shape, draws.device))
    return branch_steps(branch, branch.arrive(0, x), 0)


class _Beside:
    """States of an ancestor, asked for downwards in t: walked on as far as needed, x_0 kept; one above them walks it again."""

    def __init__(self, lane: Lane, predictor: Predictor, course: Plan, draws: Draws, predictor_of: Callable[[Lane], Predictor]) -> None:
        self._start = lambda: walked(lane, predictor, course, draws, predictor_of)
        self._steps: Iterator[Step] | None = None
        self._step: Step | None = None
        self._k, self._x, self._K = -1, torch.empty(0), course.K
        self._last: Tensor | None = None

    def __call__(self, k: int) -> Tensor:
        if k == self._K and self._last is not None:
            return self._last
        if self._steps is None or k < self._k:
            self._steps, self._step, self._k = self._start(), None, -1
        while self._k < k:
            if self._step is None or self._step.k < self._k:
                self._step = next(self._steps)
            step, at_start = self._step, self._k < self._step.k
            self._k, self._x = (step.k, step.x_t) if at_start else (step.k + 1, step.x_prev)
        if k == self._K:
            self._last, self._steps = self._x, None
        return self._x
