"""What answers a CheckNoise."""

from __future__ import annotations

from explorer.engine.desk import Desk
from explorer.engine.models.checking.messages import CheckNoise
from explorer.engine.models.checking.search import checked
from explorer.engine.models.models import Models
from explorer.engine.thread.requests import Steps


def check_noise(request: CheckNoise, desk: Desk) -> Steps:
    """Answer a CheckNoise (BadInput if it cannot be opened as it was told)."""
    models = desk.of(Models)
    checkpoint = yield from models.opened_aside(request.path, request.told)
    yield from checked(checkpoint, models.device, request.pictures)
