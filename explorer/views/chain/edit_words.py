"""The words of edits: labels of branches, and what a lane's subtitle says of them."""

from __future__ import annotations

from explorer.recipe import BackUp, Change, Edit, FreshNoise, Inpaint, Lane, Paint


def edit_words(edit: Edit) -> str:
    """For example "new noise from t = 640"."""
    match edit:
        case FreshNoise(stream=0):
            return f"its own noise from t = {edit.t}"
        case FreshNoise():
            return f"noise {edit.stream} from t = {edit.t}"
        case Paint():
            return f"{'x̂₀ ' if edit.on == 'x0_hat' else ''}painted at t = {edit.t}"
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
