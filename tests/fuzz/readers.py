"""Everything that reads bytes which others wrote: what a fuzzer changes of each, and how that is read.

The rule for each: whatever the bytes, it returns, or raises BadInput that says the file and the cause; in bounded time and memory, and
nothing in them is executed. `tests/fuzz/test_readers.py` tries it shortly, `tools/fuzz.py` for as long as one likes.
"""

from __future__ import annotations

import contextlib
import gzip
import io
import json
import struct
import zipfile
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from explorer.errors import BadInput

CORPUS = Path(__file__).parent / "corpus"
Seeds = Callable[[], Sequence[bytes]]


def as_it_is(changed: bytes) -> bytes:
    """What is changed is the file."""
    return changed


@dataclass(frozen=True)
class Reader:
    """One kind of file.

    Attributes
    ----------
    file : str
        How it is called, in a folder that is empty else unless `beside` puts something there.
    read : callable
        Reads the file at a path.
    seeds : callable
        What is changed: sound ones to begin with.
    wrap : callable
        The file around it: checksums, lengths and archives, which a change would spoil before anything is read.
    refuses : tuple of exceptions
        What else it may raise, of which its callers know.
    beside : callable
        Puts into the folder what belongs to the file.
    names_file : bool
        Its sentences begin with the file.
    """

    file: str
    read: Callable[[Path], object]
    seeds: Seeds
    wrap: Callable[[bytes], bytes] = as_it_is
    refuses: tuple[type[Exception], ...] = ()
    beside: Callable[[Path], None] | None = None
    names_file: bool = True

    def prepare(self, folder: Path) -> Path:
        """The file's place, in a folder that has what belongs to it."""
        path = folder / self.file
        path.parent.mkdir(parents=True, exist_ok=True)
        if self.beside is not None:
            self.beside(folder)
        return path

    def check(self, path: Path, changed: bytes) -> bool:
        """Write and read it; whether it was taken. AssertionError, or whatever it raises, where that breaks the rule."""
        path.write_bytes(self.wrap(changed))
        try:
            self.read(path)
        except BadInput as error:
            said = str(error)
            assert said, "it says nothing"
            assert not self.names_file or path.name in said or str(path.parent) in said, f"it does not name the file: {said}"
            return False
        except self.refuses:
            return False
        return True


# --- sound files to begin with, small ones


@cache
def a_checkpoint() -> bytes:
    """A U-Net of eight channels."""
    import torch

    from explorer.checkpoints.card import Card, DataCard, NetworkCard, ScheduleCard
    from explorer.checkpoints.files import save
    from explorer.models.unet import UNet, UNetConfig
    from explorer.training.cards import config_dict

    torch.manual_seed(0)
    config = UNetConfig(width=8, multipliers=(1,))
    data, schedule = DataCard("mnist", (1, 8, 8), (-1.0, 1.0), "0" * 64), ScheduleCard("linear", 50)
    card = Card(1, "ddpm", NetworkCard("unet", config_dict(config)), data, option="C", schedule=schedule)
    return _written("a.safetensors", lambda path: save(path, card, UNet(config).state_dict()))


def _written(name: str, write: Callable[[Path], object]) -> bytes:
    from tempfile import TemporaryDirectory

    with TemporaryDirectory() as folder:
        write(Path(folder, name))
        return Path(folder, name).read_bytes()


@cache
def a_state_dict() -> dict[str, object]:
    """A VAE of linear layers, as lectures have it."""
    import torch

    torch.manual_seed(0)
    sizes = {"fc1": (16, 8), "fc21": (8, 2), "fc22": (8, 2), "fc3": (2, 8), "fc4": (8, 16)}
    layers = {name: torch.nn.Linear(*each) for name, each in sizes.items()}
    return {"epoch": 3, "state_dict": torch.nn.ModuleDict(layers).state_dict()}


@cache
def a_torch_file(old: bool = False) -> bytes:
    """What torch.save makes of it."""
    import torch

    return _written("a.pt", lambda path: torch.save(a_state_dict(), path, _use_new_zipfile_serialization=not old))


def _pickle_in_a_torch_file() -> tuple[bytes, ...]:
    with zipfile.ZipFile(io.BytesIO(a_torch_file())) as archive:
        return (archive.read("a/data.pkl"),)


