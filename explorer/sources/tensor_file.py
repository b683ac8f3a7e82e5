"""A file of tensors by name, as torch.save writes it (a zip, or the form before 1.6) or safetensors: told without torch, then read.

`outline` says what a file holds from its header or its pickle alone: names, shapes and plain values, cheap enough for the window's
thread. Nothing in a pickle is called: its unpickler knows the few names by which tensors are put together, gives each a stand-in,
and a name it does not know becomes an `Unknown`, which nothing can be done with. `tensors` reads the numbers, checked against that.
"""

from __future__ import annotations

import io
import json
import pickle
import pickletools
import re
import zipfile
from collections import OrderedDict
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache, partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

from explorer.errors import BadInput

if TYPE_CHECKING:
    from torch import Tensor

MAX_HEADER, MAX_PICKLE = 100_000_000, 16 << 20
_PLACES = ("PUT", "LONG_BINPUT")
"""Operations that name a place in the unpickler's memory, which then has all the places before it."""
OLD_MAGIC = bytes.fromhex("80028a0a6cfc9c46f9206aa850192e")
"""How torch.save began before 1.6: the pickle of a number."""
_STORAGE_BYTES = {
    "Double": 8, "Float": 4, "Half": 2, "BFloat16": 2, "Long": 8, "Int": 4, "Short": 2, "Char": 1, "Byte": 1, "Bool": 1,
    "ComplexFloat": 8, "ComplexDouble": 16,
}  # fmt: skip
_SAFE_BYTES = {"F64": 8, "F32": 4, "F16": 2, "BF16": 2, "I64": 8, "I32": 4, "I16": 2, "I8": 1, "U8": 1, "BOOL": 1}
_FLOATS = {"Double", "Float", "Half", "BFloat16", "F64", "F32", "F16", "BF16"}
WEIGHTS_IN = (
    "state_dict", "model_state_dict", "model", "ema", "ema_model", "net", "network", "params", "params_ema", "weights", "ema_state_dict",
)  # fmt: skip
"""Where the weights lie in a dictionary of a training run, the likeliest first."""
PREFIXES = ("module.", "_orig_mod.", "model.", "network.", "net.", "unet.")
"""What wrappers put before every name."""


@dataclass(frozen=True)
class Outline:
    """A tensor without its numbers.

    Attributes
    ----------
    shape : tuple of int
    kind : str
        Type of its numbers, as its format calls it: "Float", "F16".
    """

    shape: tuple[int, ...]
    kind: str

    @property
    def size(self) -> int:
        """Numbers in it."""
        size = 1
        for side in self.shape:
            size *= side
        return size

    @property
    def is_float(self) -> bool:
        """Whether its numbers are of a kind that networks compute with."""
        return self.kind in _FLOATS


class Unknown:
    """Stands for an object of a class that is not known here, which is not made: what is done to it does nothing.

    Attributes
    ----------
    name : str
        "module.Class".
    """

    name = "an object"

    def __init__(self, *given: object, **more: object) -> None:
        pass

    def __setstate__(self, state: object) -> None:
        pass

    def append(self, value: object) -> None:
        """As a list's, for the pickle."""

    def extend(self, values: object) -> None:
        """As a list's, for the pickle."""

    def add(self, value: object) -> None:
        """As a set's, for the pickle."""

    def __setitem__(self, name: object, value: object) -> None:
        pass

    def __call__(self, *given: object) -> Unknown:
        """As a function that the pickle calls."""
        return self


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
        except (OSError, MemoryError):
            raise
        except Exception:  # whatever a damaged pickle or header makes of itself
            return None


def _safe(file: Any, size: int) -> Content | None:
    length = int.from_bytes(file.read(8), "little")
    if not 2 <= length <= min(MAX_HEADER, size - 8):
        return None
    told = json.loads(file.read(length))
    metadata = told.pop("__metadata__", None)
    tensors: dict[str, Any] = {}
    for name, each in told.items():
        found = Outline(_shape(each["shape"]), str(each["dtype"]))
        begin, end = each["data_offsets"]
        if end > size - 8 - length or end - begin != found.size * _SAFE_BYTES.get(found.kind, 0):
            return None
        tensors[name] = found
    return Content(tensors if metadata is None else tensors | {"__metadata__": metadata}, (), "safetensors")


