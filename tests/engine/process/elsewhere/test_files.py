"""Files of the window's machine at the engine's: by their hashes, once, whole or not at all, and only those that were named."""

from __future__ import annotations

import hashlib
import os
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from explorer.engine.chain.export.messages import ExportChain, ExportLook
from explorer.engine.latent.messages import EncodeImages
from explorer.engine.models.messages import OpenCheckpoint
from explorer.engine.process.elsewhere.carrying import Carrying, named_file
from explorer.engine.process.elsewhere.kept_files import KeptFiles
from explorer.engine.process.elsewhere.names import names_in, with_words
from explorer.engine.process.elsewhere.talk import CHUNK, Chunk, Offer, Part, Send, Stop, Stored, Want, Written, decoded
from explorer.engine.thread.requests import NamedFile, Payload, Request
from explorer.engine.training.messages import MeasureTraining
from explorer.recipe import ChainRecipe, ExactProcess, Lane, Slice
from explorer.recipe.training import TrainRecipe
from explorer.resources import resource

TIMEOUT = 300
CONTENT = bytes(range(256)) * 700
SHA256 = hashlib.sha256(CONTENT).hexdigest()


class Side:
    """The window's side, and what it said."""

    def __init__(self) -> None:
        self.nudged = threading.Event()
        self.carrying = Carrying(self.nudged.set)

    def ask(self, payload: Payload, request_id: int = 1) -> Request:
        return self.carrying.with_files(Request(request_id, "library.open", request_id, payload))

    def says(self) -> object:
        while (frame := self.carrying.talk()) is None:
            assert self.nudged.wait(TIMEOUT)
            self.nudged.clear()
        return decoded(frame)[0]

    def sends(self) -> list[tuple[Chunk, bytes]]:
        found = []
        while (frame := self.carrying.data()) is not None:
            said, content = decoded(frame)
            assert isinstance(said, Chunk)
            found.append((said, bytes(content)))
        return found


@pytest.fixture
def side() -> Iterator[Side]:
    made = Side()
    yield made
    made.carrying.close()


@pytest.fixture
def mine(tmp_path: Path) -> Path:
    path = tmp_path / "my models" / "a.bin"
    path.parent.mkdir()
    path.write_bytes(CONTENT)
    return path


def kept(tmp_path: Path) -> KeptFiles:
    return KeptFiles("me", tmp_path / "far")


def test_what_is_named_is_offered_by_its_hash_and_sent_in_pieces(side: Side, mine: Path, tmp_path: Path) -> None:
    request = side.ask(OpenCheckpoint(str(mine)))
    (named,) = request.files
    far = kept(tmp_path)
    assert far.place(named) is None
    side.carrying.take(Want(named.name), memoryview(b""))
    offer = side.says()
    assert offer == Offer(str(mine), (Part(str(mine), SHA256, len(CONTENT)),))
    assert isinstance(offer, Offer)
    assert far.missing(offer) == (SHA256,)
    side.carrying.take(Send((SHA256,)), memoryview(b""))
    sent = side.sends()
    assert [len(content) for _, content in sent] == [CHUNK, CHUNK, len(CONTENT) - 2 * CHUNK]
    assert [far.take(chunk, memoryview(content)) for chunk, content in sent] == ["", "", "done"]
    assert far.missing(offer) == ()
    place = far.keep(named, offer)
    assert place.name == "a.bin"
    assert place.read_bytes() == CONTENT
    assert kept(tmp_path).place(named) == place, "the next engine knows it, too"
    os.utime(mine, ns=(1, 1))
    changed = named_file(str(mine))
    assert changed is not None
    assert kept(tmp_path).place(changed) is None, "it may be another by now: it is asked for its hash again"
    assert kept(tmp_path).missing(offer) == (), "and not sent again"


def test_what_nobody_waits_for_is_not_sent_to_its_end(side: Side, mine: Path, tmp_path: Path) -> None:
    side.ask(OpenCheckpoint(str(mine)))
    side.carrying.take(Want(str(mine)), memoryview(b""))
    assert isinstance(side.says(), Offer)
    side.carrying.take(Send((SHA256,)), memoryview(b""))
    assert side.carrying.data() is not None
    side.carrying.take(Stop((SHA256,)), memoryview(b""))
    assert side.sends() == []


def test_only_what_a_request_named_is_told_of(side: Side, mine: Path, tmp_path: Path) -> None:
    secret = tmp_path / "secret"
    secret.write_bytes(CONTENT + b"!")
    side.ask(OpenCheckpoint(str(mine)))
    side.carrying.take(Want(str(secret)), memoryview(b""))
    side.carrying.take(Send((hashlib.sha256(CONTENT + b"!").hexdigest(),)), memoryview(b""))
    side.carrying.take(Want(str(mine)), memoryview(b""))
    offer = side.says()
    assert isinstance(offer, Offer)
    assert offer.name == str(mine)
    assert side.sends() == []


def test_a_file_is_written_where_a_request_said_and_nowhere_else(side: Side, tmp_path: Path) -> None:
    out, other = tmp_path / "out.png", tmp_path / "other.png"
    side.ask(ExportChain(ChainRecipe((), 0, 1), str(out), ExportLook()), 7)
    for path, request_id in ((other, 7), (out, 8)):
        side.carrying.take(Written(request_id, str(path), 0, 3), memoryview(b"abc"))
    side.carrying.take(Written(7, str(out), 0, 6), memoryview(b"abc"))
    assert not out.exists(), "half of it is no file"
    side.carrying.take(Written(7, str(out), 3, 6), memoryview(b"def"))
    assert side.says() == Stored(7, str(out))
    assert out.read_bytes() == b"abcdef"
    assert [path.name for path in tmp_path.iterdir()] == ["out.png"]


