"""What a file may cost is known before it is paid: headers, pickles, images, tables."""

import json
import os
import pickle
import struct
import zipfile
from pathlib import Path
from typing import ClassVar

import msgspec
import pytest
import torch
from torch import Tensor, nn

from explorer import sources
from explorer.checkpoints.card import Card, ClassesCard, DataCard, Metric, NetworkCard, OriginCard, ScheduleCard, TrainingCard
from explorer.checkpoints.files import Checkpoint, save
from explorer.checkpoints.header import MAX_HEADER
from explorer.errors import BadInput
from explorer.memory import of_machine
from explorer.models.footprint import bytes_of_one
from explorer.models.unet import UNet, UNetConfig
from explorer.recipe.told import NOTHING, Told
from explorer.sources.costs import SHARE
from explorer.sources.plugins import Source
from explorer.sources.tensor_file import outline
from explorer.training.cards import config_dict
from explorer.training.control import RunStatus, write_status
from explorer.training.reading import RunCurves
from explorer.training.runs import look


def native(path: Path, side: int, T: int = 1000, **settings: object) -> Path:
    """A checkpoint of ours that claims images of that side."""
    config = UNetConfig(multipliers=(1,), **settings)  # type: ignore[arg-type]
    data = DataCard("mnist", (1, side, side), (-1.0, 1.0), "0" * 64)
    card = Card(1, "ddpm", NetworkCard("unet", config_dict(config)), data, option="C", schedule=ScheduleCard("linear", T))
    save(path, card, UNet(config).state_dict())
    return path


def test_a_header_of_48_megabytes_is_refused_in_words_and_not_read(tmp_path: Path) -> None:
    for name in ("a.safetensors", "b.pt"):
        path = tmp_path / name
        path.write_bytes(struct.pack("<Q", 48_000_000) + b'{"__metadata__":{"generative_explorer":"')
        os.truncate(path, 50_000_000)
        with pytest.raises(BadInput, match=rf"{name}: .*header of 48,000,000 bytes: a checkpoint's has at most {MAX_HEADER:,}"):
            sources.open(path)


def test_a_header_of_too_many_tensors_is_refused(tmp_path: Path) -> None:
    header = json.dumps({f"{number}": 0 for number in range(100_001)}).encode()
    (tmp_path / "a.safetensors").write_bytes(struct.pack("<Q", len(header)) + header)
    with pytest.raises(BadInput, match="100,001 tensors"):
        sources.open(tmp_path / "a.safetensors")


def test_small_weights_that_claim_large_images_are_refused_at_opening(tmp_path: Path) -> None:
    path = native(tmp_path / "large.safetensors", 4096, width=128)
    if of_machine() > 2**37:
        pytest.skip("this machine has the memory")
    with pytest.raises(BadInput, match=r"large\.safetensors: one image of 4096 × 4096 would take its network about \d+\.\d GB; of the"):
        sources.open(path)
    assert SHARE > 1


def test_a_size_that_was_told_is_weighed_alike(tmp_path: Path) -> None:
    if of_machine() > 2**37:
        pytest.skip("this machine has the memory")
    from diffusers import UNet2DModel

    torch.manual_seed(0)
    blocks = {"down_block_types": ("DownBlock2D",), "up_block_types": ("UpBlock2D",), "block_out_channels": (128,)}
    torch.save(UNet2DModel(in_channels=1, out_channels=1, layers_per_block=1, **blocks).state_dict(), tmp_path / "a.pt")
    assert sources.open(tmp_path / "a.pt", Told(image_size=(64, 64))).card.data.shape == (1, 64, 64)
    with pytest.raises(BadInput, match="one image of 4096 × 4096"):
        sources.open(tmp_path / "a.pt", Told(image_size=(4096, 4096)))


