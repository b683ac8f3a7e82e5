"""Another language: every text of the window is in it, and its files are made and chosen as the documentation says."""

from __future__ import annotations

import json
import os
import re
import runpy
import subprocess
import sys
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import pytest
from PySide6.QtWidgets import QLabel
from pytestqt.qtbot import QtBot

from explorer.state.session import Session
from explorer.state.store import Store
from explorer.views.window.preferences import Preferences
from explorer.widgets.look import language
from explorer.widgets.look.theme import Theme

HERE = Path(__file__).resolve().parent
OWN_NAMES = re.compile(
    r"Generative Explorer|PyTorch|NumPy|MNIST|DDPM|DDIM|msgspec|PySide6|Python|Qt|ELBO|IWAE|SSIM|SNR|VAE|AE|PCA|KL|DPM\+\+ 2M|U-Net|AdamW?"
)
"""The same in every language, as symbols are."""
WORD = re.compile(r"[^\W\d_]{2,}")


@pytest.fixture(scope="module")
def tool() -> Mapping[str, Any]:
    return runpy.run_path(str(HERE.parent / "tools" / "translations.py"))


@pytest.fixture(scope="module")
def bracketed(tool: Mapping[str, Any], tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A home whose language has every text of the window between brackets."""
    home = tmp_path_factory.mktemp("bracketed")
    found = tool["messages"]()
    path = home / "state" / "translations" / "explorer_zz.ts"
    tool["write"](path, "zz", found, {text: f"⟦{text}⟧" for text in found})
    tool["compiled"](path)
    (home / "state" / "language").write_text("zz")
    return home


def test_every_text_of_the_window_is_translated(bracketed: Path) -> None:
    environment = {**os.environ, "GENERATIVE_EXPLORER_HOME": str(bracketed)}
    done = subprocess.run(
        [sys.executable, str(HERE / "spoken_window.py")], env=environment, capture_output=True, text=True, check=False, timeout=300
    )
    assert done.returncode == 0, done.stderr
    said = json.loads(done.stdout)
    assert said["heard"] > 1500, "the window was opened"
    english = {text: where for text, where in said["english"].items()}
    assert english == {}
