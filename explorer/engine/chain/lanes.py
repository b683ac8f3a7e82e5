"""Lanes: a chain of one checkpoint and sampler, advanced step by step, any frame of it at hand."""

from __future__ import annotations

from collections.abc import Callable, Generator, Iterator, Mapping, Sequence
from functools import partial
from typing import Any

import numpy as np
import torch
from torch import Tensor

from explorer.diffusion.branches import Leg
from explorer.diffusion.exact_predictor import ExactPrediction, of_samples
from explorer.diffusion.matching import MatchedPredictor, levels_of, notice
from explorer.diffusion.predictor import Predictor, told_of
from explorer.diffusion.reverse import Step, initial_state, needs_memory, noise_source, reverse_steps
from explorer.diffusion.samplers.methods import evaluations
from explorer.diffusion.schedule import ScheduleError
from explorer.engine.aside import GivenUp, Pace, Taken, paced
from explorer.engine.chain.frames import Frame, FrameStore, to_cpu
from explorer.engine.chain.given_states import States, with_states
from explorer.engine.chain.kept.chains import arrays_of
from explorer.engine.chain.kept.lane import KeptLane
from explorer.engine.chain.kept.writing import Recorder
from explorer.engine.chain.messages import LaneKey, LaneProgress
from explorer.engine.chain.shown_lane import NORMS, ShownLane
from explorer.engine.chain.starts import check_start, initial_states, rises
from explorer.engine.chain.through_decoder import ThroughDecoder
from explorer.engine.models.predictors import can_be_apart, check_method, course_of, limit_of
from explorer.errors import BadInput

Record = Callable[["ChainLane", int], Recorder | None]
"""The lane, and the index of its first state."""


