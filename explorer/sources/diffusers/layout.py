"""Where the parts of a model lie in a folder of diffusers, in all the layouts that occur. No torch; names and JSON are all that is read."""

from __future__ import annotations

import json
import os
import re
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from explorer.errors import BadInput
from explorer.regular_file import read_whole

INDEX, CONFIG, SCHEDULER = "model_index.json", "config.json", "scheduler_config.json"
STEM = "diffusion_pytorch_model"
AVERAGED = "unet_ema"
CODERS = ("vae", "vqvae", "movq")
"""Folders of a pipeline's autoencoder."""
MAX_JSON = 64 << 20
MAX_LINKS = 16

_CHECKPOINT = re.compile(r"checkpoint-(\d{1,12})")
OF_TRAINING = re.compile(r"optimizer(_\d+)?\.bin|scheduler\.bin|random_states_\d+\.pkl|pytorch_model\.bin")
"""Files that stand beside a network, or hold one, in a training state."""


@dataclass(frozen=True, slots=True)
class Layout:
    """The parts of one model.

    Attributes
    ----------
    root : Path
        Folder by which it is known.
    model : Path
        Folder of the network: its settings and weights.
    scheduler : Path or None
        File of the noise schedule; None where there is none.
    index : Path or None
        File that names a pipeline's parts.
    coder : Path or None
        Folder of the autoencoder through whose decoder the network's states are seen.
    """

    root: Path
    model: Path
    scheduler: Path | None
    index: Path | None = None
    coder: Path | None = None

    @property
    def config(self) -> Path:
        """File of the network's settings; may not exist."""
        return self.model / CONFIG


def find(path: Path) -> Layout | None:
    """Parts of the model that a path is, or is a part of: a folder, a file in it, a link to either, a blob of a hub's cache.

    None where there is none; OSError where that cannot be known.
    """
    for place in _places(path):
        if place.is_dir():
            found = _of_folder(place)
        elif _is_part(place.name):
            found = _of_folder(place.parent)
        else:
            found = _of_blob(place)
        if found is not None:
            return found
    return None


def read_json(path: Path) -> dict[str, Any]:
    """Object in a JSON file.

    Raises
    ------
    BadInput
        If it cannot be read, or is none.
    """
    try:
        text = read_whole(path, MAX_JSON)
        found = json.loads(text, parse_int=_whole)
    except OSError as error:
        raise BadInput(f"{path}: cannot be read: {error.strerror}") from None
    except (ValueError, RecursionError):
        pointer = " but a Git LFS pointer (git lfs pull fetches the file)" if text.startswith(b"version https://git-lfs") else ""
        raise BadInput(f"{path}: is not JSON{pointer}, or is cut short") from None
    if not isinstance(found, dict):
        raise BadInput(f"{path}: is JSON, but has no settings in it")
    return found


def _whole(digits: str) -> int | float:
    """A whole number; one beyond all that a computer counts in is none that anything can be made of."""
    return int(digits) if len(digits) < 20 else float(digits)


def _places(path: Path) -> list[Path]:
    """The path, and what it is a link to, one link at a time: nothing lies beside the blobs that a hub's cache links to."""
    places = [Path(os.path.abspath(path))]
    while places[-1].is_symlink() and len(places) < MAX_LINKS:
        places.append(Path(os.path.normpath(places[-1].parent / os.readlink(places[-1]))))
    return places


def _is_part(name: str) -> bool:
    return name in (INDEX, CONFIG, SCHEDULER) or name.startswith(STEM) or OF_TRAINING.fullmatch(name) is not None


