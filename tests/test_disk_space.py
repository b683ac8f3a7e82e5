"""Room is taken before it is written through memory: a disk that is found full later would end the process."""

import errno
import os
import sys
from pathlib import Path

import pytest
from PIL import Image

from explorer.datasets import folders
from explorer.disk_space import reserve
from explorer.errors import BadInput
from explorer.paths import cache_folder

pytestmark = pytest.mark.skipif(not hasattr(os, "posix_fallocate"), reason="this system has no such call")


@pytest.mark.skipif(sys.platform != "linux", reason="blocks are counted otherwise")
def test_a_file_of_a_size_has_its_blocks(tmp_path: Path) -> None:
    path = tmp_path / "a"
    path.touch()
    os.truncate(path, 1 << 20)
    assert path.stat().st_blocks * 512 < 1 << 20
    reserve(path)
    assert path.stat().st_size == 1 << 20
    assert path.stat().st_blocks * 512 >= 1 << 20


def test_pictures_for_which_the_cache_has_no_room_are_refused_and_nothing_is_left(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(*_given: object) -> None:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    for number in range(3):
        Image.new("L", (8, 8), number).save(tmp_path / f"{number}.png")
    monkeypatch.setattr(folders, "IN_MEMORY", 0)
    with monkeypatch.context() as small:
        small.setattr(os, "posix_fallocate", full)
        with pytest.raises(BadInput, match="cannot hold the 3 pictures: No space left on device"):
            folders.read_folder(tmp_path)
    assert list((cache_folder() / "datasets").iterdir()) == []
    assert len(folders.read_folder(tmp_path)[0]) == 3


def test_a_spoilt_array_of_the_cache_is_made_again(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    Image.new("L", (8, 8), 7).save(tmp_path / "a.png")
    monkeypatch.setattr(folders, "IN_MEMORY", 0)
    folders.read_folder(tmp_path)
    kept = next((cache_folder() / "datasets").glob("*.npy"))
    kept.write_bytes(kept.read_bytes()[:10] + b"{" * 70)  # a header that is no Python
    assert folders.read_folder(tmp_path)[0].tolist() == [[[[7] * 8] * 8]]


@pytest.mark.parametrize("spoil", ["", "0" * 63, None])
def test_an_array_of_the_cache_without_its_hash_is_made_again(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, spoil: str | None) -> None:
    """A disk that was full when it was written, or a program that was killed between the two."""
    Image.new("L", (8, 8), 7).save(tmp_path / "a.png")
    monkeypatch.setattr(folders, "IN_MEMORY", 0)
    _, digest = folders.read_folder(tmp_path)
    beside = next((cache_folder() / "datasets").glob("*.sha256"))
    beside.unlink() if spoil is None else beside.write_text(spoil)
    assert folders.read_folder(tmp_path)[1] == digest
    assert beside.read_text() == digest