def _around_a_pickle(changed: bytes) -> bytes:
    """The archive with another pickle in it."""
    made = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(a_torch_file())) as before, zipfile.ZipFile(made, "w") as archive:
        for member in before.infolist():
            archive.writestr(member.filename, changed if member.filename.endswith("data.pkl") else before.read(member))
    return made.getvalue()


def _header_of(checkpoint: bytes) -> tuple[bytes, bytes]:
    length = int.from_bytes(checkpoint[:8], "little")
    return checkpoint[8 : 8 + length], checkpoint[8 + length :]


def _card() -> bytes:
    from explorer.checkpoints.card import METADATA_KEY

    text: str = json.loads(_header_of(a_checkpoint())[0])["__metadata__"][METADATA_KEY]
    return text.encode()


def _around_a_card(changed: bytes) -> bytes:
    from explorer.checkpoints.card import METADATA_KEY

    header, tensors = _header_of(a_checkpoint())
    told = json.loads(header)
    told["__metadata__"][METADATA_KEY] = changed.decode("utf-8", "replace")
    text = json.dumps(told).encode()
    return struct.pack("<Q", len(text)) + text + tensors


def _around_a_header(changed: bytes) -> bytes:
    return struct.pack("<Q", len(changed)) + changed + _header_of(a_checkpoint())[1]


@cache
def a_graph() -> bytes:
    """A denoiser of one convolution."""
    import onnx
    from onnx import TensorProto, helper

    x = helper.make_tensor_value_info("x", TensorProto.FLOAT, ["n", 1, 4, 4])
    t = helper.make_tensor_value_info("t", TensorProto.INT64, ["n"])
    y = helper.make_tensor_value_info("eps", TensorProto.FLOAT, ["n", 1, 4, 4])
    weight = helper.make_tensor("w", TensorProto.FLOAT, [1, 1, 1, 1], [0.5])
    graph = helper.make_graph([helper.make_node("Conv", ["x", "w"], ["eps"])], "g", [x, t], [y], [weight])
    made: bytes = onnx.helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)], ir_version=8).SerializeToString()
    return made


UNET_CONFIG = {
    "_class_name": "UNet2DModel", "_diffusers_version": "0.30.0", "sample_size": 8, "in_channels": 1, "out_channels": 1,
    "block_out_channels": [32, 32], "layers_per_block": 1, "down_block_types": ["DownBlock2D", "AttnDownBlock2D"],
    "up_block_types": ["AttnUpBlock2D", "UpBlock2D"], "norm_num_groups": 8, "attention_head_dim": 8,
}  # fmt: skip
SCHEDULER_CONFIG = {
    "_class_name": "DDPMScheduler", "num_train_timesteps": 10, "beta_schedule": "linear", "beta_start": 1e-4, "beta_end": 0.02,
    "prediction_type": "epsilon", "variance_type": "fixed_small", "clip_sample": True,
}  # fmt: skip
CODER_CONFIG = {
    "_class_name": "AutoencoderKL", "in_channels": 3, "out_channels": 3, "latent_channels": 4, "block_out_channels": [32, 32],
    "layers_per_block": 1, "down_block_types": ["DownEncoderBlock2D"] * 2, "up_block_types": ["UpDecoderBlock2D"] * 2, "sample_size": 16,
    "scaling_factor": 0.2,
}  # fmt: skip


def _network_beside(folder: Path) -> None:
    """Settings and something in the place of weights."""
    (folder / "config.json").write_text(json.dumps(UNET_CONFIG))
    (folder / "diffusion_pytorch_model.safetensors").write_bytes(a_checkpoint())


def _run_beside(folder: Path) -> None:
    (folder / "r" / "run.json").write_bytes(_status()[0])


def _recipe() -> bytes:
    from explorer.recipe import ChainRecipe, FreshNoise, Lane, Paint, Recipe, Sampler, Shown, encode_recipe
    from explorer.recipe.dabs import Dab
    from explorer.recipe.told import Told

    lane = Lane("a" * 64, "mnist-ddpm-c", "C", Sampler(steps=10, eta=0.5), told=Told(predicts="C"), labels=(1, -1), guidance=2.0)
    edited = Lane("", "mnist", None, edits=(FreshNoise(500), Paint(400, (Dab(((1.0, 2.0), (3.0, 4.0))),))))
    return encode_recipe(Recipe(chain=ChainRecipe((lane, edited), 7, 4), shown=Shown(3, "x0_hat"))).encode()


def _plane_recipe() -> bytes:
    from explorer.recipe import PlaneRecipe, Recipe, encode_recipe

    return encode_recipe(Recipe(plane=PlaneRecipe("a" * 64, "mnist-vae-2d"))).encode()


