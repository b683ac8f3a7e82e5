"""Branches: a chain in which something is changed on the way down.

Everything that a branch does is a function of the index k of its state and of counter-based noise, so any stretch
of it is made again from any of its states, as of a plain chain.
"""

from __future__ import annotations

from collections.abc import Callable, Generator, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import partial
from itertools import pairwise

import numpy as np
import torch
from torch import Tensor

from explorer.diffusion.inpainting import Inpainting, repaint
from explorer.diffusion.limits import Clip
from explorer.diffusion.parameterization import Prediction, eps_from_x0, mean_from_x0
from explorer.diffusion.posterior import Posterior, posterior
from explorer.diffusion.predictor import Predictor, ask
from explorer.diffusion.reverse import Noise, Plan, Step, check_finite, needs_memory
from explorer.diffusion.samplers.methods import take

Touch = Callable[[Tensor], Tensor]
Mark = tuple[Tensor, float | Tensor, float]

FRESH, BRUSH, BACK_UP, AGAIN, JUMP, KNOWN, DOWN = range(1, 8)
"""Kinds of noise that branches draw; stream 0 is the chain's own."""
NUMBERS = 2**31
REPEATS = 2**12
DRAWN_ANEW = 50
"""Steps at most from T down to the state in which a region is drawn anew."""


def stream_of(kind: int, number: int, repeat: int = 0) -> int:
    """Stream of the shared noise for a kind, the edit's own number and a repetition: no two of them share one."""
    if not (0 <= number < NUMBERS and 0 <= repeat < REPEATS):
        raise ValueError(f"no stream for number {number}, repetition {repeat}")
    return (kind * NUMBERS + number) * REPEATS + repeat


@dataclass(frozen=True)
class Leg:
    """From step `start` on, this predictor and this clipping."""

    start: int
    predictor: Predictor
    clip: Clip

    def ask(self, x: Tensor, t: int, step: Posterior, before: Tensor | None = None, predictor: Predictor | None = None) -> Prediction:
        """What is said of x at t, by another predictor if one is given; `before` as of `explorer.diffusion.predictor.ask`."""
        return ask(predictor or self.predictor, x, t, step, self.clip, before)


def leg_at(legs: Sequence[Leg], k: int) -> Leg:
    """Who predicts in step k."""
    return next(leg for leg in reversed(legs) if leg.start <= k)


@dataclass(frozen=True, eq=False)
class Branched:
    """A chain with what is changed in it.

    Attributes
    ----------
    course : Plan
        With the coefficients of every step, wherever eta was changed.
    legs : tuple of Leg
        Ascending; the first starts at 0.
    noise : callable
        t -> z_t, whichever stream it comes from there.
    on_state : mapping of int to tuple of callable
        What is done to state k when the chain comes by.
    on_image : mapping of int to tuple of callable
        What is done to x0_hat in step k; it then takes the place of the prediction.
    inpaintings : tuple of Inpainting
        At most one for each step.
    anew : frozenset of int
        States that nothing before them leads to: what was said of the state before is forgotten there.
    """

    course: Plan
    legs: tuple[Leg, ...]
    noise: Noise
    on_state: Mapping[int, tuple[Touch, ...]] = field(default_factory=dict)
    on_image: Mapping[int, tuple[Touch, ...]] = field(default_factory=dict)
    inpaintings: tuple[Inpainting, ...] = ()
    anew: frozenset[int] = frozenset()

    @property
    def needs_memory(self) -> bool:
        """Whether a step depends on the x0_hat of the state before."""
        return any(needs_memory(leg.predictor, self.course) for leg in self.legs)

    def arrive(self, k: int, x: Tensor) -> Tensor:
        """State k as the branch has it, from what the step led to."""
        for touch in self.on_state.get(k, ()):
            x = touch(x)
        return x

    def leg(self, k: int) -> Leg:
        """Who predicts in step k."""
        return leg_at(self.legs, k)

    def take(self, k: int, x: Tensor, before: Tensor | None, predictor: Predictor | None = None) -> Prediction:
        """The prediction that step k is taken by from x, after `before` was said; by the leg's predictor if none is given."""

        def ask(x: Tensor, j: int, before: Tensor | None) -> Prediction:
            return self.predict(k, x, before, predictor, j)  # of the step that is taken, wherever it looks: what is below may be another's

        return take(self.course, ask, k, x, None if k in self.anew else before)

    def predict(
        self, k: int, x: Tensor, before: Tensor | None = None, predictor: Predictor | None = None, at: int | None = None
    ) -> Prediction:
        """What is said of x in step k, by the leg's predictor if none is given, x0_hat painted where it is; `at` another state than k."""
        j = k if at is None else at
        leg, step = self.leg(k), self.course.steps[j]
        prediction = leg.ask(x, self.course.timesteps[j], step, before, predictor)
        touches = self.on_image.get(k, ())
        if not touches:
            return prediction
        x0_hat = prediction.x0_hat
        for touch in touches:
            x0_hat = touch(x0_hat)
        return Prediction(mean_from_x0(x, x0_hat, step), x0_hat, eps_from_x0(x, x0_hat, step), variance=prediction.variance)


