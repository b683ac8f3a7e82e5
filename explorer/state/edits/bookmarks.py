"""What a person can do with notes and bookmarks; session in, session out."""

from __future__ import annotations

from typing import Any, get_args

import msgspec

from explorer.recipe import MAX_STEPS
from explorer.recipe.forward import ForwardImage
from explorer.recipe.notes import MAX_BOOKMARKS, MAX_NAME, MAX_TEXT, Bookmark, Notes
from explorer.recipe.quantities import QUANTITIES
from explorer.recipe.step import MOST_UPDATES
from explorer.recipe.variational import MOST_STEPS as MOST_FIT_STEPS
from explorer.state.forward import ForwardPage
from explorer.state.objective import CurveName
from explorer.state.session import ChainState, Session, part_of
from explorer.state.training import CurveShown
from explorer.state.variational import VariationalPage

_replace = msgspec.structs.replace


def here(session: Session) -> Bookmark:
    """The place where the person looks, called after it."""
    place = _PLACES[part_of(session.workspace)](session)
    return _replace(place, name=unused_name(session, place_words(place, with_seed=False)))


def _chain_place(session: Session, part: str) -> Bookmark:
    state: ChainState = getattr(session, part)
    sample = min(state.selected, state.recipe.samples - 1)
    lane = state.lane if len(state.recipe.lanes) > 1 else None
    return Bookmark("here", session.workspace, t=state.t, sample=sample, seed=state.recipe.seed, lane=lane, shown=state.quantity)


def _latent_place(session: Session) -> Bookmark:
    state = session.latent
    stroke = any(stroke.name == state.selected for stroke in state.recipe.strokes)
    seed = state.recipe.prior.seed if state.recipe.prior is not None and state.strip == "samples" else None
    return Bookmark("here", "latent", seed=seed, frame=state.frame if stroke else None, shown=state.selected)


def _forward_place(session: Session) -> Bookmark:
    state = session.forward
    sample = state.recipe.image.index if state.recipe.image.picture is None else None
    return Bookmark("here", "forward", t=state.cursor, sample=sample, seed=state.recipe.seed, shown=state.page)


def _objective_place(session: Session) -> Bookmark:
    state = session.objective
    return Bookmark("here", "objective", t=state.t, sample=state.selected, seed=state.recipe.seed, shown=state.curve)


def _training_place(session: Session) -> Bookmark:
    state = session.training
    if state.page == "step":
        image = state.recipe.image
        index = image.index if image.picture is None else None
        return Bookmark(
            "here", "training", t=state.recipe.t, sample=index, seed=state.recipe.seed, frame=state.recipe.updates, shown="step"
        )
    return Bookmark("here", "training", frame=state.snapshot, shown=state.curve)


def _variational_place(session: Session) -> Bookmark:
    state = session.variational
    if state.page == "kl":
        return Bookmark("here", "variational", frame=state.step, shown=state.page)
    image, ladder = state.recipe.inference.image, state.recipe.ladder
    sample = image.index if image.picture is None else None
    if state.page == "ladder":
        return Bookmark("here", "variational", sample=sample, seed=ladder.seed, shown=ladder.rung)
    return Bookmark("here", "variational", sample=sample, shown=state.page)


_PLACES = {
    "reverse": lambda session: _chain_place(session, "reverse"), "compare": lambda session: _chain_place(session, "compare"),
    "latent": _latent_place, "forward": _forward_place, "objective": _objective_place, "training": _training_place,
    "variational": _variational_place,
}  # fmt: skip


def place_words(place: Bookmark, with_seed: bool = True) -> str:
    """For example "Reverse chain, t = 300, sample 2, seed 0"."""
    said = [place.workspace.replace("-", " ").capitalize()]
    if place.shown and (place.workspace in ("latent", "forward", "variational") or place.shown == "step"):
        said.append(_PAGES.get(place.shown, place.shown))
    said += [f"t = {place.t}"] if place.t is not None else []
    said += [f"{_sample_word(place)} {place.sample}"] if place.sample is not None else []
    said += [f"{_FRAMES.get(place.workspace, 'frame')} {place.frame:,}"] if place.frame is not None else []
    said += [f"seed {place.seed}"] if with_seed and place.seed is not None else []
    return ", ".join(said)


_PAGES = {"kl": "KL", "elbo": "ELBO", "step": "one step"}
"""How pages are called that are not called by their names."""
_FRAMES = {"training": "update", "variational": "step"}
"""What is counted there."""


def _sample_word(place: Bookmark) -> str:
    return "sample" if place.workspace in ("reverse-chain", "compare") else "image"


# --- going there -------------------------------------------------------------------------------------------------


