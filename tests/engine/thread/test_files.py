"""The files of a request, as a link to another machine would carry them."""

from __future__ import annotations

import shutil
from collections.abc import Mapping
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from explorer.checkpoints.files import file_sha256
from explorer.engine.chain.branching.messages import FitPicture
from explorer.engine.chain.export.messages import ExportChain, Exported, ExportLook, ExportRead, ReadExport
from explorer.engine.chain.messages import LaneKey
from explorer.engine.engine import Engine
from explorer.engine.latent.messages import DrawCodes, EncodeImages, EncodePicture, ImagesAt, PictureEncoded
from explorer.engine.models.messages import CheckpointOpened, OpenCheckpoint, ScanLibrary
from explorer.engine.thread.files import FileRole, files_of, with_files
from explorer.engine.thread.messages import StartEngine
from explorer.engine.thread.requests import Outcome, Payload
from explorer.recipe import ChainRecipe, Lane, Sampler

READ, WRITTEN = FileRole("read"), FileRole("written")


class Elsewhere:
    """An engine that has files of its own: those of a request are carried there under other names, and back."""

    def __init__(self, folder: Path) -> None:
        self.folder, self.engine = folder, Engine()
        folder.mkdir()

    def ask(self, payload: Payload) -> Outcome:
        places = {path: self.folder / f"{i}{Path(path).suffix}" for i, (path, _) in enumerate(files_of(payload))}
        hidden = []
        for path, role in files_of(payload):
            if role.use == "read":
                shutil.copyfile(path, places[path])
                hidden.append(Path(path).rename(f"{path}.hidden"))
        *_, last = self.engine.handle(with_files(payload, lambda path, _: str(places[path])))
        for path in hidden:
            path.rename(path.with_suffix(""))
        for path, role in files_of(payload):
            if role.use == "written":
                shutil.move(places[path], path)
        assert last is not None
        return last


@pytest.fixture
def here(tmp_path: Path, checkpoints: Mapping[str, Path]) -> Path:
    folder = tmp_path / "here"
    folder.mkdir()
    shutil.copyfile(checkpoints["mnist-vae-2d"], folder / "mnist-vae-2d.safetensors")
    return folder


def test_files_are_named_once_each_with_their_use() -> None:
    lane = Lane("", "c.safetensors", "C")
    requests: list[tuple[Payload, tuple[tuple[str, FileRole], ...]]] = [
        (StartEngine("cpu"), ()),
        (ScanLibrary(("a", "b"), ("c",)), (("a", READ), ("b", READ), ("c", READ))),
        (ExportChain(ChainRecipe((lane,), 0, 1), "out.png", ExportLook(labels=("x",))), (("out.png", WRITTEN),)),
        (EncodePicture("m", index=3), (("m", READ),)),
        (EncodeImages("m", images=ImagesAt("pictures")), (("m", READ), ("pictures", READ))),
        (DrawCodes("m", 4, 0, EncodePicture("m", "p.png")), (("m", READ), ("m", READ), ("p.png", READ))),
        (FitPicture(LaneKey(lane, 0, 1), "p.png"), (("p.png", READ),)),
    ]
    for payload, files in requests:
        assert files_of(payload) == files, payload


def test_placing_files_changes_nothing_else() -> None:
    asked = DrawCodes("m", 4, 0, EncodePicture("m", "p.png", drawing=()))
    assert with_files(asked, lambda path, _: f"/there/{path}") == DrawCodes("/there/m", 4, 0, EncodePicture("/there/m", "/there/p.png"))


def test_an_engine_with_files_of_its_own_opens_encodes_and_exports(tmp_path: Path, here: Path, checkpoints: Mapping[str, Path]) -> None:
    there = Elsewhere(tmp_path / "there")
    vae, picture, out = here / "mnist-vae-2d.safetensors", here / "p.png", here / "out.png"
    ddpm = file_sha256(checkpoints["mnist-ddpm-c"])
    opened = there.ask(OpenCheckpoint(str(vae)))
    assert isinstance(opened, CheckpointOpened)
    assert opened.entry.sha256 == file_sha256(vae)
    Image.fromarray(np.eye(28, dtype=np.uint8) * 255).save(picture)
    encoded = there.ask(EncodePicture(str(vae), str(picture)))
    assert isinstance(encoded, PictureEncoded)
    assert (encoded.tile[..., 0] == np.eye(28) * 255).all()
    # a lane's checkpoint is found by its hash, wherever the engine has it
    recipe = ChainRecipe((Lane(ddpm, "mnist-ddpm-c", "C", Sampler(3)),), 0, 1)
    assert isinstance(there.ask(ExportChain(recipe, str(out), ExportLook())), Exported)
    read = there.ask(ReadExport(str(out)))
    assert isinstance(read, ExportRead)
    assert read.recipe.chain is not None
    assert read.recipe.chain.lanes[0].checkpoint == ddpm
