"""Sources of others: registered by a program, or by an installed package under the entry-point group `generative_explorer.sources`.

Packages are looked through when something is opened that no own source recognises, and for the hints of dialogs. What is wrong with one
is one line that names it, and never keeps anything else from opening.
"""

from __future__ import annotations

import inspect
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

from explorer import log
from explorer.errors import BadInput
from explorer.recipe.told import NOTHING, Told
from explorer.sources.asking import Question
from explorer.sources.base import Source

if TYPE_CHECKING:
    from importlib.metadata import EntryPoint

    from explorer.checkpoints.card import Card
    from explorer.checkpoints.files import Checkpoint

GROUP = "generative_explorer.sources"
ASKED = ("recognises", "asks", "card", "parameters", "load", "home", "parts", "sha256")

T = TypeVar("T")


class Guarded(Source):
    """Another's source: whatever it raises is one line that names it."""

    def __init__(self, source: Source, origin: str) -> None:
        self._source, self._origin = source, origin
        self.name, self.title = str(source.name), str(source.title)
        self.hints = tuple(str(hint) for hint in source.hints)
        self.is_folder, self.short = bool(source.is_folder), str(source.short)

    def recognises(self, path: Path) -> bool:
        """As it says; a fault of its is noted, and means no."""
        try:
            return bool(self._source.recognises(path))
        except (OSError, ValueError):
            return False
        except Exception as error:
            _note(f"{self._origin}: {_said(error)}, when asked whether {path} is of its kind")
            return False

    def asks(self, path: Path) -> tuple[Question, ...]:
        """As it says."""
        return self._asked(path, self._source.asks)

    def card(self, path: Path, told: Told = NOTHING) -> Card:
        """As it says (BadInput if it raises anything)."""
        return self._asked(path, lambda path: self._source.card(path, told))

    def parameters(self, path: Path) -> int:
        """As it says; 0 where it does not."""
        return self._asked(path, self._source.parameters) or 0

    def load(self, path: Path, told: Told = NOTHING) -> Checkpoint:
        """As it loads it (BadInput if it raises anything)."""
        return self._asked(path, lambda path: self._source.load(path, told))

    def home(self, path: Path) -> Path:
        """As it says."""
        return self._asked(path, self._source.home)

    def parts(self, path: Path) -> tuple[Path, ...]:
        """As it says."""
        return self._asked(path, self._source.parts)

    def sha256(self, path: Path) -> str:
        """As it says."""
        return self._asked(path, self._source.sha256)

    def _asked(self, path: Path, question: Callable[[Path], T]) -> T:
        try:
            return question(path)
        except (BadInput, MemoryError):
            raise
        except Exception as error:
            if "out of memory" in str(error).lower():
                raise
            raise BadInput(f"{path}: {self._origin} cannot read it: {_said(error)}") from error


_registered: list[Guarded] = []
_of_packages: list[Guarded] | None = None
_problems: list[str] = []


def register(source: Source | type[Source]) -> None:
    """Ask this source, too, from now on and in this process; one of the same name takes the place of an earlier one.

    Raises
    ------
    BadInput
        If it has not what a source has.
    """
    guarded = _guarded(source, f"the source {getattr(source, '__qualname__', type(source).__qualname__)}")
    _registered[:] = [known for known in _registered if known.name != guarded.name] + [guarded]


def registered() -> tuple[Guarded, ...]:
    """What programs registered in this process."""
    return tuple(_registered)


def all_plugins() -> tuple[Guarded, ...]:
    """Those, and what installed packages have, which are imported the first time."""
    global _of_packages
    if _of_packages is None:
        from importlib.metadata import entry_points  # with the parser of mails behind it: not before a package may be asked

        _of_packages = []
        for point in entry_points(group=GROUP):
            found = _loaded(point)
            if found is not None:
                _of_packages.append(found)
    return (*_registered, *_of_packages)


def problems() -> tuple[str, ...]:
    """What was wrong with sources of others, a line each."""
    return tuple(_problems)


def _loaded(point: EntryPoint) -> Guarded | None:
    package = point.dist.name if point.dist is not None else point.value
    origin = f"the source {point.name} of the package {package}"
    try:
        return _guarded(point.load(), origin)
    except BadInput as error:
        _note(str(error))
    except Exception as error:  # whatever an import can raise
        _note(f"{origin}: cannot be imported: {_said(error)}")
    return None


def _guarded(given: Any, origin: str) -> Guarded:
    try:
        source: Any = given() if inspect.isclass(given) else given
    except Exception as error:
        raise BadInput(f"{origin}: cannot be made: {_said(error)}") from error
    lacks = [name for name in ("name", "title", "hints", *ASKED) if not hasattr(source, name)]
    if lacks:
        raise BadInput(f"{origin}: has no {', '.join(lacks)}: derive it from explorer.Source")
    if not source.name or not source.title or isinstance(source.hints, str):
        raise BadInput(f"{origin}: needs a name, a title and a tuple of hints")
    return Guarded(source, origin)


def _said(error: Exception) -> str:
    return f"{type(error).__name__}: {' '.join(str(error).split())}" if str(error) else type(error).__name__


def _note(problem: str) -> None:
    if problem not in _problems:
        _problems.append(problem)
        log.note(problem, fault=True)
