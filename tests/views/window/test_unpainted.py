"""A window on X that is not painted yet has the theme's colour."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Iterator

import pytest

pytestmark = pytest.mark.skipif(shutil.which("Xvfb") is None, reason="needs Xvfb, a virtual screen of X")

PROGRAM = """
import sys
from PySide6.QtWidgets import QApplication, QWidget
from explorer.views.window.unpainted import Unpainted

app = QApplication([])
assert app.platformName() == "xcb", app.platformName()
window = QWidget()
window.resize(300, 200)
if sys.argv[1] == "ours":
    Unpainted(window, "#123456")
window.show()  # on the screen, and no event is taken: nothing is painted
print(app.primaryScreen().grabWindow(0).toImage().pixelColor(150, 100).name())
if sys.argv[1] == "ours":
    while window.findChildren(Unpainted):
        app.processEvents()
    window.setUpdatesEnabled(False)
    window.resize(500, 400)  # X fills what is new of it no longer
    print(app.primaryScreen().grabWindow(0).toImage().pixelColor(450, 350).name())
"""


@pytest.fixture(scope="module")
def display() -> Iterator[str]:
    """A screen of its own."""
    reading, writing = os.pipe()
    words = ["Xvfb", "-displayfd", str(writing), "-screen", "0", "800x600x24", "-nolisten", "tcp"]
    with subprocess.Popen(words, pass_fds=[writing], stderr=subprocess.DEVNULL) as screen:
        os.close(writing)
        with os.fdopen(reading) as told:
            yield f":{told.readline().strip()}"
        screen.terminate()


def colours(display: str, how: str) -> list[str]:
    environment = {**os.environ, "DISPLAY": display, "QT_QPA_PLATFORM": "xcb"}
    words = [sys.executable, "-c", PROGRAM, how]
    done = subprocess.run(words, env=environment, capture_output=True, text=True, check=False)
    if "Could not load the Qt platform plugin" in done.stderr:
        pytest.skip("Qt lacks a library of the system for X")
    assert done.returncode == 0, done.stderr
    return done.stdout.split()


def test_it_has_the_themes_colour_until_it_is_painted_and_then_as_qt_has_it(display: str) -> None:
    before, after = colours(display, "ours")
    assert before == "#123456"
    assert after != "#123456"


def test_without_it_the_window_is_not_filled(display: str) -> None:
    assert colours(display, "not ours") != ["#123456"]
