"""Theme, style sheet, fonts and roles."""

from __future__ import annotations

import re
from itertools import combinations

import numpy as np
import pytest
from PySide6.QtCore import QEvent
from PySide6.QtGui import QFontMetrics, QPalette
from PySide6.QtWidgets import QApplication, QCompleter, QFrame, QLineEdit, QPushButton, QSpinBox, QWidget
from pytestqt.qtbot import QtBot

from explorer.exports.colours import OPTION_COLOURS
from explorer.resources import resource
from explorer.widgets.look.fonts import load_fonts, math_font, mono_font, text_font
from explorer.widgets.look.icons import app_icon, icon
from explorer.widgets.look.math_label import MathLabel
from explorer.widgets.look.math_text import var
from explorer.widgets.look.style import apply_theme, inset_numbers, join, mark, style_sheet
from explorer.widgets.look.theme import CLASS_COLOURS, CLASSES, DARK, FONT_FAMILY, LIGHT, MATH_FAMILY, MONO_FAMILY, Theme, Tokens

BOTH = pytest.mark.parametrize("tokens", [DARK, LIGHT], ids=["dark", "light"])
FORMULA_CHARACTERS = "x̂₀ₜ₋₁ ε̂ ᾱ σ η μ̃ β ‖ √ · × − ± ≈ → ∈ ² 0123456789 … “”"


def luminance(colour: str) -> float:
    parts = [int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]
    linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in parts]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def contrast(one: str, other: str) -> float:
    low, high = sorted((luminance(one), luminance(other)))
    return (high + 0.05) / (low + 0.05)


@BOTH
def test_text_can_be_read_on_every_surface(tokens: Tokens) -> None:
    for surface in (tokens.window, tokens.panel, tokens.card, tokens.raised, tokens.hover):
        assert contrast(tokens.text, surface) >= 7
        assert contrast(tokens.muted, surface) >= 4.5
    for surface in (tokens.window, tokens.panel, tokens.card):
        assert contrast(tokens.error, surface) >= 4.5
        assert contrast(tokens.faint, surface) >= 3.5
    assert contrast(tokens.on_accent, tokens.accent) >= 4.5
    assert contrast(tokens.text, tokens.accent_soft) >= 4.5


@BOTH
def test_the_style_sheet_has_every_token_filled_in(tokens: Tokens, qtbot: QtBot) -> None:
    sheet = style_sheet(tokens)
    assert "$" not in sheet
    assert tokens.panel in sheet
    pictures = re.findall(r'url\("([^"]+)"\)', sheet)
    assert pictures
    assert all(resource("icons", path.rsplit("/", 1)[1]).is_file() for path in pictures)


def test_choosing_a_theme_redresses_the_application(qtbot: QtBot) -> None:
    app = QApplication.instance()
    assert isinstance(app, QApplication)
    theme = Theme("dark")
    apply_theme(app, theme)
    dark_sheet = app.styleSheet()
    with qtbot.waitSignal(theme.changed) as told:
        theme.choose("light")
    assert told.args == [LIGHT]
    assert (theme.tokens, theme.palette, theme.choice) == (LIGHT, "light", "light")
    assert app.styleSheet() != dark_sheet
    assert app.palette().color(QPalette.ColorRole.Window).name() == LIGHT.window
    with qtbot.assertNotEmitted(theme.changed):
        theme.choose("light")


def test_every_formula_can_be_written_in_the_shipped_font(qtbot: QtBot) -> None:
    assert {FONT_FAMILY, MATH_FAMILY, MONO_FAMILY} <= set(load_fonts())
    for font in (text_font(), math_font()):
        metrics = QFontMetrics(font)
        assert not [c for c in FORMULA_CHARACTERS if not metrics.inFontUcs4(ord(c))], font.family()


def test_fonts_are_the_shipped_ones(qtbot: QtBot) -> None:
    load_fonts()
    families = [QFontMetrics(font) and font.family() for font in (text_font(), math_font(italic=True), mono_font())]
    assert families == [FONT_FAMILY, MATH_FAMILY, MONO_FAMILY]
    metrics = QFontMetrics(text_font())
    assert len({metrics.horizontalAdvance(digit) for digit in "0123456789"}) == 1
    assert (resource("fonts") / "OFL.txt").is_file()


def test_roles_are_known_and_change_the_look(qtbot: QtBot) -> None:
    app = QApplication.instance()
    assert isinstance(app, QApplication)
    theme = Theme("dark")
    apply_theme(app, theme)
    frame = QFrame()
    qtbot.addWidget(frame)
    frame.resize(40, 40)
    plain = frame.grab().toImage().pixelColor(20, 20).name()
    mark(frame, "card")
    assert frame.grab().toImage().pixelColor(20, 20).name() == DARK.card != plain
    with pytest.raises(ValueError, match="no such role"):
        mark(frame, "fancy")


def test_a_joined_row_knows_its_ends(qtbot: QtBot) -> None:
    buttons = [QPushButton(text) for text in "abc"]
    for button in buttons:
        qtbot.addWidget(button)
    join(buttons)
    assert [b.property("edge") for b in buttons] == ["first", "", "last"]
    join(buttons[:1])
    assert buttons[0].property("edge") == "only"


