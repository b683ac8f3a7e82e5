"""`replay`: exports made again from their recipes, branches and all."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import msgspec
import numpy as np
import pytest
import torch
from PIL import Image

from explorer.checkpoints.files import file_sha256
from explorer.engine.chain.export.messages import ExportChain, ExportLook
from explorer.engine.engine import Engine
from explorer.engine.models import devices
from explorer.engine.thread.messages import StartEngine
from explorer.exports.embedded import read_recipe
from explorer.exports.pictures import write_png
from explorer.recipe import (
    Arithmetic,
    BackUp,
    ChainRecipe,
    Change,
    Dab,
    ExactProcess,
    Inpaint,
    Lane,
    Paint,
    Recipe,
    Sampler,
    encode_recipe,
    mask_of,
    picture_of,
)

Run = Callable
STEPS = 5


@pytest.fixture
def branch(checkpoints: Mapping[str, Path]) -> ChainRecipe:
    """A picture, noised, painted on the way down, half of it erased."""
    path = checkpoints["mnist-ddpm-c"]
    pixels = np.zeros((1, 28, 28), np.uint8)
    pixels[0, 6:22, 12:16] = 255
    lower = mask_of(np.arange(28)[:, None].repeat(28, 1) >= 14)
    edits = (BackUp(600, picture_of(pixels)), Paint(600, (Dab(((9.0, 9.0), (20.0, 9.0))),), samples=(1,)), Inpaint(400, lower, 2))
    return ChainRecipe((Lane(file_sha256(path), str(path), "C", Sampler(STEPS), edits=edits),), 4, 2)


def export(recipe: ChainRecipe, path: Path, **start: Any) -> None:
    engine = Engine()
    for payload in (StartEngine(device="cpu", **start), ExportChain(recipe, str(path), ExportLook())):
        for _ in engine.handle(payload):
            pass


def forget(path: Path, pixels: np.ndarray | None = None) -> np.ndarray:
    """Make a picture one of an earlier version, which did not say its arithmetic; its pixels, or those that it is given."""
    recipe = msgspec.structs.replace(read_recipe(path), arithmetic=None)
    if pixels is None:
        pixels = seen(path)
    write_png(path, pixels, recipe)
    return pixels


def seen(path: Path) -> np.ndarray:
    with Image.open(path) as picture:
        return np.array(picture)


@pytest.mark.parametrize("ending", ["png", "npz"])
def test_a_branch_is_made_again_from_its_export_alone(run: Run, branch: ChainRecipe, tmp_path: Path, ending: str) -> None:
    first, again = tmp_path / f"first.{ending}", tmp_path / f"again.{ending}"
    export(branch, first)
    found = run("replay", first, "--out", again, "--device", "cpu", "--json")
    assert found.status == 0
    assert found.json["identical"] is True
    assert read_recipe(again) == read_recipe(first)
    assert run("replay", again, "--out", first, "--force", "--device", "cpu").out.endswith(f"identical to {again}\n")


def test_another_model_on_the_way_is_found_again_by_its_name(run: Run, branch: ChainRecipe, checkpoints: Mapping, tmp_path: Path) -> None:
    other, first = checkpoints["mnist-ddpm-b"], tmp_path / "first.npz"
    change = Change(400, checkpoint=file_sha256(other), source=str(other), option="B")
    export(_other(branch, edits=(change,)), first)
    recipe = read_recipe(first)
    assert recipe.chain is not None
    assert recipe.chain.lanes[0].edits == (msgspec.structs.replace(change, source="mnist-ddpm-b"),)
    assert run("replay", first, "--out", tmp_path / "again.npz", "--device", "cpu", "--json").json["identical"] is True


def test_what_sample_wrote_is_made_again(run: Run, tmp_path: Path) -> None:
    first, again = tmp_path / "first.png", tmp_path / "again.png"
    names = ("--checkpoint", "mnist-ddpm-b", "--checkpoint", "mnist-ddpm-c")
    assert run("sample", *names, "--samples", 2, "--steps", 3, "--device", "cpu", "--out", first).status == 0
    assert run("replay", first, "--out", again, "--device", "cpu", "--json").json["identical"] is True


@pytest.mark.parametrize("precision", ["auto", "fp32", "bf16"])
def test_what_sample_wrote_is_made_again_in_its_arithmetic(run: Run, tmp_path: Path, precision: str) -> None:
    first, again = tmp_path / "first.npz", tmp_path / "again.npz"
    wish = ("--checkpoint", "mnist-ddpm-a", "--samples", 2, "--steps", 3, "--device", "cpu", "--precision", precision)
    assert run("sample", *wish, "--out", first).status == 0
    assert run("replay", first, "--out", again, "--json").json["identical"] is True
    assert read_recipe(again).arithmetic == read_recipe(first).arithmetic


@pytest.mark.parametrize("precision", ["auto", "fp32", "bf16"])
@pytest.mark.parametrize("ending", ["png", "gif", "mp4", "npz"])
def test_what_the_window_exported_is_made_again_in_its_arithmetic(
    run: Run, branch: ChainRecipe, tmp_path: Path, ending: str, precision: str
) -> None:  # fmt: skip
    first, again = tmp_path / f"first.{ending}", tmp_path / f"again.{ending}"
    export(branch, first, precision=precision)
    assert run("replay", first, "--out", again, "--json").json["identical"] is True
    wanted = devices.default_precision(torch.device("cpu")) if precision == "auto" else precision
    assert read_recipe(first).arithmetic == read_recipe(again).arithmetic == Arithmetic(wanted, "cpu")


@pytest.mark.parametrize("precision", ["auto", "fp32"])
def test_an_export_that_does_not_say_its_arithmetic_is_made_again_in_the_one_that_it_had(
    run: Run, branch: ChainRecipe, tmp_path: Path, precision: str
) -> None:  # fmt: skip
    first, again = tmp_path / "first.png", tmp_path / "again.png"
    export(branch, first, precision=precision)
    pixels = forget(first)
    assert run("replay", first, "--out", again, "--device", "cpu", "--json").json["identical"] is True
    pixels[3, 3] ^= 0x80
    forget(first, pixels)
    assert "differs by at most 128" in run("replay", first, "--out", again, "--force", "--device", "cpu").out
    assert (seen(again) != pixels).sum() == 1, "the nearer one is left, whichever was tried first"


def test_an_arithmetic_that_is_not_here_is_told_of(run: Run, branch: ChainRecipe, tmp_path: Path) -> None:
    first, out = tmp_path / "first.png", tmp_path / "again.png"
    export(branch, first, precision="fp32")
    absent: Any = "cuda" if not torch.cuda.is_available() else "mps"
    write_png(first, seen(first), msgspec.structs.replace(read_recipe(first), arithmetic=Arithmetic("fp32", absent)))
    here = devices.choose("auto").type
    note = f"{first}: was made in fp32 on {absent.upper()} and is made again on {here.upper()}: grey levels may differ"
    ran = run("replay", first, "--out", out)
    assert ran.status == 0
    assert ran.err.splitlines()[0] == note
    assert run("replay", first, "--out", out, "--force", "--json").json["note"] == note
    assert read_recipe(out).arithmetic == Arithmetic("fp32", here)  # type: ignore[arg-type]


def test_an_arithmetic_that_no_app_writes_is_refused(run: Run, refused: Run, branch: ChainRecipe, tmp_path: Path) -> None:
    recipe = tmp_path / "recipe.json"
    text = encode_recipe(Recipe(chain=branch, arithmetic=Arithmetic("bf16", "cpu")))
    recipe.write_text(text.replace('"cpu"', '"../abacus"'))
    assert "abacus" in refused("replay", recipe, "--out", tmp_path / "out.png")


def _cut(path: Path) -> None:
    path.write_bytes(path.read_bytes()[:-400])


def _another_byte(path: Path) -> None:
    content = bytearray(path.read_bytes())
    content[len(content) // 2] ^= 1
    path.write_bytes(content)


def _words(path: Path) -> None:
    _with_array(path, lambda array: array.astype(str))


def _objects(path: Path) -> None:
    _with_array(path, lambda array: array.astype(object))


def _with_array(path: Path, change: Callable[[np.ndarray], np.ndarray]) -> None:
    with np.load(path) as archive:
        arrays = dict(archive)
    np.savez(path, **{name: change(array) if name == "lane0/x" else array for name, array in arrays.items()})


@pytest.mark.parametrize(
    ("ending", "damage"), [("gif", _cut), ("png", _cut), ("npz", _another_byte), ("npz", _words), ("npz", _objects)],
    ids=["film cut short", "picture cut short", "checksum", "words", "objects"],
)  # fmt: skip
def test_a_damaged_export_is_refused_before_another_is_made(
    refused: Run, branch: ChainRecipe, tmp_path: Path, ending: str, damage: Callable[[Path], None]
) -> None:
    path, out = tmp_path / f"first.{ending}", tmp_path / f"again.{ending}"
    export(branch, path)
    damage(path)
    assert f"first.{ending}: cannot be read: " in refused("replay", path, "--out", out, "--device", "cpu")
    assert not out.exists()


@pytest.mark.parametrize("source", ["a\0b", "n" * 300, "~nobody-of-that-name/a", ""])
def test_a_source_that_can_be_no_file_is_refused(refused: Run, branch: ChainRecipe, tmp_path: Path, source: str) -> None:
    exact = {"source": source, "checkpoint": "", "edits": (), "exact": ExactProcess(source)}
    for changes in ({"source": source}, exact):
        path = tmp_path / "r.json"
        path.write_text(encode_recipe(Recipe(chain=_other(branch, **changes))))
        refused("replay", path, "--out", tmp_path / "a.png", "--device", "cpu")
        assert not (tmp_path / "a.png").exists()


def test_a_difference_is_said(run: Run, branch: ChainRecipe, tmp_path: Path) -> None:
    first, again = tmp_path / "first.png", tmp_path / "again.png"
    export(branch, first)
    pixels = seen(first)
    pixels[3, 3] ^= 0x80
    write_png(first, pixels, read_recipe(first))
    found = run("replay", first, "--out", again, "--device", "cpu", "--json").json
    assert found["identical"] is False
    assert "128 of 255" in found["says"]


@pytest.mark.parametrize(("apart", "says"), [(2e-7, "the same up to the rounding of float32 as"), (1e-3, "not identical to")])
def test_a_difference_of_rounding_is_said_to_be_one(run: Run, branch: ChainRecipe, tmp_path: Path, apart: float, says: str) -> None:
    first, again = tmp_path / "first.npz", tmp_path / "again.npz"
    export(branch, first)
    with np.load(first) as archive:
        arrays = dict(archive)
    arrays["lane0/x"] = arrays["lane0/x"] + np.float32(apart)
    np.savez(first, **arrays)
    found = run("replay", first, "--out", again, "--device", "cpu", "--json").json
    assert found["identical"] is False
    assert found["says"].startswith(f"{says} {first}: lane0/x differs by at most")


def test_a_recipe_alone_makes_any_kind_of_file(run: Run, branch: ChainRecipe, tmp_path: Path) -> None:
    recipe, out = tmp_path / "branch.json", tmp_path / "branch.npz"
    recipe.write_text(encode_recipe(Recipe(chain=branch)))
    found = run("replay", recipe, "--out", out, "--device", "cpu", "--json")
    assert found.status == 0
    assert found.json["identical"] is None
    with np.load(out) as arrays:
        assert arrays["lane0/x"].shape == (STEPS + 1, 2, 1, 28, 28)


def test_what_cannot_be_made_again_is_said_in_one_line(refused: Run, branch: ChainRecipe, tmp_path: Path) -> None:
    out = tmp_path / "out.png"
    for text, told in (
        ("{", "not a recipe"), (encode_recipe(Recipe()), "no chain"),
        (encode_recipe(Recipe(chain=_other(branch, checkpoint="ab" * 32))), "is not the checkpoint of the recipe"),
        (encode_recipe(Recipe(chain=_other(branch, source="/nowhere/mine.safetensors"))), "no such file"),
        (encode_recipe(Recipe(chain=_other(branch, edits=(Inpaint(400, mask_of(np.ones((3, 3), bool))),)))), "mask"),
        (encode_recipe(Recipe(chain=_other(branch, edits=(BackUp(5000),)))), "above this chain's T = 1000"),
    ):  # fmt: skip
        path = tmp_path / "recipe.json"
        path.write_text(text)
        assert told in refused("replay", path, "--out", out, "--device", "cpu")
        assert not out.exists()
    assert "no such file" in refused("replay", tmp_path / "gone.png", "--out", out)


def _other(recipe: ChainRecipe, **fields: object) -> ChainRecipe:
    return msgspec.structs.replace(recipe, lanes=(msgspec.structs.replace(recipe.lanes[0], **fields),))


@pytest.mark.parametrize("options", [("--sweep", "steps=1,2", "--grid"), ("--sweep", "seed=1,2", "--steps", 2, "--scale", 2)])
def test_a_sweep_is_drawn_again_with_its_own_names(run: Run, tmp_path: Path, options: tuple[object, ...]) -> None:
    first, again = tmp_path / "first.png", tmp_path / "again.png"
    assert run("sample", "--checkpoint", "mnist-ddpm-c", "--samples", 2, "--device", "cpu", "--out", first, *options).status == 0
    assert run("replay", first, "--out", again, "--device", "cpu", "--json").json["identical"] is True
    assert read_recipe(again) == read_recipe(first)
