"""Work on threads beside the engine's loop, which goes on meanwhile: for what cannot be cut into steps."""

from __future__ import annotations

import contextlib
import math
import os
import queue
import threading
import time
from collections.abc import Callable, Generator
from dataclasses import dataclass
from typing import Any, ClassVar, Generic, TypeVar

import torch

from explorer.engine.thread.bell import bell_here
from explorer.processors import let_others_go_first

WAIT = 0.005
"""Seconds between two cancel points while nothing rings."""

LONG_SECONDS = 0.006
"""What a step may hold up everything else."""

T = TypeVar("T")
R = TypeVar("R")
Work = Generator[None, None, T]


class _Helper:
    """A thread that is kept from one work to the next: PyTorch's own threads come and go with the thread that asks them."""

    idle: ClassVar[dict[bool, list[_Helper]]] = {False: [], True: []}
    busy: ClassVar[set[_Helper]] = set()

    def __init__(self, yields: bool) -> None:
        self._yields = yields
        self._wanted: queue.SimpleQueue[tuple[Callable[[], None], Callable[[], None]]] = queue.SimpleQueue()
        threading.Thread(target=self._run, name="aside", daemon=True).start()

    @classmethod
    def begin(cls, work: Callable[[], None], finished: Callable[[], None], yields: bool) -> None:
        """Have one that has nothing to do call these, which do not raise; at `finished` it has nothing to do again."""
        try:
            helper = cls.idle[yields].pop()
        except IndexError:
            helper = cls(yields)
        cls.busy.add(helper)
        helper._wanted.put((work, finished))

    def _run(self) -> None:
        if self._yields:
            let_others_go_first()
        while True:
            work, finished = self._wanted.get()
            work()
            self.busy.discard(self)
            self.idle[self._yields].append(self)
            finished()
            del work, finished  # and what they hold


def at_work() -> int:
    """How many works go on, those that were given up as well."""
    return len(_Helper.busy)


def _forget() -> None:
    """A process that was forked has none of the threads."""
    _Helper.busy.clear()
    for helpers in _Helper.idle.values():
        helpers.clear()


if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_forget)


class GivenUp(Exception):
    """Nobody waits for a call any more that has not begun yet with what it is for."""


class Taken(Exception):
    """Another who waited for the same step has what it made."""


_here = threading.local()


def check_wanted() -> None:
    """Raise GivenUp in a call that nobody waits for any more: for what has waited long for its turn."""
    apart: Apart[Any] | None = getattr(_here, "apart", None)
    if apart is not None and apart.given_up:
        raise GivenUp


class Apart(Generic[T]):
    """A call that a thread beside this one has begun, for all who wait for it.

    Parameters
    ----------
    call : callable
        Called in inference mode.
    yields : bool
        Whether that thread lets others have the processors first, in a process that stands behind a window.

    Attributes
    ----------
    seconds : float
        From its beginning to its end; 0 until then.
    given_up : bool
        All who waited for it do so no longer.
    """

    def __init__(self, call: Callable[[], T], yields: bool = False) -> None:
        began, self.seconds, self.given_up, self._waiting = time.perf_counter(), 0.0, False, 0
        self._made: list[T] = []
        self._failed: list[BaseException] = []
        self._done, bell = threading.Event(), bell_here()

        def work() -> None:
            _here.apart = self
            try:
                with torch.inference_mode():
                    self._made.append(call())
            except BaseException as error:  # a person's own Python file may end with SystemExit, too: who waits shall hear of it
                self._failed.append(error)
            finally:
                del _here.apart

        def finished() -> None:
            self.seconds = time.perf_counter() - began
            self._done.set()
            bell.ring()

        _Helper.begin(work, finished, yields)

    @property
    def has_failed(self) -> bool:
        """Whether it has raised."""
        return self._done.is_set() and bool(self._failed)

    @property
    def is_wanted(self) -> bool:
        """Whether anybody waits for it."""
        return self._waiting > 0

    def waited_for(self) -> Work[T]:
        """What the call returns or raises, with a None for each cancel point until then; only for the thread that had it begun."""
        bell, self.given_up = bell_here(), False
        self._waiting += 1
        try:
            if not self._done.is_set():
                bell.wait(WAIT)
            while not self._done.is_set():
                yield
                bell.wait(WAIT)
        finally:
            self._waiting -= 1
            self.given_up = not self._waiting
        if self._failed:
            raise self._failed[0]
        return self._made[0]