def gone_to(session: Session, number: int) -> Session:
    """The session as the person looks at a bookmark: its workspace, cursor, sample, seed, and what is shown."""
    place = session.notes.recipe.bookmarks[number]
    part = part_of(place.workspace)
    state = _GOING[part](getattr(session, part), place)
    return _replace(session, workspace=place.workspace, notes=_replace(session.notes, at=number), **{part: state})


def _known(**fields: Any) -> dict[str, Any]:
    """Those that say something."""
    return {name: value for name, value in fields.items() if value is not None}


def _in_chain(state: ChainState, place: Bookmark) -> ChainState:
    lanes, last = len(state.recipe.lanes), state.recipe.samples - 1
    recipe = _replace(state.recipe, **_known(seed=place.seed))
    sample = None if place.sample is None else min(place.sample, last)
    lane = place.lane if place.lane is not None and place.lane < lanes else None
    shown = place.shown if place.shown in QUANTITIES and (lanes > 1 or QUANTITIES[place.shown].beside != "lane") else None
    also = {} if place.sample is None else {"also": ()}
    t = None if place.t is None else min(place.t, MAX_STEPS)
    return _replace(state, recipe=recipe, **_known(t=t, selected=sample, lane=lane, quantity=shown), **also)


def _in_latent(state: Any, place: Bookmark) -> Any:
    names = {each.name for each in (*state.recipe.points, *state.recipe.strokes)}
    prior = state.recipe.prior
    recipe = state.recipe if prior is None or place.seed is None else _replace(state.recipe, prior=_replace(prior, seed=place.seed))
    strip = {} if place.seed is None or prior is None else {"strip": "samples"}
    selected = place.shown if place.shown in names else None
    return _replace(state, recipe=recipe, **_known(selected=selected, frame=place.frame), **strip)


def _in_forward(state: Any, place: Bookmark) -> Any:
    recipe = _replace(state.recipe, **_known(seed=place.seed))
    if place.sample is not None and place.sample < 2**31:
        recipe = _replace(recipe, image=_replace(recipe.image, index=place.sample, picture=None))
    page = place.shown if place.shown in get_args(ForwardPage) else None
    return _replace(state, recipe=recipe, **_known(t=None if place.t is None else min(place.t, recipe.schedule.T), page=page))


def _in_objective(state: Any, place: Bookmark) -> Any:
    recipe = _replace(state.recipe, **_known(seed=place.seed))
    t = None if place.t is None else min(max(1, place.t), 1_000_000)
    selected = place.sample if place.sample is not None and place.sample < 10_000 else None
    curve = place.shown if place.shown in get_args(CurveName) else None
    return _replace(state, recipe=recipe, **_known(t=t, selected=selected, curve=curve))


def _in_training(state: Any, place: Bookmark) -> Any:
    if place.shown == "step":
        image = {} if place.sample is None or place.sample >= 2**31 else {"image": ForwardImage(place.sample)}
        updates = None if place.frame is None else min(place.frame, MOST_UPDATES)
        t = None if place.t is None else min(max(1, place.t), MAX_STEPS)
        return _replace(state, page="step", recipe=_replace(state.recipe, **_known(t=t, seed=place.seed, updates=updates), **image))
    state = _replace(state, page="runs")
    return _replace(state, snapshot=place.frame, **_known(curve=place.shown if place.shown in get_args(CurveShown) else None))


def _in_variational(state: Any, place: Bookmark) -> Any:
    recipe = state.recipe
    if place.sample is not None and place.sample < 2**31:
        image = _replace(recipe.inference.image, index=place.sample, picture=None)
        recipe = _replace(recipe, inference=_replace(recipe.inference, image=image))
    page = place.shown if place.shown in get_args(VariationalPage) else None
    if place.shown.startswith("ladder/"):  # a network's name: it is on that page
        page, recipe = "ladder", _replace(recipe, ladder=_replace(recipe.ladder, rung=place.shown[:200], **_known(seed=place.seed)))
    return _replace(state, recipe=recipe, **_known(page=page, step=None if place.frame is None else min(place.frame, MOST_FIT_STEPS)))


_GOING: dict[str, Any] = {
    "reverse": _in_chain, "compare": _in_chain, "latent": _in_latent, "forward": _in_forward, "objective": _in_objective,
    "training": _in_training, "variational": _in_variational,
}  # fmt: skip


