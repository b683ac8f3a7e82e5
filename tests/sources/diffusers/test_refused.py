"""What cannot be opened is told in one sentence that says what it is; nothing in it is run, and no memory is taken for what it claims."""

from __future__ import annotations

import io
import json
import os
import struct
import subprocess
import sys
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import torch
from safetensors.torch import load_file, save_file

from explorer import sources
from explorer.errors import BadInput

from .conftest import WEIGHTS, changed

POINTER = "version https://git-lfs.github.com/spec/v1\noid sha256:0\nsize 1867444\n"
Said = Callable[[Path], str]


@pytest.mark.parametrize(
    ("file", "settings", "words"),
    [
        ("scheduler/scheduler_config.json", {"_class_name": "ScoreSdeVeScheduler"}, "ScoreSdeVeScheduler, which is not of a"),
        ("scheduler/scheduler_config.json", {"_class_name": "FlowMatchEulerDiscreteScheduler"}, "is FlowMatchEulerDiscrete"),
        ("scheduler/scheduler_config.json", {"prediction_type": "flow_prediction"}, "its prediction_type is 'flow_prediction'"),
        ("scheduler/scheduler_config.json", {"rescale_betas_zero_snr": True}, "its schedule ends without signal"),
        ("scheduler/scheduler_config.json", {"beta_schedule": "laplace"}, "its beta_schedule 'laplace' is not known here"),
        ("scheduler/scheduler_config.json", {"beta_start": -1}, "beta_1 of its schedule is -1"),
        ("scheduler/scheduler_config.json", {"beta_end": "x"}, "its beta_end is 'x', which is not a number"),
        ("scheduler/scheduler_config.json", {"num_train_timesteps": 10**12}, "its num_train_timesteps is 1000000000000"),
        ("scheduler/scheduler_config.json", {"trained_betas": [0.1]}, "its trained_betas are not 1000 numbers"),
        ("unet/config.json", {"_class_name": "UNet2DConditionModel"}, "is a UNet2DConditionModel, which is told what to draw by a text"),
        ("unet/config.json", {"_class_name": "UNetModel"}, "is a UNetModel of diffusers"),
        ("unet/config.json", {"class_embed_type": "timestep"}, "its network is told classes by timestep (class_embed_type)"),
        ("unet/config.json", {"class_embed_type": "identity"}, "its network is told classes by identity (class_embed_type)"),
        ("unet/config.json", {"num_class_embeds": 0}, "its num_class_embeds is 0"),
        ("unet/config.json", {"num_class_embeds": 10}, "has no weights class_embedding.weight"),
        ("unet/config.json", {"center_input_sample": True}, "takes images in [0, 1]"),
        ("unet/config.json", {"time_embedding_type": "fourier"}, "is told a noise level, not a timestep"),
        ("unet/config.json", {"in_channels": 4, "out_channels": 4}, "takes 4 channels"),
        ("unet/config.json", {"out_channels": 5}, "makes 5 channels of 3"),
        ("unet/config.json", {"sample_size": 15}, "its sample_size 15 x 15 is not one of multiples of 2"),
        ("unet/config.json", {"sample_size": "big"}, "its sample_size 'big' is no size of images"),
        ("unet/config.json", {"layers_per_block": 10**9}, "are not those of a network"),
        ("unet/config.json", {"block_out_channels": [16, 10**9]}, "are not those of a network"),
        ("unet/config.json", {"block_out_channels": [16, 32]}, "its config.json asks for"),
        ("unet/config.json", {"layers_per_block": 2}, "has no weights"),
        ("unet/config.json", {"add_attention": False}, "has weights"),
        ("unet/config.json", {"down_block_types": ["NoSuchBlock", "DownBlock2D"]}, "no UNet2DModel can be built of it"),
        ("unet/config.json", {"norm_num_groups": 7}, "no UNet2DModel can be built of it"),
        ("model_index.json", {"_class_name": "LDMPipeline", "vae": ["diffusers", "A"]}, "through its vae, and no folder vae"),
        ("model_index.json", {"_class_name": "APipeline", "text_encoder": ["t", "A"]}, "is told what to draw by its text_encoder"),
    ],
)  # fmt: skip
def test_settings_that_are_no_lane(pipeline: Path, said: Said, file: str, settings: dict[str, Any], words: str) -> None:
    changed(pipeline / file, **settings)
    assert words in said(pipeline)


@pytest.mark.parametrize(
    ("settings", "words"),
    [
        ({"_class_name": "UNet2DConditionModel"}, "is a UNet2DConditionModel"),
        ({"_class_name": "Transformer2DModel"}, "is a Transformer2DModel of diffusers"),
        ({"_class_name": None}, "does not say the class of its network (_class_name)"),
        ({"in_channels": 4, "out_channels": 4}, "takes 4 channels"),
    ],
)
def test_nothing_is_asked_of_what_no_answer_would_open(pipeline: Path, settings: dict[str, Any], words: str) -> None:
    """A network alone, whose schedule and size a person would be asked for."""
    changed(pipeline / "unet" / "config.json", sample_size=None, **settings)
    lone = pipeline.parent / "lone"
    (pipeline / "unet").rename(lone)
    for ask in (sources.asks, sources.card):
        with pytest.raises(BadInput) as refused:
            ask(lone)
        assert words in str(refused.value)


@pytest.mark.parametrize("file", ["unet/config.json", "scheduler/scheduler_config.json", "model_index.json"])
@pytest.mark.parametrize("text", ["", '{"a": ', "[]", "[" * 100_000, POINTER])
def test_damaged_json(pipeline: Path, said: Said, file: str, text: str) -> None:
    (pipeline / file).write_text(text)
    words = said(pipeline)
    assert str(pipeline / file) in words
    assert "JSON" in words
    assert ("Git LFS pointer" in words) == (text == POINTER)


