"""Strips of decodings in files, with the recipe that makes them again."""

from __future__ import annotations

from pathlib import Path

import msgspec
import numpy as np
import pytest
import torch
from PIL import Image

from explorer.engine.desk import Desk
from explorer.engine.latent.export_messages import ExportStrip, StripExported
from explorer.engine.latent.strip_export import export_strip
from explorer.engine.models.models import Models
from explorer.errors import BadInput
from explorer.exports.embedded import read_recipe
from explorer.recipe import Arithmetic, PlaneRecipe, Recipe, Stroke

PLANE = Recipe(plane=PlaneRecipe("0" * 64, "mnist-vae-2d", strokes=(Stroke("Stroke 1", ((0.0, 0.0), (1.0, 1.0)), 5),)))
RECIPE = msgspec.structs.replace(PLANE, arithmetic=Arithmetic("fp32", "cpu"))


def desk() -> Desk:
    """With models on the CPU."""
    made = Desk()
    made.begin(Models(torch.device("cpu"), "bf16"))
    return made


def strips(count: int) -> tuple[np.ndarray, ...]:
    """Grey pictures."""
    grey = np.random.default_rng(0).integers(0, 256, (count, 5, 28, 28, 1), np.uint8)
    return tuple(np.repeat(grey, 3, axis=4))


def write(out: Path, count: int = 2) -> None:
    """Export."""
    *unfinished, last = export_strip(ExportStrip(str(out), strips(count), PLANE, 10.0), desk())
    assert set(unfinished) == {None}
    assert last == StripExported(str(out))


def test_a_film_has_a_frame_for_each_picture_and_its_recipe(tmp_path: Path) -> None:
    write(tmp_path / "strip.gif")
    with Image.open(tmp_path / "strip.gif") as film:
        assert (film.n_frames, film.size) == (5, (224, 448))  # type: ignore[attr-defined]
        film.seek(3)
        shown = np.asarray(film.convert("L"))
    wanted = np.concatenate([s[3] for s in strips(2)])[..., 0].repeat(8, axis=0).repeat(8, axis=1)
    assert np.abs(shown.astype(int) - wanted).max() <= 1
    assert read_recipe(tmp_path / "strip.gif") == RECIPE


@pytest.mark.parametrize("ending", [".gif", ".mp4"])
def test_a_film_can_be_given_up_between_any_two_pictures(tmp_path: Path, ending: str) -> None:
    steps = export_strip(ExportStrip(str(tmp_path / f"strip{ending}"), strips(1), PLANE, 10.0), desk())
    assert [next(steps) for _ in range(3)] == [None] * 3
    steps.close()
    assert list(tmp_path.iterdir()) == [], "nothing is left of it"


def test_a_sheet_has_every_picture(tmp_path: Path) -> None:
    write(tmp_path / "strip.png")
    picture = np.asarray(Image.open(tmp_path / "strip.png"))
    assert picture.shape == (2 * 60 + 4, 5 * 60 + 4, 3)
    np.testing.assert_array_equal(picture[64:120:2, 124:180:2], strips(2)[1][2])
    assert read_recipe(tmp_path / "strip.png") == RECIPE


def test_a_sheet_that_is_too_large_is_refused(tmp_path: Path) -> None:
    large = np.broadcast_to(np.zeros((1, 1, 1, 3), np.uint8), (300, 1000, 1000, 3))
    with pytest.raises(BadInput, match=r"a sheet of .* pixels is too large"):
        list(export_strip(ExportStrip(str(tmp_path / "strip.png"), (large,), PLANE, 10.0), desk()))
    assert list(tmp_path.iterdir()) == []


def test_what_cannot_be_written_is_told(tmp_path: Path) -> None:
    with pytest.raises(BadInput, match="no pictures"):
        list(export_strip(ExportStrip(str(tmp_path / "a.gif"), (), PLANE), desk()))
    with pytest.raises(BadInput, match="ending"):
        write(tmp_path / "a.txt")
    with pytest.raises(BadInput, match="cannot be written"):
        write(tmp_path / "none" / "a.gif")
