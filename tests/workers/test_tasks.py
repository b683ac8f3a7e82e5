"""Pieces done in this process and on workers of a real Ray: what fails ends no other, and a worker that ends is replaced."""

from __future__ import annotations

import importlib.util
import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from explorer.errors import BadInput
from explorer.workers.tasks import TRIES, done_by

SCRIPT = """
import json, os, signal, sys
from pathlib import Path
from pieces import do
from explorer.workers.tasks import NoRay, done_by

folder = sys.argv[1]
try:
    for done in done_by(do, [(folder, name) for name in ("fine", "once", "always", "wrong", "also fine")], 2, lambda piece: piece[1]):
        print(json.dumps([done.piece[1], done.answer, done.failure, done.lost]), flush=True)
except NoRay as error:
    sys.exit(str(error))
"""
PIECES = """
import os, signal
from pathlib import Path

def do(piece):
    folder, name = piece
    been = Path(folder, name)
    if name == "wrong":
        raise ValueError("is wrong")
    if name == "always" or (name == "once" and not been.exists()):
        been.touch()
        os.kill(os.getpid(), signal.SIGKILL)
    return name.upper()
"""


def half(piece: int) -> float:
    if piece == 3:
        raise BadInput("3: is odd")
    return 1 / (piece - 1)


def test_a_piece_that_fails_in_this_process_ends_no_other() -> None:
    found = list(done_by(half, [2, 3, 1, 5], 1))
    assert [(done.piece, done.answer, done.failure) for done in found] == [
        (2, 1.0, ""), (3, None, "3: is odd"), (1, None, "ZeroDivisionError: division by zero"), (5, 0.25, ""),
    ]  # fmt: skip


def test_several_workers_need_ray(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "ray", None)
    with pytest.raises(BadInput, match=r'--workers 2: .* not installed: pip install "generative-explorer\[cluster\]"'):
        list(done_by(half, [2], 2))


@pytest.mark.skipif(importlib.util.find_spec("ray") is None, reason='Ray is not installed: pip install "generative-explorer[cluster]"')
def test_workers_that_end_are_replaced_and_stdout_is_the_caller_s(tmp_path: Path) -> None:
    (tmp_path / "script.py").write_text(SCRIPT)
    (tmp_path / "pieces.py").write_text(PIECES)
    environment = {name: value for name, value in os.environ.items() if not name.startswith("RAY_")}
    environment["PYTHONPATH"] = os.pathsep.join([str(Path(__file__).resolve().parents[2]), environment.get("PYTHONPATH", "")])
    done = subprocess.run([sys.executable, "script.py", str(tmp_path)], cwd=tmp_path, env=environment, capture_output=True, text=True)
    if "Ray cannot be started here" in done.stderr:
        pytest.skip("Ray gives itself half a minute to start, and this machine was too busy for that")
    assert done.returncode == 0, done.stderr
    found = {name: (answer, why, lost) for name, answer, why, lost in map(json.loads, done.stdout.splitlines())}
    assert len(found) == 5
    assert found["fine"] == ("FINE", "", 0)
    assert found["also fine"] == ("ALSO FINE", "", 0)
    assert found["once"] == ("ONCE", "", 1)
    assert found["wrong"] == (None, "a worker refused it: ValueError: is wrong", 0)
    answer, why, lost = found["always"]
    assert (answer, lost) == (None, TRIES)
    assert why.startswith(f"{TRIES} workers ended while they did it: ")
