"""`replay`: an exported picture, film or array made again from the recipe inside it, and whether it is the same."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator, Sequence
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import msgspec
import typer

from explorer.cli import shared
from explorer.cli.told_options import takes_told
from explorer.errors import BadInput
from explorer.recipe import ChainRecipe, Lane, PlaneRecipe, Recipe, Shown
from explorer.recipe.quantities import QUANTITIES
from explorer.recipe.sampler import method_words
from explorer.recipe.shown import FPS, FPS_RANGE, FRAMES, FRAMES_RANGE, MAX_SCALE
from explorer.sampling.engines import engines_for, told
from explorer.sampling.finding import checkpoint_path, found

if TYPE_CHECKING:
    from explorer.engine.chain.export.messages import ExportLook
    from explorer.engine.engine import Engine
    from explorer.exports.comparing import Comparison, Difference

ROUNDING = 1e-5
"""Of values in [-1, 1]: what float32 leaves open over a chain; a grey level is 780 times as much."""


@takes_told("export")
def replay(
    export: Annotated[Path, typer.Argument(help="A file that this app exported, or a recipe .json.")],
    out: Annotated[Path, typer.Option(help="Picture .png, film .gif or .mp4, arrays .npz, or a page .html.")],
    device: shared.DeviceOption = "auto",
    scale: Annotated[
        int | None, typer.Option(min=1, max=MAX_SCALE, help="Pictures: pixels for each pixel of an image, if it was chosen.")
    ] = None,
    frames: Annotated[
        int | None,
        typer.Option(min=FRAMES_RANGE[0], max=FRAMES_RANGE[1], help="Films and pages: at most so many states; as the recipe says, or 100."),
    ] = None,
    fps: Annotated[
        float | None, typer.Option(min=FPS_RANGE[0], max=FPS_RANGE[1], help="Films: pictures a second; as the recipe says, or 24.")
    ] = None,
    force: shared.ForceOption = False,
    as_json: shared.JsonOption = False,
) -> None:
    """Make an export again from its recipe, in its arithmetic: lanes, branches, painting and all; says whether it is identical.

    With another ending than the export's, another kind of file of the same chains is made, and nothing is compared.
    """
    from explorer.exports.atomic import check_free, check_out
    from explorer.exports.embedded import recipe_of
    from explorer.exports.kinds import KINDS

    check_out(out, tuple(KINDS))
    if out.resolve() == export.resolve():
        raise BadInput(f"{out}: is the export itself; name another file")
    check_free(out, force=force)
    recipe = recipe_of(export)
    if recipe.step is not None:
        raise BadInput(f"{export}: its recipe is of a training step, which the window lays open: open the file there")
    if recipe.plane is None and (recipe.chain is None or not recipe.chain.lanes):
        raise BadInput(f"{export}: its recipe has no chain and no strip of decodings")
    same_kind = export.suffix.lower() == out.suffix.lower()
    compared = KINDS[out.suffix.lower()].compared
    if same_kind:
        _check_whole(export, compared)
    engines = engines_for(recipe.arithmetic, device)
    if recipe.plane is not None:
        ways = [_plane_way(export, recipe, recipe.plane, engines[0], out, scale)]  # decoders are always run in fp32
    else:
        assert recipe.chain is not None
        chain = found(recipe.chain)
        looks = list(_looks(recipe, chain, scale, frames, fps))
        ways = [partial(_make, engine, chain, look, out) for engine in engines for look in looks]
    note = told(export, recipe.arithmetic, engines[0])
    if note:
        shared.say(note, sys.stderr)
    if not same_kind:
        ways[0]()
        says, identical = "another kind of file: not compared", None
    else:
        difference = _nearest(partial(compared.differ, export, out), ways)
        identical = not difference.words
        says = f"identical to {export}" if identical else f"{_how_near(difference)} {export}: {difference.words}"
    if as_json:
        shared.print_json({"export": export, "out": out, "identical": identical, "says": says, "note": note})
    else:
        shared.say(f"{out}: {says}")


def _how_near(difference: Difference) -> str:
    """Of arrays that differ: a fast way to run a network may sum in another order from run to run, and a chain carries that on."""
    return "the same up to the rounding of float32 as" if difference.most <= ROUNDING else "not identical to"


def _check_whole(export: Path, compared: Comparison) -> None:
    """Refuse an export that cannot be compared with another, before one is made (BadInput)."""
    try:
        compared.check(export)
    except Exception as error:  # the readers raise many kinds for a damaged file
        raise BadInput(f"{export}: cannot be read: {error}") from None


def _plane_way(export: Path, recipe: Recipe, plane: PlaneRecipe, engine: Engine, out: Path, scale: int | None) -> Callable[[], None]:
    """A sheet of `decode`; a strip of decodings or a page of the plane, which the Latent workspace exports."""
    from explorer.cli.replay.plane import make_page, make_sheet, make_strips
    from explorer.exports.kinds import pages, single

    paths = tuple(checkpoint_path(model.source, model.checkpoint, model.told) for model in plane.models)
    shown = recipe.shown
    if scale is not None:
        shown = msgspec.structs.replace(shown if shown is not None else Shown(), scale=scale)
    if out.suffix.lower() in pages():
        return partial(make_page, plane, paths[0], engine, out)
    if shown is not None and shown.columns and out.suffix.lower() in single():
        return partial(make_sheet, msgspec.structs.replace(recipe, shown=shown), plane, paths[0], engine, out)
    return partial(make_strips, export, plane, paths, engine, out, shown)


def _nearest(differ: Callable[[], Difference], ways: Sequence[Callable[[], None]]) -> Difference:
    """Make the export again in one way after another until it is identical; the nearest is left, with its difference."""
    differences: list[Difference] = []
    for make in ways:
        make()
        differences.append(differ())
        if not differences[-1].words:
            return differences[-1]
    nearest = min(range(len(ways)), key=lambda way: differences[way][1:])
    if nearest != len(ways) - 1:
        ways[nearest]()
    return differences[nearest]


def _looks(recipe: Recipe, chain: ChainRecipe, scale: int | None, frames: int | None, fps: float | None) -> Iterator[ExportLook]:
    """How the export may have been drawn: labels and colours are the window's or the command line's."""
    from explorer.engine.chain.export.messages import ExportLook

    shown = recipe.shown if recipe.shown is not None else Shown()
    chosen = {name: 0 for name, value in (("scale", scale), ("frames", frames), ("fps", fps)) if value is not None}
    shown = msgspec.structs.replace(shown, **chosen)  # what is said here goes before what the recipe says
    palettes = ("dark", "light") if QUANTITIES[shown.quantity].diverging else ("dark",)
    for labels in [shown.names] if len(shown.names) == len(chain.lanes) else _labels(chain.lanes):
        for palette in palettes:
            yield ExportLook(shown, labels, None, palette, scale, frames or FRAMES, fps or FPS)  # type: ignore[arg-type]


def _labels(lanes: Sequence[Lane]) -> list[tuple[str, ...]]:
    """Of `sample`, then of the window; a lane alone has none drawn."""
    plain = tuple(f"{lane.option} · {Path(lane.source).stem} · {_steps(lane)} steps{method_words(lane.sampler)}" for lane in lanes)
    if len(lanes) == 1:
        return [plain]
    try:
        from explorer.views.shared.labels import lane_titles
    except ImportError:  # no Qt here: the command line's labels must do
        return [plain]
    return [plain, tuple(lane_titles(lanes))]


def _steps(lane: Lane) -> int:
    from explorer import sources

    if lane.sampler.steps is not None:
        return lane.sampler.steps
    schedule = sources.card(Path(lane.source), lane.told).schedule if lane.checkpoint else None
    return lane.schedule.T if lane.schedule is not None else schedule.T if schedule is not None else 1000


def _make(engine: Engine, chain: ChainRecipe, look: ExportLook, out: Path) -> None:
    from explorer.engine.chain.export.messages import ExportChain, ExportProgress

    outcomes = iter(engine.handle(ExportChain(chain, str(out), look), "replay"))
    next(outcomes, None)  # what cannot be is refused before a bar is drawn
    done = 0
    with shared.progress(0, "sampling", "step") as report:
        for outcome in outcomes:
            if isinstance(outcome, ExportProgress):
                report(max(0, outcome.done - done))
                done = outcome.done
