"""The layouts that occur, and what a person may point at: always the same model."""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
import torch
from safetensors.torch import load_file, save_file
from torch import Tensor

from explorer import sources
from explorer.recipe.told import Told

from .conftest import WEIGHTS, changed

OLD_NAMES = {".to_q.": ".query.", ".to_k.": ".key.", ".to_v.": ".value.", ".to_out.0.": ".proj_attn."}


def output(path: Path) -> Tensor:
    """Of the network for one input."""
    x = torch.randn(1, 3, 16, 16, generator=torch.Generator().manual_seed(0))
    with torch.no_grad():
        found: Tensor = sources.open(path).network(x, torch.tensor([7]))
    return found


def flat(folder: Path) -> Path:
    for part in ("unet", "scheduler"):
        for file in (folder / part).iterdir():
            file.rename(folder / file.name)
        (folder / part).rmdir()
    return folder


def lone(folder: Path) -> Path:
    shutil.move(folder / "unet", folder.parent / "lone")
    return folder.parent / "lone"


def pickled(folder: Path, names: dict[str, str] | None = None) -> Path:
    weights = folder / "unet" / WEIGHTS
    tensors = load_file(weights)
    for new, old in (names or {}).items():
        tensors = {name.replace(new, old): tensor for name, tensor in tensors.items()}
    assert not names or any(".query." in name for name in tensors)
    torch.save(tensors, weights.with_suffix(".bin"))
    weights.unlink()
    return folder


def of_2022(folder: Path) -> Path:
    return pickled(folder, OLD_NAMES)


def sharded(folder: Path) -> Path:
    weights = folder / "unet" / WEIGHTS
    tensors = load_file(weights)
    places = {name: f"diffusion_pytorch_model-0000{1 + i % 2}-of-00002.safetensors" for i, name in enumerate(tensors)}
    for shard in set(places.values()):
        save_file({name: tensors[name] for name in tensors if places[name] == shard}, weights.with_name(shard))
    weights.with_name(f"{WEIGHTS}.index.json").write_text(json.dumps({"metadata": {}, "weight_map": places}))
    weights.unlink()
    return folder


def variant(folder: Path) -> Path:
    weights = folder / "unet" / WEIGHTS
    weights.rename(weights.with_name("diffusion_pytorch_model.fp16.safetensors"))
    return folder


def pieces(folder: Path) -> Path:
    (folder / "model_index.json").unlink()
    return folder


@pytest.mark.parametrize("laid_out", [flat, lone, pickled, of_2022, sharded, variant, pieces])
def test_it_is_the_same_network_in_every_layout(pipeline: Path, laid_out: Callable[[Path], Path]) -> None:
    wanted = output(pipeline)
    folder = laid_out(pipeline)
    assert torch.equal(output(folder), wanted)
    assert sources.card(folder).data.shape == (3, 16, 16)
    assert sources.home(folder) == folder


def test_half_precision_is_computed_in_float32(pipeline: Path) -> None:
    weights = pipeline / "unet" / WEIGHTS
    save_file({name: tensor.half() for name, tensor in load_file(weights).items()}, weights)
    assert {tensor.dtype for tensor in sources.open(pipeline).network.state_dict().values()} == {torch.float32}


@pytest.mark.parametrize(
    "part", ["model_index.json", "unet", "scheduler", "unet/config.json", f"unet/{WEIGHTS}", "scheduler/scheduler_config.json"]
)
def test_a_part_of_it_is_the_same_model(pipeline: Path, part: str) -> None:
    assert sources.home(pipeline / part) == pipeline
    assert sources.sha256(pipeline / part) == sources.sha256(pipeline)
    assert sources.located(str(pipeline / part)) == pipeline