def test_half_a_file_does_not_stay_and_what_cannot_be_written_is_told(side: Side, tmp_path: Path) -> None:
    out = tmp_path / "out.png"
    side.ask(ExportChain(ChainRecipe((), 0, 1), str(out), ExportLook()), 7)
    side.carrying.take(Written(7, str(out), 0, 6), memoryview(b"abc"))
    side.carrying.forget("library.open", 8)
    assert list(tmp_path.iterdir()) == []
    nowhere = tmp_path / "none" / "out.png"
    side.ask(ExportChain(ChainRecipe((), 0, 1), str(nowhere), ExportLook()), 9)
    side.carrying.take(Written(9, str(nowhere), 0, 6), memoryview(b"abc"))
    stored = side.says()
    assert isinstance(stored, Stored)
    assert stored.problem == f"{nowhere}: cannot be written: No such file or directory"


def test_what_cannot_be_read_is_told_in_words(side: Side, mine: Path) -> None:
    (named,) = side.ask(OpenCheckpoint(str(mine))).files
    mine.unlink()
    side.carrying.take(Want(named.name), memoryview(b""))
    offer = side.says()
    assert isinstance(offer, Offer)
    assert (offer.parts, offer.problem) == ((), f"{mine}: cannot be read: No such file or directory")


@pytest.mark.parametrize(
    ("chunks", "why"),
    [
        ([(Chunk(SHA256, 0, 3), b"abc")], "it has changed while it was sent"),
        ([(Chunk(SHA256, 5, 9), b"abc")], "a part of it did not come"),
        ([(Chunk(SHA256, 0, 2), b"abc")], "a part of it did not come"),
        ([(Chunk(SHA256, 0, 9), b"abc"), (Chunk(SHA256, 0, 0, "a: cannot be read"), b"")], "a: cannot be read"),
        ([(Chunk("../" + SHA256[3:], 0, 3), b"abc")], "the engine's machine cannot keep it: "),
    ],
)
def test_what_did_not_come_as_it_was_is_not_kept(tmp_path: Path, chunks: list[tuple[Chunk, bytes]], why: str) -> None:
    far = kept(tmp_path)
    assert [far.take(chunk, memoryview(content)) for chunk, content in chunks][-1].startswith(why)
    assert [path for path in (tmp_path / "far").rglob("*") if path.is_file()] == []


def test_no_path_leads_out_of_what_is_kept(tmp_path: Path) -> None:
    far = kept(tmp_path)
    far.take(Chunk(SHA256, 0, len(CONTENT)), memoryview(CONTENT))
    for path in ("/../../../etc/a", "C:\\..\\a", "//x/../a"):
        place = far.keep(NamedFile(path, path, (1, 2)), Offer(path, (Part(path, SHA256, len(CONTENT)),)))
        assert place.is_relative_to(far.folder)
        assert ".." not in place.parts
        assert place.read_bytes() == CONTENT


def test_what_was_used_least_lately_goes(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("explorer.engine.process.elsewhere.kept_files.KEPT_BYTES", 2500)
    far = kept(tmp_path)
    named = [NamedFile(f"/m/{i}", f"/m/{i}", (i, 1000)) for i in range(3)]
    for i, each in enumerate(named):
        content = bytes([i]) * 1000
        sha256 = hashlib.sha256(content).hexdigest()
        assert far.take(Chunk(sha256, 0, 1000), memoryview(content)) == "done"
        far.keep(each, Offer(each.name, (Part(each.path, sha256, 1000),)))
        assert far.place(named[0]) is not None, "used each time"
    assert far.place(named[0]) is not None
    assert far.place(named[1]) is None
    assert far.place(named[2]) is not None
    assert len(list((tmp_path / "far" / "files").iterdir())) == 2


def test_what_comes_with_the_app_is_there_already(tmp_path: Path) -> None:
    path = resource("checkpoints", "mnist-vae-2d.safetensors")
    named = named_file(str(path))
    assert named is not None
    assert named.shipped == "checkpoints/mnist-vae-2d.safetensors"
    assert kept(tmp_path).place(named) == path
    assert kept(tmp_path).place(NamedFile("a", "/a", (0, 12), "../README.md")) is None
    assert named_file("mnist") is None
    assert named_file(str(tmp_path / "none.safetensors")) is None


def test_recipes_name_their_files_too() -> None:
    lanes = (Lane("0" * 64, "/a.safetensors"), Lane("", "/data", exact=ExactProcess("/data")))
    payload = ExportChain(ChainRecipe(lanes, 0, 1), "/out.png", ExportLook(labels=("/label",)))
    assert names_in(payload) == ("/a.safetensors", "/data")
    moved = with_words(payload, lambda word: f"/far{word}" if word in ("/a.safetensors", "/data") else word)
    assert names_in(moved) == ("/far/a.safetensors", "/far/data")
    assert (moved.path, moved.look) == ("/out.png", payload.look)
    assert with_words(payload, lambda word: word) is payload
    through = Slice("pictures", pictures=("/one.png", "/two.png"), picture="/three.png")
    assert names_in(EncodeImages("/vae.safetensors", slice=through)) == ("/vae.safetensors", "/one.png", "/two.png", "/three.png")
    assert names_in(MeasureTraining(TrainRecipe(codes_of="/vae.safetensors", dataset="/set.npz"))) == ("/set.npz", "/vae.safetensors")
