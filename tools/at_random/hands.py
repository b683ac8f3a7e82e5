"""Doing what an act says, by the way that real events take: through Qt's window system, with its popups and its modal dialogs."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QEvent, QMimeData, QPoint, QPointF, Qt, QUrl
from PySide6.QtGui import QAction, QDragEnterEvent, QDragLeaveEvent, QDropEvent, QKeyEvent, QKeySequence, QWheelEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QFileDialog, QLineEdit, QWidget
from shiboken6 import isValid

from at_random.acts import Act
from explorer.views.window.main_window import MainWindow

BUTTONS = {"left": Qt.MouseButton.LeftButton, "right": Qt.MouseButton.RightButton}
HELD = {"": Qt.KeyboardModifier.NoModifier, "ctrl": Qt.KeyboardModifier.ControlModifier, "shift": Qt.KeyboardModifier.ShiftModifier}
MOVES = 6
NOTCH = 120


def windows() -> dict[str, QWidget]:
    """What there is to act upon, by the names that acts have for it; what lies in front comes first."""
    found: dict[str, QWidget] = {}
    popup, modal = QApplication.activePopupWidget(), QApplication.activeModalWidget()
    if popup is not None:
        found["popup"] = popup
    if modal is not None:
        found["dialog"] = modal
    main = main_window()
    if main is not None:
        found["main"] = main
    if modal is None:  # one that blocks nothing, such as the library
        others = [w for w in QApplication.topLevelWidgets() if w.isVisible() and w.isWindow() and w not in (popup, main)]
        others = [w for w in others if w.windowType() in (Qt.WindowType.Window, Qt.WindowType.Dialog, Qt.WindowType.Tool)]
        if others:
            found["dialog"] = min(others, key=lambda w: (type(w).__name__, w.objectName(), w.windowTitle()))
    return found


def main_window() -> MainWindow | None:
    """The app's, while it is there."""
    return next((w for w in QApplication.topLevelWidgets() if isinstance(w, MainWindow) and w.isVisible()), None)


def perform(act: Act) -> None:
    """Do it; where its window is not there any more, nothing is done."""
    window = windows().get(act.where)
    if window is not None:
        _WAYS[act.kind](act, window)


def _inside(window: QWidget, x: int, y: int) -> QPoint:
    """A place that the window still has: it may be smaller by now, and a drag may lead out of it."""
    size = window.windowHandle().size()
    return QPoint(min(max(x, 0), size.width() - 1), min(max(y, 0), size.height() - 1))


def _click(act: Act, window: QWidget) -> None:
    QTest.mouseClick(window.windowHandle(), BUTTONS[act.button], HELD[act.held], _inside(window, act.x, act.y))


def _double(act: Act, window: QWidget) -> None:
    QTest.mouseDClick(window.windowHandle(), BUTTONS[act.button], HELD[act.held], _inside(window, act.x, act.y))


def _hover(act: Act, window: QWidget) -> None:
    QTest.mouseMove(window.windowHandle(), _inside(window, act.x, act.y))


def _drag(act: Act, window: QWidget) -> None:
    begin, end, button, held = _inside(window, act.x, act.y), _inside(window, act.to_x, act.to_y), BUTTONS[act.button], HELD[act.held]
    handle = window.windowHandle()
    QTest.mousePress(handle, button, held, begin)
    for i in range(1, MOVES + 1):
        QTest.mouseMove(handle, begin + (end - begin) * (i / MOVES))
    QTest.mouseRelease(handle, button, held, end)


def _wheel(act: Act, window: QWidget) -> None:
    at = _inside(window, act.x, act.y)
    under = window.childAt(at) or window
    place, everywhere = QPointF(under.mapFrom(window, at)), QPointF(window.mapToGlobal(at))
    none, phase = Qt.MouseButton.NoButton, Qt.ScrollPhase.NoScrollPhase
    turned = QWheelEvent(place, everywhere, QPoint(), QPoint(0, NOTCH * act.to_y), none, HELD[act.held], phase, False)
    QApplication.sendEvent(under, turned)


def _keys(act: Act, window: QWidget) -> None:
    QTest.keySequence(window.windowHandle(), QKeySequence(act.words))


def type_words(act: Act, window: QWidget) -> None:
    """Type the words of `act` into what has the focus there; nothing is typed once the window is gone."""
    for sign in act.words:
        if not isValid(window):  # what a sign before it closed
            return
        to = window.focusWidget() or window
        if sign.isascii():
            QTest.keyClicks(to, sign)
        else:  # which QTest ends the process at
            for kind in (QEvent.Type.KeyPress, QEvent.Type.KeyRelease):
                QApplication.sendEvent(to, QKeyEvent(kind, Qt.Key.Key_unknown, Qt.KeyboardModifier.NoModifier, sign))


def _drop(act: Act, window: QWidget) -> None:
    """Drag files over the window, and let them go there; with none, drag them off again."""
    data, at, copy = QMimeData(), _inside(window, act.x, act.y), Qt.DropAction.CopyAction
    data.setUrls([QUrl.fromLocalFile(path) for path in act.paths])
    button, none = Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier
    QApplication.sendEvent(window, QDragEnterEvent(at, copy, data, button, none))
    overlay = window.findChild(QWidget, "dropOverlay")
    if overlay is None or not overlay.isVisible():
        return
    QApplication.sendEvent(overlay, QDragEnterEvent(at, copy, data, button, none))
    gone = QDragLeaveEvent() if act.words == "away" else QDropEvent(QPointF(at), copy, data, button, none)
    QApplication.sendEvent(overlay, gone)


def _open(act: Act, window: QWidget) -> None:
    if isinstance(window, MainWindow):
        window.open_paths(act.paths)


def _file(act: Act, window: QWidget) -> None:
    """Answer a dialog of files: nothing else is done in one, since it can delete and rename whatever the person may."""
    if not isinstance(window, QFileDialog):
        return
    name = window.findChild(QLineEdit, "fileNameEdit")
    if not act.paths or name is None:
        window.reject()
        return
    name.setText(act.paths[0])
    QTest.keyClick(name, Qt.Key.Key_Return)


def _action(act: Act, window: QWidget) -> None:
    """What a menu does."""
    action = window.findChild(QAction, act.words) if act.words else None
    if action is not None and action.isEnabled():
        action.trigger()


def _resize(act: Act, window: QWidget) -> None:
    window.resize(act.to_x, act.to_y)


def _close(act: Act, window: QWidget) -> None:
    if isinstance(window, MainWindow) and act.words == "unasked":
        window.leave()
    else:
        window.close()


_WAYS: dict[str, Callable[[Act, QWidget], object]] = {
    "click": _click, "double": _double, "drag": _drag, "wheel": _wheel, "hover": _hover, "keys": _keys, "text": type_words,
    "drop": _drop, "open": _open, "action": _action, "file": _file, "resize": _resize, "close": _close, "rest": lambda act, window: None,
}  # fmt: skip
