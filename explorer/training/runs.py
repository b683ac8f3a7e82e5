"""Runs on disk: where the window's own are, what each says of itself, its snapshots, and how it goes on. No torch."""

from __future__ import annotations

import contextlib
import os
import shlex
import time
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path

import msgspec
import psutil

from explorer.checkpoints.snapshots import SUFFIX, files_of_run, of_run
from explorer.errors import BadInput
from explorer.paths import state_folder
from explorer.processes import Process
from explorer.recipe.training import TrainRecipe
from explorer.regular_file import is_regular, read_whole
from explorer.resources import resource
from explorer.training.control import (
    CLOCK_SLACK,
    ENDED,
    MOST_NOTED,
    STATUS_NAME,
    Phase,
    RunStatus,
    Wish,
    alive,
    read_status,
    replace_whole,
    wished,
)

LAUNCH_NAME = "launch.json"
OUTPUT_NAME, ERRORS_NAME = "output.log", "errors.log"
GONE = "its process is gone: it was killed, or the machine went down"
MOST_A_DAY = 10_000
TAIL_BYTES = 4000
TAIL_LINES = 3


class Launch(msgspec.Struct, frozen=True, omit_defaults=True):
    """What the window notes of a run that it started.

    Attributes
    ----------
    command : tuple of str
        Arguments of `generative-explorer`.
    pid : int
        Of the process started last.
    launched : float
        When, in seconds since 1970.
    recipe : TrainRecipe or None
        None for a run that was typed and goes on from the window.
    speed : float
        Images a second, as last seen; 0 if never.
    memory : int
        Most bytes that its process was seen to hold; 0 if never.
    process : Process or None
        The process started last; None where it was gone at once, or an older version noted it.
    """

    command: tuple[str, ...]
    pid: int
    launched: float
    recipe: TrainRecipe | None = None
    speed: float = 0.0
    memory: int = 0
    process: Process | None = None

    @property
    def there(self) -> bool:
        """Whether the process is still there, and not another of its number; of another machine it may be."""
        if self.process is not None:
            return not self.process.is_here or self.process.is_there
        return there(self.pid, self.launched)


@dataclass(frozen=True, slots=True)
class Snapshot:
    """One checkpoint of a run, `step` updates into it."""

    path: str
    step: int


@dataclass(frozen=True, slots=True)
class Run:
    """A run as it is now.

    Attributes
    ----------
    folder : Path
    launch : Launch or None
        None for a run that was typed.
    status : RunStatus or None
        None before it has said anything.
    phase : Phase
        What it says, or what has become of it.
    message : str
        Why it failed.
    wish : Wish
        What it is asked for and has not done yet.
    """

    folder: Path
    launch: Launch | None
    status: RunStatus | None
    phase: Phase
    message: str = ""
    wish: Wish = ""

    @property
    def recorded(self) -> bool:
        """Whether it comes with the app: to be read, not to go on or to be deleted."""
        return self.folder.parent == resource("checkpoints")

    @property
    def elsewhere(self) -> str:
        """The machine that a run at work is on, where that is another."""
        known = self.status.process if self.status is not None else self.launch.process if self.launch is not None else None
        return known.host if self.live and known is not None and not known.is_here else ""

    @property
    def live(self) -> bool:
        """Whether it is at work, or waits to go on."""
        return self.phase not in ENDED

    @property
    def kind(self) -> str:
        """ddpm, vae, ae or classifier."""
        if self.status is not None:
            return self.status.kind
        return self.launch.command[1] if self.launch is not None and len(self.launch.command) > 1 else "ddpm"

    @property
    def option(self) -> str:
        """Of a ddpm; else empty."""
        if self.status is not None:
            return self.status.option
        return self.recipe.model[0] if self.recipe is not None and self.recipe.is_ddpm else ""

    @property
    def command(self) -> str:
        """What a person would type."""
        if self.launch is not None:
            return "generative-explorer " + shlex.join(self.launch.command)
        return self.status.command if self.status is not None else ""

    @property
    def dataset(self) -> str:
        """What it learns from, as the window calls it: a run on another machine says of itself what it is called there."""
        words = self.launch.command if self.launch is not None else ()
        said = [after for word, after in pairwise(words) if word == "--dataset"]
        said += [word.removeprefix("--dataset=") for word in words if word.startswith("--dataset=")]
        return said[-1] if said else self.status.dataset if self.status is not None else ""

    @property
    def recipe(self) -> TrainRecipe | None:
        """What the window was asked for; None for a run that was typed."""
        return self.launch.recipe if self.launch is not None else None

    @property
    def timesteps(self) -> int:
        """T of a ddpm, as far as it is known."""
        usual = self.recipe or TrainRecipe()
        return self.status.timesteps or usual.timesteps if self.status is not None else usual.timesteps


