"""Another language: every text of the window is in it, and its files are made and chosen as the documentation says."""

from __future__ import annotations

import json
import os
import platform
import re
import runpy
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest
from PySide6.QtWidgets import QFormLayout, QLabel
from pytestqt.qtbot import QtBot

from explorer.paths import HOME_VARIABLE
from explorer.state.session import Session
from explorer.state.store import Store
from explorer.views.window.preferences import Preferences
from explorer.widgets.look import language
from explorer.widgets.look.theme import Theme

HERE = Path(__file__).resolve().parent
KEYS = {"Ctrl", "Shift", "Alt", "Space", "Left", "Right", "Home", "End", "Esc", "Del", "Backspace", "PgUp", "PgDown", "Enter", "Tab", "F1"}
NAMES = {"PyTorch", "NumPy", "Qt", "Python", "msgspec", "ELBO", "IWAE", "FID", "KID", "KL", "SSIM", "English", "zz", platform.system()}
OF_QT = {"Close", "Cancel", "OK"}
OF_EQUATIONS = {
    "log", "exp", "min", "max", "det", "tr", "Var", "sin", "cos", "dx", "dy", "dz", "ds", "dt",
    "bit", "nat", "new", "made", "anew", "known", "before", "small", "large", "learned",
}  # fmt: skip
CITED = re.compile(r" · [A-Z][^·]* \d{4}.*$")
ALLOWED = KEYS | NAMES | OF_QT | OF_EQUATIONS
"""The same in every language, or Qt's own, which has its own translations."""


@pytest.fixture(scope="module")
def tool() -> Mapping[str, Any]:
    return runpy.run_path(str(HERE.parent / "tools" / "translations.py"))


@pytest.fixture(scope="module")
def home(tool: Mapping[str, Any], tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A home whose language has every text of the window between brackets."""
    made = tmp_path_factory.mktemp("bracketed")
    found = tool["messages"]()
    path = made / "state" / "translations" / "explorer_zz.ts"
    tool["write"](path, "zz", found, {text: f"⟦{text}⟧" for text in found})
    tool["compiled"](path)
    (made / "state" / "language").write_text("zz")
    return made


def test_every_text_of_the_window_is_translated(home: Path) -> None:
    environment = {**os.environ, HOME_VARIABLE: str(home)}
    command = [sys.executable, str(HERE / "spoken_window.py")]
    done = subprocess.run(command, env=environment, capture_output=True, text=True, check=False, timeout=300)
    assert done.returncode == 0, done.stderr
    said = json.loads(done.stdout)
    assert said["heard"] > 1500, "all of the window was opened"
    english = {
        text: where
        for text, (where, outside) in said["english"].items()
        if text != platform.platform(terse=True) and set(re.findall(r"[A-Za-z]{2,}", CITED.sub("", outside))) - ALLOWED
    }
    assert english == {}, "tr() is missing, or what is said below the window is not in tools/translations.py"


def test_a_language_is_chosen_in_preferences_for_the_next_start(home: Path, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch) -> None:
    alone = Preferences(Store(Session()), Theme("dark"), "")
    qtbot.addWidget(alone)
    assert "&Language" not in _labels(alone), "there is no choice"
    monkeypatch.setenv(HOME_VARIABLE, str(home))
    dialog = Preferences(Store(Session()), Theme("dark"), "")
    qtbot.addWidget(dialog)
    assert "&Language" in _labels(dialog)
    assert dialog.language_box.currentData() == "zz"
    dialog.language_box.setCurrentIndex(dialog.language_box.findData("en"))
    assert language.chosen() == "en"
    assert language.spoken("en") == language.spoken("of nobody") == "en"
    language.choose("zz")
    assert language.spoken(language.chosen()) == "zz"
    (home / "state" / "language").unlink()
    (home / "state" / "language").mkdir()
    dialog.language_box.setCurrentIndex(dialog.language_box.findData("zz"))
    assert dialog.language_note.text().startswith("This cannot be kept: ")
    assert language.chosen() == language.SYSTEM
    (home / "state" / "language").rmdir()


def _labels(dialog: Preferences) -> list[str]:
    form = dialog.findChild(QFormLayout)
    assert form is not None
    return [label.text() for label in dialog.findChildren(QLabel)]


def test_values_are_put_in_and_braces_without_values_stay() -> None:
    assert language.tr("{share:.0%} of {total}", share=0.5, total=8) == "50% of 8"
    assert language.tr("q(x_{t−1} | x_t)") == "q(x_{t−1} | x_t)"
    assert language.tr("") == ""
    assert language.english("anything") == "anything"


def test_a_file_keeps_its_translations_and_wrong_ones_are_found(tool: Mapping[str, Any], tmp_path: Path) -> None:
    path = tmp_path / "explorer_de.ts"
    found = {"{done} of {total} steps": ["explorer/app.py:1"], "Sampling & more <now>": ["explorer/app.py:2", "resources/glossary.json"]}
    tool["write"](path, "de", found, {"{done} of {total} steps": "{done} von {totl}", "gone": "weg"})
    known = tool["read"](path)
    assert known == {"{done} of {total} steps": "{done} von {totl}"}
    assert tool["odd"](known) == ["{done} of {total} steps"]
    tool["write"](path, "de", found, {**known, "{done} of {total} steps": "{total}: {done}", "Sampling & more <now>": "Ziehen"})
    assert tool["odd"](tool["read"](path)) == []
    assert len(tool["read"](path)) == 2
