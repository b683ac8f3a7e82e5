"""Networks in the memory of a program that shows them: a small file stands for each, so that lanes and sessions can name it."""

from __future__ import annotations

import json
from pathlib import Path

from explorer.checkpoints.card import METADATA_KEY
from explorer.errors import BadInput
from explorer.paths import cache_folder
from explorer.sources.from_python.model import Model, checked_name
from explorer.sources.from_python.model_source import ModelSource

FIELD = f"{METADATA_KEY}_in_memory"
MAX_BYTES = 4096

_shown: dict[str, Model] = {}
"""By their names: those of this process."""
_hashes: dict[str, str] = {}


def put(model: Model) -> Path:
    """Have a model in this process; the file that stands for it (BadInput if that cannot be written)."""
    name = checked_name(model.name)
    path = cache_folder() / "in-memory" / name  # without an ending: lanes show what the file is called
    text = json.dumps({FIELD: name})
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    except OSError as error:
        raise BadInput(f"{path}: cannot be written: {error.strerror}") from None
    _hashes.pop(name, None)
    _shown[name] = model
    return path


def forget(name: str) -> None:
    """Let go of a model."""
    _shown.pop(name, None)
    _hashes.pop(name, None)


class InMemory(ModelSource):
    """Takes the files that `put` writes."""

    name = "in memory"
    title = "a network in a Python program"
    owned = False

    def recognises(self, path: Path) -> bool:
        """A small JSON file with the one field."""
        return path.is_file() and _name_in(path) != ""

    def model(self, path: Path) -> Model:
        """The network that goes by its name here."""
        name = _name_in(path)
        if name not in _shown:
            again = f'have it show it again: explorer.show(network=…, name="{name}")'
            raise BadInput(f"{name}: is a network that a Python program had in its memory; {again}")
        return _shown[name]

    def _known(self, path: Path) -> tuple[Model, str]:
        """The model as long as it is shown, and no longer: it is the program's."""
        from explorer.sources.from_python.network import identity

        model = self.model(path)
        if model.name not in _hashes:
            _hashes[model.name] = identity(model)
        return model, _hashes[model.name]


def _name_in(path: Path) -> str:
    with open(path, "rb") as file:
        text = file.read(MAX_BYTES)
    if FIELD.encode() not in text:
        return ""
    found = json.loads(text)
    name = found.get(FIELD) if isinstance(found, dict) else None
    return name if isinstance(name, str) else ""
