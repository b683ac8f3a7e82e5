"""A person who does anything at all in the real window, for a short while: nothing raises, warns, piles up or holds the window up."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
from PySide6.QtWidgets import QLineEdit
from pytestqt.qtbot import QtBot

ROOT = Path(__file__).resolve().parents[2]
SECONDS, SEED = 60, 11
HANGS = "60"
"""Seconds; what a wait is on a machine that does much else is no business of a test."""


def ran(*words: str) -> subprocess.CompletedProcess[str]:
    environment = {name: value for name, value in os.environ.items() if name != "QT_QPA_PLATFORM"}
    return subprocess.run(
        [sys.executable, str(ROOT / "tools" / "random_user.py"), *words], env=environment, capture_output=True, text=True, check=False
    )


@pytest.mark.skipif(sys.platform == "win32", reason="it makes pipes and links among its files")
def test_nothing_goes_wrong_whatever_is_done(tmp_path: Path) -> None:
    log = tmp_path / "log.jsonl"
    done = ran("--seconds", str(SECONDS), "--seed", str(SEED), "--log", str(log), "--stall", HANGS)
    assert done.returncode == 0, done.stdout + done.stderr
    said = [json.loads(line) for line in log.read_text().splitlines()]
    assert any("act" in line for line in said), "somebody was there"
    assert "closed" in said[-1]
    assert said[-1]["closed"]["top-level widgets"] == 0


def test_what_was_done_is_read_again_as_it_was(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.syspath_prepend(str(ROOT / "tools"))
    from at_random.acts import Act
    from at_random.record import Record, about, acts_of

    record = Record(tmp_path / "log.jsonl", seed=4)
    acts = [Act("click", "dialog", 3, 4, button="right", pause=20), Act("drop", paths=("a b.png", "ü")), Act("keys", words="Ctrl+Z")]
    for number, act in enumerate(acts):
        record.act(number, act)
        record.find("stall", "1.2 s")
    record.close()
    assert list(acts_of(tmp_path / "log.jsonl")) == list(enumerate(acts))
    assert about(tmp_path / "log.jsonl") == {"seed": 4}
    assert record.summary() == "3 x stall"


def test_whatever_may_be_typed_arrives(qtbot: QtBot, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.syspath_prepend(str(ROOT / "tools"))
    from at_random.acts import Act
    from at_random.chance import TYPED
    from at_random.hands import type_words

    field = QLineEdit()
    qtbot.addWidget(field)
    field.show()
    for words in TYPED:
        field.clear()
        type_words(Act("text", words=words), field)
        assert field.text() == words
