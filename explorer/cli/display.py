"""Look before Qt does: without a screen or one of its libraries Qt ends the process with a core dump."""

from __future__ import annotations

import builtins
import ctypes
import os
import sys
from collections.abc import Mapping

from explorer.errors import BadInput

SCREENLESS = ("offscreen", "vnc", "minimal", "minimalegl", "linuxfb", "eglfs")
"""Qt platforms that need no display."""

QT_LIBRARIES = {
    "libEGL.so.1": "libegl1", "libGL.so.1": "libgl1", "libxkbcommon.so.0": "libxkbcommon0", "libdbus-1.so.3": "libdbus-1-3",
    "libfontconfig.so.1": "libfontconfig1", "libfreetype.so.6": "libfreetype6", "libglib-2.0.so.0": "libglib2.0-0",
    "libX11.so.6": "libx11-6", "libxcb.so.1": "libxcb1",
}  # fmt: skip
"""What every Qt program with pictures loads, and the Debian package that has it."""

XCB_LIBRARIES = {
    "libxcb-cursor.so.0": "libxcb-cursor0", "libxcb-icccm.so.4": "libxcb-icccm4", "libxcb-keysyms.so.1": "libxcb-keysyms1",
    "libxcb-image.so.0": "libxcb-image0", "libxcb-randr.so.0": "libxcb-randr0", "libxcb-render.so.0": "libxcb-render0",
    "libxcb-render-util.so.0": "libxcb-render-util0", "libxcb-shape.so.0": "libxcb-shape0", "libxcb-shm.so.0": "libxcb-shm0",
    "libxcb-sync.so.1": "libxcb-sync1", "libxcb-util.so.1": "libxcb-util1", "libxcb-xfixes.so.0": "libxcb-xfixes0",
    "libxcb-xkb.so.1": "libxcb-xkb1", "libxkbcommon-x11.so.0": "libxkbcommon-x11-0", "libX11-xcb.so.1": "libx11-xcb1",
}  # fmt: skip
"""What a window on X needs besides."""

WITHOUT_ONE = "`generative-explorer render reverse-chain --out picture.png` draws the window without one"

WAYLAND_LIBRARIES = {"libwayland-client.so.0": "libwayland-client0", "libwayland-cursor.so.0": "libwayland-cursor0"}


def require_window_system(environment: Mapping[str, str] = os.environ) -> None:
    """Refuse when a window cannot be opened here.

    Raises
    ------
    BadInput
        If there is no display (names `render`), or a library is missing (names the Debian packages).
    """
    if not sys.platform.startswith("linux"):
        return
    platform = environment.get("QT_QPA_PLATFORM", "").split(":")[0]
    x11, wayland = environment.get("DISPLAY"), environment.get("WAYLAND_DISPLAY")
    if platform not in SCREENLESS and not x11 and not wayland:
        raise BadInput(f"there is no display here (neither DISPLAY nor WAYLAND_DISPLAY is set); {WITHOUT_ONE}")
    needed = dict(QT_LIBRARIES)
    if platform not in SCREENLESS:
        needed |= WAYLAND_LIBRARIES if platform == "wayland" or (wayland and platform != "xcb" and not x11) else XCB_LIBRARIES
    require_libraries(needed)
    if x11 and (platform == "xcb" or not (platform or wayland)) and not _answers(x11):
        raise BadInput(f"there is no display here (DISPLAY is {x11}, and no X server lets us in there); {WITHOUT_ONE}")


def require_libraries(needed: Mapping[str, str] = QT_LIBRARIES) -> None:
    """Refuse when a system library for Qt is missing.

    Parameters
    ----------
    needed : mapping of str to str
        Debian package by the library's name.

    Raises
    ------
    BadInput
        With the libraries and the packages that have them.
    """
    if not sys.platform.startswith("linux"):
        return
    missing = [name for name in needed if not _loads(name)]
    if missing:
        packages = " ".join(sorted({needed[name] for name in missing}))
        raise BadInput(f"Qt needs {', '.join(missing)}, missing on this system; on Debian or Ubuntu: sudo apt install {packages}")


def require_qt(beside_torch: bool = True) -> None:
    """Refuse when PySide6 itself cannot be imported.

    Parameters
    ----------
    beside_torch : bool
        Torch will be needed in this process, too.

    Raises
    ------
    BadInput
        With the reason that the import gives.
    """
    if beside_torch and sys.platform == "win32":
        import torch  # noqa: F401  # on Windows it cannot be loaded after Qt
    try:
        import PySide6.QtWidgets  # noqa: F401
    except ImportError as error:
        raise BadInput(f"Qt cannot be loaded: {error}; install the app again, or the library that is named") from None
    import_as_ever()


def import_as_ever() -> None:
    """Have Python's own import back, in whose place PySide6 puts one that reads the source of every module that comes after it.

    It looks whether the module may say `from __feature__ import snake_case`, which nothing here does; a twentieth of the window's start.
    """
    builtins.__import__ = getattr(builtins, "__orig_import__", builtins.__import__)


def _answers(display: str) -> bool:
    """Whether an X server can be talked to, asked by the library that Qt asks it by."""
    xcb = ctypes.CDLL("libxcb.so.1")
    xcb.xcb_connect.restype = ctypes.c_void_p
    connection = ctypes.c_void_p(xcb.xcb_connect(display.encode(), None))
    refused = xcb.xcb_connection_has_error(connection)
    xcb.xcb_disconnect(connection)
    return not refused


def _loads(name: str) -> bool:
    try:
        ctypes.CDLL(name)
    except OSError:
        return False
    return True