def test_numbers_stand_off_the_border(qtbot: QtBot) -> None:
    box = QSpinBox()
    qtbot.addWidget(box)
    inset_numbers(box)
    assert box.lineEdit().textMargins().left() > 0


@BOTH
def test_icons_have_the_themes_colour(tokens: Tokens, qtbot: QtBot) -> None:
    image = icon("ph.columns", tokens).pixmap(32, 32).toImage()
    colours = [image.pixelColor(x, y) for x in range(32) for y in range(32)]
    assert tokens.muted in {colour.name() for colour in colours if colour.alpha() == 255}
    assert max(size.width() for size in app_icon().availableSizes()) >= 256


# How colours are seen with one kind of cone missing (Machado, Oliveira and Fernandes 2009, severity 1), in linear RGB.
SEEN = {
    "all cones": np.eye(3),
    "protanopia": np.array([[0.152286, 1.052583, -0.204868], [0.114503, 0.786281, 0.099216], [-0.003882, -0.048116, 1.051998]]),
    "deuteranopia": np.array([[0.367322, 0.860646, -0.227968], [0.280085, 0.672501, 0.047413], [-0.011820, 0.042940, 0.968881]]),
    "tritanopia": np.array([[1.255528, -0.076749, -0.178779], [-0.078411, 0.930809, 0.147602], [0.004733, 0.691367, 0.303900]]),
}


def oklab(colour: str, seen: str) -> np.ndarray:
    """OKLab (Ottosson 2020) of a colour as it is seen: equal distances look equally far apart."""
    rgb = np.array([int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)])
    linear = SEEN[seen] @ np.where(rgb <= 0.04045, rgb / 12.92, ((rgb + 0.055) / 1.055) ** 2.4)
    to_cones = np.array(
        [[0.4122214708, 0.5363325363, 0.0514459929], [0.2119034982, 0.6806995451, 0.1073969566], [0.0883024619, 0.2817188376, 0.6299787005]]
    )
    to_lab = np.array([[0.2104543, 0.7936178, -0.0040720], [1.9779985, -2.4285922, 0.4505937], [0.0259040, 0.7827718, -0.8086758]])
    return to_lab @ np.cbrt(to_cones @ linear.clip(0, 1))


@pytest.mark.parametrize(("name", "seen", "least"), [("bright", "all cones", 0.17), *(("safe", seen, 0.13) for seen in SEEN)])
def test_every_two_classes_differ(name: str, seen: str, least: float) -> None:
    places = [oklab(colour, seen) for colour in CLASS_COLOURS[name]]
    assert len(places) == CLASSES
    nearest, pair = min((float(np.linalg.norm(places[i] - places[j])), (i, j)) for i in range(CLASSES) for j in range(i))
    assert nearest > least, pair


@pytest.mark.parametrize("seen", SEEN)
def test_every_two_lanes_differ(seen: str) -> None:
    for one, other in combinations(OPTION_COLOURS.values(), 2):
        assert np.linalg.norm(oklab(one, seen) - oklab(other, seen)) > 0.07, (one, other)


@BOTH
def test_every_lane_is_seen_on_a_plot(tokens: Tokens) -> None:
    for option, colour in OPTION_COLOURS.items():
        assert contrast(colour, tokens.card) > 2.2, option


def test_formulas_grow_with_the_text(qtbot: QtBot) -> None:
    theme = Theme("dark")
    label = MathLabel(theme, (var("x", "t"),))
    qtbot.addWidget(label)
    before, height = label.sizeHint().width(), label.sizeHint().height()
    theme.choose_text(125)
    grown = label.sizeHint()
    theme.choose_text(100)
    assert (grown.width(), grown.height()) > (before, height)
    assert label.sizeHint().width() == before


def test_a_completers_list_is_no_hole_in_the_dark(qtbot: QtBot) -> None:
    app = QApplication.instance()
    assert isinstance(app, QApplication)
    apply_theme(app, Theme("dark"))
    field = QLineEdit()
    qtbot.addWidget(field)
    completer = QCompleter(["digits.png"], field)
    field.setCompleter(completer)
    popup = completer.popup()
    popup.resize(120, 60)
    assert popup.grab().toImage().pixelColor(100, 50).name() == DARK.raised


class Dressed(QFrame):
    """Counts how often it is told of another style."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.times = 0

    def changeEvent(self, event: QEvent) -> None:
        self.times += event.type() == QEvent.Type.StyleChange
        super().changeEvent(event)


def test_another_theme_dresses_a_widget_as_often_however_deep_it_lies(qtbot: QtBot) -> None:
    app = QApplication.instance()
    assert isinstance(app, QApplication)
    theme = Theme("dark")
    apply_theme(app, theme)
    row = [Dressed()]
    qtbot.addWidget(row[0])
    for _ in range(9):
        row.append(Dressed(row[-1]))
    row[0].show()
    for each in row:
        each.ensurePolished()
        each.times = 0
    theme.choose("light")
    assert {each.times for each in row} == {row[0].times}
