"""What `render` shall show: the wish as it is written, whether it can be, and the session that shows it."""

from __future__ import annotations

import os
from collections.abc import Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, get_args

from explorer.cli.render.latent import LatentWish, with_latent
from explorer.errors import BadInput
from explorer.recipe.forward import ForwardSchedule

if TYPE_CHECKING:
    from explorer.engine.models.messages import LibraryEntry
    from explorer.recipe import Lane
    from explorer.state.objective import ObjectiveState
    from explorer.state.session import Session

KINDS = {"reverse-chain": ("ddpm",), "compare": ("ddpm",), "latent": ("vae", "ae"), "objective": ("ddpm",), "forward": ("ddpm",)}


class WorkspaceChoice(StrEnum):
    """What can be rendered."""

    reverse_chain = "reverse-chain"
    compare = "compare"
    latent = "latent"
    objective = "objective"
    forward = "forward"
    training = "training"


class ThemeChoice(StrEnum):
    """Colours."""

    dark = "dark"
    light = "light"


class PanelChoice(StrEnum):
    """What can be opened beside what a workspace always shows."""

    unet = "unet"
    data_set = "data-set"


class PageChoice(StrEnum):
    """Pages of forward."""

    noise = "noise"
    schedule = "schedule"
    pixels = "pixels"
    posterior = "posterior"
    gaussians = "gaussians"
    chain = "chain"


@dataclass(frozen=True, slots=True, kw_only=True)
class Wish:
    """What shall be shown; None where the window's own default holds."""

    workspace: str
    theme: str
    checkpoints: tuple[str, ...]
    t: int | None
    samples: int | None
    steps: int | None
    seed: int | None
    panel: str | None = None
    skips_off: tuple[int, ...] = ()
    page: str | None = None
    exact: tuple[str, ...] = ()
    latent: LatentWish = field(default_factory=LatentWish)
    runs: tuple[str, ...] = ()
    sweep: str | None = None
    grid: bool = False


def check(wish: Wish) -> None:
    """Refuse a wish that cannot be, before anything is begun.

    Raises
    ------
    BadInput
        If an option is of no meaning for the workspace, or has no such values.
    """
    if wish.workspace == "training":
        _check_runs(wish)
    elif wish.runs:
        raise BadInput(f"--run: of no meaning for {wish.workspace}; training takes it")
    if wish.exact and wish.workspace not in ("compare", "reverse-chain"):
        raise BadInput(f"--exact: of no meaning for {wish.workspace}; reverse-chain and compare take it")
    if (wish.sweep is not None or wish.grid) and wish.workspace != "compare":
        raise BadInput(f"--sweep, --grid: of no meaning for {wish.workspace}; compare takes them")
    if wish.sweep is not None:
        from explorer.recipe.sweep import parse_sweep

        parse_sweep(wish.sweep)
    if wish.workspace == "reverse-chain" and len(wish.exact) + len(wish.checkpoints) > 1:
        raise BadInput("reverse-chain shows one lane: a checkpoint or an exact process; compare shows several")
    if wish.latent.given and wish.workspace != "latent":
        raise BadInput(f"{', '.join(wish.latent.given)}: of no meaning for {wish.workspace}; latent takes it")
    if wish.workspace == "latent" and len(wish.checkpoints) > 4:
        raise BadInput("latent shows at most four planes side by side")
    if wish.workspace not in ("compare", "objective", "latent") and len(wish.checkpoints) > 1:
        raise BadInput(f"{wish.workspace} shows one checkpoint; compare shows several")
    given = [f"--{name}" for name in ("t", "samples", "steps", "seed") if getattr(wish, name) is not None]
    given += ["--panel"] if wish.panel is not None else []
    if wish.skips_off and wish.panel != "unet":
        raise BadInput("--skip-off: of no meaning without --panel unet")
    if wish.page is not None and wish.workspace != "forward":
        raise BadInput("--page: of no meaning for " + wish.workspace + "; forward has pages")
    if wish.workspace == "forward" and (odd := [name for name in given if name not in ("--t", "--seed")]):
        raise BadInput(f"{', '.join(odd)}: of no meaning for forward; reverse-chain and compare take it")
    if wish.workspace == "forward" and (wish.t or 0) > (T := ForwardSchedule().T):
        raise BadInput(f"--t {wish.t}: the schedule of forward has the timesteps 0..{T}")
    if wish.workspace == "latent" and (odd := [name for name in given if name not in ("--samples", "--seed")]):
        raise BadInput(f"{', '.join(odd)}: of no meaning for latent; reverse-chain and compare take it")


