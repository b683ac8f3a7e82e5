"""PyTorch's compiler is imported when something is compiled, which no training is: by itself it takes as long as all the rest.

Fabric imports it for the name of a class, and every step of an optimizer to tell it where not to look. Until it is wanted for more, a
module stands in its place that answers these: nothing is a compiled network, there is no graph to break, and a function that is not to be
compiled is that function.
"""

from __future__ import annotations

import importlib
import sys
from collections.abc import Callable
from importlib.abc import Loader, MetaPathFinder
from importlib.machinery import ModuleSpec
from types import ModuleType
from typing import Any, TypeVar

COMPILER = "torch._dynamo"

F = TypeVar("F", bound=Callable[..., Any])


class _Later(ModuleType):
    __path__: list[str] = []  # noqa: RUF012 - a package, of which what lies below is `_Below`'s

    class OptimizedModule:
        """What a compiled network is; nothing is one before the compiler is there."""

    @staticmethod
    def graph_break() -> None:
        """Nothing: no graph is being made."""

    @staticmethod
    def disable(function: F, *_: Any, **__: Any) -> F:
        """The function: it is not compiled anyway."""
        return function

    def __getattr__(self, name: str) -> Any:
        if name.startswith("__"):  # what is asked of every module
            raise AttributeError(name)
        return getattr(_compiler(), name)


def _compiler() -> ModuleType:
    """The real one."""
    if isinstance(sys.modules.get(COMPILER), _Later):
        del sys.modules[COMPILER]
    return importlib.import_module(COMPILER)


class _Below(MetaPathFinder):
    """Finds the modules of the compiler while it is not there: it is imported before them."""

    def find_spec(self, fullname: str, path: object = None, target: object = None) -> ModuleSpec | None:
        if not fullname.startswith(f"{COMPILER}.") or not isinstance(sys.modules.get(COMPILER), _Later):
            return None
        _compiler()
        return ModuleSpec(fullname, _Imported(importlib.import_module(fullname)))


class _Imported(Loader):
    """Gives a module that the compiler has imported itself."""

    def __init__(self, module: ModuleType) -> None:
        self.module, self.spec = module, module.__spec__

    def create_module(self, spec: ModuleSpec) -> ModuleType:
        return self.module

    def exec_module(self, module: ModuleType) -> None:
        module.__spec__ = self.spec


def import_compiler_later() -> None:
    """To be called before Fabric is imported; whoever asks for more of the compiler than `_Later` knows gets it, imported then."""
    if COMPILER not in sys.modules:
        sys.modules[COMPILER] = _Later(COMPILER)
        sys.meta_path.insert(0, _Below())
