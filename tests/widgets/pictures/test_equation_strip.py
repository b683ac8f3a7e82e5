"""Formulas, and equations whose terms name pictures."""

from __future__ import annotations

import numpy as np
import pytest
from PySide6.QtCore import QPoint, QPointF, Qt
from PySide6.QtGui import QColor, QImage, QPainter
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot

from explorer.widgets.look.math_text import draw, plain, var, width_of, words
from explorer.widgets.look.style import load_fonts
from explorer.widgets.look.theme import Theme
from explorer.widgets.pictures.equation import Equation, Term
from explorer.widgets.pictures.equation_strip import EquationStrip
from explorer.widgets.pictures.picture_popup import PicturePopup

STEP = (
    Term("x_prev", (var("x", 411),)),
    Term("x0_hat", (var("x", 0, "hat"),), "0.0122", "=", colour="#ff0000"),
    Term("z", (var("z"),), "0.0906", "+", colour="#00ff00"),
)


@pytest.fixture(params=["row", "stack"])
def strip(request: pytest.FixtureRequest, qtbot: QtBot) -> EquationStrip:
    load_fonts()
    made = EquationStrip(Theme("dark"), request.param)
    qtbot.addWidget(made)
    made.resize(700, made.sizeHint().height())
    made.set_equation(Equation(STEP, (), "Option B"))
    made.set_pictures({name: np.full((28, 28, 3), 255, np.uint8) for name in ("x_prev", "x0_hat", "z")})
    made.show()
    return made


def test_a_formula_in_words() -> None:
    assert plain((words("0.5 · "), var("x", 0, "hat"), words(" − "), var("α", "t", "bar"))) == "0.5 · x\u0302_0 − α\u0304_t"


def test_marks_and_subscripts_leave_ink_within_their_width(qtbot: QtBot) -> None:
    def ink(*formula: object) -> np.ndarray:
        image = QImage(80, 48, QImage.Format.Format_Grayscale8)
        image.fill(0)
        painter = QPainter(image)
        draw(painter, QPointF(10, 30), formula, 20, QColor("white"))  # type: ignore[arg-type]
        painter.end()
        return np.frombuffer(image.constBits(), np.uint8).reshape(48, image.bytesPerLine())[:, :80] > 60

    load_fonts()
    bare, hat, sub = ink(var("x")), ink(var("x", "", "hat")), ink(var("x", 12))
    top = bare.any(axis=1).argmax()
    assert hat[:top].any()
    assert not bare[:top].any()
    assert sub[32:].sum() > bare[32:].sum()
    assert width_of((var("x", 12),), 20) > width_of((var("x"),), 20)


def test_hovering_a_term_shows_its_picture_and_a_click_chooses_it(strip: EquationStrip, qtbot: QtBot) -> None:
    chosen: list[str] = []
    strip.term_chosen.connect(chosen.append)
    place = strip.area_of("z").center().toPoint()
    QTest.mouseMove(strip, place)
    (popup,) = strip.findChildren(PicturePopup)
    assert popup.isVisible()
    QTest.mouseClick(strip, Qt.MouseButton.LeftButton, pos=place)
    QTest.mouseMove(strip, QPoint(strip.width() - 1, strip.height() - 1))
    assert not popup.isVisible()
    assert chosen == ["z"]


def test_every_term_has_its_own_place_inside(strip: EquationStrip) -> None:
    areas = [strip.area_of(term.name) for term in STEP]
    assert all(area.width() > 20 for area in areas)
    assert not any(a.intersects(b) for i, a in enumerate(areas) for b in areas[i + 1 :])
    assert all(a.left() >= 0 and a.right() <= strip.width() and a.bottom() <= strip.height() for a in areas)


def test_the_equation_can_be_read_aloud(strip: EquationStrip) -> None:
    assert strip.accessibleDescription() == "x_411 = 0.0122 · x\u0302_0 + 0.0906 · z; Option B"


def test_the_pictures_get_larger_where_there_is_room(qtbot: QtBot) -> None:
    strip = EquationStrip(Theme("dark"), "stack")
    qtbot.addWidget(strip)
    strip.set_equation(Equation(STEP))
    assert strip.side_for(300, 300) < strip.side_for(560, 400) < strip.side_for(900, 700)


def test_the_picture_of_a_term_has_its_equation_under_it(strip: EquationStrip, qtbot: QtBot) -> None:
    QTest.mouseMove(strip, strip.area_of("x0_hat").center().toPoint())
    popup = strip.window().findChild(PicturePopup)
    assert popup is not None
    assert plain(popup._equation).startswith("x\u0302_0 = ")


def test_under_two_lines_the_note_is_told_whole_or_without_what_the_pictures_say(qtbot: QtBot) -> None:
    load_fonts()
    strip = EquationStrip(Theme("dark"), "stack")
    qtbot.addWidget(strip)
    note = "in one line (Property 3): mean = (x − 0.1 ε) / 0.9"
    strip.set_equation(Equation(STEP, STEP, "Option C: the network puts out ε", note))
    written = {}
    for width in (900, 400, 120):
        strip.resize(width, strip.sizeHint().height())
        written[width] = strip.written_note
    assert written[900] == f"Option C: the network puts out ε · {note}"
    assert written[400] == note
    assert written[120].startswith("in one")
    assert written[120].endswith("…")
