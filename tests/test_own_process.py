"""Processes of the app never take a file of the folder they work in for a module."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

import explorer
from explorer.own_process import own_command, own_python

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


@pytest.mark.parametrize("words", [("-m", "explorer", "--version"), ("-c", "import explorer, random, numpy; print(explorer.__version__)")])
def test_the_folder_is_not_on_the_path_of_modules(hostile: Path, words: tuple[str, ...], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(hostile.parent)  # from the folder of the sources it is another command
    ran = subprocess.run(own_python(*words), cwd=hostile, env=environment(), capture_output=True, text=True, check=True)
    assert ran.stdout.split()[-1] == explorer.__version__
    assert not (hostile / "proof").exists()
    unsafe = subprocess.run([sys.executable, *words], cwd=hostile, env=environment(), capture_output=True, text=True, check=False)
    assert (hostile / "proof").exists(), f"without -P they do run: {unsafe.stderr}"


def test_from_the_folder_of_its_sources_it_finds_itself_there_and_nothing_else(hostile: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(ROOT)
    bare = {name: value for name, value in os.environ.items() if name != "PYTHONPATH"}
    ran = subprocess.run(own_command("--version"), cwd=hostile, env=bare, capture_output=True, text=True, check=True)
    assert ran.stdout.split()[-1] == explorer.__version__
    said = own_python("-c", "import explorer, sys; print(explorer.__file__, sys.argv[1:])", "x", "y")
    ran = subprocess.run(said, cwd=hostile, env=bare, capture_output=True, text=True, check=True)
    assert ran.stdout.strip() == f"{ROOT / 'explorer' / '__init__.py'} ['x', 'y']"
    assert not (hostile / "proof").exists()
