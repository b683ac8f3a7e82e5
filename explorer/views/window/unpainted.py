"""What is seen of a window that is on the screen and not painted yet: the theme's colour instead of black."""

from __future__ import annotations

import contextlib
import ctypes

from PySide6.QtCore import QEvent, QObject, QTimer
from PySide6.QtGui import QColor, QGuiApplication
from PySide6.QtWidgets import QWidget

BACK_PIXMAP, BACK_PIXEL = 1, 2
"""XCB_CW_BACK_PIXMAP, XCB_CW_BACK_PIXEL."""
OPAQUE = 0xFF000000


class Unpainted(QObject):
    """Has X fill a window with a colour until Qt has painted it for the first time.

    Qt tells X to leave new windows as they are, so that nothing flickers while they change their size; so it is told again after the
    first painting. Wayland shows no window before it is painted; where there is no X this does nothing.

    Parameters
    ----------
    window : QWidget
        A window that is not shown yet.
    colour : str
        #rrggbb.
    """

    def __init__(self, window: QWidget, colour: str) -> None:
        super().__init__(window)
        self._window = window
        if QGuiApplication.platformName() == "xcb":
            _change(int(window.winId()), BACK_PIXEL, QColor(colour).rgb() | OPAQUE)
            window.installEventFilter(self)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """The first painting is the end of it."""
        if event.type() == QEvent.Type.Paint:
            watched.removeEventFilter(self)
            QTimer.singleShot(0, self, self._painted)
        return False

    def _painted(self) -> None:
        _change(int(self._window.winId()), BACK_PIXMAP, 0)
        self.deleteLater()


def _change(window: int, attribute: int, value: int) -> None:
    """Change an attribute of a window of X, over a connection of its own; where that cannot be, the window is as Qt made it."""
    with contextlib.suppress(OSError, AttributeError):
        xcb = ctypes.CDLL("libxcb.so.1")
        connect, change = xcb.xcb_connect, xcb.xcb_change_window_attributes_checked
        connect.restype = ctypes.c_void_p
        connect.argtypes = [ctypes.c_char_p, ctypes.c_void_p]
        change.argtypes = [ctypes.c_void_p, ctypes.c_uint32, ctypes.c_uint32, ctypes.c_void_p]
        connection = ctypes.c_void_p(connect(None, None))
        if not xcb.xcb_connection_has_error(connection):
            asked = change(connection, window, attribute, (ctypes.c_uint32 * 1)(value))
            xcb.xcb_request_check(connection, asked)  # until X has done it: the window is mapped over another connection
        xcb.xcb_disconnect(connection)
