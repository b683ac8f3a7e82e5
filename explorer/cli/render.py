"""`render`: the real window, off screen, saved when all that was asked for is shown."""

from __future__ import annotations

import contextlib
import os
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, get_args

import typer

from explorer.cli.display import require_libraries, require_qt
from explorer.cli.render_latent import LatentWish, LayerChoice, ShapeChoice, wish_for, with_latent
from explorer.errors import BadInput
from explorer.recipe import MAX_SAMPLES, MAX_SEED
from explorer.recipe.forward import ForwardSchedule

if TYPE_CHECKING:
    from explorer.app import Explorer
    from explorer.engine.messages import LibraryEntry
    from explorer.state.objective import ObjectiveState
    from explorer.state.session import Session

KINDS = {"reverse-chain": ("ddpm",), "compare": ("ddpm",), "latent": ("vae", "ae"), "objective": ("ddpm",), "forward": ("ddpm",)}
SMALLEST, LARGEST = (1024, 640), (7680, 4320)
SETTLE_MS, SETTLED_LOOKS = 40, 4
"""The window counts as idle when it has been so this often in a row."""


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


@dataclass(frozen=True, slots=True)
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


def render(
    workspace: Annotated[WorkspaceChoice, typer.Argument(help="Which workspace.")],
    out: Annotated[Path, typer.Option(help="Picture to write, a .png.")],
    size: Annotated[str, typer.Option(help="Width x height in pixels.")] = "1440x900",
    theme: Annotated[ThemeChoice, typer.Option(help="Colours.")] = ThemeChoice.dark,
    checkpoint: Annotated[list[str] | None, typer.Option(help="A file or a shipped name; compare takes several.")] = None,
    exact: Annotated[list[str] | None, typer.Option(help="An exact lane: mnist, an IDX or array file, or a folder of pictures.")] = None,
    t: Annotated[int | None, typer.Option("--t", min=0, help="Timestep that is shown (0, the image, if left out).")] = None,
    samples: Annotated[int | None, typer.Option(min=1, max=MAX_SAMPLES, help="Samples of each lane.")] = None,
    steps: Annotated[int | None, typer.Option(min=1, help="K of the T timesteps.")] = None,
    seed: Annotated[int | None, typer.Option(min=0, max=MAX_SEED, help="Determines all noise.")] = None,
    panel: Annotated[
        PanelChoice | None, typer.Option(help="Open this panel, too: unet looks inside the network, data-set at what it learned from.")
    ] = None,
    skip_off: Annotated[
        list[int] | None, typer.Option(min=1, max=8, help="With --panel unet: switch off the skip of this level, 1 is the finest.")
    ] = None,
    page: Annotated[PageChoice | None, typer.Option(help="Which page of forward is shown.")] = None,
    layer: Annotated[list[LayerChoice] | None, typer.Option(help="latent: only these layers; at most one after prior.")] = None,
    image: Annotated[int | None, typer.Option(min=0, max=2**31 - 1, help="latent: encode this test image.")] = None,
    point: Annotated[list[str] | None, typer.Option(help='latent: a point, "x,y".')] = None,
    stroke: Annotated[str | None, typer.Option(help='latent: a stroke through places, "x,y x,y".')] = None,
    shape: Annotated[ShapeChoice, typer.Option(help="latent: how the stroke goes between its places.")] = ShapeChoice.free,
    between: Annotated[bool, typer.Option("--paths", help="latent: the paths between the first two points.")] = False,
    run: Annotated[list[Path] | None, typer.Option(help="training: a run's folder; up to four are shown together.")] = None,
    timeout: Annotated[float, typer.Option(min=1, help="Seconds after which to give up.")] = 900,
) -> None:
    """Draw a workspace's window into a picture, without a screen; the session kept for the window is not touched."""
    width, height = parse_size(size)
    if out.suffix.lower() != ".png":
        raise BadInput(f"{out}: the picture's name must end in .png")
    if not out.parent.is_dir():
        raise BadInput(f"{out}: there is no folder {out.parent}")
    paths = tuple(_located(name) for name in checkpoint or ())
    off = tuple(sorted(set(skip_off or ())))
    plane = wish_for(layer or (), image, point or (), stroke, shape, between)
    shown = (panel and panel.value, off, page and page.value, tuple(exact or ()), plane)
    runs = tuple(str(folder.resolve()) for folder in run or ())
    wish = Wish(workspace.value, theme.value, paths, t, samples, steps, seed, *shown, runs)
    _check(wish)
    require_libraries()
    os.environ["QT_QPA_PLATFORM"] = "offscreen"
    require_qt()
    with _hushed():
        _draw(wish, out, width, height, timeout)


@contextlib.contextmanager
def _hushed() -> Iterator[None]:
    """Keep Qt from saying what its screenless platform does not do; everything else it says goes to stderr."""
    import sys

    from PySide6.QtCore import QMessageLogContext, QtMsgType, qInstallMessageHandler

    def tell(kind: QtMsgType, context: QMessageLogContext, text: str) -> None:
        if not text.startswith("This plugin does not support"):
            print(text, file=sys.stderr)

    before = qInstallMessageHandler(tell)
    try:
        yield
    finally:
        qInstallMessageHandler(before)


