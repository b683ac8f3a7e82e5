"""`render`: the real window, off screen, saved when all that was asked for is shown."""

from __future__ import annotations

import contextlib
import os
import re
import sys
import traceback
from collections.abc import Iterator, Sequence
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, Annotated

import typer

from explorer.cli import shared
from explorer.cli.display import require_libraries, require_qt
from explorer.cli.reading_options import BackgroundOption, LabelsOption, MemberOption, RangeOption, reading
from explorer.cli.render.document import document_at, document_for, shown_document
from explorer.cli.render.latent_options import LayerChoice, ShapeChoice, options_for
from explorer.cli.render.options import Options, PageChoice, PanelChoice, ThemeChoice, WorkspaceChoice
from explorer.cli.render.rooms import beginning, check
from explorer.cli.sampler_options import SamplerOption
from explorer.cli.told_options import takes_told
from explorer.cli.window import allow_python
from explorer.errors import BadInput
from explorer.recipe import MAX_SAMPLES, MAX_SEED
from explorer.recipe.labels import labels_of
from explorer.state.session import part_of

if TYPE_CHECKING:
    from explorer.app import Explorer
    from explorer.engine.models.messages import LibraryEntry
    from explorer.state.document import Document
    from explorer.state.session import Session

SMALLEST, LARGEST = (1024, 640), (7680, 4320)
SETTLE_MS, SETTLED_LOOKS = 40, 4
"""The window counts as idle when it has been so this often in a row."""


@takes_told("checkpoint", in_window=True)
def render(
    workspace: Annotated[WorkspaceChoice, typer.Argument(help="Which workspace.")],
    out: Annotated[Path, typer.Option(help="Picture to write, a .png.")],
    size: Annotated[str, typer.Option(help="Width x height in pixels.")] = "1440x900",
    theme: Annotated[ThemeChoice, typer.Option(help="Colours.")] = ThemeChoice.dark,
    checkpoint: Annotated[list[str] | None, typer.Option(help="A file or a shipped name; compare takes several.")] = None,
    exact: Annotated[
        list[str] | None, typer.Option(help="An exact lane: mnist, emoji, an IDX or array file, or a folder of pictures.")
    ] = None,
    values: RangeOption = "auto",
    member: MemberOption = "",
    label_member: LabelsOption = "",
    background: BackgroundOption = "white",
    t: Annotated[int | None, typer.Option("--t", min=0, help="Timestep that is shown (0, the image, if left out).")] = None,
    samples: Annotated[int | None, typer.Option(min=1, max=MAX_SAMPLES, help="Samples of each lane.")] = None,
    steps: Annotated[int | None, typer.Option(min=1, help="K of the T timesteps.")] = None,
    sampler: SamplerOption = None,
    seed: Annotated[int | None, typer.Option(min=0, max=MAX_SEED, help="Determines all noise.")] = None,
    label: shared.LabelOption = None,
    guidance: shared.GuidanceOption = 0.0,
    panel: Annotated[
        PanelChoice | None,
        typer.Option(help="Open this panel, too: unet (inside the network), data-set (what it learned from); objective: likelihood."),
    ] = None,
    skip_off: Annotated[
        list[int] | None, typer.Option(min=1, max=8, help="With --panel unet: switch off the skip of this level, 1 is the finest.")
    ] = None,
    page: Annotated[PageChoice | None, typer.Option(help="Which page of forward, training or variational is shown.")] = None,
    layer: Annotated[list[LayerChoice] | None, typer.Option(help="latent: only these layers; at most one after prior.")] = None,
    image: Annotated[int | None, typer.Option(min=0, max=2**31 - 1, help="latent: encode this test image.")] = None,
    point: Annotated[list[str] | None, typer.Option(help='latent: a point, "x,y".')] = None,
    stroke: Annotated[str | None, typer.Option(help='latent: a stroke through places, "x,y x,y".')] = None,
    shape: Annotated[ShapeChoice, typer.Option(help="latent: how the stroke goes between its places.")] = ShapeChoice.free,
    between: Annotated[bool, typer.Option("--paths", help="latent: the paths between the first two points.")] = False,
    chains: Annotated[
        str | None, typer.Option(help="latent: reverse chains of a ddpm of its codes, at --t: a file or a shipped name.")
    ] = None,
    sweep: Annotated[str | None, typer.Option(help="compare: every lane once for each value of a setting, such as steps=10,25,50.")] = None,
    grid: Annotated[bool, typer.Option("--grid", help="compare: small multiples, lanes against samples.")] = False,
    quantity: Annotated[
        str | None,
        typer.Option(metavar="NAME", help="What of each lane is shown: x_t, x0_hat, eps_hat, mean, z, …; a wrong one names all."),
    ] = None,
    run_python: shared.RunPythonOption = False,
    run: Annotated[list[Path] | None, typer.Option(help="training: a run's folder; up to four are shown together.")] = None,
    force: shared.ForceOption = False,
    session: Annotated[Path | None, typer.Option(help="Draw what is in this document (.gexplore), or session (.json).")] = None,
    bookmark: Annotated[str | None, typer.Option(help="With --session: at the bookmark of this name, or number.")] = None,
    timeout: Annotated[float, typer.Option(min=1, help="Seconds after which to give up.")] = 900,
) -> None:
    """Draw a workspace's window into a picture, without a screen; the session kept for the window is not touched."""
    from explorer.exports.atomic import check_free, check_out

    width, height = parse_size(size)
    check_out(out, (".png",))
    check_free(out, force=force)
    if run_python:
        allow_python(checkpoint or ())
    paths = tuple(_located(name) for name in checkpoint or ())
    off = tuple(sorted(set(skip_off or ())))
    plane = options_for(layer or (), image, point or (), stroke, shape, between, "" if chains is None else _located(chains))
    runs = tuple(str(folder.resolve()) for folder in run or ())
    options = Options(
        workspace=workspace.value, theme=theme.value, checkpoints=paths, t=t, samples=samples, steps=steps, seed=seed,
        sampler=sampler and str(sampler),
        panel=panel and panel.value, skips_off=off, page=page and page.value, exact=tuple(exact or ()), latent=plane, runs=runs,
        sweep=sweep, grid=grid, labels=None if label is None else labels_of(label), guidance=guidance,
        read=reading(exact, "--exact", values, member, background, label_member),
        quantity=quantity,
        session=None if session is None else str(session), bookmark=bookmark,
    )  # fmt: skip
    check(options)
    opened = None if session is None else document_for(options)
    require_libraries()
    os.environ["QT_QPA_PLATFORM"] = "offscreen"
    require_qt()
    with _hushed():
        _draw(options, out, width, height, timeout, opened)


