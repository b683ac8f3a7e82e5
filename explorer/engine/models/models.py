"""Loaded checkpoints: the engine's models, on its device."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Generator, Iterable
from contextlib import suppress
from functools import cached_property, partial
from pathlib import Path
from typing import Self

import msgspec
import torch

from explorer import sources
from explorer.backends import TORCH
from explorer.backends.base import Backend
from explorer.checkpoints.files import Checkpoint
from explorer.diffusion.predictor import NetworkPredictor, Predictor
from explorer.engine.aside import aside
from explorer.engine.desk import Desk
from explorer.engine.models import devices, predictors
from explorer.engine.models.choosing import Choosing
from explorer.engine.models.data_sets import DataSets, exact_predictor
from explorer.engine.models.kept_choices import KeptChoices
from explorer.errors import BadInput
from explorer.models.roles import ImageReader
from explorer.recipe import Arithmetic, Lane
from explorer.recipe.arithmetic import Precision, RunBy
from explorer.recipe.told import Told
from explorer.resources import resource

KEPT = 16
_Key = tuple[str, int, int, Told]
JUDGE = "mnist-classifier.safetensors"


class Models:
    """Checkpoints by path, loaded once and again when their file changes; those not asked for lately go.

    Attributes
    ----------
    device : torch.device
    precision : Precision
        Used at the timesteps where it is close enough to the exact one for the checkpoint.
    throughout : bool
        Used at all of them.
    backend : Backend
        What runs networks that predict steps; judges, encoders and decoders are PyTorch's.
    choosing : Choosing or None
        Chooses it anew for each network that chains ask, in the place of the above.
    """

    def __init__(
        self,
        device: torch.device,
        precision: Precision | None = None,
        throughout: bool = False,
        backend: Backend = TORCH,
        choosing: Choosing | None = None,
    ) -> None:
        self.device, self.throughout, self.backend = device, throughout, backend
        self.precision = devices.checked_precision(precision or devices.default_precision(device, backend), backend)
        self._loaded: OrderedDict[_Key, Checkpoint] = OrderedDict()
        self._predictors: dict[tuple[str, RunBy | None, int], NetworkPredictor] = {}
        self.choosing = choosing
        self.data_sets = DataSets(device)

    @classmethod
    def at(cls, desk: Desk) -> Self:
        """On the best device here: where no StartEngine said another."""
        return cls(devices.choose("auto"))

    def arithmetic(self, networks: Iterable[RunBy] = ()) -> Arithmetic | None:
        """As an export's recipe keeps it, with what ran the networks for which that was chosen."""
        found = devices.recorded(self.device, self.precision, self.throughout, self.backend)
        return None if found is None else msgspec.structs.replace(found, networks=tuple(sorted(networks, key=lambda run: run.checkpoint)))

    def checkpoint(self, source: str, told: Told | None = None) -> Checkpoint:
        """Checkpoint in a file, or shipped under that name, its network on the device.

        Parameters
        ----------
        source : str
        told : Told or None
            What it does not say itself; None is what was told of it before.

        Raises
        ------
        BadInput
            If it cannot be opened.
        """
        path, key = self._place(source, told)
        if key not in self._loaded:
            self._keep(key, self._read(path, told))
        found = self._loaded[key]
        self._asked_for(found.sha256)
        return found

    def opened_aside(self, source: str, told: Told | None = None) -> Generator[None, None, Checkpoint]:
        """As `checkpoint`, returned; read by a thread of its own, with a None for each cancel point meanwhile."""
        if str(sources.located(source)) in {key[0] for key in self._loaded}:
            return self.checkpoint(source, told)  # read again only where it has changed
        path, key = yield from aside(partial(self._place, source, told))  # which may hash it
        if key not in self._loaded:
            self._keep(key, (yield from aside(partial(self._read, path, told))))
        return self.checkpoint(source, told)

    @staticmethod
    def _place(source: str, told: Told | None) -> tuple[Path, _Key]:
        """Where it is, and by what it is known to be loaded as it is."""
        path = sources.located(source)
        return path, (str(path), *sources.stamp(path), told if told is not None else sources.told_before(path))

    def _read(self, path: Path, told: Told | None) -> Checkpoint:
        checkpoint = sources.open(path, told)
        checkpoint.network.to(self.device)
        return checkpoint

    def _keep(self, key: _Key, checkpoint: Checkpoint) -> None:
        self._loaded[key] = checkpoint
        while len(self._loaded) > KEPT:
            _, dropped = self._loaded.popitem(last=False)
            self._forget(dropped.sha256)

    def _forget(self, sha256: str) -> None:
        for key in [key for key in self._predictors if key[0] == sha256]:
            del self._predictors[key]
        if self.choosing is not None:
            self.choosing.forget(sha256)

    def _asked_for(self, sha256: str) -> None:
        """A predictor is one with its checkpoint: who asks for it asks for that, wherever its file is now."""
        for key in [key for key, checkpoint in self._loaded.items() if checkpoint.sha256 == sha256]:
            self._loaded.move_to_end(key)

    def predictor(self, lane: Lane, run: RunBy | None = None, samples: int = 0) -> Predictor:
        """Predictor of a lane's checkpoint or data set, on the lane's schedule.

        Parameters
        ----------
        lane : Lane
        run : RunBy or None
            What runs its network, where that was chosen for it.
        samples : int
            Size of the batches for which it was chosen; others are PyTorch's.

        Raises
        ------
        BadInput
            If its file cannot be opened, is no DDPM, is no longer the one of the recipe, or does not take the lane's labels or
            guidance, or there is no such schedule.
        """
        if lane.exact is not None:
            return exact_predictor(lane, self.data_sets)
        told = predictors.conditioned(self.network_predictor(lane, run, samples), lane)
        return predictors.on_schedule(told, lane.schedule)

    def taking_over(self, lane: Lane) -> Lane:
        """A lane whose network goes on for another's: with as much of its labels and guidance as that takes (BadInput as `predictor`)."""
        return predictors.taken_over(lane, predictors.own_condition(self.lane_checkpoint(lane).card))

    def image_shape(self, lane: Lane) -> tuple[int, int, int]:
        """(C, H, W) of a lane's images (BadInput as `predictor`)."""
        if lane.exact is not None:
            return self.data_sets.get(lane.exact).data.image_shape
        return self.checkpoint(lane.source, lane.told).card.data.shape

    def network_predictor(self, lane: Lane, run: RunBy | None = None, samples: int = 0) -> NetworkPredictor:
        """Predictor of a lane's checkpoint on the schedule it was trained on, told the classes in turn; the rest as of `predictor`."""
        key = (lane.checkpoint, run, samples)
        found = self._predictors.get(key)
        if found is not None:
            self._asked_for(lane.checkpoint)
            return found
        checkpoint = self.lane_checkpoint(lane)
        if run is not None and self.choosing is not None:
            predictor = self.choosing.predictor(checkpoint, run, samples)
        elif self.throughout:
            predictor = predictors.from_checkpoint(checkpoint, self.device, self.precision, self.backend)
        else:
            predictor, _ = predictors.faithful(checkpoint, self.device, self.precision, self.backend, self._probes)
        self._predictors[key] = predictor
        return predictor

    def ready(self, lanes: Iterable[Lane]) -> Generator[None, None, None]:
        """Have what `predictor` needs of lanes where nothing is chosen for them: opened, and probed where it never was.

        For whoever answers a request, before asking for predictors: those do not wait then. What is wrong with a lane, `predictor` says.

        Yields
        ------
        None
            A cancel point.
        """
        for lane in lanes:
            yield from self.opened([lane])
            if lane.exact is None and not self.throughout and (lane.checkpoint, None, 0) not in self._predictors:
                with suppress(BadInput):
                    work = predictors.faithful_work(self.lane_checkpoint(lane), self.device, self.precision, self.backend, self._probes)
                    self._predictors[lane.checkpoint, None, 0], _ = yield from work

    def opened(self, lanes: Iterable[Lane]) -> Generator[None, None, None]:
        """Have the files and data sets of lanes read, by a thread of its own; a None for each cancel point, and errors as of `ready`."""
        for lane in lanes:
            with suppress(BadInput):
                if lane.exact is not None:
                    yield from aside(partial(self.data_sets.get, lane.exact))
                elif lane.checkpoint not in {each.sha256 for each in self._loaded.values()}:
                    yield from self.opened_aside(lane.source, lane.told)

    @cached_property
    def _probes(self) -> KeptChoices:
        return self.choosing.kept if self.choosing is not None else KeptChoices()

    def lane_checkpoint(self, lane: Lane) -> Checkpoint:
        """A lane's checkpoint (BadInput if its file cannot be opened, or is no longer the one of the recipe)."""
        checkpoint = self.checkpoint(lane.source, lane.told)
        if checkpoint.sha256 != lane.checkpoint:
            raise BadInput(f"{lane.source}: is no longer the checkpoint of this lane ({lane.checkpoint[:12]}…); open it again")
        return checkpoint

    def judge(self) -> ImageReader | None:
        """The digit classifier, or None where it is not shipped."""
        path = resource("checkpoints", JUDGE)
        network = self.checkpoint(str(path)).network if path.exists() else None
        return network if isinstance(network, ImageReader) else None
