"""What is said of a lane in its head, and in the place of pictures that it has not."""

from __future__ import annotations

from dataclasses import dataclass, replace

from explorer.engine.chain.messages import LaneBlank, LaneFrame
from explorer.views.chain.controller import ChainController
from explorer.views.chain.timeline import own_timestep, same_schedule
from explorer.widgets.look.language import tr

REFERENCE_TIP = tr("The other lanes show how far they are from this one")


@dataclass(frozen=True, slots=True)
class Note:
    """A word at the right of the head.

    Attributes
    ----------
    text, tip : str
    warning : bool
    short : str or None
        Where there is no room for the text; None leaves that to the panel.
    """

    text: str = ""
    tip: str = ""
    warning: bool = False
    short: str | None = None


NOT_SAMPLED = Note(tr("not sampled"), warning=True, short=tr("failed"))
BLANK = {
    "level": Note(tr("no reference step"), tr("No step of the reference at this noise level"), short=tr("no step")),
    "shape": Note(tr("other size"), tr("Its images are of another size than the reference lane's: they cannot be compared")),
    "data": Note(
        tr("no data set"),
        tr("It is not known which images this network learned from: choose them in the panel Data set (D)"),
        short=tr("no data"),
    ),
    "no class": Note(
        tr("not guided"),
        tr("Its network is told no class, or has no label for none: it makes one prediction, and not two"),
        short=tr("one ε̂"),
    ),
    "network": Note(tr("no checkpoint"), tr("This is made by the lane's network, whose checkpoint is not where it was"), short=tr("lost")),
    "images": Note(tr("no data set"), tr("This is made by the lane's data set, which is not where it was"), short=tr("lost")),
    "reference": Note(
        tr("no reference"), tr("The reference lane cannot be sampled: there is nothing to compare with"), short=tr("no ref.")
    ),
}
"""Why a lane has no difference to the reference lane, or to the ideal; the tip is also shown in the place of its pictures."""


def failed_note(message: str) -> Note:
    """Of a lane that cannot be sampled, and why."""
    return replace(NOT_SAMPLED, tip=message)


def blank_note(blank: LaneBlank) -> Note:
    """Of a lane without a difference; with its own timestep where that is the reason."""
    note = BLANK["images" if blank.why == "network" and blank.key.lane.exact is not None else blank.why]
    if blank.reason:
        return replace(note, tip=blank.reason)
    return replace(note, tip=f"{note.tip} (t = {blank.t})") if blank.why == "level" else note


def coarse_note(note: Note) -> Note:
    """Of a lane that is seen coarsely while exact pictures are on their way; after what else is said."""
    tip = tr("In few shades, as many as the way to the engine carries in time: exact pictures and values follow when they stand still")
    if note.text:
        return replace(note, text=tr("{text} · coarse", text=note.text), tip=f"{note.tip}\n{tip}" if note.tip else tip)
    return Note(tr("coarse"), tip)


def lost_note(note: Note, why: str, of_data: bool) -> Note:
    """Of a lane whose checkpoint, or data set, is missing: what is kept of it is shown; before it what else is to be said."""
    if of_data:
        text = tr("data set missing")
        tip = tr("{why}\nIts chain is shown as it was kept; nothing new can be sampled until the data set is found", why=why)
    else:
        text = tr("checkpoint missing")
        tip = tr("{why}\nIts chain is shown as it was kept; nothing new can be sampled until the checkpoint is found", why=why)
    if note.text:
        return Note(f"{note.text} · {text}", f"{note.tip}\n{tip}", True, note.short)
    return Note(text, tip, True, tr("lost"))


def stand_in_note(preparing: tuple[int, int] | None) -> Note:
    """Of a branch that has no state of its own yet: the chain that it leaves is seen."""
    tip = tr("The branch has no state of its own yet: the chain that it leaves is shown")
    if preparing is None:
        return Note(tr("before the branch"), tip, True, tr("before"))
    done, total = preparing
    erased = tr("{tip}. The erased region comes down from noise at T: {done} of {total} states.", tip=tip, done=done, total=total)
    return Note(tr("before the branch · region {done} / {total}", done=done, total=total), erased, True, f"{done} / {total}")


def frame_note(controller: ChainController, frame: LaneFrame, is_reference: bool) -> Note:
    """Which state a lane shows, if that is not what the cursor says, and whether the others are compared with it."""
    note = _state_note(controller, frame)
    if lost := controller.run.lost(frame.key):
        note = lost_note(note, lost, frame.key.lane.exact is not None)
    plan = controller.run.plans.get(frame.key)
    if plan is not None and plan.latent is not None and frame.diverging and not note.text:
        channels, height, width = plan.latent.shape
        code = (
            tr("a bar for each of {channels} numbers", channels=channels)
            if height == width == 1
            else tr("{channels} channels of {height} × {width}", channels=channels, height=height, width=width)
        )
        note = Note(
            tr("codes"), tr("The codes that its chain walks: {code}, drawn from −{scale:g} to {scale:g}", code=code, scale=frame.scale)
        )
    if frame.coarse:
        note = coarse_note(note)
    if not is_reference:
        return note
    if not note.text:
        return Note(tr("reference"), REFERENCE_TIP)
    return replace(note, text=tr("reference · {text}", text=note.text), tip=f"{REFERENCE_TIP}\n{note.tip}", short=tr("ref. {t}", t=frame.t))


def was_lost(controller: ChainController, frame: LaneFrame) -> bool:
    """Whether a lane still shows a state that no engine has any more, such as after a connection that broke."""
    return frame.key in controller.run.gone


def _state_note(controller: ChainController, frame: LaneFrame) -> Note:
    plan, done = controller.run.plans.get(frame.key), controller.run.done.get(frame.key, 0)
    timeline = controller.run.timeline()
    if plan is None:
        return Note()
    if was_lost(controller, frame):
        if frame.t == controller.state.t:
            return Note()
        return Note(f"t = {frame.t}", tr("As it was seen before the engine was lost: it is being computed again"), warning=True)
    wanted, own = own_timestep(plan, controller.state.t, timeline), timeline is None or same_schedule(plan, timeline)
    if frame.t == 0 and controller.t_of(frame.key) != controller.state.t:
        return Note(tr("finished"), tr("It has its image already; the cursor follows the lanes that have not"), short="x₀")
    if own and not plan.notice and (frame.t == controller.state.t or controller.following):
        return Note()
    if done < len(plan.sigma) and frame.t > wanted and not controller.following:
        return Note(f"t = {frame.t}", tr("Not sampled further yet: the newest state is shown"), warning=True)
    tip = tr("The state of this lane that is nearest to the cursor")
    if not own:
        tip = tr("This lane's own timestep: the state whose noise level is nearest to the cursor's")
    snr = tr("{tip} (log SNR {levels:.2f})", tip=tip, levels=plan.levels[frame.t]) if frame.t > 0 else tip
    return Note(f"t = {frame.t}", f"{snr}\n{plan.notice}" if plan.notice else snr, bool(plan.notice))
