"""The recipe: the same value after a trip through JSON, and nothing in it that cannot be made."""

from __future__ import annotations

import json
import subprocess
import sys
from typing import Any

import pytest

from explorer.errors import BadInput
from explorer.recipe import (
    MAX_LANES,
    MAX_SAMPLES,
    MAX_SEED,
    RECIPE_VERSION,
    Arithmetic,
    ChainRecipe,
    Lane,
    PlaneRecipe,
    Point,
    Recipe,
    Sampler,
    Stroke,
    decode_recipe,
    encode_recipe,
)

WHOLE = Recipe(
    chain=ChainRecipe(
        lanes=(
            Lane("a" * 64, "mnist-ddpm-a", "A", Sampler(clip=True)),
            Lane("c" * 64, "/home/someone/Modèle 1.safetensors", "C", Sampler(50, 0.0)),
        ),
        seed=MAX_SEED,
        samples=64,
    ),
    plane=PlaneRecipe("d" * 64, "mnist-vae-2d", (Point("P1", -0.1, 1e-300),), (Stroke("S1", ((0.1, 0.2), (-3.0, 1 / 3)), 24),)),
)


@pytest.mark.parametrize(
    "recipe",
    [Recipe(), WHOLE, Recipe(arithmetic=Arithmetic("bf16", "cuda", True)), Recipe(chain=ChainRecipe()), Recipe(plane=PlaneRecipe())],
)
def test_a_recipe_comes_back_as_it_was(recipe: Recipe) -> None:
    again = decode_recipe(encode_recipe(recipe))
    assert again == recipe
    assert hash(again) == hash(recipe)
    assert encode_recipe(again) == encode_recipe(recipe)


def test_numbers_come_back_to_the_last_bit() -> None:
    plane = decode_recipe(encode_recipe(WHOLE)).plane
    assert plane is not None
    assert plane.points[0].y == 1e-300
    assert plane.strokes[0].path[1][1] == 1 / 3


def test_a_recipe_is_plain_json_that_says_its_version() -> None:
    plain = json.loads(encode_recipe(Recipe()))
    assert plain.pop("version") == RECIPE_VERSION
    assert {"chain", "plane", "shown"} <= plain.keys()
    assert set(plain.values()) == {None}


def test_recipes_cannot_be_changed() -> None:
    with pytest.raises(AttributeError):
        WHOLE.chain.seed = 3  # type: ignore[misc, union-attr]


BAD = {
    "no JSON": ("{", "not a recipe"),
    "nothing": ("", "not a recipe"),
    "a list": ("[]", "not a recipe"),
    "no UTF-8": (b"\xff\xfe", "not a recipe"),
    "nested deeply": ('{"chain":' + "[" * 100_000, "not a recipe"),
    "nested deeply where nothing is expected": ('{"more":' + "[" * 100_000 + "]" * 100_000 + "}", "not a recipe"),
    "a newer version": ('{"version": 2}', "version 2; this app reads version 1"),
    "a newer version of another shape": ('{"version": 2, "chain": 5}', "version 2; this app reads version 1"),
    "a version in words": ('{"version": "1"}', "version"),
    "a negative seed": ('{"chain": {"seed": -1}}', "seed"),
    "a seed too large": (f'{{"chain": {{"seed": {MAX_SEED + 1}}}}}', "seed"),
    "a seed beyond any integer": (f'{{"chain": {{"seed": {10**30}}}}}', "not a recipe"),
    "no samples": ('{"chain": {"samples": 0}}', "samples"),
    "too many samples": (f'{{"chain": {{"samples": {MAX_SAMPLES + 1}}}}}', "samples"),
    "half a sample": ('{"chain": {"samples": 1.5}}', "samples"),
    "a lane of nothing": ('{"chain": {"lanes": [{}]}}', "checkpoint"),
    "an unknown option": ('{"chain": {"lanes": [{"checkpoint": "a", "source": "b", "option": "D"}]}}', "option"),
    "no steps": ('{"chain": {"lanes": [{"checkpoint": "a", "source": "b", "sampler": {"steps": 0}}]}}', "steps"),
    "too many steps": ('{"chain": {"lanes": [{"checkpoint": "a", "source": "b", "sampler": {"steps": 1000000000}}]}}', "steps"),
    "eta beyond 1": ('{"chain": {"lanes": [{"checkpoint": "a", "source": "b", "sampler": {"eta": 1.5}}]}}', "eta"),
    "eta that is no number": ('{"chain": {"lanes": [{"checkpoint": "a", "source": "b", "sampler": {"eta": "x"}}]}}', "eta"),
    "a point nowhere": ('{"plane": {"points": [{"name": "P", "x": 1e999, "y": 0}]}}', "not a recipe"),
    "a stroke of no corners": ('{"plane": {"strokes": [{"name": "S", "path": []}]}}', "corners"),
    "a stroke of no frames": ('{"plane": {"strokes": [{"name": "S", "path": [[0, 0]], "frames": 0}]}}', "frames"),
    "a corner of three numbers": ('{"plane": {"strokes": [{"name": "S", "path": [[0, 0, 0]]}]}}', "path"),
    "an empty grid": ('{"plane": {"grid": {"extent": [0, 0, 0, 1], "columns": 3, "rows": 3}}}', "extent"),
    "an unknown precision": ('{"arithmetic": {"precision": "fp64", "device": "cpu"}}', "precision"),
    "a device of no kind": ('{"arithmetic": {"precision": "fp32", "device": "cuda:1\\nrm"}}', "device"),
    "an arithmetic in words": ('{"arithmetic": "bf16"}', "arithmetic"),
    "half an arithmetic": ('{"arithmetic": {"precision": "fp32"}}', "device"),
    "a huge grid": ('{"plane": {"grid": {"extent": [0, 1, 0, 1], "columns": 1000000, "rows": 1000000}}}', "cells"),
}


@pytest.mark.parametrize(("text", "cause"), BAD.values(), ids=BAD.keys())
def test_what_cannot_be_made_is_refused_with_the_file_and_the_cause(text: str | bytes, cause: str) -> None:
    with pytest.raises(BadInput, match=cause) as refusal:
        decode_recipe(text, "picture.png")
    assert str(refusal.value).startswith("picture.png: ")
    assert "\n" not in str(refusal.value)


@pytest.mark.parametrize(
    "wrong",
    [lambda: Sampler(steps=0), lambda: Sampler(eta=-0.1), lambda: Sampler(eta=float("nan")), lambda: ChainRecipe(seed=-1),
     lambda: ChainRecipe(samples=0), lambda: ChainRecipe(lanes=(Lane("a", "b"),) * (MAX_LANES + 1))],
)  # fmt: skip
def test_what_cannot_be_made_is_refused_in_code_as_well(wrong: Any) -> None:
    with pytest.raises(ValueError, match=r"must be in|at most"):
        wrong()


def test_reading_a_recipe_needs_neither_torch_nor_qt() -> None:
    code = "import sys, explorer.recipe; print([m for m in ('torch', 'PySide6', 'numpy') if m in sys.modules])"
    found = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert found.stdout.strip() == "[]"
