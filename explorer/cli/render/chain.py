"""What `render reverse-chain` and `render compare` have in common: lanes at a timestep, panels, exact lanes."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, cast

from explorer.cli.render.options import Options
from explorer.errors import BadInput
from explorer.recipe.forward import ForwardSchedule
from explorer.recipe.quantities import offered

if TYPE_CHECKING:
    from explorer.engine.models.messages import LibraryEntry
    from explorer.recipe import Lane, MethodName, Sampler
    from explorer.state.session import ChainState

TAKES = frozenset({
    "--checkpoint", "--exact", "--t", "--samples", "--steps", "--seed", "--panel", "--skip-off", "--label", "--guidance", "--sampler",
    "--quantity",
})  # fmt: skip
KINDS = ("ddpm",)


def check(options: Options) -> None:
    """Refuse skips of a panel that is not opened, and what no lane can show there (BadInput)."""
    if options.quantity is not None:
        names = tuple(row.name for row in offered(several=options.workspace == "compare"))
        if options.quantity not in names:
            raise BadInput(f"--quantity {options.quantity}: {options.workspace} shows {', '.join(names)}")
    if options.skips_off and options.panel != "unet":
        raise BadInput("--skip-off: of no meaning without --panel unet")


def chain(state: ChainState, options: Options, chosen: Sequence[LibraryEntry], sampler: Sampler) -> ChainState:
    """The state of lanes that shows what is asked for."""
    from explorer.state.first_run import with_lanes

    if chosen:
        state = with_lanes(state, chosen, sampler)
    if options.exact:
        state = _with_exact(state, options, sampler, keep=bool(chosen))
    return _set(state, options)


def check_lanes(options: Options, lanes: Sequence[Lane], entries: Sequence[LibraryEntry]) -> None:
    """Refuse a timestep or a skip that the lanes do not have (BadInput)."""
    check_t(options, lanes, entries)
    _check_skips(options, lanes, entries)


def _with_exact(state: ChainState, options: Options, sampler: Sampler, keep: bool) -> ChainState:
    import msgspec

    from explorer.recipe import ExactProcess, Lane

    lanes = tuple(Lane("", source, sampler=sampler, exact=ExactProcess(source, read=options.read)) for source in options.exact)
    before = state.recipe.lanes if keep else ()
    return msgspec.structs.replace(state, recipe=msgspec.structs.replace(state.recipe, lanes=(*before, *lanes)), lane=0, reference=0)


def _set(state: ChainState, options: Options) -> ChainState:
    import msgspec

    from explorer.recipe.chain import following
    from explorer.recipe.sampler import with_method

    replace, recipe = msgspec.structs.replace, state.recipe
    if options.steps is not None:
        lanes = tuple(replace(lane, sampler=replace(lane.sampler, steps=options.steps)) for lane in recipe.lanes)
        recipe = replace(recipe, lanes=lanes)
    if options.labels is not None or options.guidance:
        recipe = replace(recipe, lanes=tuple(_told(lane, options) for lane in recipe.lanes))
    if options.sampler is not None:
        method = cast("MethodName", options.sampler)
        lanes = tuple(following(replace(lane, sampler=with_method(lane.sampler, method))) for lane in recipe.lanes)
        recipe = replace(recipe, lanes=lanes)
    if options.samples is not None:
        recipe = replace(recipe, samples=options.samples)
    if options.seed is not None:
        recipe = replace(recipe, seed=options.seed)
    if options.panel == "unet":
        off = tuple(level - 1 for level in options.skips_off)
        state = replace(state, unet=replace(state.unet, open=True, off=off))
    if options.quantity is not None:
        state = replace(state, quantity=options.quantity)
    return replace(state, recipe=recipe, t=options.t or 0, data_set=options.panel == "data-set")


def _told(lane: Lane, options: Options) -> Lane:
    """The lane with the labels and the guidance; an exact one is of the label's class, and not guided."""
    import msgspec

    from explorer.state.edits.labels import with_labels

    told = lane if options.labels is None else with_labels(lane, options.labels)
    return told if told.exact is not None else msgspec.structs.replace(told, guidance=options.guidance)


def check_t(options: Options, lanes: Sequence[Lane], entries: Sequence[LibraryEntry]) -> None:
    """Refuse a timestep that no lane has (BadInput)."""
    own = {entry.sha256: entry.card.schedule.T for entry in entries if entry.card is not None and entry.card.schedule is not None}
    usual = ForwardSchedule().T
    most = max((lane.schedule.T if lane.schedule is not None else own.get(lane.checkpoint, usual) for lane in lanes), default=usual)
    if (options.t or 0) > most:
        raise BadInput(f"--t {options.t}: there are the timesteps 0..{most}")


def _check_skips(options: Options, lanes: Sequence[Lane], entries: Sequence[LibraryEntry]) -> None:
    """Refuse a skip that the network which is looked into does not have (BadInput)."""
    from explorer.models.registry import anatomy_named

    entry = next((entry for entry in entries if lanes and entry.sha256 == lanes[0].checkpoint), None)
    if not options.skips_off or entry is None or entry.card is None:
        return
    parts = anatomy_named(entry.card.network.name, entry.card.network.config, *entry.card.data.shape[1:])
    levels = sorted({skip.level + 1 for skip in parts.skips}) if parts is not None else []
    if odd := [level for level in options.skips_off if level not in levels]:
        has = f"skips at the levels {', '.join(map(str, levels))}" if levels else "no skips"
        raise BadInput(f"--skip-off {odd[0]}: {entry.name} has {has}")
