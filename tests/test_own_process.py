"""Processes of the app never take a file of the folder they work in for a module."""

from __future__ import annotations

import os
import subprocess
from pathlib import Path

import pytest

import explorer
from explorer.own_process import own_command

ROOT = Path(explorer.__file__).resolve().parent.parent
TRAPS = ("explorer", "sitecustomize", "torch", "numpy", "msgspec", "typing", "random")


@pytest.fixture
def hostile(tmp_path: Path) -> Path:
    """A folder whose modules say that they ran."""
    for name in TRAPS:
        (tmp_path / f"{name}.py").write_text(f"open({str(tmp_path / 'proof')!r}, 'a').write({name!r} + chr(10))\n")
    return tmp_path


def environment() -> dict[str, str]:
    return os.environ | {"PYTHONPATH": str(ROOT)}


def test_the_folder_is_not_on_the_path_of_modules(hostile: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(hostile.parent)  # from the folder of the sources it is another command
    command = own_command("--version")
    ran = subprocess.run(command, cwd=hostile, env=environment(), capture_output=True, text=True, check=True)
    assert ran.stdout.split()[-1] == explorer.__version__
    assert not (hostile / "proof").exists()
    unsafe = [word for word in command if word != "-P"]
    done = subprocess.run(unsafe, cwd=hostile, env=environment(), capture_output=True, text=True, check=False)
    assert (hostile / "proof").exists(), f"without -P they do run: {done.stderr}"


def test_from_the_folder_of_its_sources_it_finds_itself_there_and_nothing_else(hostile: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(ROOT)
    bare = {name: value for name, value in os.environ.items() if name != "PYTHONPATH"}
    ran = subprocess.run(own_command("--version"), cwd=hostile, env=bare, capture_output=True, text=True, check=True)
    assert ran.stdout.split()[-1] == explorer.__version__
    refused = subprocess.run(own_command("info", "a b.pt"), cwd=hostile, env=bare, capture_output=True, text=True, check=False)
    assert refused.returncode == 2
    assert refused.stderr.startswith("generative-explorer: a b.pt: no such file, ")
    assert not (hostile / "proof").exists()
