"""What was measured of networks on this machine, from one start to the next: a small file among what can be made again."""

from __future__ import annotations

import platform
from collections.abc import Callable, Mapping
from pathlib import Path

import msgspec
import torch

from explorer import backends, half_written, paths
from explorer.backends import TORCH
from explorer.recipe.arithmetic import RunBy, size_class

FORMAT = 1
MOST = 2000
"""Entries of one machine; the oldest go."""
FASTER = 0.97
"""A way must take less than this of the time of plain PyTorch: what is nearer is noise."""


class Measured(msgspec.Struct, frozen=True, omit_defaults=True):
    """One way to run a network, tried.

    Attributes
    ----------
    backend, precision : str
    seconds : float
        Of one evaluation, fairly beside plain PyTorch's; 0 where there was none.
    up_to : int
        Largest timestep at which it is close enough to fp32; 0 where it never is, or was too slow to be asked.
    ready : float
        Seconds that it took to be made ready.
    problem : str
        Why it cannot be used; empty if it can.
    """

    backend: str
    precision: str
    seconds: float
    up_to: int = 0
    ready: float = 0.0
    problem: str = ""

    @property
    def is_exact(self) -> bool:
        """Whether it computes in its backend's exact precision."""
        return self.precision == exact_of(self.backend)


class Choice(msgspec.Struct, frozen=True, omit_defaults=True):
    """What came of measuring a network at one size of batch.

    Attributes
    ----------
    checkpoint : str
        sha256 of its file.
    samples : int
        At which it was measured.
    T : int
        Of its schedule.
    measured : tuple of Measured
        Plain PyTorch in its exact precision first.
    wish : str
        "backend/precision" that the person has chosen; empty for the fastest.
    busy : bool
        The machine did much else meanwhile: good until there are better figures.
    """

    checkpoint: str
    samples: int
    T: int
    measured: tuple[Measured, ...]
    wish: str = ""
    busy: bool = False

    @property
    def in_force(self) -> RunBy:
        """What runs the network: what the person has chosen, or the fastest of those that are close enough."""
        return self.fastest()

    def fastest(self, steps: int = 0, made_ready: Callable[[str, str], bool] = lambda backend, precision: True) -> RunBy:
        """The same, where what is not made ready yet has to be before a chain of so many steps."""
        if self.wished is not None:
            return self.wished

        def cost(each: Measured) -> float:
            wait = 0.0 if made_ready(each.backend, each.precision) else each.ready
            return self._over_all(each) + (wait / steps if steps else 0.0)

        best, plain = min(self.usable, key=cost), self.measured[0]
        return self.run_by(best if self._over_all(best) <= FASTER * plain.seconds else plain)

    @property
    def without_wish(self) -> Choice:
        """The same, the fastest wanted."""
        return msgspec.structs.replace(self, wish="")

    @property
    def wished(self) -> RunBy | None:
        """What the person has chosen; None if nothing, or it cannot be had here."""
        found = (each for each in self.usable if self.wish and f"{each.backend}/{each.precision}" == self.wish)
        return next(map(self.run_by, found), None)

    @property
    def usable(self) -> list[Measured]:
        """Those that came close at some timestep, and can be used here."""
        return [each for each in self.measured if each.up_to and _here(each.backend)]

    def seconds(self, run: RunBy) -> float:
        """Of one evaluation on average over the timesteps, as measured; 0 where that is not known."""
        found = (each for each in self.measured if (each.backend, each.precision) == (run.backend, run.precision))
        return next(map(self._over_all, found), 0.0)

    @property
    def _rest(self) -> Measured:
        """The fastest that is of use at every timestep in an exact precision."""
        return min((each for each in self.usable if each.is_exact and each.up_to == self.T), key=lambda each: each.seconds)

    def _over_all(self, each: Measured) -> float:
        share = each.up_to / self.T if each.up_to else 1.0
        return share * each.seconds + (1 - share) * self._rest.seconds

    def run_by(self, each: Measured) -> RunBy:
        """The network run so, as far as that is close, and exactly beyond."""
        rest = TORCH.name if each.up_to == self.T else self._rest.backend
        return RunBy(self.checkpoint, each.backend, each.precision, each.up_to, rest)


class Probed(msgspec.Struct, frozen=True, omit_defaults=True):
    """What a short look at a network has found that was not measured.

    Attributes
    ----------
    checkpoint : str
        sha256 of its file.
    backend, precision : str
        What may run it at t = 1..up_to; in the backend's exact precision beyond.
    up_to : int
    busy : bool
        It was timed while the machine did much else: good until it can be looked at again.
    """

    checkpoint: str
    backend: str
    precision: str
    up_to: int
    busy: bool = False

    @property
    def run(self) -> RunBy | None:
        """The network run so; None where it cannot be had here."""
        try:
            return RunBy(self.checkpoint, self.backend, self.precision, self.up_to) if _here(self.backend) else None
        except ValueError:  # a precision that its backend no longer has
            return None


