"""The tree of branches: which branch leaves which, derived from their edits; and what can be done to it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import msgspec
import numpy as np

from explorer.engine.models.messages import LibraryEntry
from explorer.recipe import (
    MAX_BRANCHES,
    MAX_LANES,
    BackUp,
    Branch,
    ChainRecipe,
    Change,
    Dab,
    Edit,
    FreshNoise,
    Inpaint,
    Lane,
    Paint,
    Picture,
    ScheduleChoice,
    mask_of,
    with_edit,
)
from explorer.state.edits import lanes as lane_edits
from explorer.state.edits.words import edit_words
from explorer.state.session import ChainState

_replace = msgspec.structs.replace


@dataclass(frozen=True, slots=True)
class Node:
    """A lane of the tree.

    Attributes
    ----------
    lane : Lane
    parent : int
        Row of the lane that it leaves; -1 for the root.
    t : int or None
        Where it leaves; None for the root.
    label : str
    """

    lane: Lane
    parent: int
    t: int | None
    label: str


def root_of(lane: Lane) -> Lane:
    """The lane without edits."""
    return _replace(lane, edits=())


def rows_of(recipe: ChainRecipe) -> tuple[Node, ...]:
    """The tree that the shown lane is in, the root first, every branch below the one that it leaves."""
    if not recipe.lanes:
        return ()
    root = root_of(recipe.lanes[0])
    kept = {branch.lane: branch.name for branch in recipe.branches if root_of(branch.lane) == root}
    if recipe.lanes[0].edits:
        kept.setdefault(recipe.lanes[0], "")
    parents = {lane: _parent(lane, kept, root) for lane in kept}
    rows = [Node(root, -1, None, "chain")]

    def add(lane: Lane, row: int) -> None:
        # those that leave last are nearest: then no line crosses another
        for child in sorted((c for c, parent in parents.items() if parent == lane), key=lambda c: c.edits[-1].t):
            edit = child.edits[-1]
            rows.append(Node(child, row, edit.t, kept[child] or edit_words(edit)))
            add(child, len(rows) - 1)

    add(root, 0)
    return tuple(rows)


def _parent(lane: Lane, kept: dict[Lane, str], root: Lane) -> Lane:
    for count in range(len(lane.edits) - 1, 0, -1):
        earlier = _replace(lane, edits=lane.edits[:count])
        if earlier in kept:
            return earlier
    return root


def with_branch(state: ChainState, edit: Edit) -> ChainState:
    """The state with one more branch, which leaves the shown lane, and is shown.

    Raises
    ------
    ValueError
        If there is no lane, or there are too many branches or edits.
    """
    recipe = state.recipe
    lane = _replace(recipe.lanes[0], edits=with_edit(recipe.lanes[0].edits, edit))
    branches = recipe.branches
    if recipe.lanes[0].edits and not any(branch.lane == recipe.lanes[0] for branch in branches):
        branches = (*branches, Branch(recipe.lanes[0]))
    if not any(branch.lane == lane for branch in branches):
        branches = (*branches, Branch(lane))
    if len(branches) > MAX_BRANCHES:
        raise ValueError(f"there can be at most {MAX_BRANCHES} branches; delete some")
    return _replace(state, recipe=_replace(recipe, lanes=(lane, *recipe.lanes[1:]), branches=branches), lane=0)


def showing(state: ChainState, lane: Lane) -> ChainState:
    """The state with another lane of the tree shown."""
    return _replace(state, recipe=_replace(state.recipe, lanes=(lane, *state.recipe.lanes[1:])), lane=0)


def without(state: ChainState, lane: Lane) -> ChainState:
    """The state without a branch and those that leave it; if one of them was shown, its parent is."""
    count = len(lane.edits)
    rows = rows_of(state.recipe)
    parent = next((rows[node.parent].lane for node in rows if node.lane == lane and node.parent >= 0), root_of(lane))

    def gone(other: Lane) -> bool:
        return root_of(other) == root_of(lane) and other.edits[:count] == lane.edits

    branches = tuple(branch for branch in state.recipe.branches if not gone(branch.lane))
    state = _replace(state, recipe=_replace(state.recipe, branches=branches))
    return showing(state, parent) if gone(state.recipe.lanes[0]) else state


def renamed(state: ChainState, lane: Lane, name: str) -> ChainState:
    """The state with another name for a branch; an empty one is that of its edit."""
    branches = tuple(_replace(b, name=name.strip()[:64]) if b.lane == lane else b for b in state.recipe.branches)
    return _replace(state, recipe=_replace(state.recipe, branches=branches))


def set_sampler(state: ChainState, **fields: object) -> ChainState:
    """Fields of the sampler, for the whole tree of the shown lane."""
    return regrown(state, lane_edits.set_sampler(state, 0, **fields))


def set_schedule(state: ChainState, schedule: ScheduleChoice | None, own_length: int | None) -> ChainState:
    """The schedule that the whole tree of the shown lane walks; as `lanes.set_schedule`."""
    return regrown(state, lane_edits.set_schedule(state, 0, schedule, own_length))


def set_snapshot(state: ChainState, entry: LibraryEntry) -> ChainState:
    """The whole tree of the shown lane at another moment of the run."""
    return regrown(state, lane_edits.set_snapshot(state, 0, entry))


def regrown(before: ChainState, after: ChainState) -> ChainState:
    """`after`, whose shown lane has another sampler or schedule than before, with its tree changed alike."""
    old, new = root_of(before.recipe.lanes[0]), after.recipe.lanes[0]
    branches = tuple(
        _replace(branch, lane=_replace(new, edits=branch.lane.edits)) if root_of(branch.lane) == old else branch
        for branch in after.recipe.branches
    )
    return _replace(after, recipe=_replace(after.recipe, branches=branches))


def _every_lane(recipe: ChainRecipe) -> tuple[Lane, ...]:
    return (*recipe.lanes, *(branch.lane for branch in recipe.branches))


def fresh_noise(state: ChainState) -> FreshNoise:
    """Noise from the cursor down that no branch has yet."""
    return FreshNoise(state.t, next_stream(state.recipe))


def own_noise(state: ChainState) -> FreshNoise:
    """The chain's own noise from the cursor down."""
    return FreshNoise(state.t, 0)