def branch_steps(branch: Branched, x: Tensor, start: int = 0, before: Tensor | None = None) -> Iterator[Step]:
    """Walk a branch from its state `start`; see `reverse_steps`.

    Parameters
    ----------
    x : Tensor, shape (N, C, H, W)
        State `start` as the branch has it: what is done to it on arrival has been done.
    before : Tensor or None
        x0_hat of the state before, as of `reverse_steps`.

    Yields
    ------
    Step
        `x_prev` is the next state as the branch has it. Where a region is inpainted, `prediction` is that of the
        first repetition, which starts from `x_t`.
    """
    course = branch.course
    for k in range(start, course.K):
        t, t_prev, step = course.timesteps[k], course.timesteps[k + 1], course.steps[k]
        prediction = branch.take(k, x, before)
        x_prev = prediction.next_state(step, partial(branch.noise, t))
        inpainting = next((i for i in branch.inpaintings if i.start <= k < i.end), None)
        if inpainting is not None:
            x_prev = repaint(inpainting, k + 1, t, t_prev, step, x_prev, _repeating(branch, inpainting, k, before))
        x_prev = branch.arrive(k + 1, x_prev)
        check_finite(x_prev, branch.leg(k).predictor, t)
        yield Step(k, t, t_prev, x, prediction, x_prev)
        x, before = x_prev, prediction.x0_hat


def _repeating(branch: Branched, inpainting: Inpainting, k: int, before: Tensor | None) -> Callable[[Tensor, int], Prediction]:
    """What the repetitions of step k are drawn by."""
    predictor = branch.leg(k).predictor
    return lambda x_t, u: branch.take(k, x_t, before, inpainting.redrawn(predictor, u))


@dataclass(frozen=True, eq=False)
class DrawnAnew:
    """A touch: the erased region of a state drawn anew.

    It begins as noise at T and comes down by RePaint, in steps of any size, beside what is known of the rest.

    Attributes
    ----------
    course : Plan
    indices : sequence of int
        States that it comes by, the last one the state that is touched.
    inpainting : Inpainting
    noise : callable
        () -> what it begins as, standard normal, shape (N, C, H, W).
    leg : callable
        k -> who predicts there.
    eta : float
    """

    course: Plan
    indices: Sequence[int]
    inpainting: Inpainting
    noise: Callable[[], Tensor]
    leg: Callable[[int], Leg]
    eta: float

    def __call__(self, x: Tensor) -> Tensor:
        """The state that is touched, whatever it was."""
        *_, last = self.states()
        return last

    def states(self) -> Generator[Tensor, None, None]:
        """State by state."""
        inpainting, levels = self.inpainting, alpha_bars(self.course)
        x = torch.where(inpainting.erased, self.noise(), inpainting.known(self.indices[0], 0))
        yield x
        for here, there in pairwise(self.indices):
            t, t_prev = self.course.timesteps[here], self.course.timesteps[there]
            step = posterior(levels[here], levels[there], self.eta)
            around = self._around(here, step)
            first = around(x, 0).next_state(step, partial(inpainting.again, t, 0))
            x = repaint(inpainting, there, t, t_prev, step, first, around)
            yield x

    def _around(self, k: int, step: Posterior) -> Callable[[Tensor, int], Prediction]:
        leg, t, redrawn = self.leg(k), self.course.timesteps[k], self.inpainting.redrawn
        return lambda x_t, u: replace(leg.ask(x_t, t, step, None, redrawn(leg.predictor, u)), variance=None)


def spread(first: int, last: int, most: int) -> list[int]:
    """At most so many steps from one state to another, evenly: the indices that they come by."""
    return [int(k) for k in np.unique(np.linspace(first, last, min(most, last - first) + 1).round())]


def place(course: Plan, t: int) -> int:
    """Index of the first state of a chain at timestep t or below, of those that a step starts from.

    Raises
    ------
    ValueError
        If the chain starts below t.
    """
    if t > course.timesteps[0]:
        raise ValueError(f"t = {t} is above the chain's T = {course.timesteps[0]}")
    return min(next(k for k, s in enumerate(course.timesteps) if s <= t), course.K - 1)


def with_eta(course: Plan, start: int, eta: float) -> Plan:
    """The same timesteps and levels, with another eta from step `start` on, of the posterior's variance."""
    changed = (posterior(s.alpha_bar, s.alpha_bar_prev, eta) if s.alpha_bar_prev > s.alpha_bar else s for s in course.steps[start:])
    return replace(course, steps=(*course.steps[:start], *changed), learned=min(course.learned, start))


def same_levels(course: Plan, levels: Sequence[float], atol: float = 1e-6) -> bool:
    """Whether a schedule's alpha_bar (T + 1 values) are those of the chain at all its timesteps."""
    if len(levels) <= course.timesteps[0]:
        return False
    own = [s.alpha_bar for s in course.steps]
    return all(abs(levels[t] - level) <= atol for t, level in zip(course.timesteps, own, strict=False))


def noise_with(own: Noise, others: Sequence[tuple[int, Noise]]) -> Noise:
    """The chain's own noise above every (t, noise) of `others`, from t down the last one of them."""

    def draw(t: int) -> Tensor:
        source = own
        for top, noise in others:
            if 0 < t <= top:
                source = noise
        return source(t)

    return draw


def painted(x: Tensor, marks: Sequence[Mark], eps: Tensor, chosen: Tensor | None = None) -> Tensor:
    """Brush marks over images.

    Parameters
    ----------
    x, eps : Tensor, shape (N, C, H, W)
        Images, and the standard normal noise that the brush has.
    marks : sequence of (coverage, value, noise)
        Coverage (H, W) in [0, 1]; a covered pixel becomes value + noise eps. The value is one number, or (C, 1, 1) for one a channel.
    chosen : Tensor of bool, shape (N,), or None
        Which images; None is all.
    """
    result = x
    for coverage, value, noise in marks:
        result = result + coverage.to(x) * (value + noise * eps - result)
    if chosen is None:
        return result
    return torch.where(chosen.reshape(-1, *[1] * (x.ndim - 1)), result, x)


def alpha_bars(course: Plan) -> tuple[float, ...]:
    """alpha_bar of each of the K + 1 states."""
    return (*(s.alpha_bar for s in course.steps), *(s.alpha_bar_prev for s in course.steps[-1:]))
