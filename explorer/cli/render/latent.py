"""What `render latent` shows: layers, a test image, samples, points, a stroke, further models."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from explorer.cli.render.latent_options import LAYERS, LatentOptions
from explorer.cli.render.options import Options
from explorer.errors import BadInput
from explorer.recipe import MAX_BESIDE

if TYPE_CHECKING:
    from explorer.engine.models.messages import LibraryEntry
    from explorer.state.session import LatentState, Session

TAKES = frozenset(
    {"--checkpoint", "--samples", "--seed", "--layer", "--image", "--point", "--stroke", "--paths", "--chains", "--steps", "--t"}
)
KINDS, MOST, PLACES = ("vae", "ae"), 1 + MAX_BESIDE, "planes side by side"


def check(options: Options) -> None:
    """Refuse what means something of chains alone (BadInput)."""
    odd = [name for name, given in (("--steps", options.steps), ("--t", options.t)) if given is not None and not options.latent.chains]
    if odd:
        raise BadInput(f"{', '.join(odd)}: of no meaning for latent without --chains")


def shown(session: Session, options: Options, chosen: Sequence[LibraryEntry], entries: Sequence[LibraryEntry]) -> Session:
    """As of `Room`."""
    import msgspec

    from explorer.state.first_run import with_plane

    state = with_plane(session.latent, chosen[0]) if chosen else session.latent
    of_prior = (None, None) if options.latent.chains else (options.samples, options.seed)
    state = with_latent(state, options.latent, chosen[1:], *of_prior)
    return msgspec.structs.replace(session, latent=with_chains(state, options, entries) if options.latent.chains else state)


def with_chains(state: LatentState, options: Options, entries: Sequence[LibraryEntry]) -> LatentState:
    """The reverse chains of a ddpm of the plane's codes, at a timestep (BadInput if it is none, or has not so many)."""
    import os

    import msgspec

    from explorer.latent.code_chains import shown_states
    from explorer.recipe import CodeChains

    path = options.latent.chains
    entry = next(e for e in entries if os.path.realpath(e.path) == os.path.realpath(path))
    card = entry.card
    if card is None:
        raise BadInput(entry.problem)
    if card.latent is None or card.latent.sha256 != state.recipe.checkpoint or card.schedule is None:
        raise BadInput(f"{path}: is no ddpm of the codes of {state.recipe.source}; train ddpm --in makes one")
    told = {"count": options.samples, "seed": options.seed, "steps": options.steps}
    chosen = {name: value for name, value in told.items() if value is not None}
    chains = msgspec.convert({"checkpoint": entry.sha256, "source": entry.path, **chosen}, CodeChains)
    T, shown = card.schedule.T, shown_states(chains.steps, chains.count, card.latent.images)
    t = 0 if options.t is None else options.t
    if t > T:
        raise BadInput(f"--t {t}: {entry.name} has {T} timesteps")
    wanted = (T - t) / T * chains.steps
    frame = min(range(len(shown)), key=lambda index: abs(shown[index] - wanted))
    recipe = msgspec.structs.replace(state.recipe, chains=chains)
    return msgspec.structs.replace(state, recipe=recipe, strip="chains", frame=frame)


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
