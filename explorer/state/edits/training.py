"""What a person can do to the training: state in, state out. Runs are named by their folders, snapshots by their updates."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import Literal

import msgspec

from explorer.recipe.training import TrainRecipe
from explorer.state.training import MAX_CHOSEN, CurveShown, Length, TrainingState

Look = Literal["log", "raw", "relative"]
_replace = msgspec.structs.replace


def draw(state: TrainingState, curve: CurveShown) -> TrainingState:
    """Another curve."""
    return _replace(state, curve=curve)


def flip(state: TrainingState, look: Look) -> TrainingState:
    """How the curves are drawn, the other way."""
    return _replace(state, **{look: not getattr(state, look)})


def ask_for_run(state: TrainingState) -> TrainingState:
    """The form of a new run shown."""
    return _replace(state, asking=True)


def put_form_away(state: TrainingState, length: Length) -> TrainingState:
    """The form of a new run put away; the next one begins with the length that was chosen."""
    return _replace(state, asking=False, length=length)


# --- which runs


def choose(state: TrainingState, folder: str) -> TrainingState:
    """One run alone."""
    return _replace(state, chosen=(folder,))


def has_room(shown: Sequence[str], folder: str) -> bool:
    """Whether a run can be put beside those that are shown, or is one of them and can be taken away."""
    return folder in shown or len(shown) < MAX_CHOSEN


def put_beside(state: TrainingState, folder: str, shown: Sequence[str]) -> TrainingState:
    """A run beside those that are shown, or taken away from them; as it is if there is no room, or none would be left.

    Where nothing was chosen, what is shown is the newest run: it is then chosen with the other.
    """
    chosen = tuple(name for name in shown if name != folder) if folder in shown else (*shown, folder)
    return _replace(state, chosen=chosen) if chosen and has_room(shown, folder) else state


def watch(state: TrainingState, folder: str, known: Collection[str]) -> TrainingState:
    """The run in a folder alone, at its newest snapshot; a folder that is not known is kept, as the last one."""
    folders = state.folders if folder in known else (*(name for name in state.folders if name != folder), folder)
    return _replace(state, folders=folders, chosen=(folder,), snapshot=None)


def show_started(state: TrainingState, folders: Sequence[str], recipes: Sequence[TrainRecipe], form: TrainRecipe) -> TrainingState:
    """Runs that were just started, together; the next form begins as `form`."""
    several = len({recipe.model for recipe in recipes}) > 1  # their losses are in several units
    return _replace(state, chosen=tuple(folders[:MAX_CHOSEN]), form=form, snapshot=None, relative=several or state.relative)


def without(state: TrainingState, gone: Collection[str]) -> TrainingState:
    """Runs whose folders are gone, or no longer wanted."""
    chosen, folders = (tuple(name for name in names if name not in gone) for names in (state.chosen, state.folders))
    return _replace(state, chosen=chosen, folders=folders)


# --- which snapshot; `steps` are the updates of those that are known, in order


def place_of(steps: Sequence[int], step: int | None) -> int:
    """Number of the snapshot nearest to an update; of the newest for None, 0 where there is none."""
    if step is None:
        return max(0, len(steps) - 1)
    return min(range(len(steps)), key=lambda place: abs(steps[place] - step), default=0)


def look_at(state: TrainingState, steps: Sequence[int], place: int) -> TrainingState:
    """The snapshot of that number, the first or last if there are fewer; whoever looks at the newest follows the training."""
    if not steps:
        return state
    place = min(max(place, 0), len(steps) - 1)
    return follow(state) if place == len(steps) - 1 else _replace(state, snapshot=steps[place])


def move(state: TrainingState, steps: Sequence[int], by: int) -> TrainingState:
    """A later snapshot, or an earlier one."""
    return look_at(state, steps, place_of(steps, state.snapshot) + by)


def look_near(state: TrainingState, steps: Sequence[int], step: int) -> TrainingState:
    """The snapshot nearest to an update."""
    return look_at(state, steps, place_of(steps, step))


def follow(state: TrainingState) -> TrainingState:
    """The newest snapshot, and each newer one as it comes."""
    return _replace(state, snapshot=None)
