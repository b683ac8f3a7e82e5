"""Which act comes next: drawn from what can be seen and touched at this moment."""

from __future__ import annotations

import random
from collections.abc import Sequence
from pathlib import Path

from PySide6.QtCore import QPoint, QRect, Qt
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QFileDialog, QWidget

from at_random.acts import Act
from at_random.hands import windows
from explorer.state.session import WORKSPACES

COMMON = (
    "Left", "Right", "Up", "Down", "Home", "End", "PgUp", "PgDown", "Space", "Return", "Tab", "Shift+Tab", "Esc", "Del", "Ctrl+A", "Ctrl+C",
    "Ctrl+V", "Ctrl+K", "F1", "F11", "Shift+Right", "Ctrl+Right", "1", "2", "3", "+", "-",
)  # fmt: skip
SPARED = ("Ctrl+Q",)
QUIT = "window-quit"
TYPED = ("0", "7", "-1", "0,5", "1e9", "1000", "mnist-ddpm-c", "Ünïcödé", "a" * 300, "../../x", "nan", "%s", "x_t")
SIZES = ((1440, 900), (1280, 800), (1000, 640), (1920, 1080), (640, 480))
OFTEN = {
    "click": 30, "right": 4, "double": 4, "shifted": 3, "drag": 9, "wheel": 6, "hover": 4, "keys": 20, "common": 10, "text": 3,
    "workspace": 6, "undo": 6, "redo": 3, "cancel": 3, "drop": 4, "away": 1, "open": 2, "resize": 2, "action": 6, "theme": 1,
    "rest": 5, "close": 0.3,
}  # fmt: skip
IN_FRONT = {"click": 60, "common": 14, "text": 5, "wheel": 3, "drag": 4, "escape": 14}
PAUSES = (0, 0, 5, 10, 20, 20, 50, 100, 300, 1200)


class Chance:
    """Draws acts. Act number n is drawn by a generator of its own, so that what came before it changes nothing but what there is.

    Parameters
    ----------
    seed : int
    files : sequence of Path
        Real ones and bad ones.
    out : Path
        Folder for what is saved and exported.
    """

    def __init__(self, seed: int, files: Sequence[Path], out: Path) -> None:
        self._seed, self._files, self._out = seed, files, out

    def next(self, number: int) -> Act | None:
        """The act of that number; None while there is no window."""
        draw = random.Random(f"{self._seed}:{number}")
        there = windows()
        if not there:
            return None
        where, window = next(iter(there.items()))
        pause = draw.choice(PAUSES)
        if isinstance(window, QFileDialog):
            return Act("file", where, paths=self._answer(draw, window), pause=pause)
        if where == "dialog" and not window.isModal() and "main" in there and draw.random() < 0.5:
            where, window = "main", there["main"]  # it does not stand in the way
        kinds = OFTEN if where == "main" else IN_FRONT
        kind = draw.choices(list(kinds), list(kinds.values()))[0]
        return self._act(kind, where, window, draw, pause)

    def _answer(self, draw: random.Random, dialog: QFileDialog) -> tuple[str, ...]:
        if draw.random() < 0.3:
            return ()
        if dialog.acceptMode() == QFileDialog.AcceptMode.AcceptSave:
            return (str(self._out / f"{draw.randrange(5)}{draw.choice(('.png', '.npz', '.mp4', '.gif', '.json', '', '.svg'))}"),)
        return (str(draw.choice(self._files)),)

    def _act(self, kind: str, where: str, window: QWidget, draw: random.Random, pause: int) -> Act:
        at = _place(window, draw)
        if kind in ("click", "right", "double", "shifted"):
            button, held = ("right" if kind == "right" else "left"), (draw.choice(("ctrl", "shift")) if kind == "shifted" else "")
            return Act("double" if kind == "double" else "click", where, at.x(), at.y(), button=button, held=held, pause=pause)
        if kind == "drag":
            to = _place(window, draw) if draw.random() < 0.2 else at + QPoint(draw.randint(-150, 150), draw.randint(-80, 80))
            held = draw.choice(("", "", "", "ctrl", "shift"))
            return Act("drag", where, at.x(), at.y(), to.x(), to.y(), held=held, pause=pause)
        if kind == "wheel":
            return Act("wheel", where, at.x(), at.y(), 0, draw.choice((-3, -1, 1, 3)), held=draw.choice(("", "", "ctrl")), pause=pause)
        if kind == "hover":
            return Act("hover", where, at.x(), at.y(), pause=pause)
        if kind in ("drop", "away", "open"):
            paths = tuple(str(path) for path in draw.sample(list(self._files), draw.choice((1, 1, 1, 2))))
            return Act(
                "open" if kind == "open" else "drop", where, at.x(), at.y(), words=kind if kind == "away" else "", paths=paths, pause=pause
            )
        if kind == "resize":
            width, height = draw.choice(SIZES)
            return Act("resize", where, to_x=width, to_y=height, pause=pause)
        if kind == "text":
            return Act("text", where, words=draw.choice(TYPED), pause=pause)
        if kind == "theme":
            return Act("action", where, words=f"window-{draw.choice(('dark', 'light'))}", pause=pause)
        if kind == "action":
            return Act("action", where, words=draw.choice(actions(window) or [""]), pause=pause)
        if kind == "close":
            return Act("close", where, pause=pause)
        if kind == "rest":
            return Act("rest", where, pause=draw.choice((500, 2000)))
        return Act("keys", where, words=_keys(kind, window, draw), pause=pause)


def _keys(kind: str, window: QWidget, draw: random.Random) -> str:
    fixed = {"undo": "Ctrl+Z", "redo": "Ctrl+Shift+Z", "cancel": "Ctrl+.", "escape": "Esc"}
    if kind in fixed:
        return fixed[kind]
    if kind == "workspace":
        return f"Ctrl+{draw.randint(1, len(WORKSPACES))}"
    known = shortcuts(window) if kind == "keys" else []
    return draw.choice(known or COMMON)


def shortcuts(window: QWidget) -> list[str]:
    """Keys of all that can be done in a window, in their order."""
    found = {key.toString() for action in window.findChildren(QAction) for key in action.shortcuts()}
    return sorted(found - set(SPARED))


def actions(window: QWidget) -> list[str]:
    """Names of all that can be done in a window now, in their order, whether a key does it or not."""
    return sorted({action.objectName() for action in window.findChildren(QAction) if action.isEnabled() and action.objectName()} - {QUIT})


def _place(window: QWidget, draw: random.Random) -> QPoint:
    """Somewhere in something that can be touched; now and then anywhere at all."""
    if draw.random() < 0.1:
        return _within(window.rect(), draw)
    children = [w for w in window.findChildren(QWidget) if w.isVisible() and w.isEnabled() and not _holds_others(w)]
    chosen = draw.choice(children) if children else window
    rect = chosen.visibleRegion().boundingRect()
    if rect.isEmpty():
        rect = chosen.rect()
    at = _within(rect, draw)
    return chosen.mapTo(window, at) if chosen is not window else at


def _within(rect: QRect, draw: random.Random) -> QPoint:
    return QPoint(draw.randint(rect.left(), max(rect.left(), rect.right())), draw.randint(rect.top(), max(rect.top(), rect.bottom())))


def _holds_others(widget: QWidget) -> bool:
    """Whether its children are what one touches."""
    transparent = widget.testAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
    return transparent or any(isinstance(child, QWidget) and child.isVisible() for child in widget.children())
