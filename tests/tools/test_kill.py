"""How tools/kill.py tells what was lost: by the sessions that there were, and the one that is found."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import msgspec
import pytest

from explorer.state.persistence import Saved, write
from explorer.state.session import Session

ROOT = Path(__file__).resolve().parents[2]
KILLED = 110.0
Lost = Callable[[Session | None], float]


@pytest.fixture
def lost(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Lost:
    """Seconds that are lost where a session is found, of a window begun at 100 that was changed at 101, 103 and 108 and killed at 110."""
    monkeypatch.syspath_prepend(str(ROOT / "tools"))
    import kill

    file, log = tmp_path / "session.json", tmp_path / "log.jsonl"
    lines: list[dict[str, object]] = [{"at": 0.0, "about": {"began": 100.0}}]
    for at, theme in ((1.0, "dark"), (3.0, "light"), (8.0, "dark")):
        write(file, Saved(session=Session(theme=theme, recent=(str(at),))))
        lines.append({"at": at, "session": {"sha256": kill.hash_of(file)}})
    log.write_text("\n".join(map(json.dumps, lines)) + '\n{"at": 9.9, "n": 7, "ac')

    def seconds(found: Session | None) -> float:
        file.unlink(missing_ok=True)
        if found is not None:
            write(file, Saved(session=found))
        return float(kill.unsaved_seconds(log, file, KILLED))

    return seconds


def test_what_is_lost_is_counted_from_the_first_change_that_is_not_found(lost: Lost) -> None:
    session = Session(theme="dark", recent=("8.0",))
    assert lost(session) == 0
    assert lost(Session(theme="light", recent=("3.0",))) == pytest.approx(KILLED - 108)
    assert lost(Session(theme="dark", recent=("1.0",))) == pytest.approx(KILLED - 103)
    assert lost(None) == pytest.approx(KILLED - 101)
    assert lost(msgspec.structs.replace(session, theme="light")) == pytest.approx(KILLED - 101), "one that never was"