def _recipes() -> tuple[bytes, ...]:
    return _recipe(), _plane_recipe()


def _png_around(changed: bytes) -> bytes:
    from PIL import Image
    from PIL.PngImagePlugin import PngInfo

    chunks = PngInfo()
    chunks.add_itxt("recipe", changed.decode("utf-8", "replace"))
    made = io.BytesIO()
    Image.new("L", (2, 2)).save(made, "PNG", pnginfo=chunks)
    return made.getvalue()


def _gif_around(changed: bytes) -> bytes:
    from PIL import Image

    made = io.BytesIO()
    Image.new("L", (2, 2)).save(made, "GIF", comment=changed)
    return made.getvalue()


def _page_around(changed: bytes) -> bytes:
    from explorer.exports.page.embedding import CLOSING, OPENING

    return b"<!doctype html>" + OPENING.encode() + changed + CLOSING.encode()


def _npz_around(changed: bytes) -> bytes:
    import numpy as np

    made = io.BytesIO()
    np.savez(made, recipe=np.array(changed.decode("utf-8", "replace").replace("\0", "")), x=np.zeros(3, np.float32))
    return made.getvalue()


def _picture(kind: str) -> bytes:
    import numpy as np
    from PIL import Image

    picture = Image.fromarray(np.arange(192, dtype=np.uint8).reshape(8, 8, 3))
    exif = Image.Exif()
    exif[0x0112] = 6
    made = io.BytesIO()
    picture.save(made, kind, **({"exif": exif} if kind in ("JPEG", "PNG", "WEBP", "TIFF") else {}))
    return made.getvalue()


def _pictures() -> tuple[bytes, ...]:
    return tuple(_picture(kind) for kind in ("PNG", "JPEG", "GIF", "BMP", "WEBP", "TIFF"))


def _idx() -> tuple[bytes, ...]:
    return (struct.pack(">BBBBIII", 0, 0, 8, 3, 2, 4, 4) + bytes(range(32)),)


def _arrays() -> tuple[bytes, ...]:
    import numpy as np

    found = []
    for array in (np.zeros((2, 4, 4), np.uint8), np.linspace(0, 1, 32).reshape(2, 4, 4)):
        plain, packed = io.BytesIO(), io.BytesIO()
        np.save(plain, array)
        np.savez(packed, x_train=array, y_train=np.zeros(2))
        found += [plain.getvalue(), packed.getvalue()]
    return tuple(found)


def _betas() -> tuple[bytes, ...]:
    import numpy as np

    plain = io.BytesIO()
    np.save(plain, np.linspace(1e-4, 0.02, 10))
    return (plain.getvalue(),)


def _point_files() -> tuple[bytes, ...]:
    import numpy as np

    plain, packed = io.BytesIO(), io.BytesIO()
    np.save(plain, np.linspace(0, 1, 8).reshape(4, 2))
    np.savez(packed, points=np.linspace(0, 1, 8).reshape(4, 2))
    return plain.getvalue(), packed.getvalue()


def _points(path: Path) -> None:
    from explorer.datasets.point_files import read_points

    read_points(path)


def _session() -> tuple[bytes, ...]:
    from explorer.resources import resource

    paths = sorted(resource("examples").glob("*.json"), key=lambda path: path.stat().st_size)
    return tuple(path.read_bytes() for path in paths if path.name != "index.json" and path.stat().st_size < 8000)


def _status() -> tuple[bytes, ...]:
    import msgspec

    from explorer.training.control import RunStatus

    return (msgspec.json.encode(RunStatus(1, "running", "generative-explorer train ddpm --out a", "ddpm", "C", epochs=3, started=1.0)),)


def _launch() -> tuple[bytes, ...]:
    import msgspec

    from explorer.recipe.training import TrainRecipe
    from explorer.training.runs import Launch

    return (msgspec.json.encode(Launch(("train", "ddpm", "--out", "a"), 1, 2.0, TrainRecipe())),)


def _frames() -> tuple[bytes, ...]:
    import numpy as np

    from explorer.engine.latent.messages import CodesShown
    from explorer.engine.process.codec import Cancel, Hello, Hide, Writer
    from explorer.engine.thread.messages import StartEngine
    from explorer.engine.thread.requests import Request, Result

    found = []
    codes = CodesShown("a", np.zeros((2, 2), np.float32), None, np.zeros(2, np.uint8))
    asked = Request(1, "a", 1, StartEngine("cpu", "fp32"), False)
    for message in (Hello("1"), asked, Cancel("a", 2), Hide(("a",)), Result(1, "a", 1, codes, True)):
        made = io.BytesIO()
        Writer(made).write(message)
        found.append(made.getvalue())
    return tuple(found)


