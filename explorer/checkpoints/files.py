"""Read and write checkpoints: one .safetensors file with the model card in its metadata."""

from __future__ import annotations

import contextlib
import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import torch
from safetensors import SafetensorError, safe_open
from safetensors.torch import load_file, save_file
from torch import Tensor, nn

from explorer.checkpoints.card import METADATA_KEY, Card, encode_card
from explorer.checkpoints.reading import read_card as read_card
from explorer.datasets.images import file_sha256 as file_sha256
from explorer.errors import BadInput
from explorer.half_written import neighbour
from explorer.models.registry import build, parse_config


@dataclass(frozen=True, eq=False)
class Checkpoint:
    """A network with its weights and its card, on the CPU, in evaluation mode."""

    path: Path
    card: Card
    network: nn.Module
    sha256: str


def load(path: Path) -> Checkpoint:
    """Checkpoint in a file; sizes are checked against the configuration before memory is taken.

    Raises
    ------
    BadInput
        As `read_card`; and if tensors are missing, unknown, of another shape, or not finite.
    """
    card = read_card(path)
    config = parse_config(card.network.name, card.network.config)
    with torch.device("meta"):
        network = build(card.network.name, config)
    expected = network.state_dict()
    try:
        with safe_open(path, framework="pt") as file:
            _check_tensors(path, {name: file.get_slice(name) for name in file.keys()}, expected)  # noqa: SIM118
            tensors = {name: file.get_tensor(name).to(wanted.dtype) for name, wanted in expected.items()}
    except (SafetensorError, OSError) as error:
        raise BadInput(f"{path}: cannot be read: {error}") from None
    for name, tensor in tensors.items():
        if tensor.is_floating_point() and not torch.isfinite(tensor).all():
            raise BadInput(f"{path}: its weights {name} are not finite")
    network.load_state_dict(tensors, assign=True)
    network.requires_grad_(False).eval()
    return Checkpoint(path, card, network, file_sha256(path))


def _check_tensors(path: Path, found: Mapping[str, Any], expected: Mapping[str, Tensor]) -> None:
    for name in sorted(expected.keys() - found.keys()):
        raise BadInput(f"{path}: has no weights {name}")
    for name in sorted(found.keys() - expected.keys()):
        raise BadInput(f"{path}: has weights {name} that its network does not")
    for name, tensor in expected.items():
        shape, dtype = tuple(found[name].get_shape()), found[name].get_dtype()
        if shape != tuple(tensor.shape):
            raise BadInput(f"{path}: weights {name} are {shape}; its network needs {tuple(tensor.shape)}")
        if dtype.startswith(("F", "BF")) != tensor.is_floating_point():
            raise BadInput(f"{path}: weights {name} are {dtype}; its network needs {tensor.dtype}")


def save(path: Path, card: Card, tensors: Mapping[str, Tensor]) -> None:
    """Write a checkpoint whole: to a neighbour file first, then renamed.

    Raises
    ------
    BadInput
        If the folder cannot be written.
    """
    partial = neighbour(path)
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        plain = {name: tensor.detach().cpu().contiguous() for name, tensor in tensors.items()}
        save_file(plain, partial, metadata={METADATA_KEY: encode_card(card)})
        _share(partial)
        os.replace(partial, path)
    except (OSError, SafetensorError) as error:
        with contextlib.suppress(OSError):
            partial.unlink()  # a full disk is not made fuller
        cause = str(error).removeprefix("Error while serializing: ").removeprefix("I/O error: ")
        raise BadInput(f"{path}: cannot be written: {cause}") from None


def save_card(path: Path, card: Card) -> None:
    """Give a checkpoint another card; its weights stay as they are in the file, to the last bit.

    Raises
    ------
    BadInput
        If the file cannot be read or written.
    """
    try:
        tensors = load_file(path)
    except (OSError, SafetensorError) as error:
        raise BadInput(f"{path}: cannot be read: {error}") from None
    save(path, card, tensors)


def _share(path: Path) -> None:
    """Give a file the permissions that the person's new files have: safetensors writes for the owner alone."""
    mask = os.umask(0)
    os.umask(mask)
    path.chmod(0o666 & ~mask)