def aside(call: Callable[[], T], yields: bool = False) -> Work[T]:
    """What a call returns or raises, made by a thread beside this one: a compiler cannot be asked for cancel points.

    Who gives up waiting leaves the thread to itself; what it makes is dropped, and not begun where it has to wait for its turn
    (`check_wanted`). Parameters are those of `Apart`.
    """
    return (yield from Apart(call, yields).waited_for())


class Pace(Generic[T]):
    """Steps of one kind, one after the other: each is taken at once while they are quick, else by a thread of its own.

    A single evaluation of a large network cannot be cut, and who looks at something else shall not wait for it.

    Parameters
    ----------
    can_be_apart : bool
        Whether another thread may take one: it is a function of what it is given alone, and the CPU's.
    yields : bool
        As of `Apart`.
    took : float
        Seconds of the last one; nobody knows how long the first one takes.
    """

    def __init__(self, can_be_apart: bool, yields: bool = False, took: float = math.inf) -> None:
        self.took, self._can_be_apart, self._yields = took, can_be_apart, yields
        self._apart: Apart[T] | None = None

    @property
    def under_way(self) -> bool:
        """Whether a thread takes a step, or has taken it and nobody has what it made."""
        return self._apart is not None

    @property
    def has_failed(self) -> bool:
        """Whether that one has raised, and nobody was told."""
        return self._apart is not None and self._apart.has_failed

    def drop(self) -> None:
        """Leave the step that is under way to itself."""
        self._apart = None

    def at_rest(self) -> Work[None]:
        """Wait for a step that all who wanted it have given up: it may still change what the next ones are made of."""
        apart = self._apart
        if apart is None:
            return
        with contextlib.suppress(Exception):  # if it fails, so will who asks again
            yield from apart.waited_for()
        if self._apart is apart and not apart.is_wanted:
            self._apart = None

    def step(self, call: Callable[[], T]) -> Work[T]:
        """What a call makes, with a None for each cancel point meanwhile.

        All who want the step that is under way wait for the same thread, whatever they would have called. Who sees first that it is
        done has what it made; one that is given up is had by the next who asks.

        Raises
        ------
        Taken
            If another who waited for it has what it made.
        GivenUp
            If nobody waited for it once, while it waited for its turn: it is to be begun anew.
        """
        apart = self._apart
        if apart is None:
            if self.took < LONG_SECONDS or not self._can_be_apart:
                began = time.perf_counter()
                made = call()
                self.took = time.perf_counter() - began
                return made
            apart = self._apart = Apart(call, self._yields)
        try:
            made = yield from apart.waited_for()
        except Exception:
            if self._apart is apart:
                self._apart = None
            raise
        self.took = apart.seconds
        if self._apart is not apart:
            raise Taken
        self._apart = None
        return made


@dataclass(frozen=True, slots=True)
class _Over:
    """The end of a walk, and what it returned."""

    value: Any


def paced(walk: Generator[T, None, R], pace: Pace[T | _Over]) -> Generator[T | None, None, R]:
    """Items of a walk and what it returns, each made at a pace, for one who waits; a None more for each cancel point meanwhile."""

    def step() -> T | _Over:
        try:
            return next(walk)
        except StopIteration as done:
            return _Over(done.value)

    while True:
        made = yield from pace.step(step)
        if isinstance(made, _Over):
            found: R = made.value
            return found
        yield made