def changed(state: ChainState, **fields: object) -> Change:
    """Another sampler or network from the cursor down."""
    return Change(state.t, **fields)  # type: ignore[arg-type]


def painted(
    state: ChainState, dabs: tuple[Dab, ...], on: Literal["x_t", "x0_hat"], samples: tuple[int, ...], until: int | None = None
) -> Paint:
    """Marks at the cursor, on these samples or, if none are named, on all; those on x0_hat at every step down to `until`."""
    lowest = min(until, state.t) if until is not None and on == "x0_hat" else None
    return Paint(state.t, dabs, on, samples, fork_stream(state.recipe), lowest)


def erased(state: ChainState, region: np.ndarray, repeats: int, known: Literal["states", "image"], samples: tuple[int, ...]) -> Inpaint:
    """A region (H, W) made anew, at the cursor; samples as of `painted`."""
    return Inpaint(state.t, mask_of(region), repeats, known, samples, fork_stream(state.recipe), anew=True)


def backed_up(state: ChainState, t: int, picture: Picture | None, fresh: bool) -> BackUp:
    """Up to t from a picture, or from each sample's own image."""
    return BackUp(t, picture, fork_stream(state.recipe), fresh)


def next_stream(recipe: ChainRecipe) -> int:
    """Number of a noise that no branch has yet."""
    edits = (edit for lane in _every_lane(recipe) for edit in lane.edits)
    return 1 + max((edit.stream for edit in edits if isinstance(edit, FreshNoise)), default=0)


def fork_stream(recipe: ChainRecipe) -> int:
    """Number for the noise of another edit, such as a brush, that no branch has yet: two share one only where they are to."""
    edits = (edit for lane in _every_lane(recipe) for edit in lane.edits)
    return 1 + max((edit.stream for edit in edits if isinstance(edit, Paint | Inpaint | BackUp)), default=-1)


def into_compare(state: ChainState, other: ChainState, *lanes: Lane) -> ChainState:
    """Compare's state with these lanes, the last one looked at: added to its own if these have the same noise, else in their place.

    Raises
    ------
    ValueError
        If there are too many to add them.
    """
    own, theirs = state.recipe, other.recipe
    same = (own.seed, own.samples) == (theirs.seed, theirs.samples)
    kept = theirs.lanes if same else ()
    shown = (*kept, *(lane for lane in lanes if lane not in kept))
    if len(shown) > MAX_LANES:
        raise ValueError(f"Compare has at most {MAX_LANES} lanes; remove some there")
    recipe = _replace(theirs, lanes=shown, seed=own.seed, samples=own.samples)
    reference = other.reference if same else 0
    return _replace(other, recipe=recipe, t=state.t, selected=state.selected, lane=shown.index(lanes[-1]), reference=reference)


def beside_parent(state: ChainState, parent: Lane, branch: Lane, other: ChainState) -> ChainState:
    """Compare's state with a branch beside its parent, to which differences refer; raises as `into_compare`."""
    opened = into_compare(state, other, parent, branch)
    return _replace(opened, reference=opened.recipe.lanes.index(parent))


def given_up(before: ChainState, after: ChainState) -> int:
    """How many lanes had to give way to others."""
    return sum(lane not in after.recipe.lanes for lane in before.recipe.lanes)