def _of_folder(folder: Path) -> Layout | None:
    if (folder / INDEX).is_file():
        return _pipeline(folder)
    above = folder.parent
    if folder.name in ("unet", "scheduler") and (above / INDEX).is_file():
        return _pipeline(above)
    if folder.name == "scheduler" and (folder / SCHEDULER).is_file():
        return _pieces(above)
    if _is_model(folder):
        if not class_of(folder).startswith(("UNet", "Unet")) and class_of(folder):  # an autoencoder: no schedule is its own
            return Layout(folder, folder, None)
        if folder.name == "unet" and _beside(above) is not None and not (above / AVERAGED).is_dir():
            return Layout(above, folder, _beside(above))
        return Layout(folder, folder, _schedule_near(folder))
    return _pieces(folder) or _newest(folder)


def _pipeline(folder: Path) -> Layout:
    """A pipeline's network; of one that is told what to draw, its autoencoder alone."""
    model = folder / "unet" if (folder / "unet").is_dir() else folder
    coder = next((folder / name for name in CODERS if class_of(folder / name)), None)
    if coder is not None and (model == folder or class_of(model) not in ("", "UNet2DModel")):
        return Layout(folder, coder, None, folder / INDEX)
    return Layout(folder, model, _beside(folder), folder / INDEX, coder)


def class_of(folder: Path) -> str:
    """Class of the network whose settings lie in a folder; empty where they do not say it."""
    config = folder / CONFIG
    if not config.is_file() or config.stat().st_size > MAX_JSON:
        return ""
    try:
        found = json.loads(config.read_bytes())
    except (ValueError, RecursionError):
        return ""
    return str(found.get("_class_name", "")) if isinstance(found, dict) else ""


def _pieces(folder: Path) -> Layout | None:
    """A folder with a network in a folder of its own; the averaged one of a training state."""
    for name in (AVERAGED, "unet"):
        if _is_model(folder / name):
            return Layout(folder, folder / name, _beside(folder) or _of_the_run(folder))
    if _CHECKPOINT.fullmatch(folder.name) and (folder / "pytorch_model.bin").is_file():
        return Layout(folder, folder, None)  # of an old script, without settings: to be told
    return None


def _newest(folder: Path) -> Layout | None:
    """The last training state in the folder of a run."""
    try:
        named = [(int(found[1]), place) for place in folder.iterdir() if (found := _CHECKPOINT.fullmatch(place.name))]
    except OSError:
        return None
    for _, place in sorted(named, reverse=True):
        layout = _pieces(place)
        if layout is not None:
            return layout
    return None


def _is_model(folder: Path) -> bool:
    """Whether a folder has a network of diffusers: settings that name its class, or weights of their name."""
    config = folder / CONFIG
    if config.is_file() and config.stat().st_size <= MAX_JSON:
        try:
            if "_class_name" in json.loads(config.read_bytes()):
                return True
        except (ValueError, TypeError, RecursionError):
            pass  # damaged, or silent: the weights beside it tell
    return folder.is_dir() and any(place.name.startswith(STEM) for place in folder.iterdir())


def _beside(folder: Path) -> Path | None:
    """The noise schedule of a folder, in its own folder or flat."""
    places = (folder / "scheduler" / SCHEDULER, folder / SCHEDULER)
    return next((place for place in places if place.is_file()), None)


def _schedule_near(model: Path) -> Path | None:
    """That of a lone network: in its folder, beside it, or of the run that it is of."""
    return _beside(model) or _beside(model.parent) or _of_the_run(model.parent)


def _of_the_run(state: Path) -> Path | None:
    return _beside(state.parent) if _CHECKPOINT.fullmatch(state.name) else None


def _of_blob(path: Path) -> Layout | None:
    """The newest snapshot in a hub's cache that links to a blob."""
    if path.parent.name != "blobs" or not (path.parent.parent / "snapshots").is_dir():
        return None
    snapshots = sorted((path.parent.parent / "snapshots").iterdir(), key=lambda place: place.stat().st_mtime, reverse=True)
    for snapshot in snapshots:
        for place in (*snapshot.glob("*"), *snapshot.glob("*/*")):
            if place.is_symlink() and os.path.normpath(place.parent / os.readlink(place)) == str(path):
                return _of_folder(place.parent)
    return None
