"""The engine: requests in, results out, synchronous, without Qt. Owns models and device; lives on one thread."""

from __future__ import annotations

import torch

from explorer.engine.chain.frames import FrameStore
from explorer.engine.desk import Desk, K, handler_of
from explorer.engine.models import devices
from explorer.engine.models.choosing import Choosing
from explorer.engine.models.models import Models
from explorer.engine.thread.messages import EngineReady, StartEngine
from explorer.engine.thread.requests import Payload, Steps


class Engine:
    """Answers every Payload, by the handler that its type names.

    `handle` gives an iterator: each item is an outcome, or None at a cancel point; the last outcome is the
    answer. Bad input is raised as BadInput by the iterator.
    """

    def __init__(self) -> None:
        self._desk = Desk()

    def of(self, kind: type[K]) -> K:
        """What its handlers keep, such as Models; on the best device here if StartEngine did not say another."""
        return self._desk.of(kind)

    def handle(self, payload: Payload, channel: str = "") -> Steps:
        """Outcomes of a payload; `channel` tells whose lanes are in use."""
        steps = handler_of(type(payload))(payload, self._desk.for_channel(channel))
        while True:
            # inference mode is thread-local, and must not be held across a yield
            with torch.inference_mode():
                try:
                    outcome = next(steps)
                except StopIteration:
                    return
            yield outcome


def start(request: StartEngine, desk: Desk) -> Steps:
    """Take the device and begin anew (BadInput if there is no such device: then all stays as it was)."""
    backend, device = devices.located(request.device)
    precision = None if request.precision == "auto" else request.precision
    choosing = Choosing(device, said=request.networks) if request.chosen or request.networks else None
    models = Models(device, precision, request.throughout, backend, choosing)
    desk.begin(models, FrameStore(request.frame_budget))
    yield EngineReady(devices.describe(device, backend), models.precision, str(torch.__version__))
