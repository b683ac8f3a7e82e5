"""What goes to the engine and what comes back: requests, results, and what their contents say of themselves.

Contents are frozen values without torch and Qt, so that the window can make them and a process elsewhere read them. Arrays are
contiguous, read-only numpy. "Tiles" are display pictures, uint8 of shape (N, H, W, 3): grey with [-1, 1] mapped to [0, 255] for
images, a diverging map centred on 0 for eps_hat, z and differences.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import ClassVar


class Payload:
    """What is asked for: base of frozen dataclasses.

    Attributes
    ----------
    answered_by : str
        "module:function" of its handler. A name and no function: its module needs torch, and is imported when first asked.
        A decorator that registers handlers would have all of these modules imported, or listed, before the first request.
    answered_early : str
        "module:function" of what may answer it before torch is there, from what is kept; its module has no torch. It gives an iterator
        of all outcomes, or None for what it cannot: then the handler answers. Empty for what only the handler knows.
    background : bool
        Whether it gives way, between steps, to requests that do not.
    """

    __slots__ = ()
    answered_by: ClassVar[str]
    answered_early: ClassVar[str] = ""
    background: ClassVar[bool] = False


class Outcome:
    """What came of it: base of frozen dataclasses.

    Attributes
    ----------
    partial : bool
        More will come: it is never the last. A field where that differs from one outcome to the next.
    progress : bool
        As `partial`, and a newer one takes the place of an older one that the window has not taken yet.
    bulk : bool
        Goes after all others where the way is slow.
    """

    __slots__ = ()
    partial: bool = False
    progress: ClassVar[bool] = False
    bulk: ClassVar[bool] = False

    def looks(self, room: float) -> Iterator[Outcome]:
        """Smaller ones that can be shown until this has come, where the way is slow: the finest first, none if there are none.

        The first is as exact as this one in what it has. Of the others, all but the last may be left out if they surely take more than
        `room` bytes.
        """
        return iter(())


Steps = Iterator[Outcome | None]
"""An answer under way: its outcomes, the last one last, and None at cancel points."""


@dataclass(frozen=True, slots=True)
class NamedFile:
    """A file or folder of the window's machine that a request on its way to another names.

    Attributes
    ----------
    name : str
        As it is named.
    path : str
        Absolute.
    stamp : (int, int)
        Its time and size, or those of all its files: as long as they are the same, so is what is in them.
    shipped : str
        Where it is among the files that come with the app; empty if it is none of them.
    """

    name: str
    path: str
    stamp: tuple[int, int]
    shipped: str = ""


@dataclass(frozen=True, slots=True)
class Request:
    """A payload on its way to the engine.

    Attributes
    ----------
    request_id : int
        Unique in the process.
    channel : str
        Requests of one channel supersede each other, unless `queued`.
    generation : int
        Of the channel, when it was sent; results of an older generation are dropped.
    queued : bool
        Keep every request of the channel, in order.
    files : tuple of NamedFile
        Of a request to another machine: what it names of this one.
    """

    request_id: int
    channel: str
    generation: int
    payload: Payload
    queued: bool = False
    files: tuple[NamedFile, ...] = ()


@dataclass(frozen=True, slots=True, eq=False)
class Result:
    """An outcome on its way to the window, with the request's id, channel and generation.

    `last` says that no more will come for this request.
    """

    request_id: int
    channel: str
    generation: int
    outcome: Outcome
    last: bool = True
