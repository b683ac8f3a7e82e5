"""A label that is given what it asks for shows all of its words, and an ellipsis where it is given less."""

from __future__ import annotations

import pytest
from PySide6.QtWidgets import QLabel
from pytestqt.qtbot import QtBot

from explorer.widgets.look.eliding_label import ElidingLabel

WORDS = ("finished", "recorded", "running", "paused", "failed", "stopped", "waiting", "mnist-ddpm-c")


def shown(label: ElidingLabel, width: int, qtbot: QtBot) -> str:
    """What stands on it at a width in pixels."""
    qtbot.addWidget(label)
    label.resize(width, label.sizeHint().height())
    label.show()
    return QLabel.text(label)


@pytest.mark.parametrize("pixels", range(10, 17))
def test_what_it_asks_for_is_enough(pixels: int, qtbot: QtBot) -> None:
    cut = []
    for words in WORDS:
        label = ElidingLabel(words)
        font = label.font()
        font.setPixelSize(pixels)
        label.setFont(font)
        if shown(label, label.sizeHint().width(), qtbot) != words:
            cut.append(words)
    assert cut == []


def test_less_is_told_by_an_ellipsis(qtbot: QtBot) -> None:
    label = ElidingLabel("finished")
    assert shown(label, label.sizeHint().width() // 2, qtbot).endswith("…")
    assert label.text() == "finished"
