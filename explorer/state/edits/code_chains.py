"""What a person can do to the reverse chains over a latent plane: state in, state out."""

from __future__ import annotations

from typing import Any

import msgspec

from explorer.engine.models.messages import LibraryEntry
from explorer.recipe import CodeChains
from explorer.state.session import LatentState

_replace = msgspec.structs.replace


def walk(state: LatentState, ddpm: LibraryEntry) -> LatentState:
    """Chains of a ddpm from x_T, in the strip; again, others."""
    before = state.recipe.chains
    if before is None:
        chains = CodeChains(ddpm.sha256, ddpm.path)
    else:
        seed = before.seed + 1 if before.checkpoint == ddpm.sha256 and state.strip == "chains" else before.seed
        chains = _replace(before, checkpoint=ddpm.sha256, source=ddpm.path, seed=seed)
    return _with(state, chains)


def choose(state: LatentState, ddpm: LibraryEntry) -> LatentState:
    """The chains of another ddpm, all else as it was."""
    before = state.recipe.chains
    return _with(
        state, CodeChains(ddpm.sha256, ddpm.path) if before is None else _replace(before, checkpoint=ddpm.sha256, source=ddpm.path)
    )


def change(state: LatentState, **fields: Any) -> LatentState:
    """Other samples, steps or seed, or with the exact process or without (ValueError for what cannot be)."""
    before = state.recipe.chains
    return state if before is None else _with(state, _replace(before, **fields))


def remove(state: LatentState) -> LatentState:
    """No chains; the stroke in the strip again."""
    return _replace(state, recipe=_replace(state.recipe, chains=None), strip="stroke" if state.strip == "chains" else state.strip, frame=0)


def look_at(state: LatentState, chain: int) -> LatentState:
    """The chain whose decodings are in the strip, by number from 0, round and round."""
    chains = state.recipe.chains
    return state if chains is None else _replace(state, chain=chain % chains.count)


def _with(state: LatentState, chains: CodeChains) -> LatentState:
    same = state.strip == "chains"
    chain = min(state.chain, chains.count - 1)
    return _replace(state, recipe=_replace(state.recipe, chains=chains), strip="chains", frame=state.frame if same else 0, chain=chain)
