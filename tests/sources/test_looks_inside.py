"""What is said of files of weights, pickles and training states that no source takes: what they are, and what would help."""

from __future__ import annotations

import json
import os
import pickle
import zipfile
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
import torch
from safetensors.torch import save_file
from torch import nn

from explorer import sources
from explorer.cli import main
from explorer.errors import BadInput
from explorer.sources.looks_inside import looks_inside


class Net(nn.Module):
    """A network of a person's own."""

    def __init__(self) -> None:
        super().__init__()
        self.time_embed, self.down, self.up, self.out = (nn.Linear(2, 2) for _ in range(4))


class Reconstructed:
    """Pickled as EDM pickles its networks: by a function of its own."""

    def __reduce__(self) -> tuple[object, tuple[str]]:
        return _persistent, ("class Network: ...",)


def _persistent(source: str) -> object:
    raise AssertionError(f"{source} was run")


_persistent.__module__, _persistent.__qualname__ = "torch_utils.persistence", "_reconstruct_persistent_obj"


def saved(thing: object) -> Callable[[Path], object]:
    return lambda path: torch.save(thing, path)


def old(path: Path) -> None:
    torch.save({"layer.weight": torch.zeros(2)}, path, _use_new_zipfile_serialization=False)


def zipped(*members: str) -> Callable[[Path], None]:
    def make(path: Path) -> None:
        with zipfile.ZipFile(path, "w") as archive:
            for name in members:
                archive.writestr(name, b"{}")

    return make


def of_edm(path: Path, wrapped: bool) -> None:
    """A pickle of a module that is not there, made by hand: protocol 2, a class, its argument, called."""
    code = b"\x80\x02ctorch_utils.persistence\n_reconstruct_persistent_obj\nX\x05\x00\x00\x00class\x85R."
    if not wrapped:
        path.write_bytes(code)
        return
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("a/data.pkl", b"\x80\x02}X\x03\x00\x00\x00net" + code[2:-1] + b"s.")
        archive.writestr("a/version", b"3")


def cut(path: Path) -> None:
    """An archive that is whole, and whose pickle is not."""
    torch.save({"a": torch.zeros(2)}, path)
    members = {name: zipfile.ZipFile(path).read(name) for name in zipfile.ZipFile(path).namelist()}
    with zipfile.ZipFile(path, "w") as archive:
        for name, data in members.items():
            archive.writestr(name, data[:20] if name.endswith("data.pkl") else data)


