"""Weights of a folder, in the forms that diffusers has written them: checked before memory is taken, and nothing in them is executed."""

from __future__ import annotations

import os
import re
import zipfile
from pathlib import Path
from typing import TYPE_CHECKING, Any

from explorer.checkpoints.header import CUT_SHORT, NONE, read_header
from explorer.errors import BadInput
from explorer.regular_file import open_regular
from explorer.sources.diffusers.layout import STEM, read_json
from explorer.sources.looks import looks_like
from explorer.sources.tensor_file import MAX_PICKLE, outline
from explorer.sources.tensor_reading import read_safe, unpickled
from explorer.spoilt_zip import SPOILT_ZIP

if TYPE_CHECKING:
    from collections.abc import Mapping

    from torch import Tensor

MAX_SHARDS = 1000

_ENDINGS = (".safetensors", ".safetensors.index.json", ".bin", ".bin.index.json")
_VARIANTS = re.compile(rf"{STEM}(?:\.([\w-]+))?\.(safetensors|bin)|{STEM}\.(safetensors|bin)\.index(?:\.([\w-]+))?\.json")
_OLD = re.compile(r"(attentions\.\d+)\.(query|key|value|proj_attn)\.")
_NEW = {"query": "to_q", "key": "to_k", "value": "to_v", "proj_attn": "to_out.0"}
"""Names of attention in files of 2022."""


def files_of(model: Path) -> tuple[Path, ...]:
    """Files of the weights in a network's folder: the list of shards first, where there is one.

    Raises
    ------
    BadInput
        If there are none, or a list of shards is damaged.
    """
    first = _chosen(model)
    if not first.name.endswith(".json"):
        return (first,)
    named = read_json(first).get("weight_map")
    shards = sorted(set(named.values())) if isinstance(named, dict) and all(isinstance(name, str) for name in named.values()) else []
    if not shards or len(shards) > MAX_SHARDS:
        raise BadInput(f"{first}: does not say which files the weights are in")
    for name in shards:
        if Path(name).name != name:
            raise BadInput(f"{first}: names weights outside its folder")
        if not (model / name).is_file():
            raise BadInput(f"{model / name}: no such file, and {first.name} names it")
    return (first, *(model / name for name in shards))


def _chosen(model: Path) -> Path:
    """The plain form before variants, safetensors before pickles, whole before shards."""
    for ending in _ENDINGS:
        if (model / f"{STEM}{ending}").is_file():
            return model / f"{STEM}{ending}"
    found = []
    for place in model.iterdir() if model.is_dir() else ():
        named = _VARIANTS.fullmatch(place.name)
        if named is not None and place.is_file() and not re.search(r"-\d{5}-of-\d{5}", place.name):
            found.append(((named[2] or named[3]) != "safetensors", place.name.endswith(".json"), named[1] == "non_ema", place.name, place))
    if found:
        return min(found)[-1]
    raise BadInput(f"{model}: has no weights ({STEM}.safetensors or .bin)")


def looked_at(files: tuple[Path, ...]) -> None:
    """See that each file is what its place in the folder says, by its first bytes: before torch is imported (BadInput)."""
    for file in files:
        if file.name.endswith(".json"):
            continue
        _tensors_told(file) if ".safetensors" in file.name else _check_zip(file)


def count(files: tuple[Path, ...]) -> int:
    """Numbers in the weights, as their headers and pickles tell of them (BadInput as `looked_at`)."""
    looked_at(files)
    contents = [outline(file) for file in files if not file.name.endswith(".json")]
    return sum(each.size for content in contents if content is not None for each in content.weights()[1].values())


def _tensors_told(file: Path) -> dict[str, dict[str, Any]]:
    """What the header of a safetensors file says of each tensor (BadInput if it is none, or shorter than it says)."""
    try:
        with open_regular(file) as opened:
            size = os.fstat(opened.fileno()).st_size
            header = read_header(opened, size)
            begin = opened.tell()
    except OSError as error:
        raise BadInput(f"{file}: cannot be read: {error.strerror}") from None
    except ValueError as error:
        said = _by_look(file) if str(error) in (CUT_SHORT, NONE) else error
        raise BadInput(f"{file}: should be weights, and is {said}") from None
    told = {name: each for name, each in header.items() if name != "__metadata__"}
    if not told or not all(isinstance(each, dict) for each in told.values()):
        raise BadInput(f"{file}: should be weights, and is {_by_look(file)}")
    try:
        end = max(int(each["data_offsets"][1]) for each in told.values())
    except (KeyError, TypeError, ValueError, IndexError):
        raise BadInput(f"{file}: should be weights, and is a safetensors file with a damaged header") from None
    if end > size - begin:
        raise BadInput(f"{file}: is cut short: it has {size:,} bytes of {end + begin:,}")
    return told


