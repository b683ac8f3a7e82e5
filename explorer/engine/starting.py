"""How the engine starts: it takes its device."""

from __future__ import annotations

import torch

from explorer.engine.chain.frames import FrameStore
from explorer.engine.chain.kept.chains import KeptChains
from explorer.engine.desk import Desk
from explorer.engine.models import devices
from explorer.engine.models.choosing import Choosing
from explorer.engine.models.models import Models
from explorer.engine.thread.messages import EngineReady, StartEngine
from explorer.engine.thread.requests import Steps


def start(request: StartEngine, desk: Desk) -> Steps:
    """Take the device and begin anew (BadInput if there is no such device: then all stays as it was)."""
    backend, device = devices.located(request.device)
    precision = None if request.precision == "auto" else request.precision
    choosing = Choosing(device, said=request.networks, measures=request.measured) if request.chosen or request.networks else None
    models = Models(device, precision, request.throughout, backend, choosing)
    kept = desk.of(KeptChains)
    kept.started(request, models.arithmetic(), choosing.wishes() if choosing is not None and request.chosen else None)
    desk.begin(models, FrameStore(request.frame_budget), kept)
    yield EngineReady(devices.describe(device, backend), models.precision, str(torch.__version__))
