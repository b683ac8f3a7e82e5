"""Documents: what is written is read, files are found beside it, and what cannot be read says why."""

from __future__ import annotations

import json
import os
import shutil
from collections.abc import Mapping
from pathlib import Path

import msgspec
import pytest

from explorer.checkpoints.files import file_sha256
from explorer.errors import BadInput
from explorer.recipe import ChainRecipe, Encoded, Lane, PlaneRecipe
from explorer.recipe.notes import Bookmark, Notes
from explorer.recipe.told import Told
from explorer.state.document import DOCUMENT_VERSION, decode_document, encode_document, read_document, write_document
from explorer.state.notes import NotesState
from explorer.state.persistence import Saved, read_session, write
from explorer.state.placing import placed, whereabouts
from explorer.state.session import SETTINGS, ChainState, LatentState, Session

EVERYTHING = Path(__file__).parent.parent / "earlier" / "files" / "session.json"
NOTED = NotesState(Notes("What this is.", (Bookmark("Half way", "compare", t=300, sample=2, seed=4, note="look"),)), open=True, at=0)


def full() -> Session:
    return msgspec.structs.replace(read_session(EVERYTHING), notes=NOTED, theme="light", recent=("/mine/secret.safetensors",))


def test_all_but_the_persons_settings_is_written_and_read(tmp_path: Path) -> None:
    path = tmp_path / "lecture.gexplore"
    write_document(path, full())
    text = json.loads(path.read_text())
    assert not set(SETTINGS) & set(text["session"])
    assert "secret" not in path.read_text()
    found = read_document(path)
    usual = {name: getattr(Session(), name) for name in SETTINGS}
    assert found.session == msgspec.structs.replace(full(), **usual)
    assert not found.is_old
    assert os.listdir(tmp_path) == ["lecture.gexplore"]


def test_a_session_of_an_earlier_version_is_read(tmp_path: Path) -> None:
    write(tmp_path / "mine.json", Saved(session=full()))
    found = read_document(tmp_path / "mine.json")
    assert (found.session, found.is_old) == (full(), True)


BAD = {
    "empty": (b"", "not a session: Input data was truncated"),
    "cut short": (encode_document(Session(), Path())[:200], "not a session: Input data was truncated"),
    "no JSON": (b"{broken", "not a session: JSON is malformed"),
    "a list": (b"[1]", "not a session"),
    "newer": (b'{"document": 99, "session": {"future": 1}}', "a document of version 99, which a newer version of the app wrote"),
    "no version": (b'{"document": -1, "session": {}}', "which no version of the app wrote"),
    "no session": (b'{"document": 1}', "missing required field `session`"),
    "wrong type": (b'{"document": 1, "session": {"reverse": {"t": "late"}}}', r"Expected `int`, got `str` - at `$.session.reverse.t`"),
    "out of range": (b'{"document": 1, "session": {"reverse": {"t": -4}}}', "t = -4 is out of range"),
    "a bookmark of nothing": (
        b'{"document": 1, "session": {"notes": {"recipe": {"bookmarks": [{"name": "a", "workspace": "cellar"}]}}}}',
        "is of no workspace: 'cellar'",
    ),
    "a name of nothing": (
        b'{"document": 1, "session": {"notes": {"recipe": {"bookmarks": [{"name": " ", "workspace": "latent"}]}}}}',
        "a bookmark's name has 1 to 80 characters",
    ),
    "deep": (b'{"document": 1, "session": ' + b"[" * 100_000, "not a session"),
}


@pytest.mark.parametrize("name", BAD)
def test_what_is_spoilt_says_what_in_a_line(name: str, tmp_path: Path) -> None:
    text, words = BAD[name]
    with pytest.raises(BadInput) as refused:
        decode_document(text, "my.gexplore")
    assert str(refused.value).startswith("my.gexplore: ")
    assert words in str(refused.value)
    assert "\n" not in str(refused.value)


def test_what_cannot_be_read_is_bad_input(tmp_path: Path) -> None:
    (tmp_path / "folder.gexplore").mkdir()
    for name, words in (("none.gexplore", "no such file"), ("folder.gexplore", "cannot be read: Is a directory")):
        with pytest.raises(BadInput, match=words):
            read_document(tmp_path / name)


def test_a_link_stays_one_and_permissions_stay(tmp_path: Path) -> None:
    real, link = tmp_path / "real.gexplore", tmp_path / "link.gexplore"
    write_document(real, Session())
    real.chmod(0o640)
    link.symlink_to(real)
    write_document(link, full())
    assert link.is_symlink()
    assert real.stat().st_mode & 0o777 == 0o640
    assert read_document(real).session.notes == NOTED
    with pytest.raises(BadInput, match="cannot be written"):
        write_document(tmp_path / "nowhere" / "x.gexplore", Session())


@pytest.fixture
def folder(tmp_path: Path, checkpoints: Mapping[str, Path]) -> Path:
    """A lecture: a document, the checkpoint that it shows, and a picture."""
    folder = tmp_path / "lecture"
    (folder / "models").mkdir(parents=True)
    mine = folder / "models" / "mine.safetensors"
    shutil.copy(checkpoints["mnist-pca-2d"], mine)
    (folder / "digit.png").write_bytes(b"any")
    plane = PlaneRecipe(file_sha256(mine), str(mine), encoded=Encoded(picture=str(folder / "digit.png")))
    shipped = checkpoints["mnist-ddpm-c"]
    lane = Lane(file_sha256(shipped), str(shipped), "C")
    session = Session(latent=LatentState(plane), reverse=ChainState(ChainRecipe((lane,))))
    write_document(folder / "a.gexplore", session, lambda _sha256: Told(heads=4))
    return folder


def test_files_are_named_by_path_beside_it_hash_and_what_was_told(folder: Path) -> None:
    document = read_document(folder / "a.gexplore")
    assert document.session.reverse.recipe.lanes[0].source == "mnist-ddpm-c"
    mine, picture = document.files
    assert (mine.source, mine.beside) == (str(folder / "models" / "mine.safetensors"), "models/mine.safetensors")
    assert (mine.checkpoint, mine.told) == (document.session.latent.recipe.checkpoint, Told(heads=4))
    assert (picture.beside, picture.checkpoint, picture.told) == ("digit.png", "", None)


def test_a_folder_is_moved_with_all_that_is_in_it(folder: Path, tmp_path: Path) -> None:
    moved = folder.rename(tmp_path / "elsewhere")
    found = placed(read_document(moved / "a.gexplore"), moved, ())
    assert found.session.latent.recipe.source == str(moved / "models" / "mine.safetensors")
    assert found.session.latent.recipe.encoded.picture == str(moved / "digit.png")
    assert [file.source for file in found.missing] == ["mnist-ddpm-c"], "which no library knows here"
    assert [file.source for file in found.told] == [str(moved / "models" / "mine.safetensors")]


def test_another_file_of_that_name_is_not_taken_for_it(folder: Path, checkpoints: Mapping[str, Path]) -> None:
    document = read_document(folder / "a.gexplore")
    shutil.copy(checkpoints["mnist-vae-2d"], folder / "models" / "mine.safetensors")
    (folder / "digit.png").unlink()
    found = placed(document, folder, ())
    assert [Path(file.source).name for file in found.missing] == ["mnist-ddpm-c", "mine.safetensors", "digit.png"]
    assert [whereabouts(file, folder) for file in document.files] == [("", "is another file now"), ("", "is not on this machine")]


def test_its_version_is_written() -> None:
    assert json.loads(encode_document(Session(), Path()))["document"] == DOCUMENT_VERSION
