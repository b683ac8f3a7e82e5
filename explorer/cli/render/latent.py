"""What `render latent` shows: layers, a test image, samples, points, a stroke, further models."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from explorer.cli.render.latent_options import LAYERS, LatentOptions
from explorer.cli.render.options import Options
from explorer.recipe import MAX_BESIDE

if TYPE_CHECKING:
    from explorer.engine.models.messages import LibraryEntry
    from explorer.state.session import LatentState, Session

TAKES = frozenset({"--checkpoint", "--samples", "--seed", "--layer", "--image", "--point", "--stroke", "--paths"})
KINDS, MOST, PLACES = ("vae", "ae"), 1 + MAX_BESIDE, "planes side by side"


def check(options: Options) -> None:
    """As of `Room`: what its own options say was looked at when they were read."""


def shown(session: Session, options: Options, chosen: Sequence[LibraryEntry], _entries: Sequence[LibraryEntry]) -> Session:
    """As of `Room`."""
    import msgspec

    from explorer.state.first_run import with_plane

    state = with_plane(session.latent, chosen[0]) if chosen else session.latent
    return msgspec.structs.replace(session, latent=with_latent(state, options.latent, chosen[1:], options.samples, options.seed))


def with_latent(
    state: LatentState, options: LatentOptions, beside: Sequence[LibraryEntry], samples: int | None, seed: int | None
) -> LatentState:
    """The workspace's state that shows what was asked for."""
    import msgspec

    from explorer.recipe import Encoded, PlaneModel, Point, PriorSamples, Stroke

    replace, recipe = msgspec.structs.replace, state.recipe
    points = tuple(Point(f"P{i}", x, y) for i, (x, y) in enumerate(options.points, start=1))
    strokes = (Stroke("Stroke 1", options.stroke, shape=options.shape),) if options.stroke else ()  # type: ignore[arg-type]
    linked = tuple(PlaneModel(entry.sha256, entry.path, told=entry.told) for entry in beside)
    recipe = replace(recipe, points=points, strokes=strokes, beside=linked)
    recipe = replace(recipe, encoded=Encoded(image=options.image))
    state = replace(state, recipe=recipe, selected=strokes[0].name if strokes else "")
    if options.layers:
        field = next((layer for layer in options.layers if layer not in LAYERS), "")
        state = replace(state, field=field, **{layer: layer in options.layers for layer in LAYERS})
    if options.paths:
        return replace(state, strip="paths", ends=("P1", "P2"))
    if samples is not None or seed is not None:
        prior = PriorSamples(samples or 64, seed or 0)
        return replace(state, recipe=replace(recipe, prior=prior), strip="samples")
    return state
