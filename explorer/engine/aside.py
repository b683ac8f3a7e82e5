"""Work on threads beside the engine's loop, which goes on meanwhile: for what cannot be cut into steps."""

from __future__ import annotations

import os
import queue
import threading
from collections.abc import Callable, Generator
from typing import ClassVar, TypeVar

import torch

from explorer.engine.thread.bell import bell_here
from explorer.processors import let_others_go_first

WAIT = 0.005
"""Seconds between two cancel points while nothing rings."""

T = TypeVar("T")
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


def aside(call: Callable[[], T], yields: bool = False) -> Work[T]:
    """What a call returns or raises, made by a thread beside this one: a compiler cannot be asked for cancel points.

    Who gives up waiting leaves the thread to itself; what it makes is dropped.

    Parameters
    ----------
    call : callable
        Called in inference mode.
    yields : bool
        Whether that thread lets others have the processors first, in a process that stands behind a window.
    """
    made: list[T] = []
    failed: list[Exception] = []
    done, bell = threading.Event(), bell_here()

    def work() -> None:
        try:
            with torch.inference_mode():
                made.append(call())
        except Exception as error:
            failed.append(error)

    def finished() -> None:
        done.set()
        bell.ring()

    _Helper.begin(work, finished, yields)
    bell.wait(WAIT)
    while not done.is_set():
        yield
        bell.wait(WAIT)
    if failed:
        raise failed[0]
    return made[0]
