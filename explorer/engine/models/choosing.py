"""What runs each network that chains ask: what was measured on this machine, and until then what is known to be right.

A chain has one answer from its first step to its last: `of` says it, `settled` makes it ready before the chain begins.
"""

from __future__ import annotations

from collections.abc import Generator, Sequence
from functools import partial

import msgspec
import torch
from torch import Tensor

from explorer import backends
from explorer.backends import TORCH
from explorer.backends.base import Backend
from explorer.checkpoints.files import Checkpoint
from explorer.diffusion.predictor import NetworkPredictor, Run
from explorer.engine.aside import aside
from explorer.engine.models import devices, predictors
from explorer.engine.models.kept_choices import Choice, KeptChoices, Probed
from explorer.engine.models.measuring import Probe, is_busy
from explorer.engine.models.unmeasured import unmeasured
from explorer.models.roles import some_labels
from explorer.recipe.arithmetic import RunBy, size_class

LONG = 200
"""Steps from which on a chain waits until its network is measured: a shorter one is nearly over by then."""
UNMEASURED = "unmeasured"
"""The question what runs a network before it is measured, as it is kept."""


class Choosing:
    """Chooses, and keeps what was made ready.

    Parameters
    ----------
    device : torch.device
    kept : KeptChoices or None
        From earlier starts; None reads and writes the usual file.
    said : sequence of RunBy
        What an export says of its networks: that then holds, wherever it can be had.
    measures : bool
        A chain may wait until its network is measured, or measure it when it is over.
    """

    def __init__(self, device: torch.device, kept: KeptChoices | None = None, said: Sequence[RunBy] = (), measures: bool = True) -> None:
        self.device, self.measures = device, measures
        self.kept = kept if kept is not None else KeptChoices()
        self._place = devices.describe(device)
        self._said = {run.checkpoint: run for run in said}
        self._made: dict[tuple[str, str, str], Run] = {}
        self._ready: set[tuple[str, str, str, int]] = set()
        self._refused: set[tuple[str, str, str]] = set()
        self._safe: dict[str, RunBy] = {}
        self._fresh: set[tuple[str, int]] = set()

    def known(self, checkpoint: str, samples: int) -> Choice | None:
        """What was measured of a network at about so many samples, without what has failed since."""
        found = self.kept.get(checkpoint, samples, self._place)
        if found is None:
            return None
        left = tuple(each for each in found.measured if (checkpoint, each.backend, each.precision) not in self._refused)
        return found if left == found.measured else _without(found, left)

    def wish(self, checkpoint: str, samples: int, wish: str) -> None:
        """Have a network run so from the next chain on: "backend/precision", or "" for the fastest. It must have been measured."""
        found = self.kept.get(checkpoint, samples, self._place)
        if found is not None:
            self.kept.put(checkpoint, samples, self._place, msgspec.structs.replace(found, wish=wish))

    def wishes(self) -> dict[tuple[str, int], RunBy]:
        """What the person has chosen, by checkpoint and class of sizes."""
        return self.kept.wishes(self._place)

    def measure(self, checkpoint: Checkpoint, samples: int, again: bool = False) -> Generator[None, None, Choice]:
        """Measure a network where it has not been, returned; a None for each cancel point. What is given up is not kept.

        What was measured at an earlier start on a machine that did much else is measured again once that is over.

        Parameters
        ----------
        again : bool
            In any case.
        """
        found, this = self.known(checkpoint.sha256, samples), (checkpoint.sha256, size_class(samples))
        if found is not None and not again and not (found.busy and this not in self._fresh and not is_busy()):
            return found
        probe = Probe(checkpoint, self.device, samples, partial(self.prepared, checkpoint))
        choice = yield from probe.work()
        for each in choice.measured:
            if not each.problem:
                self._ready.add((checkpoint.sha256, each.backend, each.precision, samples))
        before = self.kept.get(checkpoint.sha256, samples, self._place)  # a wish may have come meanwhile
        choice = msgspec.structs.replace(choice, wish=before.wish if before is not None else "")
        self.kept.put(checkpoint.sha256, samples, self._place, choice)
        self._fresh.add(this)
        return choice

    def settled(self, checkpoint: Checkpoint, samples: int, steps: int) -> Generator[None, None, RunBy]:
        """What shall run a chain of so many steps, made ready, returned; a None for each cancel point."""
        said = self._said.get(checkpoint.sha256)
        if said is not None:
            return said
        choice = self.known(checkpoint.sha256, samples)
        if choice is None and steps >= LONG and self.measures:
            choice = yield from self.measure(checkpoint, samples)
        if choice is None:
            return (yield from self.safe(checkpoint))
        run = choice.fastest(steps, lambda backend, precision: (checkpoint.sha256, backend, precision, samples) in self._ready)
        return (yield from self.made_ready(checkpoint, samples, run))

    def at_once(self, checkpoint: Checkpoint) -> RunBy:
        """What can run it with nothing to be waited for (BadInput if it cannot predict a step)."""
        said = self._said.get(checkpoint.sha256)
        return said if said is not None else predictors.finished(self.safe(checkpoint))

    def made_ready(self, checkpoint: Checkpoint, samples: int, run: RunBy) -> Generator[None, None, RunBy]:
        """The run itself once its first evaluation is behind it, returned; where that fails, what is safe."""
        key = (checkpoint.sha256, run.backend, run.precision, samples)
        if run.backend == TORCH.name or key in self._ready:
            return run

        def first() -> None:
            prepared = self.prepared(checkpoint, _named(run.backend), run.precision)
            x = torch.zeros(samples, *checkpoint.card.data.shape, device=self.device)
            prepared(x, torch.ones(samples, dtype=torch.int64, device=self.device), *some_labels(checkpoint.network, samples, self.device))

        try:
            if self.device.type == "cpu":
                yield from aside(first)
            else:
                first()
        except Exception:  # measured once, and it fails now: it is not asked again in this session
            self._refused.add(key[:3])
            return (yield from self.safe(checkpoint))
        self._ready.add(key)
        return run

    def safe(self, checkpoint: Checkpoint) -> Generator[None, None, RunBy]:
        """What runs it where nothing has been measured, or what was fails, returned; a None for each cancel point."""
        sha256 = checkpoint.sha256
        if sha256 not in self._safe:
            self._safe[sha256] = yield from self._looked_at(checkpoint)
        return self._safe[sha256]

    def _looked_at(self, checkpoint: Checkpoint) -> Generator[None, None, RunBy]:
        """As an earlier start found it, unless that was on a busy machine and this one is not; else it is tried, and kept."""
        busy = is_busy()
        known = self.kept.probed(checkpoint.sha256, self._place, UNMEASURED)
        if known is not None and known.run is not None and (busy or not known.busy):
            return known.run
        run = yield from unmeasured(checkpoint, self.device, partial(self.prepared, checkpoint))
        probed = Probed(run.checkpoint, run.backend, run.precision, run.up_to, busy or is_busy())
        self.kept.put_probed(self._place, UNMEASURED, probed)
        return run

    @staticmethod
    def is_of_any_size(run: RunBy) -> bool:
        """Whether it runs batches of all sizes alike."""
        return all(backend.immediate or backend.has_derivatives for backend in map(_named, (run.backend, run.rest)))

    def predictor(self, checkpoint: Checkpoint, run: RunBy, samples: int) -> NetworkPredictor:
        """Predictor that is run so in batches of so many samples, and by PyTorch as it is in others, for which nothing is made ready.

        What is ready for all batches at once runs them all.

        Raises
        ------
        BadInput
            If the checkpoint cannot predict a step.
        """
        fast, rest = _named(run.backend), _named(run.rest)
        fast_run, rest_run = self.prepared(checkpoint, fast, run.precision), self.prepared(checkpoint, rest, rest.precisions[0])
        plain = self.prepared(checkpoint, TORCH, TORCH.precisions[0])
        watched = fast.has_derivatives and rest.has_derivatives
        if not (fast.immediate or fast.has_derivatives):
            fast_run = _of_size(samples, fast_run, plain)
        if not (rest.immediate or rest.has_derivatives):
            rest_run = _of_size(samples, rest_run, plain)
        return predictors.run_by(checkpoint, self.device, fast_run, run.up_to, rest_run, watched)

    def words(self, run: RunBy, samples: int) -> str:
        """For people: "OpenVINO · bf16 · 3.9 x plain PyTorch", as measured; without the figure where it is not known."""
        said = run.words
        choice = self.known(run.checkpoint, samples)
        seconds = choice.seconds(run) if choice is not None else 0.0
        if choice is None or not seconds or run.backend == TORCH.name:
            return said
        return f"{said} · {choice.measured[0].seconds / seconds:.1f}× plain PyTorch"

    def prepared(self, checkpoint: Checkpoint, backend: Backend, precision: str) -> Run:
        """A network made ready by a backend, once."""
        key = (checkpoint.sha256, backend.name, precision)
        if key not in self._made:
            self._made[key] = predictors.prepared(checkpoint, backend, self.device, precision)
        return self._made[key]

    def forget(self, sha256: str) -> None:
        """Let go of what was made of a network."""
        for key in [key for key in self._made if key[0] == sha256]:
            del self._made[key]
        self._ready = {key for key in self._ready if key[0] != sha256}


def _without(choice: Choice, left: tuple) -> Choice:
    return msgspec.structs.replace(choice, measured=left)


def _of_size(samples: int, run: Run, other: Run) -> Run:
    """`run` for batches of so many samples, `other` for the rest."""

    def either(x_t: Tensor, t: Tensor, *labels: Tensor) -> Tensor:
        return (run if len(x_t) == samples else other)(x_t, t, *labels)

    return either


def _named(name: str) -> Backend:
    found = backends.backend_named(name)
    assert found is not None
    return found
