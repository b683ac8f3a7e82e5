"""The five steps: what is asked for, where it is done, and how the session shows that it was done. No widgets."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass

import msgspec

from explorer.recipe import Inpaint, Paint
from explorer.state.session import ChainState, LatentState, Session
from explorer.widgets.look.language import tr

SCRUBBED = 60
"""Timesteps back towards noise that count as scrubbing: playing goes the other way."""

replace = msgspec.structs.replace


@dataclass(frozen=True, slots=True)
class Step:
    """One of them.

    Attributes
    ----------
    title, words : str
        What to do; `seen` is told when it is done.
    seen : str
    workspace : str
        Where.
    target : str
        Object name of the widget that it is about.
    watched : str
        Object name of what the person looks at meanwhile: nothing is put over it if that can be.
    amount : callable
        Of the session before and after a change: how much of it that change did; 1 and above in all is done.
    by_hand : bool
        Only what changes while the person presses or turns something counts: the cursor also moves by itself.
    prepare : callable
        The session as the step begins: no recipe of it is another.
    """

    title: str
    words: str
    seen: str
    workspace: str
    target: str
    amount: Callable[[Session, Session], float]
    prepare: Callable[[Session], Session] = lambda session: session
    by_hand: bool = False
    watched: str = ""


def _scrubbed(old: ChainState, new: ChainState) -> float:
    """Towards noise, in one and the same chain."""
    return max(0, new.t - old.t) / SCRUBBED if old.recipe == new.recipe else 0.0


def _edits(state: ChainState) -> int:
    return sum(isinstance(edit, Paint | Inpaint) for lane in state.recipe.lanes for edit in lane.edits)


def _moved(old: LatentState, new: LatentState) -> float:
    """A point that was there is elsewhere."""
    before = {point.name: (point.x, point.y) for point in old.recipe.points}
    moved = any(before.get(point.name, (point.x, point.y)) != (point.x, point.y) for point in new.recipe.points)
    return float(moved and old.recipe.checkpoint == new.recipe.checkpoint)


def _shown(session: Session, part: str, **fields: object) -> Session:
    return replace(session, **{part: replace(getattr(session, part), **fields)})


def _at(session: Session, share: float) -> Session:
    """Reverse chain's state at about a share of T, one that evenly spaced steps visit: at the ends there is nothing to do."""
    lanes = session.reverse.recipe.lanes
    T = lanes[0].schedule.T if lanes and lanes[0].schedule is not None else 1000
    steps = (lanes[0].sampler.steps if lanes else None) or T
    return _shown(session, "reverse", t=round(math.ceil(share * steps) * T / steps), quantity="x_t")


STEPS = (
    Step(
        tr("Scrub through time"),
        tr("Drag the handle to the left, into the noise, and back to the right, towards the image. The wheel and the arrow keys do it, "
        "too."),
        tr("Every state from x_T, pure noise, to x_0, the image, is there to be looked at."),
        "reverse-chain", "timeline", lambda old, new: _scrubbed(old.reverse, new.reverse),
        lambda session: _shown(session, "reverse", quantity="x_t"), by_hand=True,
    ),
    Step(
        tr("See what the network expects"), tr("Choose x̂₀ (or press 2): the clean image that the network sees in this noise."),
        tr("Far from noise it is sharp, near noise it is blurred: much is still open. Hover any symbol, and it says what it is."),
        "reverse-chain", "segment-x0_hat", lambda old, new: float(new.reverse.quantity == "x0_hat" != old.reverse.quantity),
        lambda session: _at(session, 0.5), watched="samples",
    ),
    Step(
        tr("Compare three networks"),
        tr("A predicts the mean of the step, B the clean image, C the noise. All start from the same noise: drag the handle here."),
        tr("What differs between the columns is the network, and nothing else. Press 6 for their difference."),
        "compare", "timeline", lambda old, new: _scrubbed(old.compare, new.compare), by_hand=True,
    ),
    Step(
        tr("Change something on the way"),
        tr("Paint on a digit half way (P), or erase a part of it (E): draw on the large picture, then press Enter."),
        tr("That is a branch: a chain that leaves the other where you painted. Both are kept, below."),
        "reverse-chain", "branch-paintButton", lambda old, new: float(_edits(new.reverse) > _edits(old.reverse)),
        lambda session: _at(session, 0.25), watched="paintPanel",
    ),
    Step(
        tr("Drag through a latent plane"), tr("Double-click the plane: that is a point. Drag it, and see what is decoded where it is."),
        tr("Two numbers, one image. The coloured dots are the codes of the test images."),
        "latent", "plane", lambda old, new: _moved(old.latent, new.latent),
        lambda session: replace(session, latent=replace(session.latent, tool="move")),
    ),
)  # fmt: skip


def begun(session: Session, step: Step) -> Session:
    """The session in which a step begins: its workspace, its cursor; recipes stay as they are."""
    return replace(step.prepare(session), workspace=step.workspace)
