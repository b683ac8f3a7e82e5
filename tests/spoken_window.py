"""A process of its own that opens all of the window and prints, as JSON, every text that is not of a translation.

Its home says which language; in the tests each text of that translation is the English one between brackets.
"""

from __future__ import annotations

import html
import json
import os
import re
import sys
from collections.abc import Callable, Iterator

os.environ["QT_QPA_PLATFORM"] = "offscreen"

import msgspec
from PySide6.QtCore import QEventLoop, QTimer
from PySide6.QtGui import QAction, QPainter
from PySide6.QtWidgets import QAbstractButton, QApplication, QComboBox, QLabel, QLineEdit, QMenu, QSpinBox, QTabBar, QWidget

from explorer.app import Explorer, shipped_beginning
from explorer.recipe import Sampler
from explorer.state.persistence import Loaded, Saved
from explorer.state.session import WORKSPACES, Session

OPEN, CLOSE = "⟦", "⟧"
PATIENCE = 240_000
DIALOGS = ("preferences", "keys", "about", "find", "guide", "glossary", "examples", "report", "welcome", "library", "export")
PANELS = {
    "reverse-chain": ("unet", "data_set", "paint", "erase", "back_up"), "compare": ("sweep",),
    "forward": ("schedule", "pixels", "posterior", "gaussians", "chain"), "training": ("new",),
    "latent": ("prior", "sample"),
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
        if depth <= 0 and sign != CLOSE:
            told += sign
        depth = max(depth, 0)
    return told


class Visit:
    """Opens everything, and keeps what is said."""

    def __init__(self) -> None:
        self.heard: dict[str, str] = {}
        self.explorer = Explorer(Loaded(Saved(session=Session(theme="dark")), fresh=True), None, beginning=self._begin)
        self.window = self.explorer.window
        self.window.resize(1440, 900)

    @staticmethod
    def _begin(session: Session, entries: object) -> tuple[Session, str]:
        filled, told = shipped_beginning(session, entries)  # type: ignore[arg-type]
        replace = msgspec.structs.replace

        def short(state):  # type: ignore[no-untyped-def]
            lanes = tuple(replace(lane, sampler=Sampler(steps=4)) for lane in state.recipe.lanes)
            return replace(state, recipe=replace(state.recipe, lanes=lanes, samples=1), t=0)

        return replace(filled, reverse=short(filled.reverse), compare=short(filled.compare)), told

    def wait(self, until: Callable[[], bool]) -> None:
        """Let the window go on until something is so, and what follows from it is shown."""
        loop, quiet = QEventLoop(), 0

        def look() -> None:
            nonlocal quiet
            quiet = quiet + 1 if until() else 0
            if quiet > 1:
                loop.quit()

        timer = QTimer(interval=20)
        timer.timeout.connect(look)
        timer.start()
        QTimer.singleShot(PATIENCE, loop, loop.quit)
        loop.exec()
        assert until(), "it did not come"

    def idle(self) -> bool:
        """Whether what is shown is all there."""
        return self.explorer.has_begun and self.window.current.idle and not self.explorer.client.busy

    def hear(self) -> None:
        """Keep what is said now; all is painted for it."""
        for widget in QApplication.topLevelWidgets():
            if widget.isVisible():
                widget.grab()
        for widget in QApplication.allWidgets():
            for kind, text in texts_of(widget):
                if text:
                    path = f"{kind} of {type(widget).__name__} {widget.objectName()}"
                    self.heard.setdefault(text, path)

    def all(self) -> None:
        """Every workspace with its panels, and every dialog."""
        self.explorer.show()
        self.wait(self.idle)
        for name in WORKSPACES:
            self.window.choose(name)
            self.wait(self.idle)
            self.hear()
            if name == "reverse-chain":
                self.explorer.store.update_reverse(t=500)  # at 0 nothing is left to paint on
            for panel in PANELS.get(name, ()):
                self.trigger(self.window.current.action(panel))
                self.wait(self.idle)
                self.hear()
                self.close_dialogs()
        for name in DIALOGS:
            self.trigger(self.window.menus.actions[name])
            self.wait(self.idle)
            self.hear()
            self.close_dialogs()

    def trigger(self, action: QAction | None) -> None:
        """Do what an action does."""
        assert action is not None
        assert action.isEnabled(), action.objectName()
        action.trigger()

    def close_dialogs(self) -> None:
        """What lies over the window goes."""
        for widget in QApplication.topLevelWidgets():
            if widget is not self.window and widget.isVisible():
                widget.close()


if __name__ == "__main__":
    visit = Visit()
    visit.all()
    ended = visit.explorer.end()
    said = {**painted, **visit.heard}
    english = {text: where for text, where in said.items() if re.search(r"[A-Za-z]{2,}", left_english(text))}
    sys.stdout.write(json.dumps({"heard": len(said), "english": english}, ensure_ascii=False))
    sys.exit(not ended)
