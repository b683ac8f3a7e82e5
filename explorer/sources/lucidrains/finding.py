"""Where the weights are in a file. No torch."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

from explorer.errors import BadInput
from explorer.sources.tensor_file import Outline, at, outline, under

PLACES = (("ema", "ema_model."), ("ema", ""), ("model", ""), ("", "ema_model."), ("", ""))
"""Where a GaussianDiffusion's weights are, the averaged ones first; before June 2022 they had no name of their own."""
NAMES = ("init_conv.weight", "time_mlp.1.weight", "downs.0.0.block1.proj.weight", "final_conv.weight")
"""That no other U-Net has together."""


@dataclass(frozen=True)
class Found:
    """Where the weights are.

    Attributes
    ----------
    where : str
        The dictionary in the file.
    prefix : str
        Before the names of the process's buffers.
    unet : str
        Before the names of the U-Net's weights.
    tensors : dict of str to Outline
        All under `prefix`.
    version : str
        Of the library; empty where it is not said.
    """

    where: str
    prefix: str
    unet: str
    tensors: dict[str, Outline]
    version: str

    @property
    def averaged(self) -> bool:
        """Whether they are the averaged ones."""
        return self.where == "ema" or self.prefix == "ema_model."

    @property
    def network(self) -> dict[str, Outline]:
        """The U-Net's, by their names in it."""
        return under(self.tensors, self.unet)


def find(path: Path) -> Found | None:
    """Where they are; None if the file holds none (OSError). A file is looked into once while it stays as it is."""
    stat = path.stat()
    return _looked_for(path, stat.st_mtime_ns, stat.st_size)


@lru_cache(maxsize=64)
def _looked_for(path: Path, _time: int, _size: int) -> Found | None:
    content = outline(path)
    if content is None or not isinstance(content.top, dict):
        return None
    version = content.top.get("version")
    for where, prefix in PLACES:
        tree = at(content.top, where)
        if not isinstance(tree, dict):
            continue
        tensors = {name: each for name, each in under(_named(tree), prefix).items() if isinstance(each, Outline)}
        for unet in ("model.", ""):
            if all(unet + name in tensors for name in NAMES):
                return Found(where, prefix, unet, tensors, version if isinstance(version, str) else "")
    return None


def _named(tree: dict[Any, Any]) -> dict[str, Any]:
    return {name: each for name, each in tree.items() if isinstance(name, str)}


def found_in(path: Path) -> Found:
    """Where they are (BadInput if the file holds none)."""
    try:
        found = find(path)
    except OSError as error:
        raise BadInput(f"{path}: cannot be read: {error.strerror or error}") from None
    if found is None:
        raise BadInput(f"{path}: is no longer a model-N.pt of denoising-diffusion-pytorch")
    return found
