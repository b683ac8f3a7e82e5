"""Every request of the engine, found by its base class: who answers it, what it needs in memory, what it says of files."""

from __future__ import annotations

import dataclasses
import importlib
import inspect
import pkgutil
import subprocess
import sys
from collections.abc import Iterator
from typing import get_type_hints

import pytest

import explorer.engine
from explorer.engine.desk import Desk, handler_of
from explorer.engine.thread.files import roles_of
from explorer.engine.thread.requests import Outcome, Payload

NO_FILES = {
    "block", "class_colours", "command", "device", "ending", "file", "labels", "name", "of", "precision", "quantity", "rung", "sha256",
    "wish",
}  # fmt: skip
"""Fields of plain words."""


def made_of(base: type) -> list[type]:
    """Classes of the engine that derive from a base; not what `slots` made them of."""
    for module in pkgutil.walk_packages(explorer.engine.__path__, "explorer.engine."):
        importlib.import_module(module.name)
    found, open_ = [], [base]
    while open_:
        for kind in open_.pop().__subclasses__():
            open_.append(kind)
            if kind.__module__.startswith("explorer.engine") and getattr(sys.modules[kind.__module__], kind.__name__) is kind:
                found.append(kind)
    return sorted(dict.fromkeys(found), key=lambda kind: kind.__name__)


PAYLOADS: list[type[Payload]] = made_of(Payload)
OUTCOMES: list[type[Outcome]] = made_of(Outcome)


def parts_of(kind: type) -> Iterator[type]:
    """A dataclass, and the dataclasses that its fields may hold."""
    open_, seen = [kind], {kind}
    while open_:
        part = open_.pop()
        yield part
        for hint in get_type_hints(part).values():
            kinds = {hint} if isinstance(hint, type) else set(_leaves(hint))
            for one in kinds - seen:
                if isinstance(one, type) and dataclasses.is_dataclass(one):
                    seen.add(one)
                    open_.append(one)


def _leaves(hint: object) -> Iterator[object]:
    yield hint
    for part in getattr(hint, "__args__", ()):
        yield from _leaves(part)


def test_all_of_them_are_found() -> None:
    assert len(PAYLOADS) > 40
    assert len(OUTCOMES) > 40


@pytest.mark.parametrize("kind", PAYLOADS)
def test_a_request_is_answered_by_a_function_that_takes_it(kind: type[Payload]) -> None:
    handler = handler_of(kind)
    assert inspect.isfunction(handler)
    request, desk = inspect.signature(handler).parameters
    hints = get_type_hints(handler)
    assert issubclass(kind, hints[request])
    assert hints[desk] is Desk


@pytest.mark.parametrize("kind", [*PAYLOADS, *OUTCOMES])
def test_contents_are_frozen_and_have_no_room_for_more(kind: type) -> None:
    assert kind.__dataclass_params__.frozen  # type: ignore[attr-defined]
    assert "__dict__" not in dir(kind)


def test_the_window_can_make_and_read_all_of_them_without_torch_and_qt() -> None:
    modules = sorted({kind.__module__ for kind in (*PAYLOADS, *OUTCOMES)})
    program = f"import sys, {', '.join(modules)}\nprint({{'torch', 'safetensors', 'PySide6'}} & set(sys.modules))"
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "set()", modules


@pytest.mark.parametrize("kind", PAYLOADS)
def test_a_path_in_a_request_is_declared(kind: type[Payload]) -> None:
    """A field of words is a ReadFile or a WrittenFile; where it names no file, NO_FILES says so."""
    for part in parts_of(kind):
        hints = get_type_hints(part)
        for name, role in roles_of(part).items():
            if role is None and name not in NO_FILES:
                assert str not in set(_leaves(hints[name])), f"{part.__name__}.{name}: what is it? A ReadFile, a WrittenFile?"
