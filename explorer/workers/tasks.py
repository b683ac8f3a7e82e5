"""Pieces of work as tasks of Ray Core: started here for them, or of a cluster that runs already. A worker that ends takes none with it."""

from __future__ import annotations

import logging
import os
import secrets
import signal
import sys
import threading
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager, redirect_stdout
from dataclasses import dataclass
from typing import Any, Generic, TextIO, TypeVar

from explorer.errors import BadInput
from explorer.workers import cluster

AHEAD = 2
"""Pieces handed out for each worker, so that none waits for the next."""
TRIES = 4
"""Workers that a piece may end before it is given up: one that takes all memory ends each."""
STORE_BYTES = 100 << 20
"""Of Ray's object store where workers write results themselves: next to nothing goes through it."""

Piece = TypeVar("Piece")
Answer = TypeVar("Answer")


class NoRay(BadInput):
    """Ray cannot be started or reached; nothing has been done yet."""


@dataclass(frozen=True, slots=True)
class Done(Generic[Piece, Answer]):
    """What came of a piece.

    Attributes
    ----------
    piece
    answer
        What its function returned; None where it failed.
    failure : str
        Why there is no answer, in one line; empty where there is one.
    lost : int
        Workers that ended while they did it.
    """

    piece: Piece
    answer: Answer | None = None
    failure: str = ""
    lost: int = 0


def done_by(
    function: Callable[[Piece], Answer], pieces: Iterable[Piece], workers: int, words: Callable[[Piece], str] = str
) -> Iterator[Done[Piece, Answer]]:
    """Do pieces in this process, or on so many workers of this machine; whatever goes wrong with one ends no other.

    Parameters
    ----------
    function : callable
        Of one piece; on a worker it has one thread's share of the processors, and sees no GPU.
    words : callable
        What a piece is called in the list of processes.

    Yields
    ------
    Done
        As they come: with one worker in their order.

    Raises
    ------
    NoRay
        If it cannot be started.
    BadInput
        If there are several workers, and Ray is not installed.
    """
    if workers == 1:
        yield from (_done_here(function, piece) for piece in pieces)
        return
    cluster.check_installed(workers)
    with connected(None, workers) as ray:
        remote = ray.remote(function)

        def submit(piece: Piece) -> Any:
            return remote.options(name=words(piece), num_cpus=1, num_gpus=0, max_retries=0).remote(piece)

        yield from flow(ray, pieces, submit, workers * AHEAD)


def _done_here(function: Callable[[Piece], Answer], piece: Piece) -> Done[Piece, Answer]:
    try:
        return Done(piece, function(piece))
    except Exception as error:  # of one piece: the others go on
        return Done(piece, failure=f"{'' if isinstance(error, BadInput) else f'{type(error).__name__}: '}{' '.join(str(error).split())}")


