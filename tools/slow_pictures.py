"""What of a chain's pictures crosses a slow way, and how old it is then: counted in a time of its own, so that every run says the same.

    python tools/slow_pictures.py
    python tools/slow_pictures.py --lanes 1 3 6 --rate 125000 --delay 0.05

The engine, its chains and its answers are real, and so is what chooses, packs and cuts them; the way, and when the window asks, are made
up. Two things are done: a chain is made, its cursor following, and a hand scrubs, each for some seconds. Then nothing moves any more.
"""

from __future__ import annotations

import argparse
import heapq
import io
import itertools
import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from explorer.engine.chain.curve_messages import ShowCurves
from explorer.engine.chain.messages import (
    ChainProgress,
    LaneKey,
    LaneProgress,
    SampleChain,
    ShowFilm,
    ShowStep,
    ShowTerms,
    StepShown,
    lane_keys,
)
from explorer.engine.engine import Engine
from explorer.engine.process.codec import Reader
from explorer.engine.process.elsewhere.flow import Flow
from explorer.engine.process.elsewhere.segments import HEAD, Cutter, Joiner
from explorer.engine.process.elsewhere.sending import Sending
from explorer.engine.thread.outbox import Outbox
from explorer.engine.thread.requests import Outcome, Payload, Request, Result
from explorer.recipe import ChainRecipe, Lane, Sampler
from explorer.recipe.chain import OptionName
from explorer.resources import resource
from explorer.sources.hashing import file_hash

MEGABIT, DELAY = 125_000.0, 0.05
"""Bytes a second, and seconds one way."""
STEP_SECONDS = 1 / 30
"""Between two steps of the chain."""
LOOK_SECONDS = 0.08
"""Between two looks of the window at a chain that is being made (`explorer/views/chain/pace.py`)."""
HAND_SECONDS = 1 / 60
"""Between two moves of the hand."""
STEPS = 20
OPTIONS: tuple[OptionName, ...] = ("A", "B", "C")
CURVES_SECONDS, PICTURES_OF_FILM = 0.3, 20


@dataclass(frozen=True, slots=True)
class Came:
    """A part of an answer, in the window.

    Attributes
    ----------
    channel : str
    at, made : float
        Seconds.
    size : int
        Bytes of its frame.
    outcome : Outcome
    last : bool
    """

    channel: str
    at: float
    made: float
    size: int
    outcome: Outcome
    last: bool

    @property
    def age(self) -> float:
        """Seconds since the engine made it."""
        return self.at - self.made

    @property
    def is_coarse(self) -> bool:
        """Whether it is a coarse look."""
        return isinstance(self.outcome, StepShown) and any(frame.coarse for frame in self.outcome.frames)

    @property
    def has_values(self) -> bool:
        """Whether it has the pictures' values."""
        return isinstance(self.outcome, StepShown) and all((frame.values == frame.values).any() for frame in self.outcome.frames)


@dataclass(slots=True)
class _Question:
    generation: int = 0
    under_way: bool = False
    in_part: bool = False
    waits: bool = False


