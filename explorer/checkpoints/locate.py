"""Where a checkpoint is: a path, or the name of one that comes with the app."""

from __future__ import annotations

from pathlib import Path

from explorer.errors import BadInput
from explorer.resources import resource

SUFFIX = ".safetensors"


def shipped() -> dict[str, Path]:
    """Checkpoints that come with the app, by name (the file's without its ending), in name order."""
    return {path.stem: path for path in sorted(resource("checkpoints").glob(f"*{SUFFIX}"))}


def locate(name: str) -> Path:
    """Path of the checkpoint called `name`: a file, or a shipped one such as "mnist-ddpm-c".

    Raises
    ------
    BadInput
        If there is neither; the message names the shipped ones.
    """
    path = Path(name).expanduser()
    if path.is_file():
        return path
    known = shipped()
    stem = name.removesuffix(SUFFIX)
    if stem in known:
        return known[stem]
    if path.is_dir():
        raise BadInput(f"{name}: is a folder; name a {SUFFIX} file in it")
    raise BadInput(f"{name}: no such file, nor a checkpoint that comes with the app ({', '.join(known) or 'none is installed'})")


def source_of(path: Path) -> str:
    """What a recipe calls a checkpoint: the name of a shipped one, else its path as given."""
    resolved = path.resolve()
    for name, file in shipped().items():
        if file.resolve() == resolved:
            return name
    return str(path)