@contextlib.contextmanager
def _hushed() -> Iterator[None]:
    """Keep Qt from saying what its screenless platform does not do; everything else it says goes to stderr."""
    from PySide6.QtCore import QMessageLogContext, QtMsgType, qInstallMessageHandler

    def tell(kind: QtMsgType, context: QMessageLogContext, text: str) -> None:
        if not text.startswith("This plugin does not support"):
            print(text, file=sys.stderr)

    before = qInstallMessageHandler(tell)
    try:
        yield
    finally:
        qInstallMessageHandler(before)


@contextlib.contextmanager
def exceptions_to(problems: list[BaseException]) -> Iterator[None]:
    """Keep what the window's own code raises: Qt goes on after it, and what is waited for may never come."""
    before = sys.excepthook

    def keep(kind: type[BaseException], error: BaseException, trace: TracebackType | None) -> None:
        problems.append(error)
        traceback.clear_frames(trace)  # a painter in one would go on, and end the process when it goes

    sys.excepthook = keep
    try:
        yield
    finally:
        sys.excepthook = before


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


def _located(name: str) -> str:
    from explorer import sources

    return str(sources.located(name).resolve())


def _draw(options: Options, out: Path, width: int, height: int, timeout: float, opened: Document | None) -> None:
    """Raises BadInput for what the person can set right, RuntimeError for a fault."""
    from explorer.app import Explorer
    from explorer.state.persistence import Loaded, Saved
    from explorer.state.session import Session
    from explorer.widgets.pictures.picture_file import write_picture

    problems: list[BaseException] = []

    def begin(session: Session, entries: Sequence[LibraryEntry]) -> tuple[Session, str]:
        try:
            if opened is not None:
                return shown_document(options, opened, session, entries), ""
            return beginning(options, session, entries), ""
        except Exception as error:  # what is raised in a slot would be lost, and the window waited for in vain
            problems.append(BadInput(str(error)) if isinstance(error, ValueError) else error)
            return session, ""

    recent = (*options.checkpoints, *([options.latent.chains] if options.latent.chains else []))
    session = Session(workspace=options.workspace, theme=options.theme, recent=recent)  # type: ignore[arg-type]
    explorer = Explorer(Loaded(Saved(session=session), fresh=True), None, beginning=begin, chooses=True)
    try:
        explorer.window.resize(width, height)
        least = explorer.window.minimumSizeHint()
        if least.width() > width or least.height() > height:
            raise BadInput(f"--size {width}x{height}: {options.workspace} needs at least {least.width()}x{least.height()}")
        with exceptions_to(problems):
            explorer.show()
            _wait_until_idle(explorer, problems, timeout)
            _put_cursor(explorer, options, opened)
            _wait_until_idle(explorer, problems, timeout)
        write_picture(explorer.window.grab().toImage(), out)
    finally:
        if not explorer.end():
            raise RuntimeError("the engine did not end")


def _put_cursor(explorer: Explorer, options: Options, opened: Document | None) -> None:
    """A cursor at the start may have gone with the sampling."""
    part = part_of(options.workspace)
    if part in ("reverse", "compare"):
        t = getattr(document_at(options, opened), part).t if opened is not None else 0
        update = explorer.store.update_reverse if part == "reverse" else explorer.store.update_compare
        update(t=t if options.t is None else options.t)


def _wait_until_idle(explorer: Explorer, problems: list[BaseException], timeout: float) -> None:
    import time

    from PySide6.QtCore import QEventLoop, QTimer

    from explorer.engine.thread.messages import Failed

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