class _File(msgspec.Struct):
    format: int
    machines: dict[str, dict[str, Choice]]
    probed: dict[str, dict[str, Probed]] = {}


class KeptChoices:
    """Choices by network, size of batch and device; and what was probed, by network, device and the question.

    Parameters
    ----------
    path : Path
        Of the file. One that cannot be read, or is not such a file, is as good as none, and one that cannot be written is left.
    """

    def __init__(self, path: Path | None = None) -> None:
        self._path = path if path is not None else paths.cache_folder() / "how-networks-run.json"
        self._machine = this_machine()
        found = _read(self._path)
        self._own, self._probed = found.machines.get(self._machine, {}), found.probed.get(self._machine, {})

    def get(self, checkpoint: str, samples: int, device: str) -> Choice | None:
        """What is known of a network at about so many samples; None if nothing is."""
        found = self._own.get(_key(checkpoint, samples, device))
        return found if found is not None and found.checkpoint == checkpoint and _sound(found) else None

    def wishes(self, device: str) -> dict[tuple[str, int], RunBy]:
        """What the person has chosen on a device, by checkpoint and class of sizes."""
        here = [choice for key, choice in self._own.items() if key == _key(choice.checkpoint, choice.samples, device) and _sound(choice)]
        return {(choice.checkpoint, size_class(choice.samples)): choice.wished for choice in here if choice.wished is not None}

    def put(self, checkpoint: str, samples: int, device: str, choice: Choice) -> None:
        """Know it from now on."""
        key = _key(checkpoint, samples, device)
        self._own.pop(key, None)
        self._own[key] = choice
        while len(self._own) > MOST:
            del self._own[next(iter(self._own))]
        self._keep()

    def probed(self, checkpoint: str, device: str, question: str) -> Probed | None:
        """What a short look has found; None if there was none, or it cannot be had here any more."""
        found = self._probed.get(f"{checkpoint} {device} {question}")
        return found if found is not None and found.checkpoint == checkpoint and found.run is not None else None

    def put_probed(self, device: str, question: str, probed: Probed) -> None:
        """Know it from now on."""
        key = f"{probed.checkpoint} {device} {question}"
        self._probed.pop(key, None)
        self._probed[key] = probed
        while len(self._probed) > MOST:
            del self._probed[next(iter(self._probed))]
        self._keep()

    def _keep(self) -> None:
        file = _read(self._path)  # another window may have written meanwhile
        file.machines[self._machine] = {**file.machines.get(self._machine, {}), **self._own}
        file.probed[self._machine] = {**file.probed.get(self._machine, {}), **self._probed}
        half_written.keep(self._path, msgspec.json.format(msgspec.json.encode(file)))


def exact_of(backend: str) -> str:
    """The exact precision of a backend by its name; empty if there is none such."""
    found = backends.backend_named(backend)
    return found.precisions[0] if found is not None else ""


def _here(backend: str) -> bool:
    found = backends.backend_named(backend)
    return found is not None and not found.missing()


def _sound(choice: Choice) -> bool:
    """Whether it begins with plain PyTorch, as what is written does, and its numbers are such."""
    first = choice.measured[0] if choice.measured else None
    return (
        first is not None
        and (first.backend, first.precision, first.up_to) == (TORCH.name, TORCH.precisions[0], choice.T)
        and choice.T >= 1
        and all(each.seconds >= 0 and 0 <= each.up_to <= choice.T for each in choice.measured)
    )


def this_machine() -> str:
    """What the measurements depend on: the processor, the threads, and the versions of what computes."""
    versions = {"torch": str(torch.__version__)} | {each.name: each.version() for each in backends.BACKENDS if each.version()}
    said: Mapping[str, object] = {"processor": processor(), "threads": torch.get_num_threads(), **versions}
    return "; ".join(f"{name} {value}" for name, value in said.items())


def processor() -> str:
    """Name of the processor as the system has it."""
    try:
        for line in Path("/proc/cpuinfo").read_text(encoding="utf-8").splitlines():
            if line.startswith(("model name", "Model")):
                return line.partition(":")[2].strip()
    except (OSError, ValueError):
        pass
    return platform.processor() or platform.machine()


def _key(checkpoint: str, samples: int, device: str) -> str:
    return f"{checkpoint} {device} {size_class(samples)}"


def _read(path: Path) -> _File:
    try:
        found = msgspec.json.decode(path.read_bytes(), type=_File)
    except (OSError, ValueError, RecursionError):  # none yet, spoilt, or of a version that knows other backends
        return _File(FORMAT, {})
    return found if found.format == FORMAT else _File(FORMAT, {})