def _curve() -> tuple[bytes, ...]:
    from explorer.training.curves import CURVE_HEAD

    return ((",".join(CURVE_HEAD) + "\n" + ",".join(["1"] * len(CURVE_HEAD)) + "\n").encode(),)


def _told() -> tuple[bytes, ...]:
    return (b'{"' + b"a" * 64 + b'":{"predicts":"C","image_size":[32,32],"betas":[0.1,0.2]}}',)


def _opened() -> tuple[bytes, ...]:
    from explorer import __version__
    from explorer.memory import of_machine

    return (json.dumps({"version": __version__, "memory": of_machine(), "parameters": {"a" * 64: 3}}).encode(),)


# --- how they are read


def _card_and_weights(path: Path) -> None:
    from explorer import sources
    from explorer.sources.asking import MustBeTold

    sources.source_for(path)
    try:
        sources.card(path)
        sources.parameters(path)
        sound = sources.sound(path)
        try:
            sources.open(path)
        except BadInput:
            assert sound is None, "what certainly opens does"
            raise
    except MustBeTold:
        answers = sources.suggested(path)
        sources.card(path, answers)
        sources.open(path, answers)
    finally:
        sources.asks(path)


def _card_alone(path: Path) -> None:
    from explorer import sources
    from explorer.checkpoints.snapshots import card_of
    from explorer.sources.looks import looks_like
    from explorer.sources.looks_inside import looks_inside

    looks_like(path)
    looks_inside(path)
    card_of(path)
    try:
        sources.card(path.parent if path.suffix == ".json" else path)
    finally:
        sources.asks(path)


def _recipe_in(path: Path) -> None:
    from explorer.exports.embedded import may_have_recipe, read_recipe

    may_have_recipe(path)
    read_recipe(path)


def _recipe_alone(path: Path) -> None:
    from explorer.exports.embedded import recipe_of

    recipe_of(path)


def _image_set(path: Path) -> None:
    from explorer.datasets.images import load_images

    load_images(str(path))


def _folder_of_images(path: Path) -> None:
    from explorer.datasets.images import load_images

    load_images(str(path.parent), size=4)


def _one_picture(path: Path) -> None:
    from explorer.datasets.pictures import read_picture

    read_picture(path)


def _schedule(path: Path) -> None:
    from explorer.training.schedules import schedule_of

    schedule_of(str(path))


def _saved_session(path: Path) -> None:
    from explorer.state.persistence import load, read_session

    try:
        read_session(path)
    finally:
        load(path)  # what keeps itself says what is wrong, sets the file aside, and begins anew
        for aside in path.parent.glob("*-set-aside-*"):
            aside.unlink()


def _run(path: Path) -> None:
    from explorer.training.reading import RunCurves
    from explorer.training.runs import going_on, look, memory_of

    curves = RunCurves(path.parent)
    curves.read()
    curves.curve("loss")
    curves.by_timestep()
    run = look(path.parent)
    if run is not None:
        assert isinstance(run.command, str)
        assert run.timesteps is not None
        memory_of(run)
        going_on(run)


def _conversation(path: Path) -> None:
    from explorer.engine.process.codec import BadContents, Reader
    from explorer.engine.process.frames import BrokenFrame

    read = 0
    for next_of in (Reader.greeting, Reader.request, Reader.result):
        with path.open("rb") as stream, contextlib.suppress(BrokenFrame):
            reader, message = Reader(stream), object()
            while message is not None:
                with contextlib.suppress(BadContents):
                    message = next_of(reader)
                    read += message is not None
    if not read:
        raise BrokenFrame


def _remembered(path: Path) -> None:
    from explorer.sources.remembered import told_of

    told_of("a" * 64)


def _opened_before(path: Path) -> None:
    from explorer.sources.opened_before import parameters_of

    parameters_of("a" * 64)


def _kept_chain(path: Path) -> None:
    from explorer.engine.chain.kept.layout import read_description

    read_description(path)


def _broken_frame() -> tuple[type[Exception], ...]:
    from explorer.engine.process.frames import BrokenFrame

    return (BrokenFrame,)