def _shape(told: Any) -> tuple[int, ...]:
    if not all(type(side) is int and 0 <= side < 2**48 for side in told) or len(told) > 16:
        raise ValueError("no shape")
    return tuple(told)


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
        reader = _Reader(io.BytesIO(archive.read(pickles[0])), held)
    return reader.content("zip")


def _old(file: Any, size: int) -> Content | None:
    beginning = io.BytesIO(file.read(min(size, MAX_PICKLE)))
    for _ in range(3):  # the number, the version of the protocol, and sizes of the machine's types
        _Reader(beginning, {}).load()
    reader = _Reader(beginning, None)
    content = reader.content("old")
    claimed = sum(reader.claimed.values())
    return content if claimed <= size - beginning.tell() else None


class _Reader(pickle.Unpickler):
    """Puts together outlines, and calls nothing that a file names.

    Parameters
    ----------
    file : file of bytes
    held : dict of str to int, or None
        Bytes of each storage in the archive; None where they follow the pickle.
    """

    def __init__(self, file: io.BytesIO, held: Mapping[str, int] | None) -> None:
        super().__init__(file, encoding="utf-8")
        self._file, self._held = file, held
        self.claimed: dict[str, int] = {}
        self.unknown: list[str] = []

    def load(self) -> Any:
        """The next object, once its places in the unpickler's memory are known to be as few as its bytes allow."""
        begin = self._file.tell()
        most = len(self._file.getbuffer())
        for opcode, place, _ in pickletools.genops(self._file):
            if opcode.name in _PLACES and int(place or 0) > most:  # seven bytes that would ask for gigabytes
                raise pickle.UnpicklingError("a place in memory that no pickle of this length has")
        self._file.seek(begin)
        return super().load()

    def content(self, form: str) -> Content:
        """The object, and what is not known of it."""
        top = self.load()
        return Content(top, tuple(dict.fromkeys(self.unknown)), form)

    def find_class(self, module: str, name: str) -> Any:
        """A stand-in for what the pickle names."""
        if (module, name) == ("collections", "OrderedDict"):
            return OrderedDict
        if (known := _KNOWN.get((module, name))) is not None:
            return partial(known)  # one for each time it is named: a pickle may set attributes of what it is given
        if module in ("torch", "torch.storage") and name.endswith("Storage"):
            return _Storage(name.removesuffix("Storage"))
        if module == "torch" and re.fullmatch(r"[a-z]+\d*(_\w+)?|Size", name):
            return partial(_plain)  # a dtype, or a size
        self.unknown.append(f"{module}.{name}")
        return type("Unknown", (Unknown,), {"name": f"{module}.{name}"})

    def persistent_load(self, told: Any) -> _Stored:
        """A storage: what it is of, how it is called and how many numbers it has."""
        word, storage, key, _place, count = told[:5]
        if word != "storage" or not isinstance(storage, _Storage) or type(count) is not int or not 0 <= count < 2**48:
            raise pickle.UnpicklingError("no storage")
        size = count * _STORAGE_BYTES.get(storage.kind, 1)
        if self._held is not None and self._held.get(str(key), -1) < size:
            raise pickle.UnpicklingError("a storage that is not in the archive, or is shorter than it says")
        self.claimed[str(key)] = size
        return _Stored(storage.kind, count)


@dataclass(frozen=True)
class _Storage:
    kind: str


@dataclass(frozen=True)
class _Stored:
    kind: str
    count: int


def _tensor(stored: Any, offset: Any, shape: Any, stride: Any, *_more: Any) -> Outline:
    if not isinstance(stored, _Stored) or len(shape) != len(stride) or type(offset) is not int or offset < 0:
        raise pickle.UnpicklingError("no tensor")
    shape, stride = _shape(shape), _shape(stride)
    last = offset + sum((side - 1) * step for side, step in zip(shape, stride, strict=True))
    if 0 not in shape and last >= stored.count:
        raise pickle.UnpicklingError("a tensor that reaches beyond its storage")
    return Outline(shape, stored.kind)


def _parameter(data: Any, *_more: Any) -> Any:
    return data


def _plain(*_given: Any) -> str:
    return ""


