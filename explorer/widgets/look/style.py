"""The style sheet and the palette, made from the theme's tokens.

Widgets ask for a look by a role, `mark(widget, "card")`, never by colours of their own:

- frames: "card" (bordered, rounded), "panel", "line" (a hairline)
- labels: "heading" (small capitals over a group), "title", "muted", "faint", "mono", "error"
- fields: "words" (looks like a label until the mouse or the focus is on it)
- buttons: "primary" (accent), "segment" (one of a joined row: see `join`), "quiet" (no frame), "rail"
"""

from __future__ import annotations

from collections.abc import Sequence
from string import Template

from PySide6.QtGui import QColor, QPalette
from PySide6.QtWidgets import QAbstractSpinBox, QApplication, QMenu, QPushButton, QToolButton, QWidget

from explorer.resources import read_as_shipped, resource
from explorer.widgets.look.fonts import dress_again, load_fonts, text_font
from explorer.widgets.look.theme import FONT_PIXELS, MONO_FAMILY, Theme, Tokens, text_pixels

ROLES = (
    "card", "panel", "line", "heading", "title", "muted", "faint", "mono", "error", "primary", "segment", "quiet", "rail", "words",
)  # fmt: skip

NUMBER_INSET = 6
"""Pixels between a spin box's border and its number."""


def mark(widget: QWidget, role: str) -> None:
    """Give a widget the look of a role (see this module), now or again.

    Raises
    ------
    ValueError
        If there is no such role.
    """
    if role not in ROLES:
        raise ValueError(f"no such role: {role}")
    widget.setProperty("role", role)
    widget.style().unpolish(widget)
    widget.style().polish(widget)


def give_menu(button: QPushButton | QToolButton, menu: QMenu) -> None:
    """Have a button open a menu, with room for the sign that says so."""
    button.setProperty("popup", True)
    menu.setToolTipsVisible(True)
    button.setMenu(menu)


def join(buttons: Sequence[QWidget]) -> None:
    """Give a row of buttons the look of one segmented control, its ends rounded. The row has no spacing."""
    for index, button in enumerate(buttons):
        first, last = index == 0, index == len(buttons) - 1
        button.setProperty("edge", "only" if first and last else "first" if first else "last" if last else "")
        mark(button, "segment")


def inset_numbers(root: QWidget) -> None:
    """Move the text of every spin box below `root` off its border: style sheets do not reach it."""
    boxes = [root] if isinstance(root, QAbstractSpinBox) else root.findChildren(QAbstractSpinBox)
    for box in boxes:
        edit = box.lineEdit()
        if edit is not None:
            edit.setTextMargins(NUMBER_INSET, 0, 0, 0)


def apply_theme(app: QApplication, theme: Theme) -> None:
    """Dress the whole application, and again whenever the theme changes."""
    load_fonts()
    app.setStyle("Fusion")
    app.setFont(text_font())
    theme.changed.connect(_dress)
    _dress(theme.tokens)


def _dress(tokens: Tokens) -> None:
    app = QApplication.instance()
    if isinstance(app, QApplication):
        app.setPalette(qt_palette(tokens))
        app.setFont(text_font())
        sheet = style_sheet(tokens)
        app.setStyleSheet("")  # over one that is in force, Qt dresses each widget again for every widget that it lies in
        app.setStyleSheet(sheet)
        dress_again(app.allWidgets())


def style_sheet(tokens: Tokens) -> str:
    """Qt style sheet of a theme (BadInput if its file is missing or spoilt)."""
    path = resource("styles", "explorer.qss")
    with read_as_shipped(path):
        return _filled(path.read_text(encoding="utf-8"), tokens)


def _filled(text: str, tokens: Tokens) -> str:
    values = {name: getattr(tokens, name) for name in tokens.__slots__}
    folder = resource("icons").as_posix()
    return Template(text).substitute(
        values,
        icons=folder,
        mono=MONO_FAMILY,
        small=f"{text_pixels(FONT_PIXELS - 2)}px",
        large=f"{text_pixels(16)}px",
        mono_size=f"{text_pixels(FONT_PIXELS - 1)}px",
    )


def qt_palette(tokens: Tokens) -> QPalette:
    """Palette of a theme, for what the style sheet does not reach."""
    roles = {
        QPalette.ColorRole.Window: tokens.window, QPalette.ColorRole.WindowText: tokens.text,
        QPalette.ColorRole.Base: tokens.card, QPalette.ColorRole.AlternateBase: tokens.raised,
        QPalette.ColorRole.Text: tokens.text, QPalette.ColorRole.PlaceholderText: tokens.faint,
        QPalette.ColorRole.Button: tokens.raised, QPalette.ColorRole.ButtonText: tokens.text,
        QPalette.ColorRole.ToolTipBase: tokens.raised, QPalette.ColorRole.ToolTipText: tokens.text,
        QPalette.ColorRole.Highlight: tokens.accent, QPalette.ColorRole.HighlightedText: tokens.on_accent,
        QPalette.ColorRole.Link: tokens.accent, QPalette.ColorRole.BrightText: tokens.error,
        QPalette.ColorRole.Light: tokens.hover, QPalette.ColorRole.Midlight: tokens.raised,
        QPalette.ColorRole.Mid: tokens.border, QPalette.ColorRole.Dark: tokens.border,
        QPalette.ColorRole.Shadow: tokens.image_empty, QPalette.ColorRole.Accent: tokens.accent,
    }  # fmt: skip
    palette = QPalette()
    for role, colour in roles.items():
        palette.setColor(role, QColor(colour))
    for role in (QPalette.ColorRole.WindowText, QPalette.ColorRole.Text, QPalette.ColorRole.ButtonText):
        palette.setColor(QPalette.ColorGroup.Disabled, role, QColor(tokens.disabled))
    return palette
