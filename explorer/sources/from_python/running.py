"""Run a Python file that the person agreed to, and take the model that its `load()` gives."""

from __future__ import annotations

import sys
from dataclasses import replace
from pathlib import Path
from types import ModuleType

from explorer.errors import BadInput
from explorer.sources.from_python.model import Model
from explorer.sources.from_python.permission import HOW, is_allowed, text_of
from explorer.sources.from_python.their_fault import words_of

MODULE = "generative_explorer_opened"
_imported: dict[str, set[str]] = {}
"""Modules beside a file that its last run imported: the next run imports them anew, as they may have been changed, too."""


def run(path: Path) -> Model:
    """The model of a file; its folder is on the path for imports meanwhile, the current folder stays.

    Raises
    ------
    BadInput
        If it may not be run, its Python raises (with the place in it), or `load` is not there or gives something else.
    """
    path = path.expanduser().absolute()
    if not is_allowed(path):
        raise BadInput(f"{path}: {HOW}")
    text = text_of(path)
    module = ModuleType(MODULE)
    module.__file__ = str(path)
    folder = str(path.parent)
    for name in _imported.pop(str(path), ()):
        sys.modules.pop(name, None)
    before = set(sys.modules)
    sys.modules[MODULE] = module
    sys.path.insert(0, folder)
    try:
        exec(compile(text, str(path), "exec"), module.__dict__)  # what the person agreed to
        model = module.load() if callable(getattr(module, "load", None)) else None
    except (Exception, SystemExit) as error:
        if isinstance(error, BadInput):
            raise
        raise BadInput(f"{path}: {words_of(error)}") from error
    finally:
        sys.path.remove(folder)
        _imported[str(path)] = {name for name in set(sys.modules) - before if _lies_in(sys.modules[name], path.parent)}
    if model is None and not callable(getattr(module, "load", None)):
        raise BadInput(f"{path}: defines no load(), which returns an explorer.Model")
    if not isinstance(model, Model):
        raise BadInput(f"{path}: its load() returns a {type(model).__name__}, and not an explorer.Model")
    return replace(model, name=path.stem) if model.name == Model.name else model


def _lies_in(module: ModuleType, folder: Path) -> bool:
    file = getattr(module, "__file__", None)
    return isinstance(file, str) and Path(file).is_relative_to(folder) and "site-packages" not in file and module.__name__ != MODULE
