"""Branches in the real window, on a shipped model: what the tests of it share."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import torch
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot

from explorer.diffusion.reverse import plan
from explorer.engine.chain.edited_chain import Draws, walked
from explorer.engine.models import devices
from explorer.engine.models.models import Models
from explorer.recipe import Edit, Lane
from explorer.state.session import ChainState
from explorer.views.reverse_chain.branching_view import BranchingView
from explorer.views.reverse_chain.view import ReverseChainWorkspace

LEFT = Qt.MouseButton.LeftButton
STEPS, SEED, SAMPLES = 10, 3, 4
LaneMaker = Callable[..., Lane]


def settle(page: ReverseChainWorkspace, qtbot: QtBot) -> None:
    client = page.context.client
    qtbot.waitUntil(lambda: page.idle and not client.busy, timeout=60_000)


def hands(page: ReverseChainWorkspace) -> BranchingView:
    return page.branching


def state(page: ReverseChainWorkspace) -> ChainState:
    return page.part.state


def edits(page: ReverseChainWorkspace) -> tuple[Edit, ...]:
    return state(page).recipe.lanes[0].edits


def made(lane: Lane) -> np.ndarray:
    """States of a lane, walked apart from the window: (K + 1, N, C, H, W)."""
    models = Models(devices.choose("auto"))
    predictor = models.network_predictor(lane)
    draws = Draws(SEED, range(SAMPLES), (1, 28, 28), models.device)
    with torch.inference_mode():
        steps = list(walked(lane, predictor, plan(predictor.schedule, STEPS), draws, lambda other: predictor))
    return torch.stack([s.x_t for s in steps] + [steps[-1].x_prev]).float().cpu().numpy()


def paint_over(page: ReverseChainWorkspace, qtbot: QtBot, *corners: tuple[float, float]) -> None:
    canvas = hands(page).paint.canvas
    qtbot.waitUntil(lambda: canvas.image is not None, timeout=60_000)
    points = [canvas.point_of(*corner).toPoint() for corner in corners]
    QTest.mousePress(canvas, LEFT, pos=points[0])
    for point in points[1:]:
        QTest.mouseMove(canvas, point)
    QTest.mouseRelease(canvas, LEFT, pos=points[-1])
