"""Questions about paths that cannot be asked."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from explorer.errors import BadInput
from explorer.paths import exists, expanded, is_dir, is_file

TOO_LONG = "n" * 300


def test_what_is_there_and_what_is_not(tmp_path: Path) -> None:
    file = tmp_path / "a"
    file.write_text("")
    assert [is_file(file), is_dir(file), exists(file)] == [True, False, True]
    assert [is_file(tmp_path), is_dir(tmp_path), exists(tmp_path)] == [False, True, True]
    assert not any(ask(file / "below") or ask(tmp_path / "none") for ask in (is_file, is_dir, exists))


@pytest.mark.parametrize("ask", [is_file, is_dir, exists])
def test_a_name_too_long_is_bad_input(tmp_path: Path, ask: Callable[[Path], bool]) -> None:
    with pytest.raises(BadInput, match="nnn: cannot be read: File name too long"):
        ask(tmp_path / TOO_LONG)


def test_home_folders() -> None:
    assert expanded("~/a") == Path.home() / "a"
    assert expanded("a") == Path("a")


@pytest.mark.parametrize(("name", "words"), [("", "name is empty"), ("~nobody-of-that-name/a", "no such user"), ("a\0b", "NUL")])
def test_what_is_no_path(name: str, words: str) -> None:
    with pytest.raises(BadInput, match=words):
        expanded(name)
