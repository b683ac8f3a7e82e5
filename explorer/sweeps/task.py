"""One recipe of a sweep: its text, the name of its result, and the recipes of a file."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator
from functools import lru_cache
from pathlib import Path
from typing import Literal

import msgspec

from explorer.errors import BadInput
from explorer.recipe import ChainRecipe, Change, Edit, Lane, Recipe, decode_recipe
from explorer.regular_file import read_whole

FigureName = Literal["fid", "vlb"]
MAX_RECIPES = 1_000_000
MAX_FILE_BYTES = 2**30
NAME_LENGTH = 20
"""Hexadecimal digits: two of 10^6 recipes have one name by a chance of 10^-12."""


class Task(Recipe, frozen=True):
    """A recipe, and what is wanted of it: its JSON is that of an export's recipe with one field more.

    Attributes
    ----------
    figure : "fid", "vlb" or None
        Fréchet distance of its samples, bound on as many held-out images; None is the arrays of its chains.
    """

    figure: FigureName | None = None

    @property
    def ending(self) -> str:
        """Of its result."""
        return ".npz" if self.figure is None else ".json"


def encode_task(task: Task) -> str:
    """JSON text of a task."""
    return msgspec.json.encode(task).decode()


def decode_task(text: str | bytes, origin: str) -> Task:
    """Task in a JSON text; `origin` is named by the message.

    Raises
    ------
    BadInput
        As `decode_recipe`; if it has no chain with a lane, or asks for a figure that there is not.
    """
    recipe = decode_recipe(text, origin)
    try:
        task = msgspec.json.decode(text, type=Task)
    except (msgspec.DecodeError, ValueError) as error:
        raise BadInput(f"{origin}: not a recipe of a sweep: {error}") from None
    if recipe.chain is None or not recipe.chain.lanes:
        raise BadInput(f"{origin}: its recipe has no chain with a lane, which a sweep is made of")
    return task


def read_tasks(path: Path) -> Iterator[Task]:
    """Tasks of a file with a recipe a line; empty lines are passed over.

    Raises
    ------
    BadInput
        If it cannot be read, is larger than 1 GiB, or a line is no task; the message names the line.
    """
    try:
        text = read_whole(path, MAX_FILE_BYTES)
    except FileNotFoundError:
        raise BadInput(f"{path}: no such file") from None
    except OSError as error:
        raise BadInput(f"{path}: cannot be read: {error.strerror}") from None
    for number, line in enumerate(text.splitlines(), 1):
        if line.strip():
            yield decode_task(line, f"{path}, line {number}")


def name_of(task: Task, arithmetic: str) -> str:
    """What the result of a task is called: a hash of all that determines it.

    Where a checkpoint or a data set lies is no part of it where its own hash is known, nor is how a picture would be drawn.

    Parameters
    ----------
    arithmetic : str
        Device and precision that the sweep asks for.
    """
    assert task.chain is not None
    lanes = tuple(_without_places(lane) for lane in task.chain.lanes)
    chain = msgspec.structs.replace(task.chain, lanes=lanes, branches=())
    bare = _plain(Task(chain=chain, figure=task.figure))
    return hashlib.sha256(f"{arithmetic}\n{json.dumps(bare, sort_keys=True)}".encode()).hexdigest()[:NAME_LENGTH]


def _plain(value: object) -> object:
    """A value of a recipe as JSON has it, without what is as usual: written out or left out, it is the same recipe."""
    if isinstance(value, msgspec.Struct):
        said = ((name, usual, getattr(value, name)) for name, usual in _fields(type(value)))
        return {"is": type(value).__name__} | {name: _plain(each) for name, usual, each in said if each != usual}
    if isinstance(value, tuple):
        return [_plain(each) for each in value]
    return msgspec.to_builtins(value)


@lru_cache
def _fields(kind: type[msgspec.Struct]) -> tuple[tuple[str, object], ...]:
    """Names of a struct's fields with what is usual for each."""
    return tuple((field.name, field.default) for field in msgspec.structs.fields(kind))


def _without_places(lane: Lane) -> Lane:
    replace = msgspec.structs.replace
    edits = tuple(_edit_without_place(edit) for edit in lane.edits)
    exact = lane.exact
    if exact is not None and exact.sha256:
        exact = replace(exact, dataset="")
    return replace(lane, source="" if lane.checkpoint or exact is not lane.exact else lane.source, exact=exact, edits=edits)


def _edit_without_place(edit: Edit) -> Edit:
    return msgspec.structs.replace(edit, source="") if isinstance(edit, Change) and edit.checkpoint else edit


def words_of(task: Task) -> str:
    """What a task is, for people: "C · mnist-ddpm-c · 10 steps · seed 3"."""
    assert task.chain is not None
    chain: ChainRecipe = task.chain
    lanes = ", ".join(dict.fromkeys(_lane_words(lane) for lane in chain.lanes))
    return f"{lanes} · seed {chain.seed} · {chain.samples} samples" + (f" · {task.figure}" if task.figure else "")


def _lane_words(lane: Lane) -> str:
    sampler = lane.sampler
    steps = "all steps" if sampler.steps is None else f"{sampler.steps} step{'' if sampler.steps == 1 else 's'}"
    kind = lane.option if lane.exact is None else "exact"
    return " · ".join(filter(None, (kind, Path(lane.source).stem, steps)))