def _check_runs(wish: Wish) -> None:
    from explorer.state.training import MAX_CHOSEN
    from explorer.training.runs import look

    if wish.checkpoints or any(getattr(wish, name) is not None for name in ("t", "samples", "steps", "seed", "panel", "page")):
        raise BadInput("training shows runs: name them with --run")
    if len(wish.runs) > MAX_CHOSEN:
        raise BadInput(f"training shows at most {MAX_CHOSEN} runs together")
    for folder in wish.runs:
        if look(Path(folder)) is None:
            raise BadInput(f"{folder}: holds no run: there is no run.json that can be read")


def beginning(wish: Wish, session: Session, entries: Sequence[LibraryEntry]) -> Session:
    """The session that shows what was asked for.

    Raises
    ------
    BadInput
        If a checkpoint cannot be opened or is not of the workspace's kind.
    """
    import msgspec

    from explorer.state.first_run import COMPARE_STEPS, with_lanes, with_plane, with_shipped_models
    from explorer.state.session import WorkspaceName

    assert wish.workspace in get_args(WorkspaceName)
    session = with_shipped_models(session, entries)
    if wish.workspace == "training":
        training = msgspec.structs.replace(session.training, folders=wish.runs, chosen=wish.runs)
        return msgspec.structs.replace(session, training=training)
    chosen = [_entry(path, wish.workspace, entries) for path in wish.checkpoints]
    if wish.workspace == "latent":
        latent = with_plane(session.latent, chosen[0]) if chosen else session.latent
        latent = with_latent(latent, wish.latent, chosen[1:], wish.samples, wish.seed)
        return msgspec.structs.replace(session, latent=latent)
    if wish.workspace == "forward":
        return msgspec.structs.replace(session, forward=_forward(session.forward, wish, chosen))
    from explorer.recipe import Sampler

    if wish.workspace == "objective":
        return msgspec.structs.replace(session, objective=_measured(session.objective, chosen, wish, entries))
    name = "reverse" if wish.workspace == "reverse-chain" else "compare"
    state = getattr(session, name)
    sampler = Sampler(steps=COMPARE_STEPS if name == "compare" else None)
    if chosen:
        state = with_lanes(state, chosen, sampler)
    if wish.exact:
        state = _with_exact(state, wish, sampler, keep=bool(chosen))
    state = _set(state, wish)
    if wish.sweep is not None:
        state = _swept(state, wish.sweep)
    _check_t(wish, state.recipe.lanes, entries)
    _check_skips(wish, state.recipe.lanes, entries)
    if wish.grid:
        state = msgspec.structs.replace(state, layout="grid")
    return msgspec.structs.replace(session, **{name: state})


def _forward(state, wish: Wish, chosen: Sequence[LibraryEntry]):  # type: ignore[no-untyped-def]
    import msgspec

    replace, recipe = msgspec.structs.replace, state.recipe
    if chosen:
        recipe = replace(recipe, checkpoint=chosen[0].sha256, source=chosen[0].path)
    if wish.seed is not None:
        recipe = replace(recipe, seed=wish.seed)
    return replace(state, recipe=recipe, t=state.t if wish.t is None else wish.t, page=wish.page or state.page)


def _with_exact(state, wish: Wish, sampler, keep: bool):  # type: ignore[no-untyped-def]
    import msgspec

    from explorer.recipe import ExactProcess, Lane

    lanes = tuple(Lane("", source, sampler=sampler, exact=ExactProcess(source)) for source in wish.exact)
    before = state.recipe.lanes if keep else ()
    return msgspec.structs.replace(state, recipe=msgspec.structs.replace(state.recipe, lanes=(*before, *lanes)), lane=0, reference=0)


