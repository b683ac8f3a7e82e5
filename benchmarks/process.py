"""What it costs that the engine is a process of its own, and what the window costs the chain that is sampled behind it.

Usage: python benchmarks/process.py [--rounds 200] [--chains 5]

First a step of 16 samples (88 kB of pictures and values) asked of an engine in a process, against one on a thread of this process.
Then a chain of 16 samples and 100 steps while the window shows it, with its cursor following, against the same chain by an engine
without a window; what runs the network is chosen in both as the app chooses it before it has measured any.
"""

from __future__ import annotations

import os

os.environ["QT_QPA_PLATFORM"] = "offscreen"

import argparse

import msgspec
from common import compare, key_of, machine
from PySide6.QtCore import QEventLoop

from explorer.app import Explorer, make_application
from explorer.engine.chain.messages import SampleChain, ShowStep
from explorer.engine.engine import Engine
from explorer.engine.process.link import ProcessLink
from explorer.engine.thread.client import Client
from explorer.engine.thread.link import OwnedLink
from explorer.engine.thread.messages import StartEngine
from explorer.engine.thread.requests import Payload
from explorer.engine.thread.worker import Worker
from explorer.recipe import ChainRecipe, Sampler
from explorer.state.persistence import Loaded, Saved
from explorer.state.session import Session
from explorer.views.reverse_chain.view import ReverseChainWorkspace

STEPS = 100


class Asker:
    """Sends a request over a link and waits in an event loop for its last answer."""

    def __init__(self, link: OwnedLink) -> None:
        self.link, self._client, self._loop = link, Client(link), QEventLoop()
        self._client.busy_changed.connect(self._busy_changed)
        self._client.failed.connect(print)
        link.start()

    def ask(self, payload: Payload) -> None:
        """Wait for the answer."""
        self._client.send(payload, "benchmark")
        if self._client.busy:
            self._loop.exec()

    def _busy_changed(self, busy: bool) -> None:
        if not busy:
            self._loop.quit()


class Window:
    """The whole window over an engine in a process, with one lane on show."""

    def __init__(self) -> None:
        self._explorer = Explorer(Loaded(Saved(session=Session()), fresh=True), None, link=ProcessLink(), chooses=True)
        self._loop = QEventLoop()
        self._explorer.began.connect(self._loop.quit)
        self._explorer.show()
        self._loop.exec()
        page = self._explorer.window.workspaces["reverse-chain"]
        assert isinstance(page, ReverseChainWorkspace)
        self._run = page.controller.run
        self._run.ended.connect(self._loop.quit)

    def sample(self, recipe: ChainRecipe) -> None:
        """Have a chain sampled, and wait until it is."""
        self._explorer.store.update_reverse(recipe=recipe, t=0)
        while self._run.sampling:
            self._loop.exec()

    def end(self) -> None:
        """Close it."""
        self._explorer.end()


def main() -> None:
    """Print one line for each."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--rounds", type=int, default=200)
    parser.add_argument("--chains", type=int, default=5)
    options = parser.parse_args()
    app = make_application()
    key = key_of("mnist-ddpm-c", Sampler(steps=STEPS), 16)
    recipe = ChainRecipe((key.lane,), key.seed, key.samples)
    print(machine())
    thread, process = Asker(Worker()), Asker(ProcessLink())
    for asker in (thread, process):
        asker.ask(StartEngine())
        asker.ask(SampleChain(recipe))
    times = (1000 - 10 * (turn % STEPS) for turn in range(10**6))
    found = compare(
        lambda _: process.ask(ShowStep((key,), next(times), "x_t")),
        lambda _: thread.ask(ShowStep((key,), next(times), "x_t")),
        options.rounds,
    )
    print(f"scrub x_t: in a process {found.ours * 1e3:.3f} ms, on a thread {found.peer * 1e3:.3f} ms, ratio {found.ratio:.2f}")
    thread.link.shutdown()
    process.link.shutdown()
    window, engine = Window(), Engine()
    list(engine.handle(StartEngine(chosen=True)))

    def seeded() -> ChainRecipe:
        return msgspec.structs.replace(recipe, seed=next(seeds))

    seeds = iter(range(1, 10**6))
    found = compare(lambda _: window.sample(seeded()), lambda _: list(engine.handle(SampleChain(seeded()))), options.chains, warm_up=1)
    print(f"chain, {STEPS} steps: in the window {found.ours:.2f} s, engine alone {found.peer:.2f} s, ratio {found.ratio:.2f}")
    window.end()
    del app


if __name__ == "__main__":
    main()
