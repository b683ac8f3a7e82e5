"""What an archive of PyTorch, a pickle or another file of weights is that no source takes, and what would help. Nothing in it is called."""

from __future__ import annotations

import itertools
import json
import pickletools
import zipfile
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from explorer.regular_file import is_regular
from explorer.sources.diffusers.layout import OF_TRAINING
from explorer.sources.tensor_file import OLD_MAGIC, Content, Outline, Unknown, bare, outline
from explorer.spoilt_zip import SPOILT_ZIP

PEEKED = 4 << 20
"""Bytes of a bare pickle that are looked through for names."""
MOST_FILES = 1000
"""Of a folder that are looked at."""
MOST_NAMES = 3
EXPORT = "export it with torch.onnx.export"
STATE_DICT = "save model.state_dict() instead, or export it with torch.onnx.export"
BESIDE = "without a network: open the weights that were saved beside it"
_OF_EDM = ("torch_utils.persistence", "dnnlib")


def looks_inside(path: Path) -> str:
    """What it is, to be put after "is", with what would help; empty where it is no file of weights (OSError where it cannot be read)."""
    if path.is_dir():
        return _folder(path)
    if not is_regular(path):
        return ""
    with open(path, "rb") as file:
        head = file.read(16)
    if head.startswith(b"version https"):
        return _pointer(path)
    if head.startswith(b"\x89HDF"):
        return "an HDF5 file, as Keras writes them: export its network to ONNX (tf2onnx)"
    if head.startswith(b"PK\x03\x04"):
        return _archive(path)
    content = outline(path)
    if content is not None:
        return _told(content)
    if head[:1] == b"\x80" and head[8:9] != b"{" and not head.startswith(OLD_MAGIC):  # the length of a header may look like a pickle
        return _pickle(path)
    return ""


def _folder(path: Path) -> str:
    """Of a training run, without what it trained."""
    names = sorted(file.name for file in itertools.islice(path.iterdir(), MOST_FILES) if OF_TRAINING.fullmatch(file.name))
    return f"a training state ({', '.join(names[:MOST_NAMES])}) {BESIDE}" if names else ""


def _pointer(path: Path) -> str:
    with open(path, "rb") as file:
        lines = file.read(1024).decode("ascii", "replace").splitlines()
    size = next((line.removeprefix("size ") for line in lines if line.startswith("size ")), "")
    of = f" of {int(size):,} bytes" if size.isdecimal() and len(size) < 20 else ""
    return f"a Git LFS pointer, which stands for a file{of} that has not been fetched (git lfs pull fetches it)"


def _archive(path: Path) -> str:
    try:
        with zipfile.ZipFile(path) as archive:
            names = archive.namelist()
    except SPOILT_ZIP:
        return ""
    if any(name.endswith("/constants.pkl") or "/code/" in name for name in names):
        return f"a TorchScript archive, which holds a program that would have to be run: {EXPORT}"
    if any(name.endswith(("model.weights.h5", "keras_metadata.pb")) for name in names):
        return "a Keras archive: export its network to ONNX (tf2onnx)"
    if any(name.endswith(("/archive_format", "models/model.json")) for name in names):
        return f"a program of torch.export (.pt2): {EXPORT}"
    if not any(name == "data.pkl" or name.endswith("/data.pkl") for name in names):
        return ""
    content = outline(path)
    return "a PyTorch archive that is damaged, or claims more than it holds" if content is None else _told(content)


def _pickle(path: Path) -> str:
    with open(path, "rb") as file:
        names = list(_imported(file.read(PEEKED)))
    if any(name.startswith(_OF_EDM) for name in names):
        return (
            "a pickle of EDM or StyleGAN, which holds source code that would have to be run: "
            "convert it once, where you trust it, to ONNX (torch.onnx.export) or to a state dict"
        )
    of = f" (of {', '.join(names[:MOST_NAMES])})" if names else ""
    return f"a Python pickle{of}, which would have to be run: {STATE_DICT}"


