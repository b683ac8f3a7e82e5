"""Evaluations on other threads that wait until a test lets them go on."""

from __future__ import annotations

import threading

import torch

from explorer.engine import aside
from explorer.engine.engine import Engine
from explorer.engine.thread.messages import StartEngine
from explorer.engine.thread.requests import Outcome, Payload, Steps

TIMEOUT, ENOUGH = 300, 100


class Gate:
    """What every evaluation of a network on another thread waits for."""

    def __init__(self, network: torch.nn.Module) -> None:
        self.is_open, self.reached, self.evaluations, self.problem = threading.Event(), threading.Event(), 0, ""
        self.first = 1
        network.register_forward_pre_hook(lambda *given: self._pass(*given))  # copies of the network have it, too

    def _pass(self, _module: torch.nn.Module, _args: tuple[object, ...]) -> None:
        if threading.current_thread() is not threading.main_thread():
            self.evaluations += 1
            assert self.evaluations < ENOUGH, "they never come to an end"
            if self.evaluations < self.first:
                return
            self.reached.set()
            assert self.is_open.wait(TIMEOUT)
            if self.problem:
                raise RuntimeError(self.problem)


def started() -> Engine:
    engine = Engine()
    ask(engine, StartEngine(device="cpu", precision="fp32", kept_budget=0))
    return engine


def ask(engine: Engine, payload: Payload, channel: str = "test") -> list[Outcome]:
    return [outcome for outcome in engine.handle(payload, channel) if outcome is not None]


def until_held(steps: Steps, gate: Gate) -> None:
    """Go on until a step is under way on a thread of its own."""
    while not gate.reached.is_set():
        next(steps)


def left_to_fail(steps: Steps, gate: Gate) -> None:
    """Give up a step that is held, have it fail then, and let the next ones be."""
    until_held(steps, gate)
    steps.close()  # type: ignore[attr-defined]
    gate.problem = "out of memory"
    gate.is_open.set()
    while aside.at_work():
        pass
    gate.problem = ""