@contextmanager
def connected(address: str | None, processors: int) -> Iterator[Any]:
    """The module `ray`, at work, until the end: on the cluster at an address, or started here with so many processors.

    Raises
    ------
    NoRay
        If it cannot be started or reached.
    BadInput
        If the cluster may not be used (`cluster.check`).
    """
    os.environ.setdefault("RAY_USAGE_STATS_ENABLED", "0")  # nothing is told to anybody
    os.environ.setdefault("RAY_BACKEND_LOG_LEVEL", "error")  # a refused token is told below, once
    os.environ.setdefault("RAY_DEDUP_LOGS", "0")  # else some of what is told of workers that end comes at exit
    if address is None:
        os.environ.setdefault("RAY_worker_niceness", "0")  # as every command runs: Ray's own 15 waits for all else
        os.environ.setdefault("RAY_AUTH_MODE", "token")
        os.environ.setdefault("RAY_AUTH_TOKEN", secrets.token_hex(32))  # of this work alone, known to its own processes
    else:
        cluster.check(address)
    ray = _imported()
    own: dict[str, Any] = {
        "num_cpus": processors, "include_dashboard": False, "_node_ip_address": "127.0.0.1", "object_store_memory": STORE_BYTES,
    }  # fmt: skip
    on_main = threading.current_thread() is threading.main_thread()
    ended = signal.getsignal(signal.SIGTERM)
    try:
        ray.init(address=address or "local", log_to_driver=False, logging_level=logging.ERROR, **(own if address is None else {}))
    except Exception as error:  # Ray raises many kinds, also plain ones
        ray.shutdown()
        where = (
            "cannot be started here"
            if address is None
            else f"cannot be reached at {cluster.ADDRESS}={address} (is RAY_AUTH_TOKEN its token?)"
        )
        raise NoRay(f"Ray {where}: {_first_line(error)}") from None
    finally:
        if on_main:
            signal.signal(signal.SIGTERM, ended)  # Ray takes it, and would leave what is half written
    try:
        if address is not None:
            cluster.check(_head(ray, address))
        with redirect_stdout(_OfThisThread(sys.stdout)):
            yield ray
    finally:
        with open(os.devnull, "w") as nowhere, redirect_stdout(nowhere):  # what its threads have not told yet it tells now
            ray.shutdown()


def _imported() -> Any:
    try:
        import ray
    except Exception as error:  # half an installation fails in many ways
        raise NoRay(f"Ray cannot be imported, install it anew ({cluster.INSTALL}): {_first_line(error)}") from None
    return ray


class _OfThisThread:
    """Stdout is for what came of the work; threads of Ray's tell there of workers that end, whatever it was told of logs."""

    def __init__(self, stream: TextIO) -> None:
        self._stream, self._thread = stream, threading.get_ident()

    def write(self, text: str) -> int:
        return self._stream.write(text) if threading.get_ident() == self._thread else len(text)

    def __getattr__(self, name: str) -> Any:
        return getattr(self._stream, name)


def _head(ray: Any, address: str) -> str:
    """Where the cluster's head is: "auto" may mean one of another machine."""
    return address if "://" in address else str(ray.get_runtime_context().gcs_address)


def flow(ray: Any, pieces: Iterable[Piece], submit: Callable[[Piece], Any], most: int) -> Iterator[Done[Piece, Any]]:
    """What comes of pieces, as it comes, with at most so many handed out.

    Parameters
    ----------
    submit : callable
        Hands a piece out once; whether it is tried again is decided here, where it can be told.
    """
    lost = (
        ray.exceptions.WorkerCrashedError,
        ray.exceptions.NodeDiedError,
        ray.exceptions.OutOfMemoryError,
        ray.exceptions.ObjectLostError,
    )
    source = iter(pieces)
    out: dict[Any, tuple[Piece, int]] = {}
    while True:
        while len(out) < most:
            try:
                piece = next(source)
            except StopIteration:
                break
            out[submit(piece)] = piece, 0
        if not out:
            return
        (ready, *_), _ = ray.wait(list(out), num_returns=1)
        piece, tries = out.pop(ready)
        try:
            found = Done(piece, ray.get(ready), lost=tries)
        except lost as error:
            tries += 1
            if tries < TRIES:
                out[submit(piece)] = piece, tries
                continue
            short = isinstance(error, ray.exceptions.OutOfMemoryError)
            why = "out of memory: ask for fewer samples or --workers" if short else _first_line(error)
            found = Done(piece, failure=f"{TRIES} workers ended while they did it: {why}", lost=tries)
        except ray.exceptions.RayError as error:
            found = Done(piece, failure=f"a worker refused it: {_last_line(error)}", lost=tries)
        yield found


def _first_line(error: Exception) -> str:
    return next((line.strip() for line in str(error).splitlines() if line.strip()), type(error).__name__)


def _last_line(error: Exception) -> str:
    return next((line.strip() for line in reversed(str(error).splitlines()) if line.strip()), type(error).__name__)
