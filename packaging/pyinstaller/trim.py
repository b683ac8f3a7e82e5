"""What a bundle can do without: files of the packages that the app never opens, by the patterns of their places in it.

Each row says why. What is not obvious was tried: `packaging/smoke.sh` runs all of the app on what is left.
"""

from __future__ import annotations

from collections.abc import Iterable
from fnmatch import fnmatch
from typing import TypeVar

Row = TypeVar("Row", bound=tuple[str, ...])

UNWANTED: dict[str, str] = {
    "torch/test/*": "tests of torch",
    "torch/bin/protoc*": "compilers of torch's own build",
    "torch/bin/test_*": "tests of torch",
    "torch/bin/*_test": "tests of torch",
    "torch/bin/*Test": "tests of torch",
    "torch/include/*": "headers, for whoever compiles against torch",
    "torch/share/*": "CMake files, for whoever compiles against torch",
    "torch/lib/*.a": "static libraries, for whoever compiles against torch",
    "torch/lib/*.lib": "the same, of Windows",
    "torch/lib/libtorchbind_test*": "tests of torch",
    "torch/lib/libjitbackend_test*": "tests of torch",
    "torch/lib/libbackend_with_compiler*": "tests of torch",
    "torch/lib/libaoti_custom_ops*": "tests of torch",
    "torch/_inductor/codegen/*": "torch's compiler, which needs a C++ compiler beside it",
    "PySide6/Qt/translations/*": "Qt's own words in other languages; the app has its own",
    "PySide6/translations/*": "the same, of Windows and macOS",
    "PySide6/Qt/qml/*": "QML, of which the window has none",
    "PySide6/Qt/plugins/platformthemes/libqgtk3.so": "would bring GTK with it; the window has a look of its own",
    "PySide6/Qt/plugins/platforms/libqeglfs.so": "screens without a window system",
    "PySide6/Qt/plugins/platforms/libqlinuxfb.so": "screens without a window system",
    "PySide6/Qt/plugins/platforms/libqvnc.so": "windows over the network",
    "PySide6/Qt/plugins/platforms/libqvkkhrdisplay.so": "screens without a window system",
    "PySide6/Qt/plugins/egldeviceintegrations/*": "screens without a window system",
    "PySide6/Qt/plugins/generic/*": "input devices without a window system",
    "PySide6/Qt/plugins/networkinformation/*": "the app knows no network",
    "PySide6/Qt/plugins/tls/*": "the app knows no network",
    "PySide6/Qt/plugins/sqldrivers/*": "the app has no database",
    "PySide6/Qt/plugins/qmltooling/*": "QML, of which the window has none",
    "PySide6/Qt/plugins/platforminputcontexts/libqtvirtualkeyboardplugin.so": "a keyboard on the screen, which needs QML",
    "PySide6/Qt/lib/libQt6Quick*": "QML, of which the window has none",
    "PySide6/Qt/lib/libQt6Qml*": "QML, of which the window has none",
    "PySide6/Qt/lib/libQt6VirtualKeyboard*": "QML, of which the window has none",
    "PySide6/Qt/lib/libQt6EglF[Ss]*": "screens without a window system",
    "openvino/libs/libopenvino_intel_gpu_plugin*": "graphs run on the CPU",
    "openvino/libs/libopenvino_intel_npu_*": "graphs run on the CPU",
    "openvino/libs/libopenvino_tensorflow*": "graphs of other tools, which no checkpoint is",
    "openvino/libs/libopenvino_paddle*": "graphs of other tools, which no checkpoint is",
    "openvino/libs/libopenvino_jax*": "graphs of other tools, which no checkpoint is",
    "openvino/frontend/tensorflow/*": "graphs of other tools, which no checkpoint is",
    "openvino/frontend/paddle/*": "graphs of other tools, which no checkpoint is",
    "openvino/frontend/jax/*": "graphs of other tools, which no checkpoint is",
    "openvino/libs/libOpenCL*": "graphs run on the CPU",
    "openvino/libs/cache.json": "graphs run on the CPU",
    "hf_xet*": "downloads from a hub, which the app has none of",
    "qtawesome/fonts/fontawesome*": "icons that the window has none of",
    "qtawesome/fonts/elusiveicons*": "icons that the window has none of",
    "qtawesome/fonts/codicon*": "icons that the window has none of",
    "qtawesome/fonts/remixicon*": "icons that the window has none of",
    "qtawesome/fonts/materialdesignicons5*": "icons that the window has none of",
}
"""By a pattern of places below the bundle's `_internal`, with / between their parts."""

OF_THE_SYSTEM = (
    # Newer where the app runs than where it was built; drivers and themes that come with the system need theirs, and the C library's
    # parts (libmvec) are of one version.
    "libmvec.so.*",
    "libstdc++.so.*", "libgcc_s.so.*", "libglib-2.0.so.*", "libgthread-2.0.so.*", "libgio-2.0.so.*", "libgobject-2.0.so.*",
    "libgmodule-2.0.so.*", "libfontconfig.so.*", "libfreetype.so.*", "libdbus-1.so.*", "libX11.so.*", "libX11-xcb.so.*", "libxcb.so.*",
    "libxcb-*.so.*", "libxkbcommon*.so.*", "libwayland-*.so.*", "libGL.so.*", "libEGL.so.*", "libGLX.so.*", "libGLdispatch.so.*",
    "libOpenGL.so.*", "libdrm.so.*", "libsystemd.so.*", "libcap.so.*", "libpcre*.so.*", "libgtk-3.so.*", "libgdk-3.so.*",
    "libgdk_pixbuf-2.0.so.*", "libatk*.so.*", "libatspi.so.*", "libcairo*.so.*", "libpango*.so.*", "libharfbuzz.so.*", "libepoxy.so.*",
    "libXau.so.*", "libXdmcp.so.*", "libXext.so.*", "libXrender.so.*", "libXrandr.so.*", "libXi.so.*", "libXcursor.so.*",
    "libXcomposite.so.*", "libXdamage.so.*", "libXfixes.so.*", "libXinerama.so.*", "libgcrypt.so.*", "libgpg-error.so.*", "liblz4.so.*",
    "libbrotli*.so.*", "libbsd.so.*", "libmd.so.*", "libmount.so.*", "libblkid.so.*", "libselinux.so.*", "libgraphite2.so.*",
    "libthai.so.*", "libdatrie.so.*", "libfribidi.so.*", "libpixman-1.so.*", "libjson-glib*.so.*", "libpng16.so.*", "libexpat.so.*",
)  # fmt: skip
"""On Linux, libraries at the top of `_internal` that the distribution has: the .deb depends on those that Qt and torch load, and the
app names what is missing (explorer/cli/display.py). What a package brings in a folder of its own stays."""


def why_unwanted(place: str, *, linux: bool) -> str:
    """Why a file is left out; empty for one that stays.

    Parameters
    ----------
    place : str
        Below `_internal`, with / or, on Windows, a backslash between its parts.
    linux : bool
    """
    place = place.replace("\\", "/")
    if linux and "/" not in place and any(fnmatch(place, pattern) for pattern in OF_THE_SYSTEM):
        return "of the system"
    return next((why for pattern, why in UNWANTED.items() if fnmatch(place, pattern)), "")


def trimmed(rows: Iterable[Row], *, linux: bool) -> list[Row]:
    """The rows of a PyInstaller table (place, source, kind) that stay; links to what goes, go."""
    return [row for row in rows if not any(why_unwanted(place, linux=linux) for place in (row[:2] if row[2] == "SYMLINK" else row[:1]))]
