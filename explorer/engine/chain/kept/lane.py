"""A chain that is kept, as it is shown. No torch."""

from __future__ import annotations

import weakref
import zlib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any, BinaryIO, Protocol

import numpy as np

from explorer.diffusion.noise import noise_arrays
from explorer.diffusion.parameterization import mean_from_x0
from explorer.diffusion.plan import Plan
from explorer.diffusion.posterior import Posterior
from explorer.engine.chain.frames import Frame
from explorer.engine.chain.kept.layout import LARGE, SMALL, Described, Layout, Spoilt, described, read_array
from explorer.engine.chain.messages import LaneKey, LanePlanned
from explorer.engine.chain.shown_lane import NORMS, ShownLane
from explorer.recipe import Sampler


class NotKept(Exception):
    """What is asked for is not in the file, and does not follow from it without the network."""


class States(Protocol):
    """States of a chain and what was predicted at them, by the index k of the state: float32 arrays (N, C, H, W)."""

    def x(self, k: int) -> np.ndarray:
        """State k."""
        ...

    def x0_hat(self, k: int) -> np.ndarray:
        """Prediction of the step from state k."""
        ...

    def towards(self, k: int) -> np.ndarray | None:
        """What the step from state k goes towards, where that is kept."""
        ...


class OnDisk:
    """Read when they are asked for.

    The file stays open: whoever removes it meanwhile takes nothing away from who shows it.
    """

    def __init__(self, file: BinaryIO, layout: Layout) -> None:
        self._file, self._places, self._first = file, layout.places, layout.of.first
        weakref.finalize(self, file.close)

    def x(self, k: int) -> np.ndarray:
        """As of `States`."""
        return read_array(self._file, self._places["x"], k - self._first)

    def x0_hat(self, k: int) -> np.ndarray:
        """As of `States`."""
        return read_array(self._file, self._places["x0_hat"], k - self._first)

    def towards(self, k: int) -> np.ndarray | None:
        """As of `States`."""
        return read_array(self._file, self._places["towards"], k - self._first) if "towards" in self._places else None


class Unpacked:
    """States that follow from x0_hat and the shared noise (MATH.md, "Shared noise"): x_{t-1} = mean + sigma_t z_t."""

    def __init__(self, x0_hat: np.ndarray, course: Plan, seed: int) -> None:
        self._x0_hat = x0_hat.astype(np.float32)
        count, shape = x0_hat.shape[1], x0_hat.shape[2:]
        self._x = np.empty((course.K + 1, count, *shape), np.float32)
        self._x[0] = noise_arrays(seed, range(count), 0, shape)
        for k, step in enumerate(course.steps):
            mean = mean_from_x0(self._x[k], self._x0_hat[k], step)
            if step.sigma > 0:
                mean = mean + step.sigma * noise_arrays(seed, range(count), course.timesteps[k], shape)  # type: ignore[assignment]
            self._x[k + 1] = mean

    def x(self, k: int) -> np.ndarray:
        """As of `States`."""
        found: np.ndarray = self._x[k].copy()
        return found

    def x0_hat(self, k: int) -> np.ndarray:
        """As of `States`."""
        found: np.ndarray = self._x0_hat[k].copy()
        return found

    def towards(self, k: int) -> np.ndarray | None:
        """As of `States`: no chain with such steps comes with the app."""
        return None


