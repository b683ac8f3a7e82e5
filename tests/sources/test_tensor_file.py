"""Files of tensors: told without torch, and nothing in them is called."""

import os
import pickle
import subprocess
import sys
import tracemalloc
import zipfile
from pathlib import Path

import pytest
import torch
from safetensors.torch import save_file
from torch import nn

from explorer.errors import BadInput
from explorer.sources import tensor_file
from explorer.sources.tensor_file import Outline, bare, outline
from explorer.sources.tensor_reading import tensors


@pytest.fixture
def network() -> nn.Module:
    torch.manual_seed(0)
    return nn.Sequential(nn.Conv2d(1, 4, 3), nn.BatchNorm2d(4), nn.Linear(4, 2).half())


def saved(path: Path, thing: object, old: bool = False) -> Path:
    torch.save(thing, path, _use_new_zipfile_serialization=not old)
    return path


@pytest.mark.parametrize("old", [False, True])
def test_the_outline_is_what_torch_reads(tmp_path: Path, network: nn.Module, old: bool) -> None:
    path = saved(tmp_path / "weights", {"epoch": 3, "model_state_dict": network.state_dict(), "loss": 0.5}, old)
    content = outline(path)
    assert content is not None
    where, told = content.weights()
    assert (where, content.form, content.unknown) == ("model_state_dict", "old" if old else "zip", ())
    assert {name: each.shape for name, each in told.items()} == {name: tuple(t.shape) for name, t in network.state_dict().items()}
    assert told["2.weight"] == Outline((2, 4), "Half")
    assert told["1.num_batches_tracked"] == Outline((), "Long")
    assert content.top["epoch"] == 3
    read = tensors(path, where)
    assert all(
        torch.equal(read[name], tensor.float() if tensor.is_floating_point() else tensor) for name, tensor in network.state_dict().items()
    )
    assert read["2.weight"].dtype == torch.float32


def test_safetensors_are_told_alike(tmp_path: Path, network: nn.Module) -> None:
    save_file(network.state_dict(), tmp_path / "w", {"by": "somebody"})
    content = outline(tmp_path / "w")
    assert content is not None
    assert content.top["__metadata__"] == {"by": "somebody"}
    where, told = content.weights()
    assert told["2.weight"] == Outline((2, 4), "F16")
    assert torch.equal(tensors(tmp_path / "w", where, "0.")["bias"], network[0].bias)


@pytest.mark.parametrize("kind", [torch.float8_e4m3fn, torch.float8_e5m2, torch.uint16, torch.uint32, torch.complex64])
def test_numbers_of_a_kind_that_a_network_beside_them_has_hide_no_others(tmp_path: Path, kind: torch.dtype) -> None:
    """A whole checkpoint may keep its large part in eight bits, and its autoencoder in sixteen."""
    save_file({"large": torch.zeros(4, 6).to(kind), "vae.a": torch.ones(3, dtype=torch.bfloat16)}, tmp_path / "w")
    content = outline(tmp_path / "w")
    assert content is not None
    assert {name: each.shape for name, each in content.weights()[1].items()} == {"large": (4, 6), "vae.a": (3,)}
    assert torch.equal(tensors(tmp_path / "w", "", "vae.")["a"], torch.ones(3))


def test_a_view_that_reaches_beyond_its_storage_is_no_file_of_tensors(tmp_path: Path) -> None:
    path = saved(tmp_path / "w", {"a": torch.arange(6.0).view(2, 3)[:, 1:]})
    assert outline(path) is not None
    spoilt = tmp_path / "spoilt"
    with zipfile.ZipFile(path) as source, zipfile.ZipFile(spoilt, "w") as target:
        for member in source.infolist():
            data = source.read(member)
            if member.filename.endswith("data.pkl"):
                assert data.count(b"K\x02K\x02\x86") == 1  # the shape (2, 2)
                data = data.replace(b"K\x02K\x02\x86", b"K\x09K\x02\x86")
            target.writestr(member.filename, data)
    assert outline(spoilt) is None


class Evil:
    """Would write a file if it were unpickled."""

    def __init__(self, path: Path) -> None:
        self.path = path

    def __reduce__(self) -> tuple[object, tuple[str]]:
        return os.mkdir, (str(self.path),)


