"""Colours, sizes and fonts: tokens for dark and light, and which of them is in force."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Literal

from PySide6.QtCore import QObject, Qt, Signal
from PySide6.QtGui import QGuiApplication

from explorer.exports.colours import CLASS_COLOURS as CLASS_COLOURS
from explorer.exports.colours import NO_CLASS as NO_CLASS

GRID = 4
"""Every distance is a multiple of this many pixels."""

FONT_FAMILY = "Inter"
"""Shipped text font; it has the combining marks and subscripts of the formulas."""

MATH_FAMILY = "Noto Serif"
"""Shipped serif, upright and italic, for equations."""

MONO_FAMILY = "Noto Sans Mono"
"""Shipped font for commands and hashes."""

FONT_PIXELS = 13
"""Size of ordinary text."""

CLASSES = 10

TEXT_SIZES = (90, 100, 112, 125)
"""Sizes of text that can be chosen, in per cent of the ordinary one."""
_text_percent = [100]  # of this process, like the fonts


def text_pixels(pixels: float) -> int:
    """Size in which text of so many pixels is drawn, at the size of text that is in force."""
    return round(pixels * _text_percent[0] / 100)


@dataclass(frozen=True, slots=True)
class Tokens:
    """Colours of one theme, as #rrggbb."""

    name: Literal["dark", "light"]
    window: str
    panel: str
    card: str
    raised: str
    border: str
    text: str
    muted: str
    faint: str
    accent: str
    on_accent: str
    accent_soft: str
    error: str
    ok: str
    grid_line: str
    image_empty: str
    hover: str
    warning: str
    disabled: str
    violet: str
    orange: str


DARK = Tokens(
    name="dark", window="#16181d", panel="#1d2027", card="#1f222a", raised="#262a33", border="#30343e", text="#e6e8ec",
    muted="#9aa1ad", faint="#757d8a", accent="#6ea8fe", on_accent="#0d1524", accent_soft="#2b4263", error="#ff6b6b",
    ok="#3fb950", grid_line="#2a2e37", image_empty="#101216", hover="#2e333d", warning="#e3b341", disabled="#565d69", violet="#c9a5f0",
    orange="#f0883e",
)  # fmt: skip
LIGHT = Tokens(
    name="light", window="#f1f3f5", panel="#ffffff", card="#ffffff", raised="#f1f3f5", border="#d8dce2", text="#16181d",
    muted="#5b6370", faint="#79818c", accent="#1f6feb", on_accent="#ffffff", accent_soft="#dbe8fd", error="#c62828",
    ok="#2da44e", grid_line="#e3e6ea", image_empty="#e9ecef", hover="#e6e9ed", warning="#b26a00", disabled="#b0b6bf", violet="#8250df",
    orange="#bc4c00",
)  # fmt: skip

_SCHEMES = {"system": Qt.ColorScheme.Unknown, "dark": Qt.ColorScheme.Dark, "light": Qt.ColorScheme.Light}


class Theme(QObject):
    """The theme in force: "dark", "light", or the system's.

    Signals
    -------
    changed(object)
        The new Tokens; also when the size of text or the classes' colours are others.
    """

    changed = Signal(object)

    def __init__(self, choice: str = "system", parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._choice = choice
        self._classes = "bright"
        self._percent, self._factor = _text_percent[0], 1.0
        self._papers = 0
        self._tell_system()
        QGuiApplication.styleHints().colorSchemeChanged.connect(self._system_changed)

    @property
    def choice(self) -> str:
        """What was chosen: "system", "dark" or "light"."""
        return self._choice

    @property
    def tokens(self) -> Tokens:
        """Colours in force."""
        if self._papers:
            return LIGHT
        if self._choice == "system":
            dark = QGuiApplication.styleHints().colorScheme() != Qt.ColorScheme.Light
            return DARK if dark else LIGHT
        return DARK if self._choice == "dark" else LIGHT

    @contextmanager
    def on_paper(self) -> Iterator[None]:
        """Within it the tokens are those of the light theme; nobody is told, so that only what is drawn meanwhile has them."""
        self._papers += 1
        try:
            yield
        finally:
            self._papers -= 1

    @property
    def palette(self) -> Literal["dark", "light"]:
        """What requests to the engine say of the diverging map's centre."""
        return self.tokens.name

    def choose(self, choice: str) -> None:
        """Take "system", "dark" or "light"."""
        if choice != self._choice:
            self._choice = choice
            self._tell_system()
            self.changed.emit(self.tokens)

    @property
    def class_colours(self) -> tuple[str, ...]:
        """Colours of the classes 0..9, #rrggbb."""
        return CLASS_COLOURS[self._classes]

    def choose_classes(self, name: str) -> None:
        """Take a set of CLASS_COLOURS."""
        if name != self._classes:
            self._classes = name
            self.changed.emit(self.tokens)

    def choose_text(self, percent: int) -> None:
        """Draw all text in this size, in per cent of the ordinary one."""
        self._percent = percent
        self._size_text()

    def enlarge(self, factor: float) -> None:
        """Draw all text larger than the person chose, as in a presentation; 1 for no longer."""
        self._factor = factor
        self._size_text()

    def _size_text(self) -> None:
        percent = round(self._percent * self._factor)
        if percent != _text_percent[0]:
            _text_percent[0] = percent
            self.changed.emit(self.tokens)

    def _tell_system(self) -> None:
        # Title bars and the system's own dialogs follow; "system" hands the choice back.
        QGuiApplication.styleHints().setColorScheme(_SCHEMES[self._choice])

    def _system_changed(self) -> None:
        if self._choice == "system":
            self.changed.emit(self.tokens)
