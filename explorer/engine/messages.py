"""What the window asks of the engine and what comes back: frozen values, no torch, no Qt.

Each feature has a file of requests and results. Arrays are contiguous, read-only numpy. "Tiles" are display
pictures, uint8 of shape (N, H, W, 3): grey with [-1, 1] mapped to [0, 255] for images, a diverging map centred
on 0 for eps_hat, z and differences.
"""

from __future__ import annotations

from dataclasses import dataclass

from explorer.engine.chain.branching.messages import (
    ErasedShown,
    FitPicture,
    PaintShown,
    PictureFitted,
    PreviewErase,
    PreviewPaint,
    ShowSurvival,
    ShowTree,
    SurvivalShown,
    TreeShown,
    TreeTile,
)
from explorer.engine.chain.data_set.messages import (
    DataSetOpened,
    ExactAbsent,
    FindNearest,
    IdealMeasured,
    MeasureIdeal,
    NearestShown,
    OpenDataSet,
    ShowWeights,
    WeightsShown,
)
from explorer.engine.chain.export.messages import ExportChain, Exported, ExportLook, ExportProgress, ExportRead, ReadExport
from explorer.engine.chain.messages import (
    QUANTITIES,
    ChainFinished,
    ChainProgress,
    CurvesShown,
    FilmShown,
    LaneBlank,
    LaneCurves,
    LaneFailed,
    LaneFrame,
    LaneKey,
    LanePlanned,
    LaneProgress,
    MeasureSimilarity,
    Quantity,
    SampleChain,
    ShowCurves,
    ShowFilm,
    ShowStep,
    ShowTerms,
    SimilarityMeasured,
    StepShown,
    TermsShown,
    lane_key,
    lane_keys,
)
from explorer.engine.chain.network.messages import (
    BlockShown,
    ChannelsShown,
    InspectUNet,
    Instead,
    OutputShown,
    Summary,
    UNetAbsent,
    UNetShown,
)
from explorer.engine.forward.messages import ForwardOutcome, ForwardPayload, ShowStepBack
from explorer.engine.latent.export_messages import ExportStrip, StripExported
from explorer.engine.latent.field_messages import FIELD_KINDS, FieldKind, FieldShown, ShowField
from explorer.engine.latent.messages import (
    CodesDecoded,
    CodesDrawn,
    CodesShown,
    DecodeCodes,
    DecodeGrid,
    DrawCodes,
    EncodeImages,
    EncodePicture,
    GridDecoded,
    ImagesAt,
    ImageShown,
    PictureEncoded,
    PictureOffered,
    ShowGeodesic,
    ShowImage,
    ShowStroke,
    StrokeShown,
)
from explorer.engine.models.messages import (
    CheckpointOpened,
    LibraryEntry,
    LibraryScanned,
    MakeThumbnail,
    OpenCheckpoint,
    ScanLibrary,
    ThumbnailMade,
)
from explorer.engine.objective.messages import (
    BoundShown,
    DenoisedShown,
    HeldOutShown,
    MeasureBound,
    ObjectiveOutcome,
    ObjectivePayload,
    ShowDenoised,
    ShowHeldOut,
)
from explorer.engine.pictures.tiles import Palette
from explorer.engine.thread.messages import Cancelled, Done, EngineDown, EngineReady, Failed, SetFrameBudget, StartEngine
from explorer.engine.training.messages import MeasureTraining, TrainingMeasured