class KeptLane(ShownLane):
    """A finished chain.

    Parameters
    ----------
    key : LaneKey
        As the person calls it: with the places of its checkpoints.
    described : Described
    arrays : dict of ndarray
        Those in SMALL.
    states : States
    parent : KeptLane or None
        Of a branch: the lane that it leaves.

    Attributes
    ----------
    networks : tuple of RunBy
        What ran its networks where that was chosen.
    digest : str
        Of its identity.
    packed : bool
        It came with the app.
    drawn : dict of int to ndarray
        As of a lane that draws.
    """

    def __init__(
        self, key: LaneKey, described: Described, arrays: dict[str, np.ndarray], states: States, parent: KeptLane | None = None
    ) -> None:
        self.key, self.image_shape, self.parent = key, described.shape, parent
        self.first, self.states, self._notice = described.first, states, described.notice
        self.latent, self.value_range = described.latent, described.value_range
        self.course = course_of(arrays, described.identity.lane.sampler)
        self.timesteps, self.levels = arrays["timesteps"], arrays["levels"]
        self.norms = dict(zip(NORMS, arrays["norms"], strict=True))
        self.drawn = {k: row for k, row in enumerate(arrays["drawn"]) if row[0] >= 0} if described.draws else {}
        self.networks = described.networks
        self.digest = described.identity.digest
        self.packed = described.packed
        self.origin = self.digest if self.packed else described.identity.after

    @property
    def done(self) -> int:
        """All of it."""
        return self.course.K

    @property
    def begun(self) -> bool:
        """It is finished."""
        return True

    def planned(self) -> LanePlanned:
        """The steps, and what ran its network then."""
        here = (run.words for run in self.networks if run.checkpoint == self.key.lane.checkpoint)
        return replace(super().planned(), run="came with the app" if self.packed else next(here, ""))

    @property
    def notice(self) -> str:
        """As it was when it was sampled."""
        return self._notice

    def decoded(self, k: int, quantity: str, codes: Any, samples: Sequence[int]) -> Iterator[np.ndarray | None]:
        """Not without the network (NotKept)."""
        raise NotKept

    @property
    def kept_frames(self) -> Mapping[int, Frame]:
        """Its own, read when asked for."""
        return FramesOf(self)

    def own_frame(self, k: int) -> Frame:
        """Frame k from `first` on, of arrays."""
        if k == self.course.K:
            return Frame(self.states.x(k), None)  # type: ignore[arg-type]
        return Frame(self.states.x(k), self.states.x0_hat(k), self.states.towards(k))  # type: ignore[arg-type]

    def frame(self, k: int) -> Iterator[Frame | None]:
        """Frame k; above its last edit the parent's own."""
        if k >= self.first:
            yield self.own_frame(k)
        elif self.parent is not None:
            yield from self.parent.frame(k)
        else:
            raise NotKept

    def z(self, k: int) -> np.ndarray:
        """As of a lane; a branch may have noise of its own, which the file does not say."""
        if self.key.lane.edits:
            raise NotKept
        return noise_arrays(self.key.seed, range(self.key.samples), self.course.timesteps[k], self.image_shape)


class FramesOf(Mapping[int, Frame]):
    """Own frames of a kept lane, each read when it is asked for."""

    def __init__(self, lane: KeptLane) -> None:
        self._lane = lane

    def __getitem__(self, k: int) -> Frame:
        if not self._lane.first <= k <= self._lane.course.K:
            raise KeyError(k)
        return self._lane.own_frame(k)

    def __contains__(self, k: object) -> bool:
        return isinstance(k, int) and self._lane.first <= k <= self._lane.course.K

    def __iter__(self) -> Iterator[int]:
        return iter(range(self._lane.first, self._lane.course.K + 1))

    def __len__(self) -> int:
        return self._lane.course.K + 1 - self._lane.first


def course_of(arrays: dict[str, np.ndarray], sampler: Sampler) -> Plan:
    """Plan with the coefficients in a file, of a lane with this sampler."""
    levels, (a0, at, sigma) = arrays["alpha_bar"].tolist(), arrays["steps"].tolist()
    steps = tuple(Posterior(*numbers) for numbers in zip(levels[:-1], levels[1:], a0, at, sigma, strict=True))
    return Plan(tuple(arrays["timesteps"].tolist()), steps, sampler.method)


def opened(path: Path, key: LaneKey, parent: KeptLane | None = None) -> KeptLane:
    """A kept chain; the whole file is looked at, so that nothing of it disappoints later.

    Raises
    ------
    OSError, Spoilt
        If it cannot be read, or is not what was written here.
    """
    file = open(path, "rb")  # noqa: SIM115 - it stays open as long as its states are shown
    try:
        layout = described(file, path.stat().st_size)
        arrays = {name: read_array(file, layout.places[name]) for name in SMALL if name in layout.places}
        if read_array(file, layout.places["sums"]).tolist() != sums_of(file, layout, arrays):
            raise Spoilt("other numbers than were written")
        if not layout.of.packed:
            return KeptLane(key, layout.of, arrays, OnDisk(file, layout), parent)
        states = Unpacked(read_array(file, layout.places["x0_hat"]), course_of(arrays, key.lane.sampler), key.seed)
        file.close()
        return KeptLane(key, layout.of, arrays, states, parent)
    except BaseException:
        file.close()
        raise


def sums_of(file: BinaryIO, layout: Layout, arrays: dict[str, np.ndarray]) -> list[int]:
    """Checksums (CRC-32) of the rows of the large arrays, then of the small arrays."""
    rows = {name: layout.places[name] for name in LARGE if name in layout.places}
    arrays_read = (read_array(file, place, row) for place in rows.values() for row in range(place.shape[0]))
    return [*sums_of_rows(arrays_read, layout), sum_of_small(arrays)]


def sums_of_rows(rows: Iterable[np.ndarray], layout: Layout) -> list[int]:
    """Checksums of rows as they lie in the file, 0 for those that it has not."""
    sums = [zlib.crc32(np.ascontiguousarray(row).data) for row in rows]
    return sums + [0] * (layout.places["sums"].shape[0] - 1 - len(sums))


def sum_of_small(arrays: dict[str, np.ndarray]) -> int:
    """Checksum of the small arrays, one after another."""
    total = 0
    for name in SMALL:
        if name in arrays:
            total = zlib.crc32(np.ascontiguousarray(arrays[name]).data, total)
    return total
