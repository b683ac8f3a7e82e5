"""What the window shows before the person has chosen anything: the shipped models."""

from __future__ import annotations

from collections.abc import Sequence

import msgspec

from explorer.engine.models.messages import LibraryEntry
from explorer.recipe import ChainRecipe, PlaneRecipe, Sampler
from explorer.state.edits.lanes import lane_of, shape_of, with_samples_for
from explorer.state.session import ChainState, LatentState, Session

REVERSE = ("mnist-ddpm-c",)
COMPARE = ("mnist-ddpm-a", "mnist-ddpm-b", "mnist-ddpm-c")
LATENT = ("mnist-vae-2d",)


def with_shipped_models(session: Session, entries: Sequence[LibraryEntry]) -> Session:
    """`session`, its empty workspaces filled with those shipped models that exist."""
    shipped = {entry.name: entry for entry in entries if entry.shipped and entry.card is not None}
    chosen = [[shipped[name] for name in names if name in shipped] for names in (REVERSE, COMPARE, LATENT)]
    reverse, compare, latent = session.reverse, session.compare, session.latent
    if not reverse.recipe.lanes:
        reverse = with_lanes(reverse, chosen[0], Sampler(steps=session.default_steps))
    if not compare.recipe.lanes:
        compare = with_lanes(compare, chosen[1], Sampler(steps=session.default_steps))
    if not latent.recipe.checkpoint and chosen[2]:
        latent = with_plane(latent, chosen[2][0])
    return with_measured_lanes(msgspec.structs.replace(session, reverse=reverse, compare=compare, latent=latent), chosen[1])


def with_measured_lanes(session: Session, entries: Sequence[LibraryEntry]) -> Session:
    """`session`, the objective of those DDPMs in its Objective workspace if it has no lanes yet."""
    objective = session.objective
    if objective.recipe.lanes or not entries:
        return session
    lanes = tuple(lane_of(entry) for entry in entries if entry.card is not None)
    recipe = msgspec.structs.replace(objective.recipe, lanes=lanes)
    return msgspec.structs.replace(session, objective=msgspec.structs.replace(objective, recipe=recipe))


def with_lanes(state: ChainState, entries: Sequence[LibraryEntry], sampler: Sampler) -> ChainState:
    """`state` with one lane for each DDPM, the last one the reference, its cursor at their x_T; unchanged if there is none."""
    lanes = tuple(lane_of(entry, sampler) for entry in entries if entry.card is not None)
    if not lanes:
        return state
    starts = [entry.card.schedule.T for entry in entries if entry.card is not None and entry.card.schedule is not None]
    recipe: ChainRecipe = msgspec.structs.replace(state.recipe, lanes=lanes)
    filled = msgspec.structs.replace(state, recipe=recipe, lane=0, reference=len(lanes) - 1, t=max(starts, default=state.t))
    for entry in entries:
        filled = with_samples_for(filled, shape_of(entry))
    return filled


def with_plane(state: LatentState, entry: LibraryEntry) -> LatentState:
    """`state` with an empty plane of that VAE or AE."""
    return msgspec.structs.replace(state, recipe=PlaneRecipe(checkpoint=entry.sha256, source=entry.path, told=entry.told))