def cut(path: Path) -> None:
    os.truncate(path, path.stat().st_size // 2)


def not_finite(path: Path) -> None:
    tensors = load_file(path)
    tensors["conv_in.bias"][0] = float("nan")
    save_file(tensors, path)


def whole_numbers(path: Path) -> None:
    save_file({name: tensor.long() for name, tensor in load_file(path).items()}, path)


def lying(path: Path) -> None:
    """A header that tells of more than is there."""
    text = json.dumps({"conv_in.weight": {"dtype": "F32", "shape": [2**40], "data_offsets": [0, 2**42]}}).encode()
    path.write_bytes(struct.pack("<Q", len(text)) + text)


@pytest.mark.parametrize(
    ("spoil", "words"),
    [
        (Path.unlink, "has no weights (diffusion_pytorch_model.safetensors or .bin)"),
        (lambda path: path.write_bytes(b""), "and is empty"),
        (lambda path: path.write_text(POINTER), "and is a Git LFS pointer"),
        (lambda path: path.write_bytes(b"\x80\x02}q\0."), "and is a Python pickle"),
        (lambda path: os.truncate(path, 100), "and is a safetensors file that is cut short"),
        (cut, "is cut short: it has"),
        (lying, "is cut short: it has"),
        (not_finite, "its weights conv_in.bias are not finite"),
        (whole_numbers, "are int64, which no network computes with"),
    ],
)
def test_damaged_weights(pipeline: Path, said: Said, spoil: Callable[[Path], object], words: str) -> None:
    spoil(pipeline / "unet" / WEIGHTS)
    assert words in said(pipeline)


class Bomb:
    """Runs a command when it is unpickled by who lets it."""

    def __init__(self, out: Path) -> None:
        self.out = out

    def __reduce__(self) -> tuple[Any, ...]:
        return os.system, (f"echo ran > {self.out}",)


def in_bin(pipeline: Path, value: object) -> Path:
    """The weights as a pickle of a value."""
    (pipeline / "unet" / WEIGHTS).unlink()
    torch.save(value, pipeline / "unet" / "diffusion_pytorch_model.bin")
    return pipeline


def test_a_pickle_bomb_is_not_run(pipeline: Path, said: Said) -> None:
    out = pipeline / "ran"
    words = said(in_bin(pipeline, {"conv_in.weight": Bomb(out)}))
    assert not out.exists()
    assert "holds Python objects (posix.system), which is never run here" in words or os.name != "posix"


@pytest.mark.parametrize(
    ("value", "words"),
    [
        ({"state": {}, "param_groups": []}, "holds the state of an optimizer"),
        ([1, 2], "holds no weights by name"),
        (torch.nn.Linear(2, 2), "holds Python objects (torch.nn.modules.linear.Linear)"),
        ({"conv_in.weight": torch.zeros(1).expand(2**40)}, "has no weights"),
    ],
)
def test_other_pickles(pipeline: Path, said: Said, value: object, words: str) -> None:
    assert words in said(in_bin(pipeline, value))


def test_an_archive_that_unpacks_to_more_than_it_holds(pipeline: Path, said: Said) -> None:
    file = in_bin(pipeline, {}) / "unet" / "diffusion_pytorch_model.bin"
    with zipfile.ZipFile(io.BytesIO(file.read_bytes())) as known, zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as made:
        for name in known.namelist():
            made.writestr(name, known.read(name))
        made.writestr("archive/data/0", b"\0" * 10_000_000)
    assert "says that it unpacks to more than it holds" in said(pipeline)


@pytest.mark.parametrize(
    ("places", "words"),
    [
        ({"a": "../../secret.safetensors"}, "names weights outside its folder"),
        ({"a": "missing.safetensors"}, "no such file, and diffusion_pytorch_model.safetensors.index.json names it"),
        ({}, "does not say which files the weights are in"),
        ({"a": 1}, "does not say which files the weights are in"),
    ],
)
def test_a_list_of_shards(pipeline: Path, said: Said, places: dict[str, object], words: str) -> None:
    weights = pipeline / "unet" / WEIGHTS
    weights.with_name(f"{WEIGHTS}.index.json").write_text(json.dumps({"weight_map": places}))
    weights.unlink()
    assert words in said(pipeline)


def test_what_has_no_settings(pipeline: Path, said: Said) -> None:
    (pipeline / "unet" / "config.json").unlink()
    assert "it has no config.json, which says how the network is built" in said(pipeline)
    state = pipeline / "checkpoint-7"
    state.mkdir()
    (state / "pytorch_model.bin").write_bytes(b"x")
    assert "an old training state without config.json" in said(state)


def test_it_is_refused_before_torch_is_imported(pipeline: Path) -> None:
    """A sentence is there within a moment: who waits for torch and diffusers waits for seconds."""
    (pipeline / "unet" / WEIGHTS).write_text(POINTER)
    program = (
        "import sys\nfrom explorer import sources\nfrom explorer.errors import BadInput\nfrom pathlib import Path\n"
        "try:\n    sources.open(Path(sys.argv[1]))\nexcept BadInput as error:\n"
        "    print(error, 'torch' in sys.modules, 'diffusers' in sys.modules)"
    )
    done = subprocess.run([sys.executable, "-c", program, str(pipeline)], capture_output=True, text=True, check=True)
    assert "is a Git LFS pointer" in done.stdout
    assert done.stdout.endswith("False False\n")
