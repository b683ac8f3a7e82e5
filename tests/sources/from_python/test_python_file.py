"""A Python file of the person's own: run where it was agreed to, as it was then, and never otherwise; its faults are one line."""

from __future__ import annotations

import hashlib
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
import torch

from explorer import sources
from explorer.cli import main
from explorer.engine.engine import Engine
from explorer.engine.models.messages import AllowPython, CheckpointOpened, OpenCheckpoint, PythonAllowed
from explorer.errors import BadInput
from explorer.models.roles import Denoiser
from explorer.sources.from_python import permission

WORKS = """
import torch
import explorer
from beside import half

def load():
    net = torch.nn.Conv2d(1, 1, 1)
    torch.nn.init.constant_(net.weight, half)
    torch.nn.init.zeros_(net.bias)
    class Net(torch.nn.Module):
        def __init__(self):
            super().__init__()
            self.conv = net
        def forward(self, x, t):
            return self.conv(x)
    return explorer.Model(network=Net(), option="C", betas=[0.1, 0.2, 0.3], shape=(1, 8, 8))
"""


@pytest.fixture(autouse=True)
def _nothing_agreed(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setattr(permission, "_agreed", {})
    yield
    sys.modules.pop("beside", None)


@pytest.fixture
def file(tmp_path: Path) -> Path:
    (tmp_path / "beside.py").write_text("half = 0.5\n")
    path = tmp_path / "mine.py"
    path.write_text(WORKS)
    return path


def marked(tmp_path: Path, body: str = "") -> tuple[Path, Path]:
    """A file that leaves a mark when it is run, and the mark."""
    mark, path = tmp_path / "mark", tmp_path / "marks.py"
    path.write_text(f"open({str(mark)!r}, 'w').close()\n{body}")
    return path, mark


def test_it_is_not_run_because_of_what_it_is(tmp_path: Path) -> None:
    path, mark = marked(tmp_path)
    assert sources.source_for(path) is None
    for ask in (sources.open, sources.card, sources.parameters):
        with pytest.raises(BadInput, match=r"marks\.py: is a Python file, which is run only if you say so") as caught:
            ask(path)
        assert caught.value.path == str(path)
    assert not mark.exists()


@pytest.mark.parametrize("command", [["info"], ["sample", "--out", "a.png", "--checkpoint"], ["export", "--out", "a.onnx"]])
def test_commands_run_it_where_they_are_told_to(
    command: list[str], tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    path, mark = marked(tmp_path)
    assert main([*command, str(path)]) == 2
    assert "run only if you say so" in capsys.readouterr().err
    assert not mark.exists()
    assert main([*command, str(path), "--run-python"]) == 2
    assert "marks.py: defines no load()" in capsys.readouterr().err
    assert mark.exists()


def test_it_becomes_a_network(file: Path) -> None:
    permission.allow(file)
    opened = sources.open(file)
    assert isinstance(opened.network, Denoiser)
    assert opened.card.schedule is not None
    assert opened.card.schedule.betas == (0.1, 0.2, 0.3)
    assert opened.sha256 == sources.sha256(file)
    assert sources.parameters(file) == 2
    x = torch.randn(2, 1, 8, 8)
    torch.testing.assert_close(opened.network(x, torch.tensor([1, 2])), 0.5 * x)


def test_it_is_run_once_while_it_stays_as_it_is(tmp_path: Path) -> None:
    body = "import explorer\ndef load():\n    return explorer.Model(network=lambda x, t: x, option='C', betas='linear', shape=(1, 8, 8))\n"
    path, mark = marked(tmp_path, body)
    permission.allow(path)
    sources.card(path)
    mark.unlink()
    sources.open(path)
    sources.sha256(path)
    assert not mark.exists()


def test_changed_it_is_another_file(file: Path) -> None:
    permission.allow(file)
    before = sources.open(file)
    (file.parent / "beside.py").write_text("half = 0.25\n")
    file.write_text(f"{WORKS}\n# changed\n")
    with pytest.raises(BadInput, match="has changed since you agreed to run it"):
        sources.open(file)
    permission.allow(file)
    after = sources.open(file)
    assert after.sha256 != before.sha256
    x = torch.ones(1, 1, 8, 8)
    torch.testing.assert_close(after.network(x, torch.tensor([1])), 0.25 * x)  # what it imports from beside it is read anew, too


def test_other_weights_are_another_network(file: Path) -> None:
    permission.allow(file)
    before = sources.sha256(file)
    other = file.with_name("other.py")
    other.write_text(WORKS)
    permission.allow(other)
    assert sources.sha256(other) == before  # wherever it is
    sys.modules.pop("beside", None)
    (file.parent / "beside.py").write_text("half = 0.25\n")
    third = file.with_name("third.py")
    third.write_text(WORKS)
    permission.allow(third)
    assert sources.sha256(third) != before


def test_its_folder_is_on_the_path_meanwhile_and_no_longer(file: Path) -> None:
    permission.allow(file)
    before = list(sys.path)
    sources.open(file)
    assert sys.path == before


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("def load():\n    return nothing\n", r"bad\.py, line 2, in load: NameError: name 'nothing' is not defined"),
        ("def load(:\n", r"bad\.py, line 1: invalid syntax"),
        ("import sys\nsys.exit(3)\n", r"bad\.py, line 2, in <module>: SystemExit: 3"),
        ("import explorer\ndef load():\n    return explorer\n", "returns a module, and not an explorer.Model"),
        ("def load():\n    return None\n", "returns a NoneType, and not an explorer.Model"),
        ("x = 1\n", r"defines no load\(\)"),
        ("import nowhere_at_all\n", r"bad\.py, line 1, in <module>: ModuleNotFoundError"),
    ],
)
def test_what_is_wrong_with_it_is_one_line_with_the_place(text: str, words: str, tmp_path: Path) -> None:
    path = tmp_path / "bad.py"
    path.write_text(text)
    permission.allow(path)
    with pytest.raises(BadInput, match=words) as caught:
        sources.open(path)
    assert str(caught.value).startswith(f"{path}: ")
    assert "\n" not in str(caught.value)


def test_too_large_a_file_is_not_read_whole(tmp_path: Path) -> None:
    path = tmp_path / "large.py"
    path.write_bytes(b"#" * (permission.MAX_BYTES + 1))
    with pytest.raises(BadInput, match="over 1 MB"):
        permission.allow(path)


def test_the_engine_runs_what_it_is_told_of_and_no_other(file: Path) -> None:
    engine = Engine()
    digest = hashlib.sha256(file.read_bytes()).hexdigest()
    assert list(engine.handle(AllowPython(str(file), "0" * 64))) == [PythonAllowed(str(file))]
    with pytest.raises(BadInput, match="has changed since"):
        list(engine.handle(OpenCheckpoint(str(file))))
    list(engine.handle(AllowPython(str(file), digest)))
    *_, opened = engine.handle(OpenCheckpoint(str(file)))
    assert isinstance(opened, CheckpointOpened)
    assert opened.entry.card is not None
    assert opened.entry.card.option == "C"