def test_nothing_in_a_file_is_called(tmp_path: Path) -> None:
    proof = tmp_path / "proof"
    path = saved(tmp_path / "w", {"state_dict": {"a": torch.zeros(2)}, "hparams": Evil(proof)})
    content = outline(path)
    assert content is not None
    assert content.unknown == ("posix.mkdir",)
    assert content.weights()[1] == {"a": Outline((2,), "Float")}
    with pytest.raises(BadInput, match=r"holds Python objects \(posix.mkdir\), which is never run here"):
        tensors(path, "state_dict")
    assert not proof.exists()
    (tmp_path / "bare").write_bytes(pickle.dumps(Evil(proof)))
    assert outline(tmp_path / "bare") is None
    assert not proof.exists()


def test_a_whole_model_names_its_class(tmp_path: Path, network: nn.Module) -> None:
    content = outline(saved(tmp_path / "w", network))
    assert content is not None
    assert content.unknown[0] == "torch.nn.modules.container.Sequential"
    assert content.weights() == ("", {})


def test_what_claims_more_than_it_holds_is_not_read(tmp_path: Path) -> None:
    path = saved(tmp_path / "w", {"a": torch.zeros(1000)})
    for cut in (path.stat().st_size - 10, 700, 40, 5):
        (tmp_path / "cut").write_bytes(path.read_bytes()[:cut])
        assert outline(tmp_path / "cut") is None
        with pytest.raises(BadInput, match="is damaged or cut short"):
            tensors(tmp_path / "cut")
    packed = tmp_path / "packed"
    with zipfile.ZipFile(path) as source, zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as target:
        for member in source.infolist():
            target.writestr(member.filename, source.read(member))
    assert outline(packed) is None


@pytest.mark.parametrize(
    ("pickled", "is_sound"),
    [
        (b"}r" + (1 << 20).to_bytes(4, "little"), True),
        (b"}p1048576\n", True),
        (b"}\x96" + (1 << 26).to_bytes(8, "little") + b"0", False),
    ],
    ids=["place, binary", "place, text", "bytes that are not there"],
)
def test_a_pickle_of_a_few_bytes_asks_for_no_more_memory_than_they_need(tmp_path: Path, pickled: bytes, is_sound: bool) -> None:
    with zipfile.ZipFile(tmp_path / "w", "w") as archive:
        archive.writestr("archive/data.pkl", b"\x80\x02" + pickled + b".")
    outline(saved(tmp_path / "sound", {"a": torch.zeros(1)}))  # imports what it needs
    tracemalloc.start()
    try:
        found = outline(tmp_path / "w")
        _, most = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert (found is not None) is is_sound
    assert found is None or found.top == {}
    assert most < 1 << 20


def test_weights_that_are_not_finite_are_named(tmp_path: Path) -> None:
    path = saved(tmp_path / "w", {"a": torch.tensor([1.0, float("nan")])})
    with pytest.raises(BadInput, match="its weights a are not finite"):
        tensors(path)


def test_wrappers_names_go() -> None:
    assert bare({"module.model.a": 1, "module.model.b": 2}) == {"a": 1, "b": 2}
    assert bare({"model.a": 1, "b": 2}) == {"model.a": 1, "b": 2}


def test_a_file_is_told_without_torch(tmp_path: Path, network: nn.Module) -> None:
    path = saved(tmp_path / "w", network.state_dict())
    code = "import sys; from pathlib import Path; from explorer.sources.tensor_file import outline; "
    code += f"assert outline(Path({str(path)!r})).weights()[1]; assert 'torch' not in sys.modules and 'numpy' not in sys.modules"
    subprocess.run([sys.executable, "-c", code], check=True)


def test_the_file_is_looked_into_again_when_it_changes(tmp_path: Path) -> None:
    path = saved(tmp_path / "w", {"a": torch.zeros(2)})
    assert outline(path) is outline(path)
    saved(path, {"a": torch.zeros(200)})
    content = tensor_file.outline(path)
    assert content is not None
    assert content.weights()[1]["a"].shape == (200,)
