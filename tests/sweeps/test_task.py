"""Recipes of a sweep: their files, and what their results are called."""

from __future__ import annotations

from pathlib import Path

import msgspec
import pytest

from explorer.errors import BadInput
from explorer.recipe import ChainRecipe, Change, ExactProcess, Lane, Recipe, Sampler, encode_recipe
from explorer.sweeps.task import Task, decode_task, encode_task, name_of, read_tasks

LANE = Lane("c" * 64, "mnist-ddpm-c", "C", Sampler(10))


def task(lane: Lane = LANE, **fields: object) -> Task:
    return msgspec.structs.replace(Task(chain=ChainRecipe((lane,), 3, 2)), **fields)


def named(one: Task) -> str:
    return name_of(one, "auto fp32")


def test_the_recipe_of_an_export_is_a_task() -> None:
    chain = ChainRecipe((LANE,), 3, 2)
    assert decode_task(encode_recipe(Recipe(chain=chain)), "recipe") == Task(chain=chain)


@pytest.mark.parametrize(
    "other",
    [
        task(msgspec.structs.replace(LANE, source="/elsewhere/c.safetensors")),
        decode_task(encode_task(task()).replace('"source":', '"guidance":0.0,"labels":[],"source":'), "written out"),
        task(shown=None, arithmetic=None),
    ],
    ids=["another place", "defaults written out", "the same"],
)
def test_what_changes_nothing_keeps_the_name(other: Task) -> None:
    assert named(other) == named(task())


def test_what_changes_the_numbers_changes_the_name() -> None:
    replace = msgspec.structs.replace
    exact = Lane("", "mnist", exact=ExactProcess("mnist", "a" * 64))
    lanes = [
        LANE, replace(LANE, checkpoint="d" * 64), replace(LANE, sampler=Sampler(11)), replace(LANE, seed=3), replace(LANE, guidance=1.0),
        replace(LANE, edits=(Change(9, eta=0.0),)), exact, replace(exact, exact=replace(exact.exact, sha256="b" * 64)),
    ]  # fmt: skip
    tasks = [task(lane) for lane in lanes] + [task(figure="fid"), task(figure="vlb"), task(chain=ChainRecipe((LANE,), 4, 2))]
    assert len({named(each) for each in tasks}) == len(tasks)
    assert name_of(task(), "auto fp32") != name_of(task(), "auto bf16")


@pytest.mark.parametrize(
    ("line", "says"),
    [
        ("{", "line 3: not a recipe"),
        ('{"version":1}', "line 3: its recipe has no chain"),
        ('{"version":1,"chain":{"lanes":[]}}', "line 3: its recipe has no chain"),
        ('{"version":99}', "line 3: a recipe of version 99"),
        (encode_task(task()).replace('"figure":null', '"figure":"size"'), "line 3: not a recipe of a sweep"),
    ],
)
def test_a_line_that_is_no_recipe_is_told_by_its_number(tmp_path: Path, line: str, says: str) -> None:
    file = tmp_path / "recipes.jsonl"
    file.write_text(f"{encode_task(task())}\n\n{line}\n")
    with pytest.raises(BadInput, match=says):
        list(read_tasks(file))
