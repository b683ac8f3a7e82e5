"""The scale of a field."""

from __future__ import annotations

import numpy as np
from PySide6.QtGui import QColor
from pytestqt.qtbot import QtBot

from explorer.engine.pictures.colour_maps import uniform_map
from explorer.views.latent.plane.field_scale import BAR, FieldScale
from explorer.views.latent.plane.overlays import FIELD_OPACITY
from explorer.widgets.look.theme import DARK, Theme


def test_the_bar_runs_through_the_map_and_the_value_is_marked(qtbot: QtBot) -> None:
    scale = FieldScale(Theme("dark"))
    qtbot.addWidget(scale)
    scale.show_field("error", "tip", (0.001, 0.1), True)
    scale.show()
    y = int(BAR.center().y())
    image = scale.grab().toImage()
    for x, index in ((BAR.left() + 2, 2), (BAR.right() - 2, 253)):
        found = QColor(image.pixel(int(x), y))
        wanted = FIELD_OPACITY * uniform_map()[index] + (1 - FIELD_OPACITY) * np.array(QColor(DARK.card).getRgb()[:3])
        assert np.abs(np.array(found.getRgb()[:3]) - wanted).max() < 8
    scale.show_value(0.01, "0.01")
    marked = scale.grab().toImage()
    middle = int(BAR.center().x())
    assert marked.pixel(middle, int(BAR.bottom()) + 4) != image.pixel(middle, int(BAR.bottom()) + 4)
    assert marked.pixel(middle + 40, int(BAR.bottom()) + 4) == image.pixel(middle + 40, int(BAR.bottom()) + 4)


def test_no_title_hides_it(qtbot: QtBot) -> None:
    scale = FieldScale(Theme("light"))
    qtbot.addWidget(scale)
    scale.show_field("error", "tip", (0.0, 1.0))
    scale.show_field("", "", None)
    assert not scale.isVisible()
