"""A process of its own that opens all of the window and prints, as JSON, every text that is not of a translation.

Its home says which language; in the tests each text of that translation is the English one between brackets.
"""

from __future__ import annotations

import html
import json
import os
import re
import sys
from collections.abc import Iterator

os.environ["QT_QPA_PLATFORM"] = "offscreen"

from PySide6.QtGui import QAction, QPainter
from PySide6.QtWidgets import QAbstractButton, QApplication, QComboBox, QLabel, QLineEdit, QMenu, QSpinBox, QTabBar, QWidget

from explorer.app import Explorer
from explorer.state.persistence import Loaded, Saved
from explorer.state.session import WORKSPACES, Session

OPEN, CLOSE = "⟦", "⟧"
DIALOGS = ("preferences", "keys", "about", "find", "guide", "glossary", "examples", "report", "welcome", "library", "export")
PANELS = {
    "reverse-chain": ("unet", "data_set"), "compare": ("unet", "grid"), "latent": ("prior",),
    "forward": ("schedule", "pixels", "posterior", "gaussians", "chain"), "training": ("new",),
}  # fmt: skip

painted: dict[str, str] = {}
drawn_by_qt = QPainter.drawText


def draw(painter: QPainter, *given: object) -> object:
    """What is painted is heard, too."""
    for text in given:
        if isinstance(text, str):
            painted.setdefault(text, "painted")
    return drawn_by_qt(painter, *given)  # type: ignore[call-overload]


QPainter.drawText = draw  # type: ignore[method-assign, assignment]


def texts_of(widget: QWidget) -> Iterator[tuple[str, str]]:
    """What a widget says, and as what."""
    yield "tip", widget.toolTip()
    yield "name", widget.accessibleName()
    yield "description", widget.accessibleDescription()
    if widget.isWindow():
        yield "title", widget.windowTitle()
    if isinstance(widget, QLabel | QAbstractButton):
        yield "text", widget.text()
    elif isinstance(widget, QLineEdit):
        yield "placeholder", widget.placeholderText()
    elif isinstance(widget, QComboBox):
        for i in range(widget.count()):
            yield "item", widget.itemText(i)
    elif isinstance(widget, QMenu):
        yield "menu", widget.title()
    elif isinstance(widget, QTabBar):
        for i in range(widget.count()):
            yield "tab", widget.tabText(i)
    elif isinstance(widget, QSpinBox):
        yield from (("unit", text) for text in (widget.prefix(), widget.suffix(), widget.specialValueText()))
    for action in widget.actions():
        yield from (("action", text) for text in (action.text(), action.toolTip(), action.iconText(), action.statusTip()))


def left_english(text: str) -> str:
    """What of a text lies outside all brackets, without the tags of rich text."""
    if text.startswith("<") or "<br>" in text or "<span" in text or "<p" in text:
        text = html.unescape(re.sub(r"<style>.*?</style>|<[^>]*>", " ", text, flags=re.DOTALL))
    depth, told = 0, ""
    for sign in text:
        depth += (sign == OPEN) - (sign == CLOSE)
        if depth <= 0:
            told += " " if sign == CLOSE else sign
        depth = max(depth, 0)
    return told


class Visit:
    """Opens everything, and keeps what is said.

    The engine is not there: what it would answer is made of the same words, and of names and numbers.
    """

    def __init__(self) -> None:
        self.heard: dict[str, str] = {}
        self.window = Explorer(Loaded(Saved(session=Session(theme="dark")), fresh=True), None).window
        self.window.resize(1440, 900)

    def hear(self) -> None:
        """Keep what is said now; all is painted for it."""
        QApplication.processEvents()
        for widget in QApplication.topLevelWidgets():
            if widget.isVisible():
                widget.grab()
        for widget in QApplication.allWidgets():
            for kind, text in texts_of(widget):
                if text:
                    self.heard.setdefault(text, f"{kind} of {type(widget).__name__} {widget.objectName()}")

    def all(self) -> None:
        """Every workspace with its panels, and every dialog."""
        self.window.show()
        for name in WORKSPACES:
            self.window.choose(name)
            self.hear()
            for panel in PANELS.get(name, ()):
                self.open(self.window.current.action(panel))
        for name in DIALOGS:
            self.open(self.window.menus.actions[name])

    def open(self, action: QAction | None) -> None:
        """Do what an action does, hear what then is there, and close it."""
        assert action is not None
        assert action.isEnabled(), action.objectName()
        action.trigger()
        self.hear()
        for widget in QApplication.topLevelWidgets():
            if widget is not self.window and widget.isVisible():
                widget.close()


if __name__ == "__main__":
    visit = Visit()
    visit.all()
    said = {**painted, **visit.heard}
    english = {text: [where, outside] for text, where in said.items() if re.search(r"[A-Za-z]{2,}", outside := left_english(text))}
    sys.stdout.write(json.dumps({"heard": len(said), "english": english}, ensure_ascii=False))
    sys.stdout.flush()
    os._exit(0)  # nothing was kept, and nothing runs