def test_a_hubs_cache_of_links(pipeline: Path, tmp_path: Path) -> None:
    wanted, known = output(pipeline), sources.sha256(pipeline)
    snapshot, blobs = tmp_path / "models--a--b" / "snapshots" / "0123", tmp_path / "models--a--b" / "blobs"
    blobs.mkdir(parents=True)
    for file in [file for file in pipeline.rglob("*") if file.is_file()]:
        blob = blobs / hashlib.sha256(file.read_bytes()).hexdigest()
        file.rename(blob)
        link = snapshot / file.relative_to(pipeline)
        link.parent.mkdir(parents=True, exist_ok=True)
        link.symlink_to(os.path.relpath(blob, link.parent))
    weights = snapshot / "unet" / WEIGHTS
    (tmp_path / "mine").symlink_to(snapshot)
    (tmp_path / "weights").symlink_to(weights)
    for path in (snapshot, weights, tmp_path / "mine", tmp_path / "weights", weights.resolve()):
        assert torch.equal(output(path), wanted)
        assert sources.sha256(path) == known
    assert sources.home(weights.resolve()) == sources.home(tmp_path / "weights") == snapshot


def run_of(pipeline: Path, schedule: bool) -> Path:
    """A run of the library's training script, with two training states."""
    run = pipeline.parent / "run"
    for step in (20, 100):
        shutil.copytree(pipeline / "unet", run / f"checkpoint-{step}" / "unet")
        averaged = Path(shutil.copytree(pipeline / "unet", run / f"checkpoint-{step}" / "unet_ema"))
        changed(averaged / "config.json", decay=0.9999, optimization_step=step)
        save_file({name: tensor * 0.5 for name, tensor in load_file(averaged / WEIGHTS).items()}, averaged / WEIGHTS)
        for name in ("optimizer.bin", "scheduler.bin", "random_states_0.pkl"):
            (run / f"checkpoint-{step}" / name).write_bytes(b"x")
    if schedule:
        shutil.copytree(pipeline / "scheduler", run / "scheduler")
        changed(run / "scheduler" / "scheduler_config.json", prediction_type="sample")
    return run


def test_of_a_training_state_the_averaged_weights_are_taken(pipeline: Path) -> None:
    run = run_of(pipeline, schedule=True)
    state = run / "checkpoint-20"
    assert sources.home(state / "optimizer.bin") == state
    assert not torch.equal(output(state), output(pipeline))
    assert torch.equal(output(state), output(state / "unet_ema"))
    assert torch.equal(output(state / "unet"), output(pipeline))
    for path, note in ((state, "its averaged weights"), (state / "unet", "not the averaged ones beside them")):
        card = sources.card(path)
        assert card.option == "B"  # the run's own schedule, beside its training states
        assert card.origin is not None
        assert note in card.origin.notes[0]


def test_of_a_stopped_run_the_last_state_is_taken_and_the_schedule_assumed(pipeline: Path) -> None:
    run = run_of(pipeline, schedule=False)
    assert sources.home(run) == run / "checkpoint-100"
    card = sources.card(run)
    assert (card.option, card.schedule.name if card.schedule else "", card.clips) == ("C", "linear", True)
    assert card.origin is not None
    assert card.told == Told("C", "linear", None, 1000)
    assert any(note.startswith("there is no scheduler_config.json: its process is what was told of it") for note in card.origin.notes)


def test_its_hash_is_of_all_that_determines_pictures(pipeline: Path) -> None:
    known = sources.sha256(pipeline)
    (pipeline / "README.md").write_text("words")
    changed(pipeline / "model_index.json", _diffusers_version="0.1")
    assert sources.sha256(pipeline) == known
    changed(pipeline / "scheduler" / "scheduler_config.json", prediction_type="sample")
    assert sources.sha256(pipeline) != known


def test_other_folders_are_left_alone(tmp_path: Path) -> None:
    (tmp_path / "config.json").write_text(json.dumps({"architectures": ["BertModel"], "model_type": "bert"}))
    (tmp_path / "picture.png").write_bytes(b"x")
    assert sources.source_for(tmp_path) is None
    assert sources.source_for(tmp_path / "config.json") is None


def test_info_of_a_folder_that_was_opened_before_needs_no_torch(pipeline: Path) -> None:
    from explorer.cli import main

    assert main(["info", str(pipeline)]) == 0
    program = "import sys; from explorer.cli import main; status = main(sys.argv[1:]); print(*sys.modules); sys.exit(status)"
    words = [sys.executable, "-c", program, "info", str(pipeline)]
    *said, modules = subprocess.run(words, capture_output=True, text=True, check=True).stdout.splitlines()
    assert any("diffusers folder" in line for line in said)
    assert not {"torch", "diffusers", "safetensors"} & set(modules.split())
