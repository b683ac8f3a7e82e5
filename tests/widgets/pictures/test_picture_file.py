"""Pictures of Qt's are written whole or not at all, and what stands in the way is said."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtGui import QImage

from explorer.errors import BadInput
from explorer.widgets.pictures.picture_file import write_picture

resource = pytest.importorskip("resource", reason="this system has no limit to files")


@pytest.fixture
def picture() -> QImage:
    image = QImage(32, 16, QImage.Format.Format_RGB32)
    image.fill(0xFF336699)
    return image


@contextlib.contextmanager
def a_disk_with_room_for(nbytes: int) -> Iterator[None]:
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (nbytes, hard))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))


@pytest.mark.parametrize("name", ["a.png", "a.PNG", "a.bmp"])
def test_it_is_what_its_ending_says(tmp_path: Path, picture: QImage, name: str) -> None:
    write_picture(picture, tmp_path / name)
    found = QImage(str(tmp_path / name))
    assert (found.width(), found.height(), found.pixel(31, 15)) == (32, 16, 0xFF336699)
    assert len(list(tmp_path.iterdir())) == 1


def test_what_was_there_stays_where_the_disk_is_full(tmp_path: Path, picture: QImage) -> None:
    path = tmp_path / "mine.png"
    path.write_bytes(b"mine")
    with a_disk_with_room_for(20), pytest.raises(BadInput, match=r"mine\.png: cannot be written: File too large"):
        write_picture(picture, path)
    assert path.read_bytes() == b"mine"
    assert list(tmp_path.iterdir()) == [path]


@pytest.mark.parametrize(
    ("name", "cause"), [("nowhere/a.png", "No such file or directory"), ("a.txt", "a picture that is written ends in"), ("a", "ends in")]
)
def test_why_it_cannot_be_is_said(tmp_path: Path, picture: QImage, name: str, cause: str) -> None:
    with pytest.raises(BadInput, match=f"{name}: cannot be written: .*{cause}"):
        write_picture(picture, tmp_path / name)
    assert list(tmp_path.iterdir()) == []