def _imported(data: bytes) -> Iterator[str]:
    """Names that a pickle would import, each once, as far as it can be followed."""
    seen: set[str] = set()
    words: list[str] = []
    try:
        for opcode, argument, _ in pickletools.genops(data):
            name = ""
            if opcode.name == "GLOBAL":
                name = str(argument).replace(" ", ".")
            elif opcode.name == "STACK_GLOBAL" and len(words) > 1:
                name = ".".join(words[-2:])
            elif isinstance(argument, str) and "UNICODE" in opcode.name:
                words = [*words[-1:], argument]
            if name and name not in seen and len(name) < 200:
                seen.add(name)
                yield name
    except Exception:  # the end of what was read, or of what is a pickle
        return


def _told(content: Content) -> str:
    top = content.top
    if isinstance(top, Unknown):
        return f"a whole model (of the class {top.name}), which would have to be run: {STATE_DICT}"
    if any(name.startswith(_OF_EDM) for name in content.unknown):
        return f"a training state of EDM, which holds source code that would have to be run: {EXPORT}"
    if isinstance(top, Outline):
        return f"one tensor of shape {top.shape}, and no weights by name"
    if not isinstance(top, dict):
        return f"a PyTorch file that holds {type(top).__name__}, and no weights by name"
    return _state(top) or _network(content) or _objects(top, content)


def _state(top: Mapping[str, Any]) -> str:
    """Of training, without weights."""
    names = set(top)
    if {"state", "param_groups"} <= names:
        return f"the state of an optimizer, {BESIDE}"
    if "last_epoch" in names and names & {"base_lrs", "_step_count", "_last_lr"}:
        return f"the state of a learning-rate scheduler, {BESIDE}"
    if names & {"random_state", "numpy_random_seed", "torch_manual_seed"}:
        return f"the state of the random numbers of a training run, {BESIDE}"
    if {"scale", "growth_factor", "_growth_tracker"} <= names:
        return f"the state of a gradient scaler, {BESIDE}"
    return ""


def _network(content: Content) -> str:
    """Weights of a network that is told by its names."""
    _, tensors = content.weights()
    if not tensors:
        return ""
    of = _of_kind(content, tensors)
    if of:
        return of
    names = list(dict.fromkeys(name.partition(".")[0] for name in bare(tensors)))
    begin = ", ".join(names[:MOST_NAMES]) + (", …" if len(names) > MOST_NAMES else "")
    kind = "a Lightning checkpoint" if isinstance(content.top, dict) and "pytorch-lightning_version" in content.top else "a file of weights"
    return f"{kind} of a network that is not known here (its names begin {begin}): {EXPORT}"


def _of_kind(content: Content, tensors: Mapping[str, Outline]) -> str:
    names = tuple(tensors)
    if any(".lora_" in name or name.startswith("lora_") for name in names):
        return "a file of LoRA weights, which change another network and are none by themselves"
    if any(".transformer_blocks." in name for name in names) or any(name.startswith("cond_stage_model.") for name in names):
        return "a file of weights of a network that is told what to draw by a text: only networks that are told t, and a class, open here"
    settings = content.top.get("__metadata__", {}).get("config", "") if isinstance(content.top.get("__metadata__", {}), dict) else ""
    if {"model", "model_ema", "sched"} <= set(content.top) or (isinstance(settings, str) and _sigmas(settings)):
        return f"a checkpoint of k-diffusion, whose network is told a noise level instead of a timestep: {EXPORT}"
    return ""


def _sigmas(text: str) -> bool:
    try:
        return "sigma_data" in json.loads(text).get("model", {})
    except (ValueError, AttributeError, RecursionError):
        return False


def _objects(top: Mapping[str, Any], content: Content) -> str:
    name, held = next(((name, each) for name, each in top.items() if isinstance(each, Unknown)), ("", None))
    if held is not None:
        return f"a file with Python objects ({held.name} as {name}), which would have to be run: {STATE_DICT}"
    if content.unknown:
        return f"a file with Python objects ({content.unknown[0]}), which would have to be run: {STATE_DICT}"
    names = ", ".join(str(name) for name in list(top)[:MOST_NAMES])
    return f"a PyTorch file with {names or 'nothing'} in it, and no weights where a network's are: save model.state_dict() by itself"
