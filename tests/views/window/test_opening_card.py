"""The card of a file that is being opened: all that it says can be read, and nothing that is worked with lies under it."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from PySide6.QtCore import QPoint
from PySide6.QtWidgets import QApplication, QLabel

from explorer.app import Explorer
from explorer.engine.models.messages import Opening


@pytest.mark.parametrize("percent", [100, 125])
def test_it_lies_over_the_status_bar_and_says_all(open_app: Callable[..., Explorer], percent: int) -> None:
    explorer = open_app(workspace="reverse-chain", text_size=percent)
    card, window = explorer.window.opener.card, explorer.window
    for done in (0, 117_400_000, 1_017_400_000):
        explorer.library.opening.emit(Opening("/tmp/" + "long-name-" * 9 + ".safetensors", "reading", done, 2_644_200_000))
        card._appear()
        QApplication.processEvents()
    assert card.doing.text() == "1017.4 MB of 2644.2 MB read"
    assert QLabel.sizeHint(card.doing).width() <= card.doing.width()
    assert card.doing.geometry().right() < card.cancel.geometry().left()
    assert card.says.text().endswith(".safetensors")
    timeline = window.current.findChild(object, "timeline")
    foot = timeline.mapTo(window, QPoint(0, timeline.height())).y()
    assert card.mapTo(window, QPoint()).y() >= foot