def parse_size(text: str) -> tuple[int, int]:
    """Width and height in "1440x900".

    Raises
    ------
    BadInput
        If it is not of that form, or the window does not fit into it.
    """
    found = re.fullmatch(r"(\d{1,5})[x×](\d{1,5})", text.strip())
    if found is None:
        raise BadInput(f"--size {text}: write it as WIDTHxHEIGHT, such as 1440x900")
    width, height = int(found[1]), int(found[2])
    if not (SMALLEST[0] <= width <= LARGEST[0] and SMALLEST[1] <= height <= LARGEST[1]):
        raise BadInput(f"--size {text}: must be between {SMALLEST[0]}x{SMALLEST[1]} and {LARGEST[0]}x{LARGEST[1]}")
    return width, height


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
        return msgspec.structs.replace(session, objective=_measured(session.objective, chosen, wish))
    name = "reverse" if wish.workspace == "reverse-chain" else "compare"
    state = getattr(session, name)
    sampler = Sampler(steps=COMPARE_STEPS if name == "compare" else None)
    if chosen:
        state = with_lanes(state, chosen, sampler)
    if wish.exact:
        state = _with_exact(state, wish, sampler, keep=bool(chosen))
    return msgspec.structs.replace(session, **{name: _set(state, wish)})


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


def _measured(state: ObjectiveState, chosen: Sequence[LibraryEntry], wish: Wish) -> ObjectiveState:
    """The objective of the chosen checkpoints; --samples says of how many images."""
    import msgspec

    from explorer.recipe import Lane

    lanes = tuple(Lane(entry.sha256, entry.path, entry.card.option) for entry in chosen if entry.card is not None)
    given = {"lanes": lanes or None, "images": wish.samples, "seed": wish.seed}
    recipe = msgspec.structs.replace(state.recipe, **{name: value for name, value in given.items() if value is not None})
    return msgspec.structs.replace(state, recipe=recipe, t=max(1, state.t if wish.t is None else wish.t))


def _located(name: str) -> str:
    from explorer.checkpoints.locate import locate

    return str(locate(name).resolve())


def _check(wish: Wish) -> None:
    if wish.workspace == "training":
        _check_runs(wish)
    elif wish.runs:
        raise BadInput(f"--run: of no meaning for {wish.workspace}; training takes it")
    if wish.exact and wish.workspace not in ("compare", "reverse-chain"):
        raise BadInput(f"--exact: of no meaning for {wish.workspace}; reverse-chain and compare take it")
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


def _entry(path: str, workspace: str, entries: Sequence[LibraryEntry]) -> LibraryEntry:
    entry = next(e for e in entries if os.path.realpath(e.path) == os.path.realpath(path))
    if entry.card is None:
        raise BadInput(entry.problem)
    if entry.card.kind not in KINDS[workspace]:
        wanted = " or ".join(kind.upper() for kind in KINDS[workspace])
        raise BadInput(f"{path}: is a {entry.card.kind}; {workspace} shows a {wanted}")
    return entry


def _draw(wish: Wish, out: Path, width: int, height: int, timeout: float) -> None:
    """Raises BadInput for what the person can set right, RuntimeError for a fault."""
    from explorer.app import Explorer
    from explorer.state.persistence import Loaded, Saved
    from explorer.state.session import Session

    problems: list[BaseException] = []

    def begin(session: Session, entries: Sequence[LibraryEntry]) -> tuple[Session, str]:
        try:
            return beginning(wish, session, entries), ""
        except BadInput as error:
            problems.append(error)
            return session, ""

    session = Session(workspace=wish.workspace, theme=wish.theme, recent=wish.checkpoints)  # type: ignore[arg-type]
    explorer = Explorer(Loaded(Saved(session=session), fresh=True), None, beginning=begin)
    try:
        explorer.window.resize(width, height)
        least = explorer.window.minimumSizeHint()
        if least.width() > width or least.height() > height:
            raise BadInput(f"--size {width}x{height}: {wish.workspace} needs at least {least.width()}x{least.height()}")
        explorer.show()
        _wait_until_idle(explorer, problems, timeout)
        _put_cursor(explorer, wish)
        _wait_until_idle(explorer, problems, timeout)
        if not explorer.window.grab().save(str(out), "PNG"):
            raise BadInput(f"{out}: cannot be written")
    finally:
        if not explorer.end():
            raise RuntimeError("the engine did not end")


def _put_cursor(explorer: Explorer, wish: Wish) -> None:
    """A cursor at the start may have gone with the sampling."""
    if wish.workspace == "reverse-chain":
        explorer.store.update_reverse(t=wish.t or 0)
    elif wish.workspace == "compare":
        explorer.store.update_compare(t=wish.t or 0)


def _wait_until_idle(explorer: Explorer, problems: list[BaseException], timeout: float) -> None:
    import time

    from PySide6.QtCore import QEventLoop, QTimer

    from explorer.engine.messages import Failed

    loop = QEventLoop()
    quiet = 0
    deadline = time.monotonic() + timeout

    def fail(failed: Failed) -> None:
        problems.append(RuntimeError(f"{failed.message}\n{failed.detail}") if failed.detail else BadInput(failed.message))

    def look() -> None:
        nonlocal quiet
        idle = explorer.has_begun and explorer.window.current.idle and not explorer.client.busy
        quiet = quiet + 1 if idle else 0
        if problems or quiet >= SETTLED_LOOKS or time.monotonic() > deadline:
            loop.quit()

    explorer.client.failed.connect(fail)
    timer = QTimer(interval=SETTLE_MS)
    timer.timeout.connect(look)
    timer.start()
    loop.exec()
    timer.stop()
    explorer.client.failed.disconnect(fail)
    if problems:
        raise problems[0]
    if quiet < SETTLED_LOOKS:
        raise BadInput(f"the window was not idle after {timeout:g} s: give it longer with --timeout, or fewer --steps or --samples")
