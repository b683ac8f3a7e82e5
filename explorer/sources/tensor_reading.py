"""The numbers in a file of tensors that `tensor_file.outline` tells of, read and checked: nothing in it is called."""

from __future__ import annotations

import pickle
import re
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from explorer.errors import BadInput
from explorer.sources.tensor_file import Content, at, outline, under

if TYPE_CHECKING:
    from torch import Tensor


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
