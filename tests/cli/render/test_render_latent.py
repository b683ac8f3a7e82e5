"""What `render latent` is asked to show."""

from __future__ import annotations

import pytest

from explorer.cli.render.latent import with_latent
from explorer.cli.render.latent_options import LatentOptions, LayerChoice, ShapeChoice, options_for
from explorer.errors import BadInput
from explorer.recipe import Point, PriorSamples, Stroke
from explorer.state.session import LatentState


def ask(
    layers: tuple[str, ...] = (), points: tuple[str, ...] = (), stroke: str | None = None, shape: str = "free", paths: bool = False
) -> LatentOptions:
    """What these options ask for."""
    return options_for([LayerChoice(layer) for layer in layers], None, points, stroke, ShapeChoice(shape), paths)


def test_named_layers_are_the_only_ones() -> None:
    state = with_latent(LatentState(), ask(("manifold", "density")), (), None, None)
    assert (state.codes, state.manifold, state.prior, state.field) == (False, True, False, "density")
    assert with_latent(LatentState(), ask(), (), None, None) == LatentState()


def test_points_strokes_and_samples_are_in_the_recipe() -> None:
    options = ask(points=("0.5,-1", "2,3"), stroke="0,0 1,1", shape="geodesic", paths=True)
    state = with_latent(LatentState(), options, (), 16, 3)
    assert state.recipe.points == (Point("P1", 0.5, -1.0), Point("P2", 2.0, 3.0))
    assert state.recipe.strokes == (Stroke("Stroke 1", ((0.0, 0.0), (1.0, 1.0)), shape="geodesic"),)
    assert (state.strip, state.ends) == ("paths", ("P1", "P2"))
    assert with_latent(LatentState(), ask(), (), 16, 3).recipe.prior == PriorSamples(16, 3)


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"layers": ("density", "error")}, "only one field"),
        ({"points": ("1",)}, "two numbers"),
        ({"points": ("nan,1",)}, "must be in"),
        ({"points": ("1e300,1",)}, "--point '1e300,1': its numbers must be in"),
        ({"stroke": "1,1"}, "two or more places"),
        ({"stroke": "1,1 2,2 3,3", "shape": "circle"}, "between two places"),
        ({"points": ("1,1",), "paths": True}, "needs two places"),
    ],
)
def test_what_cannot_be_is_refused(options: dict[str, object], message: str) -> None:
    with pytest.raises(BadInput, match=message):
        ask(**options)  # type: ignore[arg-type]