OPTIMIZER = torch.optim.AdamW(Net().parameters())
LFS = "version https://git-lfs.github.com/spec/v1\noid sha256:{:064}\nsize {}\n"
K_DIFFUSION = {"config": json.dumps({"model": {"type": "image_v1", "sigma_data": 0.5}})}
OF_RUN = "open the weights that were saved beside it"
RUN = "would have to be run: save model.state_dict() instead, or export it with torch.onnx.export"
KINDS: dict[str, tuple[Callable[[Path], object], str, str]] = {
    "weights": (saved(Net().state_dict()), "a file of weights of a network that is not known here (its names begin time_embed, down, up,",
                "export it with torch.onnx.export"),
    "weights in a dictionary": (saved({"epoch": 3, "model_state_dict": {f"module.{n}": t for n, t in Net().state_dict().items()}}),
                                "a file of weights of a network that is not known here (its names begin time_embed, ", "torch.onnx"),
    "weights of old": (old, "a file of weights of a network that is not known here (its names begin layer)", "torch.onnx.export"),
    "safetensors": (lambda path: save_file({"a": torch.zeros(2)}, path), "a file of weights of a network that is not known", "onnx"),
    "a card's name": (lambda path: save_file({"generative_explorer": torch.zeros(2)}, path), "a file of weights of a network", "onnx"),
    "Lightning": (saved({"state_dict": Net().state_dict(), "pytorch-lightning_version": "2.6"}), "a Lightning checkpoint of a network",
                  "export it with torch.onnx.export"),
    "a whole model": (saved(Net()), f"a whole model (of the class {Net.__module__}.Net)", RUN),
    "an optimizer": (saved(OPTIMIZER.state_dict()), "the state of an optimizer, without a network", OF_RUN),
    "a learning rate": (saved(torch.optim.lr_scheduler.StepLR(OPTIMIZER, 3).state_dict()), "the state of a learning-rate", OF_RUN),
    "random numbers": (saved({"step": 1, "torch_manual_seed": torch.zeros(8)}), "the state of the random numbers", OF_RUN),
    "objects": (saved({"epoch": 1, "args": Path("a")}), "a file with Python objects (pathlib.", RUN),
    "nothing": (saved({"epoch": 1, "loss": 0.5}), "a PyTorch file with epoch, loss in it", "save model.state_dict() by itself"),
    "a tensor": (saved(torch.zeros(3, 4)), "one tensor of shape (3, 4)", "no weights by name"),
    "a cut pickle": (cut, "a PyTorch archive that is damaged", ""),
    "EDM": (lambda path: of_edm(path, wrapped=False), "a pickle of EDM or StyleGAN, which holds source code", "torch.onnx.export"),
    "EDM's training": (lambda path: of_edm(path, wrapped=True), "a training state of EDM, which holds source code", "torch.onnx.export"),
    "a pickle": (lambda path: path.write_bytes(pickle.dumps({"a": np.float64(1)})), "a Python pickle (of numpy.", RUN),
    "a plain pickle": (lambda path: path.write_bytes(pickle.dumps({"a": 1})), "a Python pickle, which would have to be run", RUN),
    "k-diffusion": (lambda path: save_file({"inner.a": torch.zeros(2)}, path, K_DIFFUSION), "a checkpoint of k-diffusion", "torch.onnx"),
    "a text's": (saved({"model.a.transformer_blocks.0.weight": torch.zeros(2)}), "a file of weights of a network that is told", ""),
    "LoRA": (saved({"unet.a.lora_up.weight": torch.zeros(2)}), "a file of LoRA weights", ""),
    "TorchScript": (lambda path: torch.jit.save(torch.jit.trace(Net().out, torch.zeros(2)), path), "a TorchScript archive", "torch.onnx"),
    "Keras": (zipped("config.json", "metadata.json", "model.weights.h5"), "a Keras archive", "ONNX"),
    "HDF5": (lambda path: path.write_bytes(b"\x89HDF\r\n\x1a\n" + bytes(200)), "an HDF5 file, as Keras writes them", "ONNX"),
    "torch.export": (zipped("model/archive_format", "model/models/model.json"), "a program of torch.export (.pt2)", "torch.onnx.export"),
    "Git LFS": (lambda path: path.write_text(LFS.format(0, 12345)), "a Git LFS pointer, which stands for a file of 12,345 b", "git lfs"),
    "Git LFS, cut": (lambda path: path.write_text(LFS[:60]), "a Git LFS pointer, which stands for a file that has not", "git lfs pull"),
}  # fmt: skip


@pytest.mark.filterwarnings("ignore::DeprecationWarning")
@pytest.mark.parametrize("kind", KINDS)
def test_one_sentence_says_what_it_is_and_what_would_help(tmp_path: Path, kind: str, capsys: pytest.CaptureFixture[str]) -> None:
    make, words, help_ = KINDS[kind]
    path = tmp_path / "given.png"
    make(path)
    for ask in (sources.open, sources.card, sources.asks):
        with pytest.raises(BadInput) as refusal:
            ask(path)
        said = str(refusal.value)
        assert said.startswith(f"{path}: is {words}")
        assert help_ in said
        assert "what opens here" not in said
        assert "\n" not in said
    assert main(["info", str(path)]) == 2
    assert capsys.readouterr().err.count("\n") == 1


def test_nothing_is_run_to_see_what_it_is(tmp_path: Path) -> None:
    class Bomb:
        def __reduce__(self) -> tuple[object, tuple[str]]:
            return os.mkdir, (str(tmp_path / "proof"),)

    (tmp_path / "bare").write_bytes(pickle.dumps(Bomb()))
    torch.save(Bomb(), tmp_path / "zip")
    torch.save({"a": Bomb()}, tmp_path / "in")
    for name in ("bare", "zip", "in"):
        assert f"{os.mkdir.__module__}.mkdir" in looks_inside(tmp_path / name)
    assert not (tmp_path / "proof").exists()


def test_a_training_state_without_a_network_is_told_by_what_is_in_it(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    state = tmp_path / "checkpoint-5"
    state.mkdir()
    torch.save(OPTIMIZER.state_dict(), state / "optimizer.bin")
    (state / "random_states_0.pkl").write_bytes(pickle.dumps({"step": 5}))
    assert main(["info", str(state)]) == 2
    words = capsys.readouterr().err
    assert f"{state}: is a training state (optimizer.bin, random_states_0.pkl) without a network: open the weights" in words
    assert words.count("\n") == 1
    with pytest.raises(BadInput, match="is a training state"):
        sources.open(state)


def test_what_is_no_file_of_weights_is_not_told(tmp_path: Path) -> None:
    (tmp_path / "text").write_text("hello")
    (tmp_path / "empty").write_bytes(b"")
    assert [looks_inside(tmp_path / name) for name in ("text", "empty")] == ["", ""]
    assert looks_inside(tmp_path) == ""