_KNOWN: dict[tuple[str, str], Callable[..., Any]] = {
    ("torch._utils", "_rebuild_tensor_v2"): _tensor,
    ("torch._utils", "_rebuild_tensor"): _tensor,
    ("torch._utils", "_rebuild_parameter"): _parameter,
    ("torch._utils", "_rebuild_parameter_with_state"): _parameter,
    ("torch.nn.parameter", "Parameter"): _parameter,
    ("torch", "device"): _plain,
    ("torch.serialization", "_get_layout"): _plain,
}


def tensors(path: Path, where: str = "", prefix: str = "") -> dict[str, Tensor]:
    """Tensors of a file that `outline` tells of, float32 where they are numbers of any precision.

    Parameters
    ----------
    path : Path
    where : str
        The dictionary in it, as `Content.weights` says.
    prefix : str
        Only those whose names begin so, without that beginning.

    Raises
    ------
    BadInput
        If it cannot be read, holds more than tensors and plain values, or its weights are not finite.
    """
    import torch

    content = outline(path)
    if content is None:
        raise BadInput(f"{path}: is damaged or cut short: there are no weights to be read in it")
    chosen = under(_held(path, content, where, prefix), prefix)
    read = {}
    for name, tensor in chosen.items():
        if not isinstance(tensor, torch.Tensor):
            continue
        if tensor.numel() > tensor.untyped_storage().nbytes() // tensor.element_size():  # one number, shown as many
            raise BadInput(f"{path}: weights {prefix}{name} claim more numbers than the file has")
        read[name] = tensor.detach().to(torch.float32 if tensor.is_floating_point() else tensor.dtype, copy=True).contiguous()
        if tensor.is_floating_point() and not torch.isfinite(read[name]).all():
            raise BadInput(f"{path}: its weights {prefix}{name} are not finite")
    return read


def _held(path: Path, content: Content, where: str, prefix: str) -> dict[str, Any]:
    """The dictionary that lies at a place in a file; of a safetensors file what begins so."""
    if content.form == "safetensors":
        return read_safe(path, prefix)
    found = at(unpickled(path, content.form == "zip", content.unknown), where)
    return found if isinstance(found, dict) else {}


def read_safe(path: Path, prefix: str = "") -> dict[str, Tensor]:
    """Tensors of a safetensors file whose names begin so: of a checkpoint of gigabytes its autoencoder alone (BadInput)."""
    from safetensors import SafetensorError, safe_open

    try:
        with safe_open(path, framework="pt") as file:
            found: dict[str, Tensor] = {name: file.get_tensor(name) for name in file.keys() if name.startswith(prefix)}  # noqa: SIM118
    except (SafetensorError, OSError, KeyError, ValueError) as error:
        raise BadInput(f"{path}: cannot be read: {error}") from None
    return found


def unpickled(path: Path, mapped: bool = True, unknown: Sequence[str] = ()) -> Any:
    """What torch.save wrote into a file: only what `weights_only` lets through.

    Parameters
    ----------
    path : Path
    mapped : bool
        Its numbers are mapped rather than read: it is a zip.
    unknown : sequence of str
        Classes that are known to be in it, for the message.

    Raises
    ------
    BadInput
        If it cannot be read, or holds more than tensors and plain values.
    """
    import torch

    try:
        return torch.load(path, map_location="cpu", weights_only=True, mmap=mapped)
    except pickle.UnpicklingError as error:
        named = tuple(unknown) or tuple(re.findall(r"GLOBAL ([\w.]+)", str(error)))
        what = f"Python objects ({named[0]})" if named else "more than tensors"
        raise BadInput(f"{path}: holds {what}, which is never run here: save its state_dict()") from None
    except Exception as error:  # whatever a damaged pickle makes of itself
        reason = (str(error).splitlines() or [type(error).__name__])[0]
        raise BadInput(f"{path}: cannot be read: {reason}") from None


def check(path: Path, found: Mapping[str, Any], expected: Mapping[str, Tensor], what: str) -> None:
    """See that tensors are those of a network: its names and shapes, without memory (BadInput, which calls the network `what`)."""
    for name in sorted(expected.keys() - found.keys()):
        raise BadInput(f"{path}: has no weights {name}, which {what} has")
    for name in sorted(found.keys() - expected.keys()):
        raise BadInput(f"{path}: has weights {name} that {what} does not")
    for name, wanted in expected.items():
        if found[name].shape != wanted.shape:
            raise BadInput(f"{path}: weights {name} are {tuple(found[name].shape)}; {what} has {tuple(wanted.shape)}")
