"""What the page of a plane holds: little enough, what is shown and no more, and nothing that is believed."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from pathlib import Path

import numpy as np
import pytest
import torch

from explorer.checkpoints.files import file_sha256
from explorer.engine.desk import Desk
from explorer.engine.latent.export_messages import ExportPlane, PlaneExported, PreviewPlane
from explorer.engine.latent.page_export import export_plane, preview_plane
from explorer.engine.models.export_messages import ExportPreviewed
from explorer.engine.models.models import Models
from explorer.errors import BadInput
from explorer.exports.embedded import read_recipe
from explorer.exports.kinds import KINDS
from explorer.exports.page.plane import PagedPlane, check_size, plane_page
from explorer.latent.graph import Graph, Layer
from explorer.recipe import Arithmetic, Encoded, PlaneGrid, PlaneModel, PlaneRecipe, Point, PriorSamples, Recipe, Slice, Stroke

AWKWARD = '</script><script>alert(1)</script><b>"&'
MOST = 4_000_000


@pytest.fixture(scope="module")
def desk() -> Desk:
    """With models on the CPU."""
    made = Desk()
    made.begin(Models(torch.device("cpu"), "bf16"))
    return made


def exported(desk: Desk, path: Path, out: Path, recipe: PlaneRecipe) -> PlaneExported:
    *unfinished, last = export_plane(ExportPlane(str(out), str(path), Recipe(plane=recipe)), desk)
    assert set(unfinished) == {None}
    assert isinstance(last, PlaneExported)
    return last


def data_of(page: Path) -> dict:
    found = re.search(r'<script type="application/json" id="plane">(.*?)</script>', page.read_text(encoding="utf-8"), re.DOTALL)
    assert found is not None
    return dict(json.loads(found[1]))


def small(**fields: object) -> PagedPlane:
    """A plane whose decoder is one layer."""
    layers = (Layer("linear", (4,), {}, np.ones((4, 2), np.float32), np.zeros(4, np.float32)), Layer("reshape", (1, 2, 2)))
    whole = {"name": "a", "graph": Graph(2, layers), "dimensions": 2, "variational": True, "codes": np.zeros((0, 2)), "labels": None}
    return PagedPlane(**(whole | fields))  # type: ignore[arg-type]


@pytest.mark.parametrize("name", ["mnist-vae-2d", "mnist-vae-16d", "mnist-hinton2006-2d", "mnist-pca-2d"])
def test_it_fits(desk: Desk, checkpoints: Mapping[str, Path], tmp_path: Path, name: str) -> None:
    out = tmp_path / "a.html"
    made = exported(desk, checkpoints[name], out, PlaneRecipe(file_sha256(checkpoints[name]), str(checkpoints[name])))
    assert made == PlaneExported(str(out), out.stat().st_size, 10_000)
    assert made.nbytes < MOST
    (look,) = (each for each in preview_plane(PreviewPlane(str(checkpoints[name])), desk) if isinstance(each, ExportPreviewed))
    assert look.nbytes == pytest.approx(made.nbytes, rel=0.2)


def test_it_has_what_it_shows_and_its_recipe_has_no_more(desk: Desk, checkpoints: Mapping[str, Path], tmp_path: Path) -> None:
    path, out = checkpoints["mnist-vae-2d"], tmp_path / "a.html"
    kept = {
        "points": (Point("P1", 0.5, -1), Point("P2", 1, 1, locked=True)),
        "strokes": (Stroke("Circle", ((0, 0), (1, 0)), shape="circle"), Stroke("Free", ((0, 0), (1, 1), (2, 0)))),
    }
    more = {
        "grid": PlaneGrid((-1, 1, -1, 1), 2, 2), "prior": PriorSamples(4), "encoded": Encoded(image=3),
        "beside": (PlaneModel("ab" * 32, "other"),),
    }  # fmt: skip
    exported(desk, path, out, PlaneRecipe(file_sha256(path), str(path), **kept, **more))  # type: ignore[arg-type]
    plane = PlaneRecipe(file_sha256(path), "mnist-vae-2d", **kept)  # type: ignore[arg-type]
    assert read_recipe(out) == Recipe(plane=plane, arithmetic=Arithmetic("fp32", "cpu"))
    data = data_of(out)
    assert [(point["name"], point["locked"]) for point in data["points"]] == [("P1", False), ("P2", True)]
    circle, free = data["strokes"]
    np.testing.assert_allclose(np.hypot(*np.transpose(circle["places"])), 1, atol=1e-4)
    assert free["places"] == [[0, 0], [1, 1], [2, 0]]
    assert data["prior"]["dimensions"] == 2


def test_without_points_there_are_two_for_a_way(desk: Desk, checkpoints: Mapping[str, Path], tmp_path: Path) -> None:
    path, out = checkpoints["mnist-ae-2d"], tmp_path / "a.html"
    exported(desk, path, out, PlaneRecipe(file_sha256(path), str(path)))
    data = data_of(out)
    assert [point["name"] for point in data["points"]] == ["A", "B"]
    assert data["prior"] is None
    assert "Prior" not in out.read_text(encoding="utf-8").partition("<nav")[2].partition("</nav>")[0]
    one = small(points=(Point("A", 0, 0),))
    assert '"name":"A"' in (text := plane_page(one, Recipe()))
    assert '"name":"B"' in text


@pytest.mark.parametrize(
    ("chosen", "words"),
    [
        (None, "the plane along principal components 1 and 2"),
        (Slice("axes", 3, 7), "the plane along axes 4 and 8"),
        (Slice("axes", 3, 7, offsets=(0.0, 0.5)), "the plane along axes 4 and 8, moved"),
        (Slice("images", images=(3, 14, 159)), "the plane through the codes of test images 3, 14, 159"),
        (Slice("pictures", pictures=("/a.png", "/b.png")), "the plane through the codes of 2 pictures and the mean"),
        (Slice("random", seed=4, image=7), "random plane 5, moved through the code of test image 7"),
    ],
)
def test_it_says_which_plane_it_is(chosen: Slice | None, words: str) -> None:
    text = plane_page(small(dimensions=16, slice=chosen), Recipe())
    assert f"codes of 16 dimensions: {words} · drag a point" in text


def test_names_are_text(tmp_path: Path) -> None:
    path = tmp_path / "a.html"
    labels, codes = np.array([0, 1], np.uint8), np.zeros((2, 2))
    plane = small(
        name=AWKWARD, points=(Point(AWKWARD, 0, 0),), outlines=((AWKWARD, np.zeros((2, 2))),), codes=codes, labels=labels,
        classes=(AWKWARD, "b"), images=AWKWARD,
    )  # fmt: skip
    path.write_text(plane_page(plane, Recipe(plane=PlaneRecipe("ab" * 32, AWKWARD))), encoding="utf-8")
    text = path.read_text(encoding="utf-8")
    assert text.count("<script") == 3
    assert "<b>" not in text
    policy = re.search(r'http-equiv="Content-Security-Policy" content="([^"]*)"', text)
    assert policy is not None
    assert policy[1].startswith("default-src 'none'; img-src data:")
    assert not re.search(r"https?://", text)
    recipe = read_recipe(path).plane
    assert recipe is not None
    assert recipe.source == AWKWARD


def test_a_decoder_that_is_too_large_is_refused() -> None:
    layer = Layer("linear", (1, 1000, 1000), {}, np.full((1_000_000, 1), 0.1, np.float32))
    with pytest.raises(ValueError, match=r"weights take 4.0 MB, and a page has room for 2.85 MB"):
        check_size(Graph(1, (layer,)))
    check_size(Graph(1, (Layer("linear", (1, 1000, 1000), {}, np.full((1_000_000, 1), 0.125, np.float32)),)))


def test_pages_are_compared_by_what_they_show(tmp_path: Path) -> None:
    one, same, other = (tmp_path / name for name in ("a.html", "b.html", "c.html"))
    one.write_text(plane_page(small(), Recipe(plane=PlaneRecipe("ab" * 32, "a"))), encoding="utf-8")
    same.write_text(plane_page(small(), Recipe(plane=PlaneRecipe("ab" * 32, "b"))), encoding="utf-8")
    other.write_text(plane_page(small(points=(Point("P", 1, 1),)), Recipe()), encoding="utf-8")
    compared = KINDS[".html"].compared
    assert not compared.differ(one, same).words
    assert "numbers differ" in compared.differ(one, other).words


def test_what_cannot_be_written_leaves_nothing(desk: Desk, checkpoints: Mapping[str, Path], tmp_path: Path) -> None:
    path = checkpoints["mnist-pca-2d"]
    with pytest.raises(BadInput, match="ending"):
        exported(desk, path, tmp_path / "a.txt", PlaneRecipe())
    with pytest.raises(BadInput, match="ddpm"):
        exported(desk, checkpoints["mnist-ddpm-c"], tmp_path / "a.html", PlaneRecipe())
    steps = export_plane(ExportPlane(str(tmp_path / "a.html"), str(path), Recipe(plane=PlaneRecipe())), desk)
    next(steps)
    steps.close()
    assert list(tmp_path.iterdir()) == []
