"""Lanes: a chain of one checkpoint and sampler, advanced step by step, any frame of it at hand."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import torch
from torch import Tensor

from explorer.diffusion.branches import Leg
from explorer.diffusion.exact_predictor import ExactPrediction, of_samples
from explorer.diffusion.levels import nearest_states
from explorer.diffusion.matching import MatchedPredictor, levels_of, notice
from explorer.diffusion.parameterization import Prediction, eps_from_x0, mean_from_x0
from explorer.diffusion.predictor import Predictor
from explorer.diffusion.reverse import Step, initial_state, noise_source, plan, reverse_steps
from explorer.diffusion.schedule import ScheduleError
from explorer.engine.arrays import read_only
from explorer.engine.chain.frames import Frame, FrameStore, to_cpu
from explorer.engine.chain.lane_quantities import OWN
from explorer.engine.chain.messages import LaneKey, LanePlanned, LaneProgress
from explorer.errors import BadInput
from explorer.recipe.quantities import QUANTITIES

NORMS = ("x_t", "x0_hat", "eps_hat")


class ChainLane:
    """One computed lane.

    Parameters
    ----------
    key : LaneKey
    predictor : Predictor
    image_shape : (C, H, W)
    device : torch.device
    store : FrameStore
        Where its frames are kept.

    Raises
    ------
    BadInput
        If the sampler does not fit the checkpoint's schedule.
    """

    def __init__(
        self, key: LaneKey, predictor: Predictor, image_shape: tuple[int, int, int], device: torch.device, store: FrameStore
    ) -> None:
        self.key, self.image_shape, self.device, self.store = key, image_shape, device, store
        self.predictor = of_samples(predictor, key.seed, range(key.samples))
        sampler = key.lane.sampler
        try:
            self.course = plan(predictor.schedule, sampler.steps, sampler.eta)
        except ScheduleError as error:
            raise BadInput(f"{key.lane.source}: {error}") from None
        self.noise = noise_source(key.seed, range(key.samples), image_shape, device)
        self.timesteps = np.array(self.course.timesteps)
        self.levels = levels_of(predictor.schedule)
        self.norms = {name: np.full((self.course.K + 1, key.samples), np.nan) for name in NORMS}
        self.drawn: dict[int, Tensor] = {}
        self._steps: Iterator[Step] | None = None
        self._beginning: Iterator[None] | None = None

    @property
    def done(self) -> int:
        """Steps taken; states 0..done are known."""
        return max(0, self.store.lane(self.key).newest) if self.key in self.store else 0

    @property
    def begun(self) -> bool:
        """Whether it has a state."""
        return self.key in self.store and self.store.lane(self.key).newest >= 0

    @property
    def finished(self) -> bool:
        """Whether x_0 is reached."""
        return self.done >= self.course.K

    @property
    def next_t(self) -> int:
        """Timestep of the newest state."""
        return self.course.timesteps[self.done]

    @property
    def progress(self) -> LaneProgress:
        """How far it is."""
        return LaneProgress(self.key, self.done, self.course.K)

    @property
    def left(self) -> int:
        """How often its network is asked until x_0 is reached."""
        return self.course.K - self.done

    @property
    def next_cost(self) -> int:
        """How often its network is asked in the step that is next."""
        return 1

    def planned(self) -> LanePlanned:
        """The steps, for plots and equations."""
        steps = self.course.steps
        levels = [s.alpha_bar for s in steps] + [steps[-1].alpha_bar_prev]
        own, told = self.predictor, ""
        if isinstance(own, MatchedPredictor):
            told = notice(own.inner.schedule, own.schedule, self.course.timesteps)
        return LanePlanned(
            self.key, read_only(self.timesteps.astype(np.int64)), read_only(np.array(levels)),
            read_only(np.array([s.a0 for s in steps])), read_only(np.array([s.at for s in steps])),
            read_only(np.array([s.sigma for s in steps])), self.image_shape, read_only(self.levels.copy()), told,
        )  # fmt: skip

    def waits_for(self) -> ChainLane | None:
        """The lane that must go on before this one can; none for a chain that leaves no other."""
        return None

    def walk(self, x: Tensor, start: int) -> Iterator[Step]:
        """Steps of the chain from state `start`."""
        return reverse_steps(self.predictor, self.course, x, self.noise, self.key.lane.sampler.clip, start)

    def leg(self, k: int) -> Leg:
        """Who predicts in step k, and whether x0_hat is clipped there."""
        return Leg(0, self.predictor, self.key.lane.sampler.clip)

    def begin(self) -> Iterator[None]:
        """Put the first state; it yields where that takes more than one step."""
        self.store.put(self.key, 0, Frame(to_cpu(initial_state(self.noise)), None))
        yield from ()

    def advance(self) -> None:
        """Take one step: from the newest state, or towards the first."""
        frames = self.store.lane(self.key)
        if frames.newest < 0 and not self._began():
            return
        if self._steps is None:
            start = frames.newest
            self._steps = self.walk(frames.kept[start].x.to(self.device), start)
        try:
            step = next(self._steps)
        except BaseException:
            self._steps = None
            raise
        before = Frame(to_cpu(step.x_t), to_cpu(step.prediction.x0_hat))
        self._note_norms(step)
        if isinstance(step.prediction, ExactPrediction) and step.prediction.drawn is not None:
            self.drawn[step.k] = step.prediction.drawn.cpu()
        self.store.put(self.key, step.k, before)
        self.store.put(self.key, step.k + 1, Frame(to_cpu(step.x_prev), None))

    def _began(self) -> bool:
        """Go on beginning; whether the first state is there."""
        self._steps = None
        if self._beginning is None:
            self._beginning = self.begin()
        try:
            for _ in self._beginning:
                return False
        except BaseException:
            self._beginning = None
            raise
        self._beginning = None
        return True

    def _note_norms(self, step: Step) -> None:
        for name, tensor in (("x_t", step.x_t), ("x0_hat", step.prediction.x0_hat), ("eps_hat", step.prediction.eps_hat)):
            self.norms[name][step.k] = _norms(tensor)
        if step.t_prev == 0:
            self.norms["x_t"][step.k + 1] = _norms(step.x_prev)
            self.norms["x0_hat"][step.k + 1] = self.norms["x_t"][step.k + 1]

    def nearest(self, t: int, quantity: str = "x_t", timeline: np.ndarray | None = None) -> int:
        """Index of the computed state whose noise level is nearest to that of timestep t and that has the quantity.

        `timeline` is the log SNR at 0..T of the schedule that t is on; None is the lane's own, under which the state
        nearest in t is meant.
        """
        last = self.done
        if QUANTITIES[quantity].of_step and last < self.course.K:
            last = max(0, last - 1)
        levels = self.levels if timeline is None else timeline
        wanted = levels[min(max(t, 0), len(levels) - 1)]
        return int(nearest_states(self.timesteps[: last + 1], self.levels, wanted))

    def frame(self, k: int) -> Iterator[Frame | None]:
        """Frame k, last; before it a None for each step that has to be made again (a cancel point)."""
        frames = self.store.lane(self.key)
        frame = frames.get(k)
        if frame is not None:
            yield frame
            return
        start = frames.nearest_before(k)
        first = frames.get(start)
        assert first is not None
        for step in self.walk(first.x.to(self.device), start):
            frame = Frame(to_cpu(step.x_t), to_cpu(step.prediction.x0_hat))
            if step.k > start:
                self.store.put_again(self.key, step.k, frame)
            if step.k == k:
                break
            yield None
        yield frame

    def prediction(self, k: int, frame: Frame) -> Prediction:
        """Mean, x0_hat and eps_hat of the step from state k, from its frame."""
        assert frame.x0_hat is not None
        step = self.course.steps[k]
        return Prediction(
            mean_from_x0(frame.x, frame.x0_hat, step), frame.x0_hat, eps_from_x0(frame.x, frame.x0_hat, step)
        )  # fmt: skip

    def predicted(self, k: int) -> Iterator[Prediction | None]:
        """Prediction of the step from state k, last; before it None at each cancel point.

        At t = 0, which no step starts from, that of the last step; of the newest state, which has none yet, that of the step before.
        """
        k = min(k, self.course.K - 1)
        for found in self.frame(k):
            if found is None:
                yield None
            elif found.x0_hat is not None:
                yield self.prediction(k, found)
            else:
                for previous in self.frame(k - 1):
                    yield None if previous is None else self.prediction(k - 1, previous)

    def z(self, k: int) -> Tensor:
        """Fresh noise of the step from state k, on the CPU."""
        return self.noise(self.course.timesteps[k]).cpu()

    def show(self, k: int, quantity: str) -> Iterator[Tensor | None]:
        """A quantity that the lane has by itself at state k, last, shape (N, C, H, W); before it None at each cancel point."""
        return OWN[quantity](self, k)


def _norms(tensor: Tensor) -> np.ndarray:
    """L2 norm of each image, shape (N,), float64."""
    values: np.ndarray = tensor.detach().flatten(1).double().norm(dim=1).cpu().numpy()
    return values