@dataclass
class Chains:
    """Lanes whose states are all there, in a real engine."""

    lanes: int = 3
    samples: int = 16
    engine: Engine = field(default_factory=Engine)
    keys: tuple[LaneKey, ...] = ()

    def __post_init__(self) -> None:
        paths = [resource("checkpoints", f"mnist-ddpm-{option.lower()}.safetensors") for option in OPTIONS]
        lanes = []
        for number in range(self.lanes):
            which = number % len(OPTIONS)
            path = paths[which]
            lanes.append(Lane(file_hash(path), str(path), OPTIONS[which], Sampler(STEPS), seed=number // len(OPTIONS)))
        recipe = ChainRecipe(tuple(lanes), 0, self.samples)
        for _ in self.engine.handle(SampleChain(recipe)):
            pass
        self.keys = lane_keys(recipe)

    def answer(self, payload: Payload) -> Outcome:
        """The engine's last word to it."""
        *_, last = (outcome for outcome in self.engine.handle(payload) if outcome is not None)
        return last

    def progress(self, done: int) -> ChainProgress:
        """How far all lanes are."""
        return ChainProgress(tuple(LaneProgress(key, done, STEPS) for key in self.keys), 1234.5, 6.7, 12_345_678, 2**30)


class Slow:
    """Window, way and engine's side, in a time of their own.

    Parameters
    ----------
    chains : Chains
    rate, delay : float
        Bytes a second; seconds one way.

    Attributes
    ----------
    came : list of Came
        What came, in order.
    """

    def __init__(self, chains: Chains, rate: float = MEGABIT, delay: float = DELAY) -> None:
        self._chains, self._rate, self._delay = chains, rate, delay
        self._now = self._free_at = 0.0
        self._order, self._ids = itertools.count(), itertools.count(1)
        self._events: list[tuple[float, int, Callable[[], None]]] = []
        self._flow, self._joiner = Flow(), Joiner()
        self._outbox = Outbox(lambda: None, self._clock)
        self._cutter: Cutter[Result | None] = Cutter(self._flow, lambda priority: self._sending.pull(priority))
        self._sending = Sending(self._outbox, self._flow, lambda: self._cutter.under_way)
        self._asked: dict[str, _Question] = {}
        self._made: dict[int, float] = {}
        self._t = 1000
        self._take: Callable[[Came], object] = lambda came: None
        self.came: list[Came] = []

    def _clock(self) -> float:
        return self._now

    def _later(self, seconds: float, do: Callable[[], None]) -> None:
        heapq.heappush(self._events, (self._now + seconds, next(self._order), do))

    def run(self, until: float) -> None:
        """Let what happens until then happen."""
        while self._events and self._events[0][0] <= until:
            self._now, _, do = heapq.heappop(self._events)
            do()
            while (segment := self._cutter.next(self._now)) is not None:
                self._free_at = max(self._free_at, self._now) + len(segment) / self._rate
                self._later(self._free_at + self._delay - self._now, lambda segment=segment: self._arrive(segment))  # type: ignore[misc]
        self._now = until

    # --- what is done

    def make(self, seconds: float) -> None:
        """A chain is made meanwhile, and the cursor follows it."""
        end, looked, measured = self._now + seconds, float("-inf"), float("-inf")

        def step() -> None:
            done = 1 + int((self._now - begin) / STEP_SECONDS) % (STEPS - 1)
            self._put(Result(0, "chain", 0, self._chains.progress(done), last=False))
            if self._now < end:
                self._later(STEP_SECONDS, step)

        def follow(came: Came) -> None:
            nonlocal looked, measured
            if isinstance(came.outcome, ChainProgress) and self._now - looked >= LOOK_SECONDS:
                looked = self._now
                if measures := self._now - measured >= CURVES_SECONDS:
                    measured = self._now
                also = ("film", "curves") if measures else ()
                self._move(1000 - 1000 * came.outcome.lanes[0].done // STEPS, ("step", "x0_hat", "terms", *also))

        begin = self._now
        self._take, before = follow, self._take
        step()
        self.run(end)
        self._take = before

    def scrub(self, seconds: float) -> None:
        """A hand goes to and fro along t meanwhile."""
        end, begin = self._now + seconds, self._now

        def move() -> None:
            phase = (self._now - begin) / 2 % 2
            self._move(round(1000 * (1 - abs(1 - phase))), ("step", "terms"))
            if self._now < end:
                self._later(HAND_SECONDS, move)

        move()
        self.run(end)

    def rest(self, seconds: float) -> None:
        """Nothing moves."""
        self.run(self._now + seconds)

    # --- the window

    def _move(self, t: int, channels: Sequence[str]) -> None:
        """As `Questions` does it: when the one before is answered, if only in part."""
        if t == self._t:
            return
        self._t = t
        for channel in channels:
            question = self._asked.setdefault(channel, _Question())
            if question.under_way and not question.in_part:
                question.waits = True
            else:
                self._ask(channel)

    def _ask(self, channel: str) -> None:
        question = self._asked[channel]
        question.generation += 1
        question.under_way, question.in_part, question.waits = True, False, False
        keys = self._chains.keys
        payloads: dict[str, Payload] = {
            "step": ShowStep(keys, self._t, "x_t"),
            "x0_hat": ShowStep(keys, self._t, "x0_hat"),
            "terms": ShowTerms(keys[0], self._t, 0),
            "film": ShowFilm(keys[0], 0, "x_t", PICTURES_OF_FILM),
            "curves": ShowCurves(keys, 0, keys[0]),
        }
        request = Request(next(self._ids), channel, question.generation, payloads[channel])
        self._later(self._delay, lambda: self._answer(request))

    def _arrive(self, segment: bytes) -> None:
        self._later(self._delay, lambda: self._flow.acknowledged(self._now))
        priority, kind, _ = HEAD.unpack(segment[: HEAD.size])
        whole = self._joiner.take(priority, kind, segment[HEAD.size :])
        if whole is None:
            return
        reader = Reader(io.BytesIO())
        reader.feed(whole[1])
        result = reader.result()
        assert result is not None
        came = Came(result.channel, self._now, self._made[result.request_id], len(whole[1]), result.outcome, result.last)
        question = self._asked.get(result.channel)
        if question is None or question.generation == result.generation:
            self.came.append(came)
        if question is not None and question.generation == result.generation:
            question.under_way, question.in_part = not result.last, True
            if question.waits:
                self._ask(result.channel)
        self._take(came)

    # --- the engine

    def _answer(self, request: Request) -> None:
        def is_stale(one: Result | None) -> bool:
            return one is not None and one.channel == request.channel and one.generation < request.generation

        self._sending.forget(request.channel, request.generation)
        self._cutter.drop(is_stale)
        self._put(Result(request.request_id, request.channel, request.generation, self._chains.answer(request.payload)))

    def _put(self, result: Result) -> None:
        self._made[result.request_id] = self._now
        self._outbox.put(result)


@dataclass(frozen=True, slots=True)
class Counted:
    """What was counted of one doing; seconds and bytes.

    Attributes
    ----------
    oldest : float
        Age of a state's picture when it comes, at the most.
    oldest_seen : float
        The same of what is still seen when the next comes.
    progress : float
        Age of progress, at the most.
    each_second : float
        Pictures.
    bytes : int
        Of one, at the most.
    coarse : float
        Share of them that are coarse.
    exact_after, values_after : float
        How long after the last move the exact pictures, and their values, are there.
    """

    oldest: float
    oldest_seen: float
    progress: float
    each_second: float
    bytes: int
    coarse: float
    exact_after: float
    values_after: float


def count(chains: Chains, doing: str, rate: float = MEGABIT, delay: float = DELAY, seconds: float = 6.0) -> Counted:
    """Make a chain ("make") or scrub ("scrub") for some seconds on a way that is known by then, and let it come to rest."""
    slow = Slow(chains, rate, delay)
    slow.scrub(2.0)
    slow.rest(8.0)
    begin = len(slow.came)
    (slow.make if doing == "make" else slow.scrub)(seconds)
    end = slow.came[-1].at if slow.came else 0.0
    slow.rest(30.0)
    came = slow.came[begin:]
    steps = [each for each in came if each.channel == "step"]
    firsts = [each for number, each in enumerate(steps) if not number or steps[number - 1].made != each.made]
    last = firsts[-1].made
    of_last = [each for each in steps if each.made == last]
    return Counted(
        max(each.age for each in firsts),
        max(following.at - each.made for each, following in itertools.pairwise(firsts)),
        max((each.age for each in came if each.channel == "chain"), default=0.0),
        len(firsts) / seconds,
        max(each.size for each in firsts),
        sum(each.is_coarse for each in firsts) / len(firsts),
        next(each.at for each in of_last if not each.is_coarse) - end,
        next(each.at for each in of_last if each.has_values) - end,
    )


def main() -> int:
    """Print the table."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--lanes", type=int, nargs="+", default=[1, 3, 6])
    parser.add_argument("--samples", type=int, default=16)
    parser.add_argument("--rate", type=float, default=MEGABIT, help="bytes a second")
    parser.add_argument("--delay", type=float, default=DELAY, help="seconds one way")
    options = parser.parse_args()
    print("| | pictures of all lanes | coarse | old when they come | old when the next come | progress | a second | exact, values after |")
    print("| --- | --- | --- | --- | --- | --- | --- | --- |")
    for lanes in options.lanes:
        chains = Chains(lanes, options.samples)
        for doing, words in (("make", "a chain is made"), ("scrub", "a hand scrubs")):
            c = count(chains, doing, options.rate, options.delay)
            print(
                f"| {lanes} {'lane' if lanes == 1 else 'lanes'} of {options.samples}, {words} | {c.bytes:,} bytes | {c.coarse:.0%}"
                f" | {1000 * c.oldest:.0f} ms | {1000 * c.oldest_seen:.0f} ms | {f'{1000 * c.progress:.0f} ms' if c.progress else '–'}"
                f" | {c.each_second:.1f} | {c.exact_after:.1f} s, {c.values_after:.1f} s |"
            )
    return 0


if __name__ == "__main__":
    sys.exit(main())
