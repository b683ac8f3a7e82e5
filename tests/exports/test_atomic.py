"""Output files: refused early, written whole or not at all."""

from __future__ import annotations

from pathlib import Path

import pytest

from explorer.errors import BadInput
from explorer.exports.atomic import check_out, whole


@pytest.mark.parametrize("name", ["a.tiff", "a", "a.png.exe"])
def test_an_unknown_ending_names_the_known_ones(tmp_path: Path, name: str) -> None:
    with pytest.raises(BadInput, match=r"a.*its ending must be one of \.png, \.npz"):
        check_out(tmp_path / name, (".png", ".npz"))


def test_endings_of_any_case(tmp_path: Path) -> None:
    check_out(tmp_path / "A.PNG", (".png",))
    assert list(tmp_path.iterdir()) == []


def test_a_folder_that_is_not_there_or_is_none(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    (tmp_path / "folder.png").mkdir()
    with pytest.raises(BadInput, match=r"missing.a\.png: cannot be written"):
        check_out(tmp_path / "missing" / "a.png", (".png",))
    with pytest.raises(BadInput, match=r"file.a\.png: cannot be written"):
        check_out(tmp_path / "file" / "a.png", (".png",))
    with pytest.raises(BadInput, match=r"folder\.png: is a folder"):
        check_out(tmp_path / "folder.png", (".png",))


def test_more_than_the_disk_holds(tmp_path: Path) -> None:
    with pytest.raises(BadInput, match=r"needs 1000000000\.0 GB .* fewer samples or steps"):
        check_out(tmp_path / "a.npz", (".npz",), 10**18)


def test_a_block_that_ends_well_leaves_the_file_alone(tmp_path: Path) -> None:
    path = tmp_path / "a.png"
    path.write_text("old")
    with whole(path) as partial:
        partial.write_text("new")
        assert path.read_text() == "old"
    assert path.read_text() == "new"
    assert list(tmp_path.iterdir()) == [path]


def half_written(path: Path, error: BaseException) -> None:
    with whole(path) as partial:
        partial.write_text("half")
        raise error


@pytest.mark.parametrize("error", [RuntimeError("no"), KeyboardInterrupt()])
def test_a_block_that_fails_leaves_what_was_there(tmp_path: Path, error: BaseException) -> None:
    path = tmp_path / "a.png"
    path.write_text("old")
    with pytest.raises(type(error)):
        half_written(path, error)
    assert path.read_text() == "old"
    assert list(tmp_path.iterdir()) == [path]


def test_a_disk_that_refuses_is_bad_input(tmp_path: Path) -> None:
    with pytest.raises(BadInput, match=r"a\.png: cannot be written: No space left"), whole(tmp_path / "a.png"):
        raise OSError(28, "No space left on device")


@pytest.mark.parametrize("place", ["nowhere", "file"])
def test_where_nothing_can_be_written_it_is_said_and_nothing_else_is_raised(tmp_path: Path, place: str) -> None:
    (tmp_path / "file").write_text("")
    with (
        pytest.raises(BadInput, match=rf"{place}.a\.txt: cannot be written: (No such file|Not a directory)"),
        whole(tmp_path / place / "a.txt") as partial,
    ):
        partial.write_text("a")
