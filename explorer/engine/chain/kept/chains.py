"""The kept chains of an engine: what it finds, and what it adds. No torch."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Mapping
from functools import partial
from pathlib import Path
from typing import Self

import msgspec
import numpy as np

from explorer.diffusion.samplers.methods import METHODS
from explorer.engine.chain.kept import folder as folders
from explorer.engine.chain.kept.identity import Circumstances, circumstances, identity
from explorer.engine.chain.kept.lane import KeptLane, opened
from explorer.engine.chain.kept.layout import FORMAT, Described, Layout, Spoilt
from explorer.engine.chain.kept.writing import Recorder, Writer
from explorer.engine.chain.messages import LaneKey
from explorer.engine.chain.shown_lane import NORMS, ShownLane
from explorer.engine.desk import Desk
from explorer.engine.thread.messages import Done, SetKeptBudget, StartEngine
from explorer.engine.thread.requests import Steps
from explorer.recipe import Arithmetic, Change
from explorer.recipe.arithmetic import RunBy, size_class

OPEN = 32
"""Files that are held open for lanes that are shown."""
SHARE = 2
"""A chain that would take more than this part of the budget is not kept: it would drive out all others."""

Wishes = Mapping[tuple[str, int], RunBy]


class KeptChains:
    """Chains on disk.

    Attributes
    ----------
    budget : int or None
        Bytes on disk; 0 keeps nothing of this machine, None looks for nothing at all.
    arithmetic : Arithmetic or None
        The engine's; None where it is not known yet.
    wishes : mapping of (str, int) to RunBy
        What the person wants to run a network, by checkpoint and class of sizes: a chain that was sampled otherwise is not what is
        asked for, and is kept beside it.
    writer : Writer
    """

    def __init__(self, budget: int | None = None, arithmetic: Arithmetic | None = None, folder: Path | None = None) -> None:
        self.budget, self.arithmetic = budget, arithmetic
        self.wishes: Wishes = {}
        self.writer = Writer()
        self._folder = folder or folders.chains_folder()
        self._shipped: dict[str, Path] | None = None
        self._open: OrderedDict[LaneKey, KeptLane] = OrderedDict()

    @classmethod
    def at(cls, desk: Desk) -> Self:
        """None are looked for where no StartEngine says that they shall be."""
        return cls()

    # --- life ---

    def expect(self, request: StartEngine) -> None:
        """An engine is going to start: in the arithmetic that it took the last time, as far as that is known."""
        self.budget = request.kept_budget
        self.arithmetic = folders.arithmetic_for(self._folder, _asked(request)) if self.budget else None
        if self.arithmetic is not None:
            circumstances(self.arithmetic)  # versions of packages are looked up: not while the first chain is waited for
        self._wish(folders.wishes_in(self._folder) if self.budget and request.chosen else {})

    def started(self, request: StartEngine, arithmetic: Arithmetic | None, wishes: Wishes | None = None) -> None:
        """It has started. What was shown of kept chains until then stays as it was.

        Parameters
        ----------
        wishes : mapping, optional
            None where nothing is chosen for networks one by one.
        """
        self.budget, self.arithmetic = request.kept_budget, arithmetic
        if self.budget and arithmetic is not None:
            self.writer.put(partial(folders.remember_arithmetic, self._folder, _asked(request), arithmetic))
            self.writer.put(partial(folders.fit, self._folder, self.budget))
        self._wish(wishes or {})
        if wishes is not None:
            self._remember_wishes()

    def set_wishes(self, wishes: Wishes) -> None:
        """What the person wants now; remembered for the next start."""
        self._wish(wishes)
        self._remember_wishes()

    def _wish(self, wishes: Wishes) -> None:
        if wishes != self.wishes:
            self.wishes = dict(wishes)
            self._open.clear()

    def _remember_wishes(self) -> None:
        if self.budget:
            self.writer.put(partial(folders.remember_wishes, self._folder, self.wishes))

    def set_budget(self, nbytes: int) -> None:
        """Another budget, at once."""
        self.budget = nbytes
        self.writer.put(partial(folders.fit, self._folder, nbytes))

    # --- finding ---

    def find(self, key: LaneKey, shipped: bool = True) -> KeptLane | None:
        """A kept chain; None if there is none. A file that is spoilt is removed.

        Parameters
        ----------
        shipped : bool
            One that came with the app does as well: its pictures were made on another machine, and differ by less than can be seen.
        """
        if self.budget is None:
            return None
        known = self._open.get(key)
        if known is not None and (shipped or not known.origin):
            self._open.move_to_end(key)
            return known
        found = self._looked_for(key, shipped)
        if found is None or known is not None:
            return found
        self._open[key] = found
        while len(self._open) > OPEN:
            self._open.popitem(last=False)
        return found

    def _looked_for(self, key: LaneKey, from_elsewhere: bool) -> KeptLane | None:
        parent, after = None, ""
        if key.lane.edits:
            parent = self.find(_parent_of(key), from_elsewhere)
            if parent is None:
                return None
            after = parent.origin
        wished = self._wished(key)
        if self.arithmetic is not None and self.budget:
            path = folders.path_of(self._folder, identity(key, _here(self.arithmetic, wished), after))
            found = self._opened(path, key, parent, mine=True)
            if found is not None:
                folders.used(path)
                return found
        if not from_elsewhere or wished:
            return None
        if self._shipped is None:
            self._shipped = folders.shipped_chains()
        shipped = self._shipped.get(identity(key).digest)
        return None if shipped is None else self._opened(shipped, key, None, mine=False)

    @staticmethod
    def _opened(path: Path, key: LaneKey, parent: KeptLane | None, mine: bool) -> KeptLane | None:
        try:
            lane = opened(path, key, parent)
            if mine and (lane.packed or lane.digest != path.stem):
                raise Spoilt("another chain than its name says")
            return lane
        except FileNotFoundError:
            return None
        except (OSError, Spoilt, ValueError, MemoryError):
            if mine:
                folders.drop(path)
            return None

    # --- adding ---

    def recorder(self, lane: ShownLane, first: int, networks: tuple[RunBy, ...] = ()) -> Recorder | None:
        """What writes a lane that begins at its state `first`, its networks run so; None where it is not kept."""
        if not self.budget or self.arithmetic is None:
            return None
        drawn, wished = lane.key.lane.exact is not None, self._wished(lane.key)
        if not set(wished) <= set(networks):  # it could not be had after all
            return None
        who = identity(lane.key, _here(self.arithmetic, wished), lane.origin)
        told = Described(
            FORMAT, who, lane.image_shape, lane.course.K, len(lane.levels) - 1, first, drawn, notice=lane.notice, networks=networks,
            towards=METHODS[lane.course.method].keeps_towards,
            latent=lane.latent, value_range=lane.value_range,
        )  # fmt: skip
        layout = Layout(told)
        if layout.size > self.budget // SHARE:
            return None
        return Recorder(layout, folders.path_of(self._folder, who), self.writer, self._added)

    def _wished(self, key: LaneKey) -> tuple[RunBy, ...]:
        """What the person wants to run the networks of a lane."""
        if not self.wishes:
            return ()
        lane, size = key.lane, size_class(key.samples)
        checkpoints = {lane.checkpoint, *(edit.checkpoint for edit in lane.edits if isinstance(edit, Change))}
        return tuple(self.wishes[checkpoint, size] for checkpoint in sorted(checkpoints) if (checkpoint, size) in self.wishes)

    def _added(self) -> None:
        """On the writer's thread."""
        if self.budget:
            folders.fit(self._folder, self.budget)


