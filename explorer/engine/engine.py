"""The engine: requests in, results out, synchronous, without Qt. Owns models and device; lives on one thread."""

from __future__ import annotations

from collections.abc import Iterator

import torch

from explorer.engine.chain.branching import branch_pictures
from explorer.engine.chain.branching.messages import FitPicture, PreviewErase, PreviewPaint, ShowSurvival, ShowTree
from explorer.engine.chain.chains import Chains
from explorer.engine.chain.data_set import exact
from explorer.engine.chain.data_set.messages import FindNearest, MeasureIdeal, OpenDataSet, ShowWeights
from explorer.engine.chain.export import exports
from explorer.engine.chain.export.messages import ExportChain, ReadExport
from explorer.engine.chain.frames import FrameStore
from explorer.engine.chain.messages import MeasureSimilarity, SampleChain, ShowCurves, ShowFilm, ShowStep, ShowTerms
from explorer.engine.chain.network import unet
from explorer.engine.chain.network.messages import InspectUNet
from explorer.engine.forward.answers import Forward
from explorer.engine.forward.messages import ForwardPayload
from explorer.engine.latent import answers as plane_answers
from explorer.engine.messages import Outcome, Payload
from explorer.engine.models import devices, library
from explorer.engine.models.messages import MakeThumbnail, OpenCheckpoint, ScanLibrary
from explorer.engine.models.models import Models
from explorer.engine.objective.bounds import Bounds
from explorer.engine.objective.messages import ObjectivePayload
from explorer.engine.thread.messages import Done, EngineReady, SetFrameBudget, StartEngine
from explorer.engine.training import cost as training_cost
from explorer.engine.training.messages import MeasureTraining

Steps = Iterator[Outcome | None]


class Engine:
    """Answers every payload of explorer.engine.messages.

    `handle` gives an iterator: each item is an outcome, or None at a cancel point; the last outcome is the
    answer. Bad input is raised as BadInput by the iterator.
    """

    def __init__(self) -> None:
        self.store = FrameStore()
        self._models: Models | None = None
        self._chains: Chains | None = None
        self._ideal = exact.IdealBook()
        self._forward: Forward | None = None
        self._bounds: Bounds | None = None

    @property
    def models(self) -> Models:
        """Loaded checkpoints; on the best device here if StartEngine did not say another."""
        if self._models is None:
            self._models = Models(devices.choose("auto"))
        return self._models

    @property
    def chains(self) -> Chains:
        """Sampled lanes."""
        if self._chains is None:
            self._chains = Chains(self.models, self.store)
        return self._chains

    @property
    def forward(self) -> Forward:
        """The forward process."""
        if self._forward is None:
            self._forward = Forward(self.models)
        return self._forward

    @property
    def bounds(self) -> Bounds:
        """The objective of lanes."""
        if self._bounds is None:
            self._bounds = Bounds(self.models)
        return self._bounds

    def handle(self, payload: Payload, channel: str = "") -> Steps:
        """Outcomes of a payload; `channel` tells whose lanes are in use."""
        steps = self._dispatch(payload, channel)
        while True:
            # inference mode is thread-local, and must not be held across a yield
            with torch.inference_mode():
                try:
                    outcome = next(steps)
                except StopIteration:
                    return
            yield outcome

    def _dispatch(self, payload: Payload, channel: str) -> Steps:
        if isinstance(payload, ForwardPayload):
            return self.forward.handle(payload)
        if isinstance(payload, ObjectivePayload):
            return self.bounds.handle(payload)
        match payload:
            case StartEngine():
                return self._start(payload)
            case SetFrameBudget():
                return self._set_budget(payload)
            case ScanLibrary():
                return library.scan(payload.paths, payload.runs)
            case MakeThumbnail():
                return library.thumbnail(payload.path, self.models)
            case OpenCheckpoint():
                return library.open_checkpoint(payload.path, self.models)
            case SampleChain():
                return self.chains.sample(payload, channel)
            case ShowStep():
                return self.chains.show_step(payload)
            case ShowTerms():
                return self.chains.show_terms(payload)
            case ShowFilm():
                return self.chains.show_film(payload)
            case ShowCurves():
                return self.chains.show_curves(payload)
            case ExportChain():
                return exports.export_chain(payload, channel, self.chains)
            case ReadExport():
                return exports.read_export(payload)
            case MeasureSimilarity():
                return self.chains.measure_similarity(payload)
            case ShowTree() | PreviewPaint() | PreviewErase() | FitPicture() | ShowSurvival():
                return branch_pictures.handle(payload, self.chains)
            case OpenDataSet():
                return exact.open_data_set(payload, self.models)
            case ShowWeights():
                return exact.show_weights(payload, self.chains)
            case FindNearest():
                return exact.find_nearest(payload, self.chains)
            case MeasureIdeal():
                return self._ideal.measure(payload, self.chains)
            case MeasureTraining():
                return training_cost.measure(payload, self.models.device)
            case InspectUNet():
                return unet.inspect(payload, self.chains)
            case _:
                return plane_answers.handle(payload, self.models)

    def _start(self, request: StartEngine) -> Steps:
        device = devices.choose(request.device)
        precision = None if request.precision == "auto" else request.precision
        self._models = Models(device, precision, request.throughout)
        self._chains = Chains(self._models, self.store)
        self._forward = self._bounds = None
        self.store.budget = request.frame_budget
        yield EngineReady(devices.describe(device), self._models.precision, torch.__version__)

    def _set_budget(self, request: SetFrameBudget) -> Steps:
        self.store.budget = request.bytes
        yield Done()
