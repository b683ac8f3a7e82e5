"""Checkpoints by path and by the name of a shipped one."""

from __future__ import annotations

from pathlib import Path

import pytest

from explorer.checkpoints.locate import locate, shipped, source_of
from explorer.errors import BadInput
from explorer.resources import resource

NAME = "mnist-ddpm-c"
FILE = resource("checkpoints", f"{NAME}.safetensors")


def test_shipped_ones_have_their_files_names() -> None:
    assert shipped()[NAME] == FILE
    assert list(shipped()) == sorted(shipped())


@pytest.mark.parametrize("name", [NAME, f"{NAME}.safetensors", str(FILE)])
def test_a_name_a_file_name_or_a_path(name: str) -> None:
    assert locate(name) == FILE


def test_a_file_of_the_person_comes_first(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / f"{NAME}.safetensors").write_bytes(b"mine")
    assert locate(f"{NAME}.safetensors").resolve() == tmp_path.resolve() / f"{NAME}.safetensors"
    assert locate(NAME) == FILE


def test_a_run_folder_of_that_name_does_not_hide_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / NAME).mkdir()
    (tmp_path / "run").mkdir()
    assert locate(NAME) == FILE
    with pytest.raises(BadInput, match=r"run: is a folder; name a \.safetensors file in it"):
        locate("run")


def test_what_is_nowhere_names_what_there_is() -> None:
    with pytest.raises(BadInput, match=rf"mnist-gan: no such file, .*{NAME}"):
        locate("mnist-gan")


def test_sources_are_names_or_paths(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert source_of(FILE) == NAME
    monkeypatch.chdir(FILE.parent)
    assert source_of(Path(FILE.name)) == NAME
    assert source_of(tmp_path / "my.safetensors") == str(tmp_path / "my.safetensors")


@pytest.mark.parametrize(
    ("name", "words"),
    [("", "name is empty"), ("~nobody-of-that-name/a", "no such user"), ("n" * 300, "File name too long"), ("a\0", "NUL")],
)
def test_what_can_be_no_file(name: str, words: str) -> None:
    with pytest.raises(BadInput, match=words):
        locate(name)