def test_what_an_image_takes_grows_with_its_pixels() -> None:
    network = UNet(UNetConfig(width=16)).eval()
    one = bytes_of_one(network, (1, 256, 256))
    assert one > 4 * 16 * 256 * 256  # an output of its first layer
    assert bytes_of_one(network, (1, 1024, 1024)) == pytest.approx(16 * one, rel=1e-6)
    assert bytes_of_one(network, (1, 28, 28)) == 0


@pytest.mark.parametrize("name", ["memo", "hash", "storage", "bytes", "calls", "sets"])
def test_a_pickle_costs_no_more_than_its_bytes(tmp_path: Path, name: str) -> None:
    nested = b")q\0" + b"".join(b"h\0h\0\x86q\0" for _ in range(60))  # a tuple of 2^60 empty ones
    many = b"](" + b"K\x01K\x02\x86" * 100_000 + b"eq\0"
    bombs = {
        "memo": b"\x80\x02}r" + struct.pack("<I", 2**31 - 2) + b".",
        "hash": b"\x80\x02" + nested + b"}h\0K\x01s.",
        "storage": b"\x80\x02" + nested + b"(X\x07\0\0\0storagectorch\nFloatStorage\nh\0X\x03\0\0\0cpuK\x01tQ.",
        "bytes": b"\x80\x04\x8e" + struct.pack("<Q", 2**60) + b".",
        "calls": b"\x80\x02" + many + b"ccollections\nOrderedDict\nh\0\x85R" * 1000 + b".",
        "sets": b"\x80\x04" + b"\x8f" * 2_000_000 + b".",
    }
    with zipfile.ZipFile(tmp_path / "a.pt", "w") as archive:
        archive.writestr("a/data.pkl", bombs[name])
    found = outline(tmp_path / "a.pt")
    assert found is None or (name == "memo" and found.top == {})
    with pytest.raises(BadInput, match=r"a\.pt: "):
        sources.open(tmp_path / "a.pt")


def test_a_key_of_a_plain_tuple_is_a_key(tmp_path: Path) -> None:
    with zipfile.ZipFile(tmp_path / "a.pt", "w") as archive:
        archive.writestr("a/data.pkl", pickle.dumps({("a", 1): {2.5: None}}, protocol=2))
    found = outline(tmp_path / "a.pt")
    assert found is not None
    assert found.top == {("a", 1): {2.5: None}}


def test_a_schedule_beyond_the_tables_of_our_network_is_refused_by_its_card(tmp_path: Path) -> None:
    path = native(tmp_path / "a.safetensors", 28, 30, width=8, outer_skip=True, skip_by_timestep=True, timesteps=20)
    with pytest.raises(BadInput, match="schedule has 30 timesteps, and its network tables of 20"):
        sources.card(path)
    assert sources.card(native(path, 28, 30, width=8, outer_skip=True, skip_by_timestep=True, timesteps=30)).schedule is not None


class Table(nn.Module):
    """Looks t and a label up."""

    timestep_count, label_count = 20, 3

    def accepts(self, shape: tuple[int, int, int]) -> bool:
        return True

    def forward(self, x_t: Tensor, t: Tensor, labels: Tensor) -> Tensor:
        return x_t


class WithTables(Source):
    """A source of somebody else."""

    name, title, hints = "tables", "tables", ("*.tables",)
    T: ClassVar[int] = 20
    labels: ClassVar[int] = 3

    def recognises(self, path: Path) -> bool:
        return path.suffix == ".tables"

    def card(self, path: Path, told: Told = NOTHING) -> Card:
        data = DataCard("not said", (1, 4, 4), (-1.0, 1.0), "")
        classes = ClassesCard(self.labels)
        return Card(1, "ddpm", NetworkCard("t", {}), data, "C", ScheduleCard("cosine", self.T), origin=OriginCard("t"), classes=classes)

    def load(self, path: Path, told: Told = NOTHING) -> Checkpoint:
        return Checkpoint(path, self.card(path), Table(), self.sha256(path))


