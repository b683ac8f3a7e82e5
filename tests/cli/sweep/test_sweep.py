"""`sweep` in this process: what is in its folder, how it goes on, and that one bad recipe ends no other."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import msgspec
import numpy as np
import pytest

from explorer.checkpoints.files import file_sha256
from explorer.checkpoints.locate import locate
from explorer.exports.embedded import read_recipe
from explorer.recipe import ChainRecipe, Change, ExactProcess, Lane, Recipe, Sampler, ScheduleChoice, encode_recipe

C = "mnist-ddpm-c"
Run = Callable[..., Any]


def index(folder: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in (folder / "index.jsonl").read_text().splitlines()]


def same(one: Path, other: Path) -> bool:
    """Whether two files hold the same arrays of the same recipe."""
    with np.load(one) as a, np.load(other) as b:
        arrays = set(a.files) == set(b.files) and all(np.array_equal(a[name], b[name]) for name in a.files if name != "recipe")
    return arrays and read_recipe(one) == read_recipe(other)


def written(folder: Path, recipes: Sequence[ChainRecipe]) -> Path:
    path = folder / "recipes.jsonl"
    path.write_text("\n".join(encode_recipe(Recipe(chain=chain)) for chain in recipes))
    return path


@pytest.fixture
def lane() -> Lane:
    return Lane(file_sha256(locate(C)), C, "C", Sampler(3))


def test_each_recipe_of_a_grid_is_the_file_that_sample_writes(run: Run, tmp_path: Path) -> None:
    grid = "seed=4..5 steps=3 eta=0.5"
    ran = run("sweep", "--checkpoint", C, "--exact", "emoji", "--samples", 2, "--grid", grid, "--out", tmp_path / "s", "--workers", 1)
    assert ran.status == 0
    assert "4 recipes: 4 done" in ran.out
    rows = index(tmp_path / "s")
    assert [(row["source"], row["seed"], row["steps"], row["state"]) for row in rows] == [
        (source, seed, 3, "done") for source in (C, "emoji") for seed in (4, 5)
    ]
    for row, source in ((rows[1], ("--checkpoint", C)), (rows[3], ("--exact", "emoji"))):
        alone = tmp_path / f"{row['source']}.npz"
        run("sample", *source, "--samples", 2, "--seed", 5, "--steps", 3, "--eta", 0.5, "--out", alone)
        assert same(tmp_path / "s" / row["file"], alone)


def test_recipes_of_a_file_of_every_kind_of_lane(run: Run, lane: Lane, tmp_path: Path) -> None:
    replace = msgspec.structs.replace
    own, exact = (
        replace(lane, schedule=ScheduleChoice("cosine", 400), seed=9),
        Lane("", "emoji", None, Sampler(3), ExactProcess("emoji", images=50)),
    )
    changed = replace(lane, edits=(Change(500, eta=0.0),))
    recipes = written(tmp_path, [ChainRecipe((lane, own, exact), 4, 2), ChainRecipe((changed,), 4, 2)])
    ran = run("sweep", recipes, "--out", tmp_path / "s", "--workers", 1, "--device", "cpu")
    assert ran.status == 0, ran.err
    for row in index(tmp_path / "s"):
        result = tmp_path / "s" / row["file"]
        again = run("replay", result, "--out", tmp_path / "again.npz", "--device", "cpu", "--force", "--json")
        assert again.json["identical"] or "up to the rounding" in again.json["says"], again.json
    assert read_recipe(result).chain.lanes[0].edits == changed.edits  # type: ignore[union-attr]


def test_a_sweep_that_was_ended_goes_on_where_it_was(run: Run, tmp_path: Path) -> None:
    command = ("sweep", "--checkpoint", C, "--samples", 1, "--grid", "seed=0..2 steps=1", "--out", tmp_path, "--workers", 1, "--json")
    run(*command)
    first, second, _ = (tmp_path / row["file"] for row in index(tmp_path))
    stamp = second.stat().st_mtime_ns
    first.unlink()
    said = run(*command).json
    assert (said["there"], said["done"]) == (2, 1)
    assert first.is_file()
    assert second.stat().st_mtime_ns == stamp
    assert [row["state"] for row in index(tmp_path)] == ["done", "there", "there"]
    assert run(*command, "--force").json["done"] == 3


def test_what_fails_is_told_and_ends_no_other(run: Run, lane: Lane, tmp_path: Path) -> None:
    replace = msgspec.structs.replace
    lanes = [
        replace(lane, checkpoint="f" * 64), replace(lane, checkpoint="e" * 64, source="gone.safetensors"),
        replace(lane, sampler=Sampler(2000)), Lane("", "nowhere.npy", exact=ExactProcess("nowhere.npy")), lane,
    ]  # fmt: skip
    ran = run("sweep", written(tmp_path, [ChainRecipe((each,), 0, 1) for each in lanes]), "--out", tmp_path / "s", "--workers", 1)
    assert ran.status == 2
    assert "5 recipes: 1 done, 4 failed" in ran.out
    assert "Traceback" not in ran.err
    rows = index(tmp_path / "s")
    assert [row["state"] for row in rows] == ["failed"] * 4 + ["done"]
    for row, why in zip(rows, ("is not the checkpoint", "gone.safetensors: no such file", "2000", "nowhere.npy"), strict=False):
        assert why in row["why"]
        assert row["why"] in ran.err


def test_a_recipe_that_comes_twice_is_done_once_wherever_its_checkpoint_is(run: Run, lane: Lane, tmp_path: Path) -> None:
    gone = msgspec.structs.replace(lane, source="gone.safetensors")
    recipes = written(tmp_path, [ChainRecipe((each,), 0, 1) for each in (gone, lane, gone, lane)])
    said = run("sweep", recipes, "--out", tmp_path / "s", "--workers", 1, "--json").json
    assert (said["recipes"], said["done"], said["failed"]) == (1, 1, [])


def test_the_bound_is_that_of_evaluate(run: Run, tmp_path: Path) -> None:
    ran = run("sweep", "--checkpoint", C, "--samples", 2, "--grid", "seed=3", "--figure", "vlb", "--out", tmp_path, "--workers", 1)
    assert ran.status == 0, ran.err
    (row,) = index(tmp_path)
    alone = run("evaluate", "--checkpoint", C, "--metric", "vlb", "--images", 2, "--seed", 3, "--json").json
    assert (row["bits_per_dim"], row["nats"]) == (alone["bits_per_dim"], alone["nats"])
    assert json.loads((tmp_path / row["file"]).read_text())["recipe"]["chain"]["seed"] == 3


@pytest.mark.parametrize(
    ("words", "says"),
    [
        ((), "name a file of recipes, or --checkpoint"),
        (("--checkpoint", "mnist-vae-2d"), "is of kind vae"),
        (("--checkpoint", C, "--grid", "width=3"), "a sweep is SETTING=VALUE"),
        (("missing.jsonl",), "missing.jsonl: no such file"),
        (("missing.jsonl", "--grid", "seed=1"), "leave out --grid"),
        (("empty.jsonl",), "there is no recipe to do"),
        (("broken.jsonl",), "broken.jsonl, line 1: not a recipe"),
        (("--checkpoint", C, "--grid", "seed=1", "--gpus", 0.5), "--gpus 0.5: is a share for each worker of Ray"),
    ],
)
def test_what_cannot_be_is_refused_in_a_line(
    refused: Callable[..., str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch, words: Sequence[str], says: str
) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "empty.jsonl").write_text("\n")
    (tmp_path / "broken.jsonl").write_text("{\n")
    assert says in refused("sweep", *words, "--out", "s", "--workers", 1)
    assert not (tmp_path / "s").exists()


def test_a_file_is_no_folder_of_results(refused: Callable[..., str], tmp_path: Path) -> None:
    (tmp_path / "s").touch()
    assert "s: cannot be a folder of results" in refused("sweep", "--checkpoint", C, "--out", tmp_path / "s", "--workers", 1)


def test_without_ray_it_is_done_here_and_several_workers_say_what_to_install(
    run: Run, refused: Callable[..., str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "ray", None)
    command = ("sweep", "--checkpoint", C, "--samples", 1, "--grid", "seed=0..1 steps=1", "--out", tmp_path / "s")
    install = 'pip install "generative-explorer[cluster]"'
    assert install in refused(*command, "--workers", 2)
    monkeypatch.setenv("RAY_ADDRESS", "203.0.113.7:6379")
    assert install in refused(*command)
    monkeypatch.delenv("RAY_ADDRESS")
    assert not (tmp_path / "s").exists()
    assert run(*command, "--json").json["done"] == 2