def _swept(state, text: str):  # type: ignore[no-untyped-def]
    """Every lane once for each value, the reference the last."""
    import msgspec

    from explorer.recipe import MAX_LANES
    from explorer.recipe.sweep import parse_sweep, swept

    setting, values = parse_sweep(text)
    lanes = tuple(made for lane in state.recipe.lanes for made in swept(lane, setting, values))
    if len(lanes) > MAX_LANES:
        many = f"{len(state.recipe.lanes)} lanes with {len(values)} values each are more than the {MAX_LANES} that there can be"
        raise BadInput(f"--sweep {text}: {many}: name fewer with --checkpoint")
    recipe = msgspec.structs.replace(state.recipe, lanes=lanes)
    return msgspec.structs.replace(state, recipe=recipe, lane=0, reference=len(lanes) - 1)


def _set(state, wish: Wish):  # type: ignore[no-untyped-def]
    import msgspec

    replace, recipe = msgspec.structs.replace, state.recipe
    if wish.steps is not None:
        lanes = tuple(replace(lane, sampler=replace(lane.sampler, steps=wish.steps)) for lane in recipe.lanes)
        recipe = replace(recipe, lanes=lanes)
    if wish.samples is not None:
        recipe = replace(recipe, samples=wish.samples)
    if wish.seed is not None:
        recipe = replace(recipe, seed=wish.seed)
    if wish.panel == "unet":
        off = tuple(level - 1 for level in wish.skips_off)
        state = replace(state, unet=replace(state.unet, open=True, off=off))
    return replace(state, recipe=recipe, t=wish.t or 0, data_set=wish.panel == "data-set")


def _check_t(wish: Wish, lanes: Sequence[Lane], entries: Sequence[LibraryEntry]) -> None:
    """Refuse a timestep that no lane has (BadInput)."""
    own = {entry.sha256: entry.card.schedule.T for entry in entries if entry.card is not None and entry.card.schedule is not None}
    usual = ForwardSchedule().T
    most = max((lane.schedule.T if lane.schedule is not None else own.get(lane.checkpoint, usual) for lane in lanes), default=usual)
    if (wish.t or 0) > most:
        raise BadInput(f"--t {wish.t}: there are the timesteps 0..{most}")


def _check_skips(wish: Wish, lanes: Sequence[Lane], entries: Sequence[LibraryEntry]) -> None:
    """Refuse a skip that the network which is looked into does not have (BadInput)."""
    from explorer.models.registry import anatomy_named

    entry = next((entry for entry in entries if lanes and entry.sha256 == lanes[0].checkpoint), None)
    if not wish.skips_off or entry is None or entry.card is None:
        return
    parts = anatomy_named(entry.card.network.name, entry.card.network.config, *entry.card.data.shape[1:])
    levels = sorted({skip.level + 1 for skip in parts.skips}) if parts is not None else []
    if odd := [level for level in wish.skips_off if level not in levels]:
        has = f"skips at the levels {', '.join(map(str, levels))}" if levels else "no skips"
        raise BadInput(f"--skip-off {odd[0]}: {entry.name} has {has}")


def _measured(state: ObjectiveState, chosen: Sequence[LibraryEntry], wish: Wish, entries: Sequence[LibraryEntry]) -> ObjectiveState:
    """The objective of the chosen checkpoints; --samples says of how many images."""
    import msgspec

    from explorer.recipe import Lane

    lanes = tuple(Lane(entry.sha256, entry.path, entry.card.option) for entry in chosen if entry.card is not None)
    given = {"lanes": lanes or None, "images": wish.samples, "seed": wish.seed}
    recipe = msgspec.structs.replace(state.recipe, **{name: value for name, value in given.items() if value is not None})
    _check_t(wish, recipe.lanes, entries)
    return msgspec.structs.replace(state, recipe=recipe, t=max(1, state.t if wish.t is None else wish.t))


def _entry(path: str, workspace: str, entries: Sequence[LibraryEntry]) -> LibraryEntry:
    entry = next(e for e in entries if os.path.realpath(e.path) == os.path.realpath(path))
    if entry.card is None:
        raise BadInput(entry.problem)
    if entry.card.kind not in KINDS[workspace]:
        wanted = " or ".join(kind.upper() for kind in KINDS[workspace])
        raise BadInput(f"{path}: is a {entry.card.kind}; {workspace} shows a {wanted}")
    return entry
