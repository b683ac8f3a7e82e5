"""A file of tensors by name, as torch.save writes it (a zip, or the form before 1.6) or safetensors: told without torch.

`outline` says what a file holds from its header or its pickle alone: names, shapes and plain values, cheap enough for the window's
thread. Nothing in a pickle is called (`told_pickle.py`): the few names by which tensors are put together have stand-ins, and a name that
is not known becomes an `Unknown`, which nothing can be done with. `tensor_reading.py` reads the numbers, checked against that.
"""

from __future__ import annotations

import io
import zipfile
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

from explorer.checkpoints.header import read_header
from explorer.sources.told_pickle import MAX_PICKLE as MAX_PICKLE
from explorer.sources.told_pickle import Outline as Outline
from explorer.sources.told_pickle import PickleReader, shape_told
from explorer.sources.told_pickle import Unknown as Unknown

OLD_MAGIC = bytes.fromhex("80028a0a6cfc9c46f9206aa850192e")
"""How torch.save began before 1.6: the pickle of a number."""
_SAFE_BYTES = {
    "F64": 8, "F32": 4, "F16": 2, "BF16": 2, "F8_E4M3": 1, "F8_E5M2": 1, "F8_E4M3FNUZ": 1,
    "F8_E5M2FNUZ": 1, "F8_E8M0": 1, "I64": 8, "I32": 4, "I16": 2, "I8": 1, "U64": 8, "U32": 4, "U16": 2, "U8": 1, "BOOL": 1, "C64": 8,
}  # fmt: skip
WEIGHTS_IN = (
    "state_dict", "model_state_dict", "model", "ema", "ema_model", "net", "network", "params", "params_ema", "weights", "ema_state_dict",
)  # fmt: skip
"""Where the weights lie in a dictionary of a training run, the likeliest first."""
PREFIXES = ("module.", "_orig_mod.", "model.", "network.", "net.", "unet.")
"""What wrappers put before every name."""


@dataclass(frozen=True)
class Content:
    """What a file holds.

    Attributes
    ----------
    top : object
        The object in it: usually a dictionary, with `Outline` for each tensor.
    unknown : tuple of str
        Classes that are named in it and are none of tensors and plain values.
    form : "zip", "old" or "safetensors"
    """

    top: Any
    unknown: tuple[str, ...]
    form: str

    def weights(self) -> tuple[str, dict[str, Outline]]:
        """Where the tensors are in the object, as "ema.ema_model" or "" for the top, and what they are by name.

        The dictionary with names of tensors at the top, else in one of `WEIGHTS_IN`, two levels down at most; empty if there is none.
        """
        return next(_dictionaries(self.top, "", 2), ("", {}))


def _dictionaries(found: Any, where: str, deeper: int) -> Iterator[tuple[str, dict[str, Outline]]]:
    if not isinstance(found, dict):
        return
    tensors = {name: each for name, each in found.items() if isinstance(each, Outline) and isinstance(name, str)}
    if tensors:
        yield where, tensors
    elif deeper:
        for name in WEIGHTS_IN:
            yield from _dictionaries(found.get(name), f"{where}.{name}" if where else name, deeper - 1)


def at(top: Any, where: str) -> Any:
    """What lies at a place in an object, as "ema.ema_model"; None where there is nothing."""
    for name in where.split(".") if where else ():
        top = top.get(name) if isinstance(top, dict) else None
    return top


def under(tensors: Mapping[str, Any], prefix: str) -> dict[str, Any]:
    """Those whose names begin so, without that beginning."""
    return {name.removeprefix(prefix): each for name, each in tensors.items() if name.startswith(prefix)}


def bare(tensors: Mapping[str, Any]) -> dict[str, Any]:
    """Names without what wrappers put before every one of them, as often as they did."""
    found = dict(tensors)
    while found and (prefix := next((each for each in PREFIXES if all(name.startswith(each) for name in found)), "")):
        found = under(found, prefix)
    return found


def outline(path: Path) -> Content | None:
    """What a file holds, its numbers unread; None if it is no file of tensors, or damaged (OSError where it cannot be read).

    A file is looked into once while it stays as it is.
    """
    stat = path.stat()
    return _outline(path, stat.st_mtime_ns, stat.st_size)


@lru_cache(maxsize=64)
def _outline(path: Path, _time: int, size: int) -> Content | None:
    with open(path, "rb") as file:
        head = file.read(16)
        file.seek(0)
        try:
            if head.startswith(b"PK\x03\x04"):
                return _zipped(file, size)
            if head.startswith(OLD_MAGIC):
                return _old(file, size)
            return _safe(file, size) if head[8:9] == b"{" else None
        except Exception:  # whatever a damaged pickle or header makes of itself
            return None


def _safe(file: Any, size: int) -> Content | None:
    told = read_header(file, size)
    behind = size - file.tell()
    metadata = told.pop("__metadata__", None)
    tensors: dict[str, Any] = {}
    for name, each in told.items():
        found = Outline(shape_told(each["shape"]), str(each["dtype"]))
        begin, end = each["data_offsets"]
        if end > behind or end - begin != found.size * _SAFE_BYTES.get(found.kind, 0):
            return None
        tensors[name] = found
    return Content(tensors if metadata is None else tensors | {"__metadata__": metadata}, (), "safetensors")


def _zipped(file: Any, size: int) -> Content | None:
    with zipfile.ZipFile(file) as archive:
        members = {member.filename: member for member in archive.infolist()}
        pickles = [name for name in members if name.endswith("/data.pkl") or name == "data.pkl"]
        if len(pickles) != 1 or any("/code/" in name for name in members):
            return None
        if members[pickles[0]].file_size > MAX_PICKLE or sum(member.file_size for member in members.values()) > size:
            return None  # archives of weights are not compressed: this one says that it unpacks to more than it holds
        folder = pickles[0].removesuffix("data.pkl")
        held = {name.removeprefix(folder + "data/"): m.file_size for name, m in members.items() if name.startswith(folder + "data/")}
        reader = PickleReader(io.BytesIO(archive.read(pickles[0])), held)
    return _content(reader, "zip")


def _content(reader: PickleReader, form: str) -> Content:
    """The object, and what is not known of it."""
    top = reader.load()
    return Content(top, tuple(dict.fromkeys(reader.unknown)), form)


def _old(file: Any, size: int) -> Content | None:
    beginning = io.BytesIO(file.read(min(size, MAX_PICKLE)))
    for _ in range(3):  # the number, the version of the protocol, and sizes of the machine's types
        PickleReader(beginning, {}).load()
    reader = PickleReader(beginning, None)
    content = _content(reader, "old")
    claimed = sum(reader.claimed.values())
    return content if claimed <= size - beginning.tell() else None