__all__ = [
    "BACKGROUND",
    "FIELD_KINDS",
    "QUANTITIES",
    "BlockShown",
    "BoundShown",
    "Cancelled",
    "ChainFinished",
    "ChainProgress",
    "ChannelsShown",
    "CheckpointOpened",
    "CodesDecoded",
    "CodesDrawn",
    "CodesShown",
    "CurvesShown",
    "DataSetOpened",
    "DecodeCodes",
    "DecodeGrid",
    "DenoisedShown",
    "Done",
    "DrawCodes",
    "EncodeImages",
    "EncodePicture",
    "EngineDown",
    "EngineReady",
    "ErasedShown",
    "ExactAbsent",
    "ExportChain",
    "ExportLook",
    "ExportProgress",
    "ExportRead",
    "ExportStrip",
    "Exported",
    "Failed",
    "FieldKind",
    "FieldShown",
    "FilmShown",
    "FindNearest",
    "FitPicture",
    "ForwardOutcome",
    "ForwardPayload",
    "GridDecoded",
    "HeldOutShown",
    "IdealMeasured",
    "ImageShown",
    "ImagesAt",
    "InspectUNet",
    "Instead",
    "LaneBlank",
    "LaneCurves",
    "LaneFailed",
    "LaneFrame",
    "LaneKey",
    "LanePlanned",
    "LaneProgress",
    "LibraryEntry",
    "LibraryScanned",
    "MakeThumbnail",
    "MeasureBound",
    "MeasureIdeal",
    "MeasureSimilarity",
    "MeasureTraining",
    "NearestShown",
    "ObjectiveOutcome",
    "ObjectivePayload",
    "OpenCheckpoint",
    "OpenDataSet",
    "Outcome",
    "OutputShown",
    "PaintShown",
    "Palette",
    "Payload",
    "PictureEncoded",
    "PictureFitted",
    "PictureOffered",
    "PreviewErase",
    "PreviewPaint",
    "Quantity",
    "ReadExport",
    "Request",
    "Result",
    "SampleChain",
    "ScanLibrary",
    "SetFrameBudget",
    "ShowCurves",
    "ShowDenoised",
    "ShowField",
    "ShowFilm",
    "ShowGeodesic",
    "ShowHeldOut",
    "ShowImage",
    "ShowStep",
    "ShowStepBack",
    "ShowStroke",
    "ShowSurvival",
    "ShowTerms",
    "ShowTree",
    "ShowWeights",
    "SimilarityMeasured",
    "StartEngine",
    "StepShown",
    "StripExported",
    "StrokeShown",
    "Summary",
    "SurvivalShown",
    "TermsShown",
    "ThumbnailMade",
    "TrainingMeasured",
    "TreeShown",
    "TreeTile",
    "UNetAbsent",
    "UNetShown",
    "WeightsShown",
    "lane_key",
    "lane_keys",
]

Payload = (
    StartEngine | SetFrameBudget | ScanLibrary | MakeThumbnail | OpenCheckpoint | SampleChain | ShowStep | ShowTerms
    | ShowFilm | ShowCurves | EncodeImages | DecodeCodes | DecodeGrid | EncodePicture
    | ShowTree | PreviewPaint | PreviewErase | FitPicture | ShowSurvival
    | ShowImage | DrawCodes | ShowField | ShowStroke | ShowGeodesic | ExportStrip
    | InspectUNet
    | OpenDataSet | ShowWeights | FindNearest | MeasureIdeal
    | MeasureSimilarity | ExportChain | ReadExport
    | ForwardPayload
    | ObjectivePayload
    | MeasureTraining
)  # fmt: skip

BACKGROUND = (
    SampleChain, ScanLibrary, MakeThumbnail, EncodeImages, DecodeGrid, DrawCodes, ShowField, ShowGeodesic, ExportStrip, MeasureSimilarity,
    MeasureIdeal, ExportChain, ShowStepBack, MeasureBound,
    MeasureTraining,
)  # fmt: skip
"""Payloads that give way, between steps, to the others."""


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
    """

    request_id: int
    channel: str
    generation: int
    payload: Payload
    queued: bool = False


Outcome = (
    EngineReady | Done | LibraryScanned | ThumbnailMade | CheckpointOpened | LanePlanned | LaneFailed | ChainProgress | ChainFinished
    | StepShown | TermsShown | FilmShown | CurvesShown | CodesShown | CodesDecoded | GridDecoded | PictureEncoded | ImageShown
    | TreeShown | PaintShown | ErasedShown | PictureFitted | SurvivalShown
    | PictureOffered | CodesDrawn | FieldShown | StrokeShown | StripExported
    | UNetShown | UNetAbsent
    | DataSetOpened | WeightsShown | NearestShown | ExactAbsent | IdealMeasured
    | SimilarityMeasured | ExportProgress | Exported | ExportRead
    | ForwardOutcome
    | ObjectiveOutcome
    | TrainingMeasured
    | Failed | Cancelled
)  # fmt: skip


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
