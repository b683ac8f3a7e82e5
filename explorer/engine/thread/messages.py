"""The engine itself: its start, its memory, and the ends that every request can come to."""

from __future__ import annotations

from dataclasses import dataclass, field

from explorer.engine.thread.requests import Outcome, Payload
from explorer.recipe.arithmetic import RunBy


@dataclass(frozen=True, slots=True)
class StartEngine(Payload):
    """Import torch, choose the device. Answer: EngineReady.

    Attributes
    ----------
    device : str
        A place of explorer.backends: auto, cpu, cuda or mps, or another backend's.
    precision : str
        "auto", or one of the backend's: auto is bf16 where the device has units for it.
    frame_budget : int
        Bytes of frames kept for scrubbing.
    throughout : bool
        bf16 at every timestep, rather than only where it is close enough to fp32.
    kept_budget : int or None
        Bytes of finished chains kept on disk. 0 keeps none, and those that came with the app are still shown; None shows only what
        is computed now.
    chosen : bool
        Choose for each network of a chain what runs it, in the place of device's backend and precision.
    measured : bool
        By measuring, where it has not been; else what was measured is taken, or what is ready at once.
    networks : tuple of RunBy
        For these it is chosen: as an export says.
    """

    answered_by = "explorer.engine.starting:start"
    answered_early = "explorer.engine.chain.kept.early:start"

    device: str = "auto"
    precision: str = "auto"
    frame_budget: int = 512 * 2**20
    throughout: bool = False
    kept_budget: int | None = None
    chosen: bool = False
    measured: bool = True
    networks: tuple[RunBy, ...] = ()


@dataclass(frozen=True, slots=True)
class SetFrameBudget(Payload):
    """Bytes of frames kept for scrubbing. Answer: Done."""

    answered_by = "explorer.engine.chain.frames:set_budget"

    bytes: int


@dataclass(frozen=True, slots=True)
class SetKeptBudget(Payload):
    """Bytes of finished chains kept on disk. Answer: Done."""

    answered_by = "explorer.engine.chain.kept.chains:set_budget"

    bytes: int


@dataclass(frozen=True, slots=True)
class EngineReady(Outcome):
    """The engine is up: "CPU", "CUDA · name" or "MPS"; "fp32" or "bf16"."""

    device: str
    precision: str
    torch_version: str


@dataclass(frozen=True, slots=True)
class Done(Outcome):
    """Done; nothing to show."""


@dataclass(frozen=True, slots=True)
class Failed(Outcome):
    """The request could not be answered.

    Attributes
    ----------
    message : str
        One line for the person: what, and what to try.
    detail : str
        Traceback, for a report; empty for bad input.
    request : Payload or None
        What could not be answered; None of what the window itself says.
    path : str
        The file that was bad input, as it was asked for; empty where there is none, or it is not known.
    asks : bool
        That file opens once something is told of it: ask for it.
    """

    message: str
    detail: str = ""
    request: Payload | None = field(default=None, repr=False, compare=False)
    path: str = field(default="", compare=False)
    asks: bool = field(default=False, compare=False)

    @property
    def is_bad_input(self) -> bool:
        """Whether it is for the person to set right, rather than a fault or a want of memory."""
        return not self.detail


@dataclass(frozen=True, slots=True)
class EngineDown(Failed):
    """The engine cannot start, or has stopped: no request is answered in any other way until it is started again.

    Attributes
    ----------
    has_started : bool
        Whether it did start, and stopped later.
    goes_on : bool
        It was started again by itself, and what was asked is asked again: nothing is lost but time.
    can_retry : bool
        It can be started again when the person wants it.
    advice : str
        What may keep it from happening again; empty if nothing is known.
    back : str
        What to say once it is there again; empty where that goes without saying.
    """

    has_started: bool = False
    goes_on: bool = False
    can_retry: bool = False
    advice: str = ""
    back: str = ""


@dataclass(frozen=True, slots=True)
class Cancelled(Outcome):
    """The request was cancelled before it was done."""
