"""The log: small, in the person's folder, without what is theirs, and never a reason not to start."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from explorer import log


@pytest.fixture(autouse=True)
def _ended() -> Iterator[None]:
    yield
    log.end()


def test_what_is_noted_is_in_the_file_newest_last() -> None:
    log.begin()
    log.note("start")
    log.note("it broke", fault=True)
    assert [line.split(" ", 2)[2] for line in log.recent().splitlines()] == ["INFO start", "ERROR it broke"]
    assert log.recent(1).endswith("it broke")


def test_folders_are_cut_off_and_the_apps_own_code_is_told_whole() -> None:
    assert log.without_folders("/home/ada/secret/a.png: cannot be read") == "…/a.png: cannot be read"
    assert log.without_folders(r"C:\Users\Ada\a.png: no") == "…/a.png: no"
    assert (
        log.without_folders('File "/opt/venv/lib/explorer/views/window/menus.py", line 3')
        == 'File "explorer/views/window/menus.py", line 3'
    )
    assert log.without_folders("24 / 1000 images/s, 1/2") == "24 / 1000 images/s, 1/2"


def test_it_stays_small(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(log, "MOST_BYTES", 2000)
    log.begin()
    for number in range(200):
        log.note(f"entry {number}")
    files = sorted(log.log_file().parent.glob("log.txt*"))
    assert len(files) == 2
    assert all(path.stat().st_size <= 2000 for path in files)
    assert log.recent().endswith("entry 199")


def test_where_it_cannot_be_written_nothing_happens(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    log.begin(tmp_path / "file" / "log.txt")
    log.note("unheard")
    assert log.recent() == ""


def test_an_exception_that_nobody_caught_is_in_it(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    from explorer.signals import report_exceptions_to

    class Heard:
        def say(self, *words: str) -> None:
            self.words = words

    monkeypatch.setattr(sys, "excepthook", sys.excepthook)
    log.begin()
    report_exceptions_to(Heard())  # type: ignore[arg-type]
    sys.excepthook(ValueError, ValueError("odd"), None)
    assert "ERROR in the window: ValueError: odd" in log.recent()
