"""Latent: digits drawn on the pad."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
from PySide6.QtCore import QPoint, QSize
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot

from explorer.app import Explorer
from explorer.datasets.mnist import mnist
from explorer.views.latent.view import LatentWorkspace
from explorer.widgets.look.sharp import pixels_of
from tests.views.latent.hands import LEFT, encode_image, settle, state


def test_a_digit_is_encoded_while_it_is_drawn(ws: LatentWorkspace, qtbot: QtBot) -> None:
    pad = ws.inspector.picture.pad
    side = min(pad.width(), pad.height())
    QTest.mousePress(pad, LEFT, pos=QPoint(side // 2, side // 5))
    for share in np.linspace(0.2, 0.8, 12):
        QTest.mouseMove(pad, QPoint(side // 2, round(share * side)))
    qtbot.waitUntil(lambda: ws.plane.posterior is not None, timeout=30_000)
    assert state(ws).recipe.drawing == ()
    QTest.mouseRelease(pad, LEFT, pos=QPoint(side // 2, round(0.8 * side)))
    (dab,) = state(ws).recipe.drawing
    settle(ws, qtbot)
    column = pixels_of(pad.image)[:, 14, 0]
    assert (column[8:20] > 200).all()
    place = ws.plane.posterior
    assert place is not None
    ones = ws.plane.codes_drawn[mnist("test")[1] == 1].mean(axis=0)
    assert np.hypot(*(ones - place[0])) < 1.5  # a bar lies among the ones
    ws.context.store.undo()
    settle(ws, qtbot)
    assert pad.image is None
    assert ws.plane.posterior is None
    assert dab.value == 1


def test_a_seven_at_the_edge_of_the_pad_reads_as_a_seven(ws: LatentWorkspace, qtbot: QtBot) -> None:
    section = ws.inspector.picture
    assert section.centre.isChecked()
    places = [(6, 200), (56, 200), (30, 274)]  # of 280 pixels: small, in the lower left corner
    QTest.mousePress(section.pad, LEFT, pos=QPoint(*places[0]))
    for (x0, y0), (x1, y1) in pairwise(places):
        for share in np.linspace(0.1, 1, 10):
            QTest.mouseMove(section.pad, QPoint(round(x0 + share * (x1 - x0)), round(y0 + share * (y1 - y0))))
    QTest.mouseRelease(section.pad, LEFT, pos=QPoint(*places[-1]))
    settle(ws, qtbot)
    assert section.facts.said("reads as").startswith("7")
    assert section.facts.said("decoded").startswith("7")
    rows, columns = np.nonzero(pixels_of(section.input.image)[:, :, 0] > 100)
    assert max(np.ptp(rows), np.ptp(columns)) + 1 >= 18  # of the 20 that its soft edge has, too
    drawn = pixels_of(section.pad.image)[:, :, 0]
    assert drawn[:, 8:].max() == 0  # the pad shows what was drawn, where it was drawn
    section.centre.click()
    settle(ws, qtbot)
    np.testing.assert_array_equal(pixels_of(section.input.image)[:, :, 0], drawn)
    assert not section.facts.said("reads as").startswith("7")
    ws.actions_["no_picture"].trigger()
    assert not section.centre.isChecked()  # the next drawing, too, is left where it is


def test_the_pads_figures_are_in_view_in_a_window_of_1440_by_900(explorer: Explorer, ws: LatentWorkspace, qtbot: QtBot) -> None:
    explorer.window.resize(1440, 900)
    encode_image(ws, 3)
    settle(ws, qtbot)
    section = ws.inspector.picture
    assert section.pad.size() == QSize(280, 280)
    last = section.facts.value("ELBO")
    assert last.isVisible()
    assert last.visibleRegion().boundingRect().height() == last.height()