def arrays_of(lane: ShownLane, drawn: dict[int, np.ndarray] | None = None) -> dict[str, np.ndarray]:
    """The small arrays of a finished lane, as a file has them; `drawn` of one that draws."""
    steps = lane.course.steps
    arrays = {
        "timesteps": np.array(lane.course.timesteps, np.int64),
        "alpha_bar": np.array([s.alpha_bar for s in steps] + [steps[-1].alpha_bar_prev]),
        "steps": np.array([[s.a0 for s in steps], [s.at for s in steps], [s.sigma for s in steps]]),
        "levels": np.array(lane.levels, np.float64),
        "norms": np.stack([lane.norms[name] for name in NORMS]),
    }
    if drawn is not None:
        arrays["drawn"] = np.full((lane.course.K, lane.key.samples), -1, np.int64)
        for k, row in drawn.items():
            arrays["drawn"][k] = row
    return arrays


def set_budget(request: SetKeptBudget, desk: Desk) -> Steps:
    """Answer a SetKeptBudget."""
    desk.of(KeptChains).set_budget(request.bytes)
    yield Done()


def _parent_of(key: LaneKey) -> LaneKey:
    return LaneKey(msgspec.structs.replace(key.lane, edits=key.lane.edits[:-1]), key.seed, key.samples)


def _here(arithmetic: Arithmetic, wished: tuple[RunBy, ...]) -> Circumstances:
    return circumstances(msgspec.structs.replace(arithmetic, networks=wished))


def _asked(request: StartEngine) -> tuple[str, str, bool]:
    return request.device, request.precision, request.throughout