def runs_folder() -> Path:
    """Where the runs of the window are; may not exist yet."""
    return state_folder() / "runs"


def look(folder: Path) -> Run | None:
    """What is in a folder; None if it is no run's."""
    status, launch = read_status(folder), read_launch(folder)
    if launch is not None and (status is None or status.updated < launch.launched):
        if launch.there:
            return Run(folder, launch, status, "starting")
        return Run(folder, launch, status, "failed", _last_words(folder) or "it ended before it began")
    if status is None:
        return None
    if status.phase in ENDED:
        return Run(folder, launch, status, status.phase, status.message)
    if alive(status):
        wish = wished(folder)
        return Run(folder, launch, status, status.phase, wish="" if (wish == "pause") == (status.phase == "paused") else wish)
    return Run(folder, launch, status, "failed", _last_words(folder) or GONE)


def there(pid: int, started: float) -> bool:
    """Whether that process is still there, and not another of its number."""
    try:
        process = psutil.Process(pid)
        return process.create_time() <= started + CLOCK_SLACK + 1 and process.status() != psutil.STATUS_ZOMBIE
    except (psutil.Error, ValueError):
        return False


def memory_of(run: Run) -> int:
    """Bytes that a live run's process holds; 0 if that cannot be known."""
    pid = run.status.pid if run.status is not None else run.launch.pid if run.launch is not None else 0
    try:
        return int(psutil.Process(pid).memory_info().rss) if run.live and pid and not run.elsewhere else 0
    except (psutil.Error, ValueError):
        return 0


def recorded() -> tuple[Run, ...]:
    """The runs that come with the app: of shipped checkpoints whose run is told of beside their snapshots; the VAE's first."""
    folders = sorted((path.parent for path in resource("checkpoints").glob(f"*/{STATUS_NAME}")), reverse=True)
    return tuple(run for run in map(look, folders) if run is not None)


def listed(others: Iterable[str] = ()) -> tuple[Run, ...]:
    """The window's own runs and those in `others`, the newest first."""
    own: list[Path] = []
    with contextlib.suppress(OSError):
        own = [path for path in runs_folder().iterdir() if path.is_dir()]
    found = [look(folder) for folder in dict.fromkeys([*own, *(Path(other) for other in others)])]
    return tuple(sorted((run for run in found if run is not None), key=_began, reverse=True))


def _began(run: Run) -> tuple[float, str]:
    times = [run.launch.launched if run.launch is not None else 0.0, run.status.started if run.status is not None else 0.0]
    return max(times), run.folder.name


def free_folder(recipe: TrainRecipe) -> Path:
    """The folder that a run of the window would have if it began now; not made."""
    return next((folder for folder in _folders(recipe) if not folder.exists()), runs_folder())


def _folders(recipe: TrainRecipe) -> Iterator[Path]:
    base = {"A all": "ddpm-a-all"}.get(recipe.model, f"ddpm-{recipe.model.lower()}" if recipe.is_ddpm else recipe.model)
    stem = f"{time.strftime('%Y-%m-%d')}-{base}"
    for number in range(1, MOST_A_DAY):
        yield runs_folder() / (stem if number == 1 else f"{stem}-{number}")


