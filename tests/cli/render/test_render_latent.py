"""What `render latent` is asked to show."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from explorer.cli.render.latent import check, with_chains, with_latent
from explorer.cli.render.latent_options import LatentOptions, LayerChoice, ShapeChoice, options_for
from explorer.cli.render.options import Options
from explorer.engine.models.library import entry
from explorer.errors import BadInput
from explorer.recipe import CodeChains, Point, PriorSamples, Stroke
from explorer.state.first_run import with_plane
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


def test_chains_are_those_of_the_planes_codes_at_a_timestep(checkpoints: Mapping[str, Path]) -> None:
    names = ("mnist-vae-2d", "mnist-ldm-2d", "mnist-ddpm-c")
    entries = {name: entry(checkpoints[name], True) for name in names}
    state = with_plane(LatentState(), entries["mnist-vae-2d"])

    def asked(ddpm: str, **told: int) -> Options:
        numbers: dict[str, Any] = {"t": None, "samples": None, "steps": None, "seed": None, **told}
        return Options(workspace="latent", theme="dark", checkpoints=(), latent=LatentOptions(chains=str(checkpoints[ddpm])), **numbers)

    shown = with_chains(state, asked("mnist-ldm-2d", t=300, samples=5, steps=50, seed=2), list(entries.values()))
    ddpm = entries["mnist-ldm-2d"]
    assert shown.recipe.chains == CodeChains(ddpm.sha256, ddpm.path, 5, 2, 50)
    assert (shown.strip, shown.frame) == ("chains", 35)
    assert with_chains(state, asked("mnist-ldm-2d"), list(entries.values())).frame == 100
    with pytest.raises(BadInput, match="is no ddpm of the codes of"):
        with_chains(state, asked("mnist-ddpm-c"), list(entries.values()))
    with pytest.raises(BadInput, match="--t 1001: mnist-ldm-2d has 1000 timesteps"):
        with_chains(state, asked("mnist-ldm-2d", t=1001), list(entries.values()))
    alone = Options(workspace="latent", theme="dark", checkpoints=(), t=5, samples=None, steps=9, seed=None)
    with pytest.raises(BadInput, match="--steps, --t: of no meaning for latent without --chains"):
        check(alone)