@pytest.fixture
def with_tables(monkeypatch: pytest.MonkeyPatch) -> type[WithTables]:
    monkeypatch.setattr(sources, "SOURCES", [*sources.SOURCES, WithTables()])
    return WithTables


def test_no_source_opens_a_card_beyond_its_network_s_tables(
    tmp_path: Path, with_tables: type[WithTables], monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "a.tables"
    path.write_text("a")
    assert sources.open(path).card.schedule is not None
    monkeypatch.setattr(with_tables, "T", 21)
    with pytest.raises(BadInput, match="schedule has 21 timesteps, and its network a table of 20"):
        sources.open(path)
    monkeypatch.setattr(with_tables, "T", 20)
    monkeypatch.setattr(with_tables, "labels", 4)
    with pytest.raises(BadInput, match="its card has 4 labels, and its network a row for 3"):
        sources.open(path)


def test_a_card_of_more_words_than_anybody_reads_is_refused() -> None:
    data, training = DataCard("mnist", (1, 28, 28), (-1.0, 1.0), ""), {"notes": "n" * 50_001}
    known = TrainingCard(1, 1, 1, "AdamW", 0, 0.0, "simple", "fp32", "train")
    with pytest.raises(ValueError, match="at most 50,000 characters"):
        Card(1, "classifier", NetworkCard("classifier", {}), data, training=msgspec.structs.replace(known, **training))
    with pytest.raises(ValueError, match="at most 200 figures"):
        Card(1, "classifier", NetworkCard("classifier", {}), data, metrics=(Metric("fid", 1.0, "evaluate"),) * 201)


@pytest.mark.skipif(os.name != "posix", reason="pipes of POSIX")
def test_the_curve_and_the_last_words_of_a_run_are_files(tmp_path: Path) -> None:
    for name in ("loss.csv", "loss-by-timestep.csv", "errors.log"):
        os.mkfifo(tmp_path / name)
    assert not RunCurves(tmp_path).read()
    write_status(tmp_path, RunStatus(2**30, "running", "train", "ddpm"))
    run = look(tmp_path)
    assert run is not None
    assert run.phase == "failed"


def graph_with_a_table(path: Path, rows: int, cast: bool = False) -> Path:
    """A denoiser that looks t up."""
    import onnx
    from onnx import TensorProto, helper

    ports = [helper.make_tensor_value_info(name, TensorProto.FLOAT, ["n", 1, 4, 4]) for name in ("x", "eps")]
    t = helper.make_tensor_value_info("t", TensorProto.INT64, ["n"])
    tables = [helper.make_tensor(name, TensorProto.FLOAT, [n, 1, 1, 1], [0.5] * n) for name, n in (("table", rows), ("wide", 2 * rows))]
    nodes = [helper.make_node("Cast", ["t"], ["index"], to=TensorProto.INT32)] if cast else []
    index = "index" if cast else "t"
    nodes += [helper.make_node("Gather", [name, index], [f"of_{name}"]) for name in ("wide", "table")]
    nodes += [helper.make_node("Mul", ["x", "of_table"], ["y"]), helper.make_node("Mul", ["y", "of_wide"], ["eps"])]
    graph = helper.make_graph(nodes, "g", [ports[0], t], [ports[1]], tables)
    onnx.save(helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)], ir_version=8), path)
    return path


@pytest.mark.parametrize("cast", [False, True])
def test_a_graph_is_not_asked_beyond_its_table(tmp_path: Path, cast: bool) -> None:
    path = graph_with_a_table(tmp_path / "a.onnx", 20, cast)
    told = Told(predicts="C", schedule="cosine", timesteps=20, first_timestep=0, time_input="index", pixel_range="-1,1")
    assert sources.card(path, told).schedule is not None
    for other in ({"timesteps": 21}, {"first_timestep": 1}):
        with pytest.raises(BadInput, match=r"a\.onnx: its schedule has 2[01] timesteps, and its network a table of 20"):
            sources.card(path, msgspec.structs.replace(told, **other))
