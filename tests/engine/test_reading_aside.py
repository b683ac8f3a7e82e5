"""What a person's files are read by is no thread that answers: the others are answered meanwhile, however large a file is."""

from __future__ import annotations

import shutil
import sys
import threading
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path

import msgspec
import numpy as np
import pytest
from PIL import Image

from explorer.checkpoints.files import file_sha256, save_card
from explorer.checkpoints.reading import read_card
from explorer.engine.chain.branching.messages import FitPicture
from explorer.engine.chain.data_set.messages import OpenDataSet
from explorer.engine.chain.messages import lane_keys
from explorer.engine.engine import Engine
from explorer.engine.forward.chain2d_messages import TakePoints
from explorer.engine.forward.messages import TakePicture
from explorer.engine.latent.messages import DrawCodes, EncodeImages, EncodePicture, ImagesAt
from explorer.engine.thread.messages import StartEngine
from explorer.engine.thread.requests import Payload
from explorer.engine.training.messages import ShowTrainingStep
from explorer.recipe import ChainRecipe, Lane, Sampler
from explorer.recipe.forward import ForwardImage
from explorer.recipe.plane import Slice
from explorer.recipe.step import StepRecipe


@dataclass
class Opened:
    """Which threads have opened files below a folder."""

    folder: str = ""
    by: set[int] = field(default_factory=set)

    def note(self, event: str, args: tuple[object, ...]) -> None:
        if self.folder and event in ("open", "os.scandir") and str(args[0]).startswith(self.folder):
            self.by.add(threading.get_ident())


_opened = Opened()
sys.addaudithook(_opened.note)  # of which there is no way back: it notes nothing outside these tests


@pytest.fixture
def opened(tmp_path: Path) -> Iterator[Opened]:
    _opened.folder, _opened.by = str(tmp_path), set()
    yield _opened
    _opened.folder = ""


@pytest.fixture
def files(tmp_path: Path) -> Mapping[str, str]:
    """By their endings."""
    Image.new("L", (28, 28), 90).save(tmp_path / "a.png")
    Image.new("L", (28, 28), 30).save(tmp_path / "b.png")
    np.save(tmp_path / "a.npy", np.zeros((12, 28, 28), np.uint8))
    (tmp_path / "a.csv").write_text("x,y\n0,1\n2,3\n")
    (tmp_path / "folder").mkdir()
    for number in range(3):
        Image.new("L", (28, 28), number).save(tmp_path / "folder" / f"{number}.png")
    return {path.name: str(path) for path in tmp_path.iterdir()}


@pytest.fixture(scope="module")
def known(checkpoints: Mapping[str, Path], tmp_path_factory: pytest.TempPathFactory) -> Mapping[str, Path]:
    """The shipped ones, and "mine", of a data set that does not come with the app."""
    path = tmp_path_factory.mktemp("mine") / "mine.safetensors"
    shutil.copy(checkpoints["mnist-ddpm-c"], path)
    card = read_card(path)
    save_card(path, msgspec.structs.replace(card, data=msgspec.structs.replace(card.data, name="mine")))
    return {**checkpoints, "mine": path}


Ask = Callable[[Mapping[str, str], Mapping[str, Path]], Payload]
FLAT, DEEP, DDPM = "mnist-vae-2d", "mnist-vae-16d", "mnist-ddpm-c"


def lane_key_of(path: Path) -> object:
    (key,) = lane_keys(ChainRecipe((Lane(file_sha256(path), str(path), "C", Sampler(3)),), 1, 2))
    return key


ASKED: Mapping[str, Ask] = {
    "a picture for Back up": lambda at, known: FitPicture(lane_key_of(known[DDPM]), at["a.png"]),  # type: ignore[arg-type]
    "points": lambda at, known: TakePoints(at["a.csv"]),
    "a picture for Forward": lambda at, known: TakePicture(at["a.png"]),
    "a picture to encode": lambda at, known: EncodePicture(str(known[FLAT]), at["a.png"]),
    "codes around a picture": lambda at, known: DrawCodes(str(known[FLAT]), 2, 1, EncodePicture(str(known[FLAT]), at["a.png"])),
    "a plane through pictures": lambda at, known: EncodePicture(
        str(known[DEEP]), at["a.png"], slice=Slice("pictures", pictures=(at["a.png"], at["b.png"]))
    ),
    "a folder's codes": lambda at, known: EncodeImages(str(known[FLAT]), 3, images=ImagesAt(at["folder"])),
    "an array's codes": lambda at, known: EncodeImages(str(known[FLAT]), 3, images=ImagesAt(at["a.npy"])),
    "a data set": lambda at, known: OpenDataSet(at["folder"]),
    "a training step": lambda at, known: ShowTrainingStep(
        StepRecipe(file_sha256(known["mine"]), str(known["mine"]), image=ForwardImage(dataset=at["a.npy"]), t=5)
    ),
}
"""Every request in which a person's own pictures, points or arrays are read."""


@pytest.mark.parametrize("name", ASKED)
def test_the_loop_reads_no_file_of_a_persons(name: str, opened: Opened, files: Mapping[str, str], known: Mapping[str, Path]) -> None:
    engine = Engine()
    for payload in (StartEngine(device="cpu", precision="fp32"), ASKED[name](files, known)):
        opened.by.clear()
        assert [outcome for outcome in engine.handle(payload, "test") if outcome is not None]
    assert opened.by, "it is read"
    assert threading.get_ident() not in opened.by
