"""What runs a lane's network: the ways that were measured on this machine, and which of them the person wants."""

from __future__ import annotations

from dataclasses import dataclass

from explorer.engine.chain.messages import LaneKey
from explorer.engine.thread.requests import Outcome, Payload


@dataclass(frozen=True, slots=True)
class ShowWays(Payload):
    """The ways to run a lane's network at its number of samples. Answer: WaysShown."""

    answered_by = "explorer.engine.chain.answers:show_ways"

    key: LaneKey


@dataclass(frozen=True, slots=True)
class SetWay(Payload):
    """Run a lane's network so from now on, on this machine and at about as many samples. Answer: WaysShown.

    Every lane of that network is sampled anew when it is asked for next; what is kept on disk was sampled in the way that it names.
    It fails (BadInput) if that was not measured, or while such a lane is being exported.

    Attributes
    ----------
    wish : str
        Of a Way; empty for the fastest.
    """

    answered_by = "explorer.engine.chain.answers:set_way"

    key: LaneKey
    wish: str = ""


@dataclass(frozen=True, slots=True)
class MeasureAgain(Payload):
    """Measure the ways to run a lane's network, whatever is known of them. Answer: WaysShown."""

    answered_by = "explorer.engine.chain.answers:measure_again"
    background = True

    key: LaneKey


@dataclass(frozen=True, slots=True)
class Way:
    """One way to run a network.

    Attributes
    ----------
    wish : str
        "backend/precision".
    title : str
        For people: "Native kernel · bf16".
    gain : float
        How many times as fast as plain PyTorch in fp32, on average over the timesteps; 0 where that is not known.
    up_to, T : int
        At t = 1..up_to of 1..T; beyond that it is not close enough to fp32, and an exact way runs it.
    """

    wish: str
    title: str
    gain: float
    up_to: int
    T: int


@dataclass(frozen=True, slots=True)
class WaysShown(Outcome):
    """What can run a lane's network.

    Attributes
    ----------
    key : LaneKey
    ways : tuple of Way
        Those that were measured and are of use, the fastest first; none where nothing was measured.
    fastest : Way or None
        The one that runs it where the person wants no other.
    wish : str
        What the person wants; empty for the fastest.
    busy : bool
        They were measured while the machine did much else.
    is_open : bool
        It is chosen here: the person has named no device, and the lane has a network.
    only : str
        Why there is nothing to choose from; empty where there may be.
    """

    key: LaneKey
    ways: tuple[Way, ...] = ()
    fastest: Way | None = None
    wish: str = ""
    busy: bool = False
    is_open: bool = False
    only: str = ""