def new_folder(recipe: TrainRecipe) -> Path:
    """A fresh folder for a run of the window, made.

    Raises
    ------
    BadInput
        If it cannot be made.
    """
    for folder in _folders(recipe):
        try:
            folder.mkdir(parents=True)
        except FileExistsError:
            continue
        except OSError as error:
            raise BadInput(f"{folder}: cannot be written: {error.strerror}") from None
        return folder
    raise BadInput(f"{runs_folder()}: holds too many runs of today")


def read_launch(folder: Path) -> Launch | None:
    """What was noted of a run; None where nothing is that can be read."""
    try:
        return msgspec.json.decode(read_whole(folder / LAUNCH_NAME, MOST_NOTED), type=Launch)
    except (OSError, ValueError, BadInput, RecursionError):
        return None


def write_launch(folder: Path, launch: Launch) -> None:
    """Note it, whole; a folder that cannot be written keeps what it has (OSError)."""
    replace_whole(folder / LAUNCH_NAME, msgspec.json.encode(launch))


def going_on(run: Run) -> list[str]:
    """Arguments of `generative-explorer` with which a run goes on, but for --resume.

    Raises
    ------
    BadInput
        If what was typed is not known.
    """
    try:
        parts = list(run.launch.command) if run.launch is not None else shlex.split(run.command)[1:]
    except ValueError:
        parts = []
    if parts[:1] != ["train"] or "--out" not in parts[:-1]:
        raise BadInput(f"{run.folder}: its command is not known, so that it cannot go on from here")
    kind, rest = parts[1:2], parts[2:]
    if kind and kind[0].startswith("-"):
        kind, rest = [], parts[1:]
    return ["train", *kind, "--out", str(run.folder), *_without(rest, "--out", "--resume", "--json")]


def _without(words: list[str], named: str, *switches: str) -> list[str]:
    """Words of a command without an option, however often and in whatever form, and without switches."""
    left, given = [], iter(words)
    for word in given:
        if word == named:
            next(given, None)
        elif not word.startswith(f"{named}=") and word not in switches and word != "--":
            left.append(word)
    return left


def snapshots(run: Run) -> tuple[Snapshot, ...]:
    """Checkpoints of a run in the order of training."""
    per_epoch = run.status.steps // max(1, run.status.epochs) if run.status is not None else 0
    found: dict[int, Snapshot] = {}
    last: Path | None = None
    for path in files_of_run(run.folder):
        kind, number = of_run(path.name) or ("final", 0)
        if kind == "final":
            last = path
        else:
            step = number * (per_epoch if kind == "epoch" else 1)
            found[step] = Snapshot(str(path), step)
    beside = run.folder.with_name(run.folder.name + SUFFIX)
    if run.recorded and run.status is not None and beside.is_file():
        found[run.status.steps] = Snapshot(str(beside), run.status.steps)  # a checkpoint that is handed on lies beside its folder
    if not found and last is not None:
        step = run.status.step if run.status is not None else 0
        found[step] = Snapshot(str(last), step)
    return tuple(found[step] for step in sorted(found))


def at_step(known: tuple[Snapshot, ...], step: int | None) -> Snapshot | None:
    """The snapshot nearest to an update; the newest for None; None if there is none."""
    if not known:
        return None
    return known[-1] if step is None else min(known, key=lambda snapshot: abs(snapshot.step - step))


def _last_words(folder: Path) -> str:
    """Last lines that a run wrote to stderr."""
    try:
        if not is_regular(folder / ERRORS_NAME):
            return ""
        with open(folder / ERRORS_NAME, "rb") as file:
            file.seek(0, os.SEEK_END)
            file.seek(max(0, file.tell() - TAIL_BYTES))
            text = file.read(TAIL_BYTES).decode(errors="replace")
    except OSError:
        return ""
    lines = [line.strip() for line in text.splitlines() if line.strip()]
    return "\n".join(lines[-TAIL_LINES:])
