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
from explorer.recipe import Arithmetic, Encoded, PlaneModel, PlaneRecipe, Point, PriorSamples, Recipe, Stroke, encode_recipe
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


def test_what_has_no_strip_is_refused(refused: Callable[..., str], run: Callable[..., Any], tmp_path: Path) -> None:
    assert run("decode", "--checkpoint", "mnist-pca-2d", "--z", "0,0", "--device", "cpu", "--out", tmp_path / "z.png").status == 0
    assert read_recipe(tmp_path / "z.png").arithmetic == Arithmetic("fp32", "cpu")
    assert "no strip" in refused("replay", tmp_path / "z.png", "--out", tmp_path / "again.png")


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
