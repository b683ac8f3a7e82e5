"""Chains written to disk as they are sampled: a thread of its own does it, and the engine waits for none of it. No torch."""

from __future__ import annotations

import contextlib
import os
import threading
import zlib
from collections import deque
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path
from typing import BinaryIO

import numpy as np

from explorer.engine.chain.frames import Frame
from explorer.engine.chain.kept.lane import sum_of_small
from explorer.engine.chain.kept.layout import LARGE, Layout
from explorer.half_written import neighbour

UNDER_WAY = 64 * 2**20
"""Bytes that may wait for the disk; a chain that would need more is not kept."""


class Writer:
    """Does things to files one after another, on a thread that is there only while there is something to do.

    Nothing that fails is told: what is not kept is sampled again.
    """

    def __init__(self) -> None:
        self._changed = threading.Condition()
        self._waiting: deque[tuple[Callable[[], None], int]] = deque()
        self._running = False
        self._nbytes = 0

    @property
    def has_room(self) -> bool:
        """Whether the disk keeps up."""
        return self._nbytes < UNDER_WAY

    def put(self, work: Callable[[], None], nbytes: int = 0) -> None:
        """Have something done; `nbytes` of memory are held until then."""
        with self._changed:
            self._waiting.append((work, nbytes))
            self._nbytes += nbytes
            if not self._running:
                self._running = True
                # what is lost if the process ends meanwhile is sampled again
                threading.Thread(target=self._run, name="kept chains", daemon=True).start()

    def flush(self) -> None:
        """Wait until all is done."""
        with self._changed:
            self._changed.wait_for(lambda: not self._running)

    def _run(self) -> None:
        while True:
            with self._changed:
                if not self._waiting:
                    self._running = False
                    self._changed.notify_all()
                    return
                work, nbytes = self._waiting.popleft()
            with contextlib.suppress(OSError):
                work()
            with self._changed:
                self._nbytes -= nbytes


class Recorder:
    """Writes one chain, state by state, to a neighbour of its file, which it becomes when it is whole.

    Parameters
    ----------
    layout : Layout
    path : Path
    writer : Writer
    finished : callable
        Called on the writer's thread when the file is there.
    """

    def __init__(self, layout: Layout, path: Path, writer: Writer, finished: Callable[[], None]) -> None:
        self._layout, self._path, self._writer, self._finished = layout, path, writer, finished
        self._partial: Path  # chosen on the writer's thread: it looks into the folder
        self._file: BinaryIO | None = None
        self._next = layout.of.first
        self._has_failed = False
        self._sums = np.zeros(layout.places["sums"].shape, np.uint32)
        writer.put(self._begin)

    def __del__(self) -> None:
        """A chain that is left before its end leaves nothing behind."""
        self._drop()

    def step(self, k: int, frame: Frame) -> None:
        """State k with its prediction, or x_0 without; nothing else writes to its arrays.

        States out of their order, or more than the disk takes, end it.
        """
        if k != self._next or not self._writer.has_room:
            self.give_up()
        if self._has_failed:
            return
        self._next += 1
        rows = {"x": frame.x}
        if frame.x0_hat is not None:
            rows["x0_hat"] = frame.x0_hat
            if self._layout.of.towards:
                rows["towards"] = frame.x0_hat if frame.towards is None else frame.towards
        for name, tensor in rows.items():
            array = np.asarray(tensor)
            self._writer.put(partial(self._put, name, k, array), array.nbytes)

    def finish(self, arrays: dict[str, np.ndarray]) -> None:
        """All states are there: the rest, and the file appears."""
        if not self._has_failed and self._next == self._layout.of.K + 1:
            self._writer.put(lambda: self._end(arrays))

    def give_up(self) -> None:
        """It is not kept."""
        if not self._has_failed:
            self._has_failed = True
            self._writer.put(self._drop)

    # --- on the writer's thread ---

    def _begin(self) -> None:
        with self._guarded():
            self._path.parent.mkdir(parents=True, exist_ok=True)
            self._partial = neighbour(self._path)
            self._file = open(self._partial, "wb")  # noqa: SIM115 - open until the chain is finished
            self._file.write(self._layout.header)

    def _put(self, name: str, k: int, array: np.ndarray) -> None:
        if self._file is None:
            return
        with self._guarded():
            place, row = self._layout.places[name], k - self._layout.of.first
            at = row + sum(self._layout.places[other].shape[0] for other in LARGE[: LARGE.index(name)])
            self._sums[at] = zlib.crc32(np.ascontiguousarray(array).data)
            self._file.seek(place.offset + row * place.row)
            self._file.write(np.ascontiguousarray(array).data)

    def _end(self, arrays: dict[str, np.ndarray]) -> None:
        file = self._file
        if file is None:
            return
        self._sums[-1] = sum_of_small(arrays)
        with self._guarded():
            for name, array in (*arrays.items(), ("sums", self._sums)):
                file.seek(self._layout.places[name].offset)
                file.write(np.ascontiguousarray(array).data)
            file.flush()
            os.fsync(file.fileno())
            file.close()
            os.replace(self._partial, self._path)
            self._file = None
            self._finished()

    def _drop(self) -> None:
        file, self._file = self._file, None
        if file is not None:
            with contextlib.suppress(OSError):
                file.close()
            with contextlib.suppress(OSError):
                self._partial.unlink(missing_ok=True)

    @contextlib.contextmanager
    def _guarded(self) -> Iterator[None]:
        """A disk that refuses ends it."""
        try:
            yield
        except OSError:
            self._has_failed = True
            self._drop()
