"""`replay` of the Latent workspace's exports."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import pytest

from explorer import sources
from explorer.checkpoints.files import file_sha256
from explorer.engine.engine import Engine
from explorer.engine.latent.export_messages import ExportStrip
from explorer.engine.latent.messages import CodesDrawn, StrokeShown
from explorer.engine.latent.strips import strip_questions
from explorer.engine.thread.messages import StartEngine
from explorer.exports.embedded import read_recipe
from explorer.recipe import Arithmetic, Encoded, PlaneModel, PlaneRecipe, Point, PriorSamples, Recipe, Shown, Stroke, encode_recipe
from explorer.recipe.told import Told

ENDS = ((-1.0, 0.5), (0.8, -0.4))
ARC = Stroke("Arc", (*ENDS, (1.2, 0.9)), 5)
BETWEEN = (Stroke("Straight line", ENDS, 4, "line"), Stroke("Spherical", ENDS, 4, "spherical"))
STRIPS = {
    "a stroke": {"strokes": (ARC,)},
    "two paths": {"points": (Point("P1", *ENDS[0]), Point("P2", *ENDS[1])), "strokes": BETWEEN},
    "samples": {"prior": PriorSamples(6, 3)},
    "draws": {"encoded": Encoded(image=7, draws=2)},
}


@pytest.fixture
def planes(checkpoints: Mapping[str, Path]) -> tuple[PlaneRecipe, tuple[str, ...]]:
    """PCA's plane and the VAE's beside it, and their files."""
    first, second = checkpoints["mnist-pca-2d"], checkpoints["mnist-vae-2d"]
    beside = (PlaneModel(file_sha256(second), str(second)),)
    return PlaneRecipe(file_sha256(first), str(first), beside=beside), (str(first), str(second))


def export(plane: PlaneRecipe, paths: tuple[str, ...], out: Path) -> int:
    """As the window does; how many strips there are."""
    engine = Engine()
    list(engine.handle(StartEngine(device="cpu")))
    strips = []
    for question in strip_questions(plane, paths):
        outcomes = [o for o in engine.handle(question) if isinstance(o, StrokeShown | CodesDrawn)]
        strips.append(outcomes[-1].tiles)
    list(engine.handle(ExportStrip(str(out), tuple(strips), Recipe(plane=plane))))
    return len(strips)


@pytest.mark.parametrize("what", STRIPS)
def test_a_strip_is_made_again_from_its_export_alone(
    run: Callable[..., Any], planes: tuple[PlaneRecipe, tuple[str, ...]], tmp_path: Path, what: str
) -> None:
    from msgspec.structs import replace

    first, again = tmp_path / "first.png", tmp_path / "again.png"
    assert export(replace(planes[0], **STRIPS[what]), planes[1], first) == 2
    found = run("replay", first, "--out", again, "--device", "cpu", "--json")
    assert found.status == 0
    assert found.json["identical"] is True
    assert read_recipe(again) == read_recipe(first)
    assert read_recipe(first).arithmetic == Arithmetic("fp32", "cpu"), "decoders are not run in bf16, whatever networks are"


def test_more_pictures_than_the_window_can_show_are_refused(
    refused: Callable[..., str], planes: tuple[PlaneRecipe, tuple[str, ...]], tmp_path: Path
) -> None:
    plane = PlaneRecipe(planes[0].checkpoint, planes[0].source, strokes=(Stroke("Line", ENDS, 1024),) * 200)
    (tmp_path / "many.json").write_text(encode_recipe(Recipe(plane=plane)))
    line = refused("replay", tmp_path / "many.json", "--out", tmp_path / "many.png", "--device", "cpu")
    assert "its strips have 204,800 pictures: at most 16,384" in line
    assert not (tmp_path / "many.png").exists()


SHEETS: dict[str, tuple[object, ...]] = {
    "codes": ("mnist-vae-2d", "--z", "-1,0.5", "--z", "0.8,-0.4", "--z", "0,0"),
    "a grid": ("mnist-vae-2d", "--grid", "4", "--z", "0.5,0", "--extent", "2"),
    "samples": ("mnist-vae-2d", "--prior", "7", "--seed", "3", "--scale", "2"),
    "a line": ("mnist-vae-2d", "--z", "-1,0.5", "--z", "0.8,-0.4", "--path", "line", "--frames", "5"),
    "an arc": ("mnist-vae-2d", "--z", "-1,0.5", "--z", "0.8,-0.4", "--path", "spherical", "--frames", "20"),
    "a geodesic": ("mnist-vae-2d", "--z", "-1,0.5", "--z", "0.8,-0.4", "--path", "geodesic", "--frames", "5"),
    "codes of more numbers": ("mnist-vae-16d", "--z", ",".join(["0.5"] * 16)),
    "an arc of more numbers": ("mnist-vae-16d", "--z", ",".join(["0.5"] * 16), "--z", ",".join(["-1"] * 16), "--path", "spherical"),
    "a grid on a plane": ("mnist-vae-16d", "--grid", "3", "--slice", "random", "--seed", "5"),
    "a geodesic on a plane": ("mnist-vae-16d", "--z", "0,0", "--z", "1,1", "--slice", "axes", "--path", "geodesic", "--frames", "4"),
}  # fmt: skip


@pytest.mark.parametrize("what", SHEETS)
@pytest.mark.parametrize("ending", [".png", ".npz"])
def test_what_decode_wrote_is_made_again(run: Callable[..., Any], tmp_path: Path, what: str, ending: str) -> None:
    first, again = tmp_path / f"first{ending}", tmp_path / f"again{ending}"
    checkpoint, *options = SHEETS[what]
    assert run("decode", "--checkpoint", checkpoint, *options, "--device", "cpu", "--out", first).status == 0
    found = run("replay", first, "--out", again, "--json")
    assert found.json["identical"] is True, found.json["says"]
    assert read_recipe(again) == read_recipe(first)


def test_what_python_wrote_is_made_again_with_its_columns(run: Callable[..., Any], tmp_path: Path) -> None:
    import explorer

    explorer.decode("mnist-pca-2d", [(0.0, 0.0), (1.0, 0.0), (0.0, 1.0)], device="cpu").save(tmp_path / "first.png", columns=2)
    assert run("replay", tmp_path / "first.png", "--out", tmp_path / "again.png", "--json").json["identical"] is True


def test_arrays_of_a_sheet_are_another_kind_of_file(run: Callable[..., Any], tmp_path: Path) -> None:
    import numpy as np

    first, arrays = tmp_path / "first.png", tmp_path / "again.npz"
    assert run("decode", "--checkpoint", "mnist-pca-2d", "--z", "0,0.5", "--device", "cpu", "--out", first).status == 0
    assert run("replay", first, "--out", arrays, "--json").json["identical"] is None
    with np.load(arrays, allow_pickle=False) as found:
        assert found["z"].tolist() == [[0, 0.5]]


@pytest.mark.parametrize(
    ("plane", "says"),
    [
        ({"strokes": (ARC,)}, "no path between two codes"),
        ({}, "names no codes"),
        ({"codes": ((0.0, 1.0, 2.0),)}, "codes of 2 numbers, the recipe's have 3"),
    ],
)
def test_a_sheet_that_cannot_be_is_refused(
    refused: Callable[..., str], planes: tuple[PlaneRecipe, tuple[str, ...]], tmp_path: Path, plane: dict[str, Any], says: str
) -> None:
    recipe = Recipe(plane=PlaneRecipe(planes[0].checkpoint, planes[0].source, **plane), shown=Shown(columns=2))
    (tmp_path / "odd.json").write_text(encode_recipe(recipe))
    assert says in refused("replay", tmp_path / "odd.json", "--out", tmp_path / "again.png", "--device", "cpu")


def test_what_has_no_strip_is_refused(refused: Callable[..., str], planes: tuple[PlaneRecipe, tuple[str, ...]], tmp_path: Path) -> None:
    plane = PlaneRecipe(planes[0].checkpoint, planes[0].source, points=(Point("P1", 0.0, 0.0),))
    (tmp_path / "points.json").write_text(encode_recipe(Recipe(plane=plane)))
    assert "no strip" in refused("replay", tmp_path / "points.json", "--out", tmp_path / "again.png", "--device", "cpu")


def test_what_was_told_of_its_file_is_part_of_the_recipe(run: Callable[..., Any], tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    import diffusers

    folder, first, again = tmp_path / "kl", tmp_path / "first.png", tmp_path / "again.png"
    diffusers.AutoencoderKL(block_out_channels=(8,), latent_channels=2, norm_num_groups=4, sample_size=64).save_pretrained(folder)
    told = Told(image_size=(16, 16))
    plane = PlaneRecipe(sources.sha256(folder, told), str(folder), prior=PriorSamples(4), told=told)
    beside = (PlaneModel(sources.sha256(folder, Told(image_size=(8, 8))), str(folder), told=Told(image_size=(8, 8))),)
    assert export(plane, (str(folder),), first) == 1
    monkeypatch.setenv("GENERATIVE_EXPLORER_HOME", str(tmp_path / "another home"))  # where nobody told anything
    assert run("replay", first, "--out", again, "--device", "cpu", "--json").json["identical"] is True
    both = PlaneRecipe(plane.checkpoint, plane.source, prior=PriorSamples(4), told=told, beside=beside)
    strips = strip_questions(both, (str(folder), str(folder)))
    assert [question.told for question in strips] == [told, beside[0].told]
