"""At every size of text the words beside the curves and in a chain's inspector can be read."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest
from PySide6.QtWidgets import QApplication, QFormLayout, QPushButton, QWidget
from pytestqt.qtbot import QtBot

from explorer.views.chain.figures import PLOTS
from explorer.views.chain.plot_card import PlotCard
from explorer.views.shared.sampler_controls import SamplerControls
from explorer.widgets.look.style import apply_theme
from explorer.widgets.look.theme import Theme


@pytest.fixture
def theme_of() -> Iterator[Callable[[int], Theme]]:
    app = QApplication.instance()
    assert isinstance(app, QApplication)
    theme = Theme("dark")

    def at(percent: int) -> Theme:
        theme.choose_text(percent)
        apply_theme(app, theme)
        return theme

    yield at
    at(100)


@pytest.mark.parametrize("percent", [100, 125])
def test_no_button_beside_the_curves_is_narrower_than_its_words(theme_of: Callable[[int], Theme], qtbot: QtBot, percent: int) -> None:
    place = QWidget()  # a card alone would never be narrower than its first line
    card = PlotCard(theme_of(percent), PLOTS, narrow=True, parent=place)
    qtbot.addWidget(place)
    place.resize(900, 260)
    place.show()
    qtbot.waitExposed(place)
    least = card.plots.sizeHint().width() + 30
    for width in (least, least + card.of.sizeHint().width() + 10, 900):
        card.resize(width, 260)
        QApplication.processEvents()
        buttons = card.findChildren(QPushButton)
        assert len(buttons) == len(PLOTS) + 3
        assert all(button.width() >= button.sizeHint().width() for button in buttons), width
    assert len({button.mapTo(card, button.rect().center()).y() for button in buttons}) == 1, "all in one line where there is room"


def test_the_spacing_can_be_read_beside_its_offset(theme_of: Callable[[int], Theme], qtbot: QtBot) -> None:
    theme_of(100)
    place, controls = QWidget(), SamplerControls()
    qtbot.addWidget(place)
    form = QFormLayout(place)
    for name, (_, field) in controls.rows.items():
        form.addRow(name, field)
    theme_of(125)
    place.resize(10, 10)
    place.show()
    qtbot.waitExposed(place)
    words = controls.spacing.fontMetrics().horizontalAdvance("trailing")
    assert controls.spacing.width() - words >= 40, "beside its arrow"
    assert controls.offset.width() >= 50
    controls.deleteLater()