def _spoilt() -> tuple[type[Exception], ...]:
    from explorer.engine.chain.kept.layout import Spoilt

    return (Spoilt,)


@cache
def a_kept_chain() -> tuple[bytes, bytes]:
    """Its header, and what follows."""
    from explorer.resources import resource

    return _header_of((resource("first") / "chain-mnist-ddpm-a.safetensors").read_bytes())


def _around_a_kept_header(changed: bytes) -> bytes:
    return struct.pack("<Q", len(changed)) + changed + a_kept_chain()[1]


READERS: dict[str, Reader] = {
    "safetensors": Reader("a.safetensors", _card_and_weights, lambda: (a_checkpoint(),)),
    "safetensors-header": Reader("a.safetensors", _card_and_weights, lambda: (_header_of(a_checkpoint())[0],), _around_a_header),
    "card": Reader("a.safetensors", _card_and_weights, lambda: (_card(),), _around_a_card),
    "torch-zip": Reader("a.pt", _card_and_weights, lambda: (a_torch_file(),)),
    "torch-pickle": Reader("a.pt", _card_and_weights, _pickle_in_a_torch_file, _around_a_pickle),
    "torch-old": Reader("a.pt", _card_and_weights, lambda: (a_torch_file(old=True),)),
    "onnx": Reader("a.onnx", _card_alone, lambda: (a_graph(),)),
    "diffusers-unet": Reader("d/config.json", _card_alone, lambda: (json.dumps(UNET_CONFIG).encode(),)),
    "diffusers-coder": Reader("d/config.json", _card_alone, lambda: (json.dumps(CODER_CONFIG).encode(),)),
    "diffusers-scheduler": Reader(
        "scheduler_config.json", _card_alone, lambda: (json.dumps(SCHEDULER_CONFIG).encode(),), beside=_network_beside
    ),
    "session": Reader("a.json", _saved_session, _session),
    "recipe": Reader("a.json", _recipe_alone, _recipes),
    "recipe-png": Reader("a.png", _recipe_in, _recipes, _png_around),
    "recipe-gif": Reader("a.gif", _recipe_in, _recipes, _gif_around),
    "recipe-npz": Reader("a.npz", _recipe_in, _recipes, _npz_around),
    "recipe-html": Reader("a.html", _recipe_in, _recipes, _page_around),
    "png": Reader("a.png", _recipe_in, lambda: (_png_around(_recipe()),)),
    "npz": Reader("a.npz", _recipe_in, lambda: (_npz_around(_recipe()),)),
    "idx": Reader("a-images-idx3-ubyte", _image_set, _idx),
    "idx-gz": Reader("a-images-idx3-ubyte.gz", _image_set, lambda: (gzip.compress(_idx()[0], mtime=0),)),
    "arrays": Reader("a.npz", _image_set, _arrays),
    "picture": Reader("a.png", _one_picture, _pictures),
    "folder": Reader("f/a.png", _folder_of_images, _pictures),
    "points-npy": Reader("a.npy", _points, lambda: _point_files()[:1]),
    "points-npz": Reader("a.npz", _points, lambda: _point_files()[1:]),
    "points-csv": Reader("a.csv", _points, lambda: (b"what,x,y\ndata,1,2\ndata,3,4.5\n", b"1;2\n3;4\n")),
    "betas-npy": Reader("a.npy", _schedule, _betas),
    "betas-json": Reader("a.json", _schedule, lambda: (b'{"betas": [0.1, 0.2, 0.3]}',)),
    "run-status": Reader("r/run.json", _run, _status, names_file=False),
    "run-launch": Reader("r/launch.json", _run, _launch, names_file=False),
    "run-control": Reader("r/control", _run, lambda: (b"pause",), beside=_run_beside, names_file=False),
    "run-curve": Reader("r/loss.csv", _run, _curve, beside=_run_beside, names_file=False),
    "frames": Reader("a.frames", _conversation, _frames, refuses=_broken_frame()),
    "told": Reader("state/told.json", _remembered, _told),
    "opened": Reader("cache/opened.json", _opened_before, _opened),
    "kept-chain": Reader("a.safetensors", _kept_chain, lambda: (a_kept_chain()[0],), _around_a_kept_header, refuses=_spoilt()),
}


def corpus_of(name: str) -> list[bytes]:
    """What was found to be worth trying again."""
    return [path.read_bytes() for path in sorted((CORPUS / name).glob("*"))]
