"""The engine: requests in, results out, synchronous, without Qt. Owns models and device; lives on one thread."""

from __future__ import annotations

import importlib

from explorer.engine.desk import Desk, K, early_answer, handler_of
from explorer.engine.library_ahead import load_library
from explorer.engine.thread.requests import Payload, Steps

HEAVY = ("torch", "explorer.engine.starting", "explorer.engine.models.answers", "explorer.engine.chain.answers")
"""What every start needs sooner or later."""
EARLY = (
    "explorer.engine.models.scanning",
    "explorer.datasets.images",
    "explorer.engine.chain.kept.early",
    "explorer.engine.latent.kept",
)
"""What is asked for first, by every window; none of it has torch."""


class Engine:
    """Answers every Payload, by the handler that its type names.

    `handle` gives an iterator: each item is an outcome, or None at a cancel point; the last outcome is the
    answer. Bad input is raised as BadInput by the iterator. Torch is imported when a handler first needs it, or by `load`.

    Parameters
    ----------
    desk : Desk, optional
        With what was found before there was an engine.
    """

    def __init__(self, desk: Desk | None = None) -> None:
        self._desk = desk or Desk()

    def load(self) -> None:
        """Import torch and what handlers need of it. On any thread: what can be answered early is answered meanwhile."""
        load_library()
        for name in HEAVY:
            importlib.import_module(name)

    def prepare(self) -> None:
        """Import what answers early, before anything is asked."""
        for name in EARLY:
            importlib.import_module(name)

    def of(self, kind: type[K]) -> K:
        """What its handlers keep, such as Models; on the best device here if StartEngine did not say another."""
        return self._desk.of(kind)

    def early(self, payload: Payload) -> Steps | None:
        """Outcomes of a payload that can be answered without torch; None of every other."""
        return early_answer(payload, self._desk)

    def handle(self, payload: Payload, channel: str = "") -> Steps:
        """Outcomes of a payload; `channel` tells whose lanes are in use. What is kept is answered for without a network."""
        early = early_answer(payload, self._desk.for_channel(channel))
        if early is not None:
            yield from early
            return
        import torch

        steps = handler_of(type(payload))(payload, self._desk.for_channel(channel))
        while True:
            # inference mode is thread-local, and must not be held across a yield
            with torch.inference_mode():
                try:
                    outcome = next(steps)
                except StopIteration:
                    return
            yield outcome