class ChainLane(ShownLane):
    """One computed lane.

    Parameters
    ----------
    key : LaneKey
    predictor : Predictor
    image_shape : (C, H, W)
    device : torch.device
    store : FrameStore
        Where its frames are kept.

    Attributes
    ----------
    record : callable
        What writes it down, from its first state on.
    decoder : ThroughDecoder or None
        Through which its states are seen, where they are codes.

    Raises
    ------
    BadInput
        If the sampler does not fit the checkpoint's schedule.
    """

    _pace: Pace[Step]

    def __init__(
        self, key: LaneKey, predictor: Predictor, image_shape: tuple[int, int, int], device: torch.device, store: FrameStore
    ) -> None:
        self.key, self.image_shape, self.device, self.store = key, image_shape, device, store
        self.predictor = of_samples(predictor, key.seed, range(key.samples))
        sampler = key.lane.sampler
        check_method(predictor, sampler, key.lane.source)
        try:
            self.course = course_of(predictor.schedule, sampler)
        except ScheduleError as error:
            raise BadInput(f"{key.lane.source}: {error}") from None
        self.noise = noise_source(key.seed, range(key.samples), image_shape, device)
        self.timesteps = np.array(self.course.timesteps)
        self.levels = levels_of(predictor.schedule)
        self.norms = {name: np.full((self.course.K + 1, key.samples), np.nan) for name in NORMS}
        self.drawn: dict[int, Tensor] = {}
        self.record: Record = lambda lane, first: None
        self.decoder: ThroughDecoder | None = None
        self._recorder: Recorder | None = None
        self._newest: tuple[Tensor | None, Frame | None] = (None, None)
        self._steps: Iterator[Step] | None = None
        self._beginning: Iterator[None] | None = None
        self._prepared = 0
        self._to_prepare = rises(key.lane, predictor, key.samples)
        self._untold = predictor
        self._asks(self.predictor)
        check_start(key.lane, image_shape, predictor.schedule)

    @property
    def done(self) -> int:
        """Steps taken; states 0..done are known."""
        return max(0, self.store.lane(self.key).newest) if self.key in self.store else 0

    @property
    def begun(self) -> bool:
        """Whether it has a state."""
        return self.key in self.store and self.store.lane(self.key).newest >= 0

    @property
    def notice(self) -> str:
        """Of noise levels that its network has not seen."""
        own = self.predictor
        return notice(own.inner.schedule, own.schedule, self.course.timesteps) if isinstance(own, MatchedPredictor) else ""

    @property
    def kept_frames(self) -> Mapping[int, Frame]:
        """Those in the store."""
        return self.store.lane(self.key).kept

    @property
    def left(self) -> int:
        """How often its network is asked until x_0 is reached."""
        up = 0 if self.begun else self._to_prepare - self._prepared
        return (up + sum(evaluations(self.course, k) for k in range(self.done, self.course.K))) * self._asked

    @property
    def progress(self) -> LaneProgress:
        """As of a shown lane, and how far pictures are on their way up to noise."""
        return LaneProgress(self.key, self.done, self.course.K, self._prepared, self._to_prepare)

    @property
    def _asked(self) -> int:
        """How often its network is asked for one prediction: guidance weighs two answers."""
        return 2 if self.key.lane.guidance else 1

    @property
    def next_cost(self) -> int:
        """How often its network is asked in the step that is next."""
        return evaluations(self.course, self.done) * self._asked

    def waits_for(self) -> ChainLane | None:
        """The lane that must go on before this one can; none for a chain that leaves no other."""
        return None

    @property
    def needs_memory(self) -> bool:
        """Whether a step depends on the x0_hat of the state before, which frames then have."""
        return needs_memory(self.predictor, self.course)

    def walk(self, frame: Frame, start: int) -> Iterator[Step]:
        """Steps of the chain from state `start`, whose frame it is."""
        x, before = self.placed(frame)
        return reverse_steps(self.predictor, self.course, x, self.noise, self.leg(0).clip, start, before)

    def placed(self, frame: Frame, sample: int | None = None) -> tuple[Tensor, Tensor | None]:
        """State of a frame, and x0_hat of the one before where a step needs it, on the lane's device; of one sample (1, C, H, W) or all."""
        rows = slice(None) if sample is None else slice(sample, sample + 1)
        return frame.x[rows].to(self.device), None if frame.before is None else frame.before[rows].to(self.device)

    def leg(self, k: int) -> Leg:
        """Who predicts in step k, and whether x0_hat is clipped there."""
        return Leg(0, self.predictor, limit_of(self.key.lane.sampler))

    def leg_of(self, k: int, sample: int) -> Leg:
        """As `leg`, for one sample of the batch."""
        leg = self.leg(k)
        return Leg(leg.start, told_of(leg.predictor, (sample,)), leg.clip)

    def begin(self) -> Iterator[None]:
        """Put the first state; it yields where that takes more than one step, and at each cancel point."""
        if self.key.lane.start is None:
            x = initial_state(self.noise)
        else:
            if self.latent is not None:
                check_start(self.key.lane, self.image_shape, self.predictor.schedule, of_codes=True)
            x = yield from self._started()
        self.store.put(self.key, 0, Frame(to_cpu(x), None))

    def _started(self) -> Generator[None, None, Tensor]:
        """x_T of a lane that does not start from noise of its own, returned."""
        self._prepared = 0
        key = self.key
        walk = initial_states(key.lane, self._untold, key.seed, range(key.samples), self.image_shape, self.device)
        work = paced(walk, Pace(self._can_be_apart, yields=True))
        while True:
            try:
                self._prepared += next(work) or 0
            except StopIteration as done:
                found: Tensor = done.value
                return found
            yield

    def advancing(self) -> Iterator[None]:
        """Take one step: from the newest state, or towards the first; a None for each cancel point meanwhile.

        One that takes long is computed by a thread of its own (`Pace`), for all who want it.
        """
        if self._pace.has_failed or (self._pace.under_way and not self.begun):
            self._give_up_step()
        if not self.begun and not (yield from self._begun()):
            return
        k = self.done
        states = yield from self.brought(k)
        if not self.begun or self.done != k:  # somebody else has taken it, or its frames have gone meanwhile
            return
        pace, steps = self._pace, self._walked()
        try:
            step = yield from pace.step(partial(with_states, states, partial(next, steps)))
        except Taken:
            return
        except Exception as error:
            if self._steps is steps:
                self._steps = None
            if isinstance(error, GivenUp):  # as nobody waited for it then: who does now has it begun anew
                return
            raise
        if pace is self._pace and self.begun:
            self._take(step)

    def _begun(self) -> Generator[None, None, bool]:
        """Go on beginning, until one more state is prepared, or the first is there: whether it is, returned."""
        self._steps, prepared = None, self._prepared
        while not self.begun:
            if self._beginning is None:
                self._beginning = self.begin()
            try:
                next(self._beginning)
            except StopIteration:
                self._beginning = None
                continue
            except Exception:
                self._beginning = None
                raise
            if self._prepared != prepared:
                return False
            yield
        return True

    def brought(self, k: int) -> Generator[None, None, States]:
        """What the step from state k takes of other lanes, returned; of a chain that leaves no other, nothing."""
        yield from ()
        return {}

    def _give_up_step(self) -> None:
        """Drop the step that another thread computes, and the walk that it is of."""
        if self._pace.under_way:
            self._steps, self._pace = None, Pace(self._can_be_apart, yields=True, took=self._pace.took)

    def let_go(self) -> None:
        """Another lane of its key is made in its place: who still holds this one changes nothing of that."""
        self._give_up_step()
        self.store = FrameStore(self.store.budget)

    def _asks(self, *predictors: Predictor) -> None:
        """These predict in it."""
        self._can_be_apart = can_be_apart(self.device, *predictors)
        self._pace = Pace(self._can_be_apart, yields=True)

    def pace(self) -> Pace[Any]:
        """For evaluations that somebody looks at."""
        return Pace(self._can_be_apart, took=self._pace.took)

    def _walked(self) -> Iterator[Step]:
        """The walk from the newest state on."""
        if self._steps is None:
            frames = self.store.lane(self.key)
            start = frames.newest
            self._newest = (None, frames.kept[start])
            self._steps = self.walk(frames.kept[start], start)
        return self._steps

    def _take(self, step: Step) -> None:
        """Keep what a step has made."""
        state, newest = self._newest
        x = newest.x if step.x_t is state and newest is not None else to_cpu(step.x_t)
        before = self._framed(step, x, None if newest is None else newest.before)
        self._note_norms(step)
        if isinstance(step.prediction, ExactPrediction) and step.prediction.drawn is not None:
            self.drawn[step.k] = step.prediction.drawn.cpu()
        after = Frame(to_cpu(step.x_prev), None, before=self._memory_at(step.k + 1, before))
        self.store.put(self.key, step.k, before)
        self.store.put(self.key, step.k + 1, after)
        self._newest = step.x_prev, after  # the next step starts from it, unless a branch changes it: it need not be copied twice
        self._write_down(step.k, before, after)

    def _framed(self, step: Step, x: Tensor, before: Tensor | None) -> Frame:
        """Frame of the state that a step started from."""
        towards = step.prediction.towards
        return Frame(x, to_cpu(step.prediction.x0_hat), None if towards is None else to_cpu(towards), before)

    def _memory_at(self, k: int, previous: Frame) -> Tensor | None:
        """What the step from state k needs of the frame before it."""
        return previous.x0_hat if self.needs_memory else None

    def _write_down(self, k: int, before: Frame, after: Frame) -> None:
        """State k, and the last one after it."""
        if k == self.store.lane(self.key).first:
            self._recorder = self.record(self, k)
        if self._recorder is None or before.x0_hat is None:
            return
        self._recorder.step(k, before)
        if k + 1 == self.course.K:
            self._recorder.step(k + 1, after)
            drawn = {k: row.numpy() for k, row in self.drawn.items()} if self.key.lane.exact is not None else None
            self._recorder.finish(arrays_of(self, drawn))
            self._recorder = None

    def restore(self, kept: KeptLane) -> None:
        """Be a chain that is kept: finished, its states on disk."""
        self._give_up_step()
        self.norms = {name: values.copy() for name, values in kept.norms.items()}
        self.drawn = {k: torch.from_numpy(row) for k, row in kept.drawn.items()}
        self.origin = kept.origin
        self.store.lend(self.key, AsTensors(kept.kept_frames, self.needs_memory), kept.first, kept.course.K)

    def _note_norms(self, step: Step) -> None:
        for name, tensor in (("x_t", step.x_t), ("x0_hat", step.prediction.x0_hat), ("eps_hat", step.prediction.eps_hat)):
            self.norms[name][step.k] = _norms(tensor)
        if step.t_prev == 0:
            self.norms["x_t"][step.k + 1] = _norms(step.x_prev)
            self.norms["x0_hat"][step.k + 1] = self.norms["x_t"][step.k + 1]

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
        before, walk, pace = first.before, self.walk(first, start), self.pace()
        for here in range(start, k + 1):
            states = yield from self.brought(here)
            step = yield from pace.step(partial(with_states, states, partial(next, walk)))
            frame = self._framed(step, to_cpu(step.x_t), before)
            before = self._memory_at(here + 1, frame)
            if here > start and self.key in self.store and self.store.lane(self.key) is frames:  # else they have gone meanwhile
                self.store.put_again(self.key, here, frame)
            if here < k:
                yield None
        yield frame

    def decoded(self, k: int, quantity: str, codes: Any, samples: Sequence[int]) -> Iterator[np.ndarray | None]:
        """As of a ShownLane."""
        assert self.decoder is not None
        return self.decoder.images((self.key, k, quantity), torch.as_tensor(codes), samples)

    def z(self, k: int) -> Tensor:
        """Fresh noise of the step from state k, on the CPU."""
        return self.noise(self.course.timesteps[k]).cpu()


class AsTensors(Mapping[int, Frame]):
    """Frames of arrays, as frames of tensors; with what was said of the state before, where a step needs it."""

    def __init__(self, frames: Mapping[int, Frame], with_memory: bool = False) -> None:
        self._frames, self._with_memory = frames, with_memory

    def __getitem__(self, k: int) -> Frame:
        frame = self._frames[k]
        before = self._frames[k - 1].x0_hat if self._with_memory and k - 1 in self._frames else None
        x0_hat, towards, before = (None if each is None else torch.as_tensor(each) for each in (frame.x0_hat, frame.towards, before))
        return Frame(torch.as_tensor(frame.x), x0_hat, towards, before)

    def __contains__(self, k: object) -> bool:
        return k in self._frames

    def __iter__(self) -> Iterator[int]:
        return iter(self._frames)

    def __len__(self) -> int:
        return len(self._frames)


def _norms(tensor: Tensor) -> np.ndarray:
    """L2 norm of each image, shape (N,), float64."""
    rows = tensor.detach().to("cpu", torch.float32).flatten(1)
    values: np.ndarray = torch.linalg.vector_norm(rows, dim=1, dtype=torch.float64).numpy()
    return values
