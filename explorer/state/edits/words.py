"""The words of edits: labels of branches, and what a lane's subtitle says of them."""

from __future__ import annotations

from collections.abc import Sequence

import msgspec

from explorer.recipe import BackUp, Change, Edit, FreshNoise, Inpaint, Lane, Paint, ScheduleChoice, alive_at

LAST_STEP, NO_ETA = "the last step draws no noise", "with η = 0 no noise is drawn"


def edit_words(edit: Edit) -> str:
    """For example "new noise from t = 640"."""
    match edit:
        case FreshNoise(stream=0):
            return f"its own noise from t = {edit.t}"
        case FreshNoise():
            return f"noise {edit.stream} from t = {edit.t}"
        case Paint():
            where = f"t = {edit.t}" if edit.until is None else f"t = {edit.t} to {edit.until}"
            return f"{'x̂₀ ' if edit.on == 'x0_hat' else ''}painted at {where}"
        case Inpaint():
            return f"erased at t = {edit.t}" + (f", ×{edit.repeats}" if edit.repeats > 1 else "")
        case BackUp():
            return f"{edit.picture.name or 'picture' if edit.picture is not None else 'x₀'} up to t = {edit.t}"
        case Change():
            return f"{_changed(edit)} from t = {edit.t}"


def _changed(edit: Change) -> str:
    said = []
    if edit.checkpoint:
        said.append(f"Option {edit.option}" if edit.option else edit.source.rsplit("/", 1)[-1].removesuffix(".safetensors"))
    if edit.eta is not None:
        said.append(f"η {edit.eta:g}")
    if edit.clip is not None:
        said.append("clipped" if edit.clip else "not clipped")
    return ", ".join(said)


def edits_words(lane: Lane) -> str:
    """All edits of a lane, the first first; empty for none."""
    return ", then ".join(edit_words(edit) for edit in lane.edits)


def place(timesteps: Sequence[int], t: int) -> int:
    """Index of the first state at t or below, of those that a step starts from: where an edit at t takes place."""
    return min(next((k for k, s in enumerate(timesteps) if s <= t), len(timesteps) - 2), len(timesteps) - 2)


def lane_at(lane: Lane, timesteps: Sequence[int], k: int) -> Lane:
    """The lane as it walks step k: its option, checkpoint, eta and clipping there."""
    for edit in lane.edits:
        if isinstance(edit, BackUp):
            continue
        if isinstance(edit, Change) and place(timesteps, edit.t) <= k and not _taken_back(lane, edit, timesteps):
            if edit.checkpoint:
                lane = msgspec.structs.replace(lane, checkpoint=edit.checkpoint, source=edit.source, option=edit.option, exact=None)
            chosen = {name: value for name, value in (("eta", edit.eta), ("clip", edit.clip)) if value is not None}
            lane = msgspec.structs.replace(lane, sampler=msgspec.structs.replace(lane.sampler, **chosen))
    return lane


def _taken_back(lane: Lane, edit: Edit, timesteps: Sequence[int]) -> bool:
    """Whether a later backing up, from above it, starts without it."""
    later = lane.edits[lane.edits.index(edit) + 1 :]
    return any(isinstance(other, BackUp) and place(timesteps, other.t) < place(timesteps, edit.t) for other in later)


def why_no_noise(lane: Lane, timesteps: Sequence[int], t: int) -> str:
    """Why a chain draws nothing from t down; empty where it does, be it z or an image of an exact lane's data set."""
    lane = msgspec.structs.replace(lane, edits=alive_at(lane.edits, t))
    last = len(timesteps) - 2
    steps = {k: lane_at(lane, timesteps, k) for k in range(place(timesteps, t), last + 1)}
    if any(walked.exact is not None and walked.exact.follow == "draw" for walked in steps.values()):
        return ""
    noisy = [walked for k, walked in steps.items() if k < last and timesteps[k] <= t]
    if not noisy:
        return LAST_STEP
    return "" if any(walked.sampler.eta > 0 for walked in noisy) else NO_ETA


def step_words(lane: Lane, timesteps: Sequence[int], k: int) -> str:
    """What is done in step k beside the sampler's formula; empty if nothing is."""
    said: list[str] = []
    for edit in lane.edits:
        at = place(timesteps, edit.t)
        if isinstance(edit, BackUp):
            said = [word for word in said if at > k] if at <= k else said
            said += ["then the image, noised, takes its place"] if at == k + 1 else []
        elif _taken_back(lane, edit, timesteps):
            continue
        elif isinstance(edit, Inpaint) and at <= k:
            said = ["so in the erased region; the rest is kept"]
        elif isinstance(edit, Paint) and edit.on == "x0_hat" and at == k:
            said.append("x̂₀ is painted")
        elif isinstance(edit, Paint) and edit.on == "x_t" and at == k + 1:
            said.append("then it is painted")
    return ", ".join(said)


def walk_words(schedule: ScheduleChoice | None) -> str:
    """What undoing calls it that another schedule is walked."""
    return f"walk the {schedule.title} schedule" if schedule is not None else "walk the network's own schedule"
