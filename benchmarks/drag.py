"""Dragging and scrubbing through the engine thread: from sending a request to its result on the main thread.

Usage: python benchmarks/drag.py

Against the same request answered by the engine without a thread: what the mailbox, the thread and Qt's event
loop add.
"""

from __future__ import annotations

import os

os.environ["QT_QPA_PLATFORM"] = "offscreen"

import argparse
from collections.abc import Callable
from functools import partial

from common import compare, key_of, machine
from PySide6.QtCore import QCoreApplication, QEventLoop

from explorer.checkpoints.locate import locate
from explorer.engine.chain.messages import SampleChain, ShowStep
from explorer.engine.engine import Engine
from explorer.engine.latent.messages import DecodeCodes
from explorer.engine.thread.client import Client
from explorer.engine.thread.messages import StartEngine
from explorer.engine.thread.requests import Outcome, Payload
from explorer.engine.thread.worker import Worker
from explorer.recipe import ChainRecipe, Sampler


class Asker:
    """Sends a request and waits in an event loop for its last answer."""

    def __init__(self) -> None:
        self._worker = Worker()
        self._client = Client(self._worker)
        self._client.busy_changed.connect(self._busy_changed)
        self._client.failed.connect(print)
        self._loop = QEventLoop()
        self._worker.start()

    def ask(self, payload: Payload) -> None:
        """Wait for the answer."""
        self._client.send(payload, "benchmark", self._take)
        if self._client.busy:
            self._loop.exec()

    def stop(self) -> None:
        """End the thread."""
        self._worker.shutdown()

    def _take(self, outcome: Outcome) -> None:
        del outcome

    def _busy_changed(self, busy: bool) -> None:
        if not busy:
            self._loop.quit()


def main() -> None:
    """Print one line for each kind of request."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--rounds", type=int, default=200)
    options = parser.parse_args()
    app = QCoreApplication([])
    key = key_of("mnist-ddpm-c", Sampler(steps=100), 16)
    recipe = ChainRecipe((key.lane,), key.seed, key.samples)
    asker, engine = Asker(), Engine()
    for payload in (StartEngine(), SampleChain(recipe)):
        asker.ask(payload)
        list(engine.handle(payload))
    vae = str(locate("mnist-vae-2d"))
    requests: dict[str, Callable[[int], Payload]] = {
        "scrub x_t": lambda turn: ShowStep((key,), 1000 - 10 * (turn % 100), "x_t"),
        "drag a point": lambda turn: DecodeCodes(vae, ((turn / 100, -turn / 100),)),
    }

    def through(request: Callable[[int], Payload], turn: int) -> None:
        asker.ask(request(turn))

    def alone(request: Callable[[int], Payload], turn: int) -> None:
        list(engine.handle(request(turn)))

    print(machine())
    for name, request in requests.items():
        found = compare(partial(through, request), partial(alone, request), options.rounds)
        print(f"{name}: through the thread {found.ours * 1e3:.3f} ms, engine alone {found.peer * 1e3:.3f} ms, ratio {found.ratio:.2f}")
    asker.stop()
    del app


if __name__ == "__main__":
    main()
