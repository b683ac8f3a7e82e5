"""The examples of docs/python.md run, each by itself and in a folder of its own."""

from __future__ import annotations

import inspect
import re
from pathlib import Path

import pytest

import explorer
from explorer import sources
from explorer.cli import main
from explorer.sources import plugins

PAGE = Path(__file__).parents[2] / "docs" / "python.md"
BLOCKS = re.findall(r"^```python(?: file=(\S+))?\n(.*?)^```", PAGE.read_text(encoding="utf-8"), re.MULTILINE | re.DOTALL)
EXAMPLES = [text for name, text in BLOCKS if not name]


@pytest.fixture(autouse=True)
def _alone(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(plugins, "_registered", [])


@pytest.mark.parametrize("text", EXAMPLES, ids=[str(number) for number in range(len(EXAMPLES))])
def test_an_example_runs(text: str) -> None:
    assert "import explorer" in text
    exec(compile(text, "docs/python.md", "exec"), {"__name__": "example"})


def test_every_public_name_is_in_the_reference() -> None:
    reference = PAGE.read_text(encoding="utf-8").partition("## Reference")[2]
    missing = [name for name in explorer.__all__ if not re.search(rf"`explorer\.{name}\b", reference)]
    assert missing == []


@pytest.mark.parametrize("name", [name for name in explorer.__all__ if inspect.isfunction(getattr(explorer, name))])
def test_the_reference_names_what_can_be_said(name: str) -> None:
    (row,) = re.findall(rf"^\| `explorer\.{name}\(.*$", PAGE.read_text(encoding="utf-8"), re.MULTILINE)
    shared = {"network", "option", "betas", "shape", "first_timestep", "name", "told", "read", "device", "precision", "models", "bounds"}
    asked = set(inspect.signature(getattr(explorer, name)).parameters) - shared
    assert not {parameter for parameter in asked if parameter not in row}


def test_the_file_that_is_shown_opens(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (found,) = [(name, text) for name, text in BLOCKS if name]
    path = tmp_path / found[0]
    path.write_text(found[1])
    assert main(["info", str(path), "--run-python"]) == 0
    assert "option C" in capsys.readouterr().out
    assert sources.source_for(path) is not None