def _check_zip(file: Path) -> None:
    """Refuse what is no archive of PyTorch, and sizes that are more than the file has: archives of weights are not compressed."""
    try:
        with zipfile.ZipFile(file) as archive:
            members = archive.infolist()
    except OSError as error:
        raise BadInput(f"{file}: cannot be read: {error.strerror}") from None
    except SPOILT_ZIP:
        raise BadInput(f"{file}: should be weights, and is {_by_look(file)}") from None
    pickles = [member for member in members if member.filename.endswith("data.pkl")]
    if len(pickles) != 1 or any("/code/" in member.filename for member in members):
        raise BadInput(f"{file}: should be weights, and is a zip archive of another kind")
    if pickles[0].file_size > MAX_PICKLE or sum(member.file_size for member in members) > file.stat().st_size:
        raise BadInput(f"{file}: says that it unpacks to more than it holds, which weights do not")


def _by_look(file: Path) -> str:
    said = looks_like(file)
    return "damaged or cut short" if said == "a safetensors file of another program" else said


def read(files: tuple[Path, ...], expected: Mapping[str, Tensor]) -> dict[str, Tensor]:
    """Tensors of a network, float32 where they are numbers of any precision.

    Parameters
    ----------
    files : tuple of Path
        As of `files_of`.
    expected : mapping of str to Tensor
        Names and shapes that the network has, without memory.

    Raises
    ------
    BadInput
        If one is missing, unknown, of another shape, or not finite; or a file is damaged or holds more than tensors.
    """
    import torch

    found: dict[str, Tensor] = {}
    for file in files:
        if not file.name.endswith(".json"):
            found |= read_safe(file) if ".safetensors" in file.name else _unpickled(file)
    found = {new_name(name): tensor for name, tensor in found.items()}
    where = files[0]
    for name in sorted(expected.keys() - found.keys()):
        raise BadInput(f"{where}: has no weights {name}, which its config.json asks for")
    for name in sorted(found.keys() - expected.keys()):
        raise BadInput(f"{where}: has weights {name} that the network of its config.json does not")
    for name, wanted in expected.items():
        if found[name].shape != wanted.shape:
            raise BadInput(f"{where}: weights {name} are {tuple(found[name].shape)}; its config.json asks for {tuple(wanted.shape)}")
        if not found[name].is_floating_point():
            raise BadInput(f"{where}: weights {name} are {str(found[name].dtype).removeprefix('torch.')}, which no network computes with")
    tensors = {name: found[name].to(torch.float32, copy=True, memory_format=torch.contiguous_format) for name in expected}
    for name, tensor in tensors.items():
        if not torch.isfinite(tensor).all():
            raise BadInput(f"{where}: its weights {name} are not finite")
    return tensors


def new_name(name: str) -> str:
    """A weight's name as the library has it now."""
    return _OLD.sub(lambda old: f"{old[1]}.{_NEW[old[2]]}.", name)


def _unpickled(file: Path) -> dict[str, Tensor]:
    """Tensors of an archive by name (BadInput if there are none)."""
    import torch

    if outline(file) is None:  # which tells what would cost more than its bytes before torch meets it
        raise BadInput(f"{file}: should be weights, and is damaged, or claims more than it holds")
    found = unpickled(file)
    if not isinstance(found, dict) or not found or not all(isinstance(t, torch.Tensor) and isinstance(n, str) for n, t in found.items()):
        optimizer = isinstance(found, dict) and {"state", "param_groups"} <= found.keys()
        raise BadInput(f"{file}: holds {'the state of an optimizer' if optimizer else 'no weights by name'}, so there is no network in it")
    return found