def not_there(session: Session, number: int) -> str:
    """What of a bookmark the session does not have; empty if all of it is there."""
    place = session.notes.recipe.bookmarks[number]
    if place.workspace not in ("reverse-chain", "compare"):
        return ""
    recipe = getattr(session, part_of(place.workspace)).recipe
    if place.sample is not None and place.sample >= recipe.samples:
        return f"“{place.name}” is of sample {place.sample}; there are {recipe.samples} samples now"
    if place.lane is not None and place.lane >= len(recipe.lanes):
        return f"“{place.name}” is of lane {place.lane + 1}; there are {len(recipe.lanes)} lanes now"
    return ""


def beside(session: Session, by: int) -> int | None:
    """Number of the bookmark after the one where the person went last (1), or before it (-1); None at the ends, or if there is none."""
    count, at = len(session.notes.recipe.bookmarks), session.notes.current
    if at < 0:
        return (0 if by > 0 else count - 1) if count else None
    return at + by if 0 <= at + by < count else None


def at(session: Session, number: int) -> Session:
    """The bookmark where the person is, without going anywhere."""
    return _replace(session, notes=_replace(session.notes, at=number))


def opened(session: Session, on: bool) -> Session:
    """Whether the panel is open."""
    return _replace(session, notes=_replace(session.notes, open=on))


# --- changing them -----------------------------------------------------------------------------------------------


def with_text(session: Session, text: str) -> Session:
    """Other notes."""
    return _with(session, text=text[:MAX_TEXT])


def with_bookmark(session: Session, place: Bookmark) -> Session:
    """One more, after the one where the person went last, or at the end; the same if there is no room for more."""
    before = session.notes.recipe.bookmarks
    if len(before) >= MAX_BOOKMARKS:
        return session
    index = session.notes.current + 1 or len(before)
    return _with(session, index, bookmarks=(*before[:index], place, *before[index:]))


def renamed(session: Session, number: int, name: str) -> Session:
    """A bookmark under another name, which no other has; the same if that is empty."""
    bookmarks = session.notes.recipe.bookmarks
    name = " ".join(name.split())[:MAX_NAME]
    if not name or name == bookmarks[number].name:
        return session
    return _changed(session, number, name=unused_name(session, name, number))


def noted(session: Session, number: int, note: str) -> Session:
    """A bookmark with another note."""
    return _changed(session, number, note=note[:MAX_TEXT])


def removed(session: Session, number: int) -> Session:
    """Without a bookmark; the one after it is where the person is."""
    bookmarks, at = session.notes.recipe.bookmarks, session.notes.at
    left = (*bookmarks[:number], *bookmarks[number + 1 :])
    return _with(session, at - 1 if at > number or at == len(left) else at, bookmarks=left)


def moved(session: Session, number: int, to: int) -> Session:
    """A bookmark at another place of the order; the same beyond its ends."""
    bookmarks = list(session.notes.recipe.bookmarks)
    if not (0 <= to < len(bookmarks)) or to == number:
        return session
    bookmarks.insert(to, bookmarks.pop(number))
    return _with(session, to, bookmarks=tuple(bookmarks))


def with_notes_of(session: Session, notes: Notes) -> Session:
    """Notes and bookmarks of an example after those that there are; the person is before its first bookmark."""
    own = session.notes.recipe
    text = "\n\n".join(filter(None, (own.text.rstrip(), notes.text)))
    at = len(own.bookmarks) - 1 if notes.bookmarks else session.notes.at
    return _with(session, at, text=text[:MAX_TEXT], bookmarks=(*own.bookmarks, *notes.bookmarks)[:MAX_BOOKMARKS])


def without_notes_of(session: Session, notes: Notes) -> Session:
    """Without what came with an example, where it is as it came."""
    own = session.notes.recipe
    text = own.text.replace(notes.text, "").strip() if notes.text and notes.text in own.text else own.text
    return _with(session, text=text, bookmarks=tuple(each for each in own.bookmarks if each not in notes.bookmarks))


def unused_name(session: Session, name: str, number: int = -1) -> str:
    """The name, for a new bookmark or that of a number, with a number behind it if another has it."""
    taken = {each.name for index, each in enumerate(session.notes.recipe.bookmarks) if index != number}
    if name not in taken:
        return name
    return next(made for number in range(2, MAX_BOOKMARKS + 3) if (made := f"{name[: MAX_NAME - 6]} ({number})") not in taken)


def _changed(session: Session, number: int, **fields: Any) -> Session:
    bookmarks = session.notes.recipe.bookmarks
    return _with(session, bookmarks=(*bookmarks[:number], _replace(bookmarks[number], **fields), *bookmarks[number + 1 :]))


def _with(session: Session, at: int | None = None, **fields: Any) -> Session:
    notes = session.notes
    return _replace(session, notes=_replace(notes, recipe=_replace(notes.recipe, **fields), at=notes.at if at is None else at))
