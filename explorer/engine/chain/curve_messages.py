"""Curves along chains, against t: what is asked, and what was measured."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np

from explorer.engine.chain.messages import LaneKey, Samples
from explorer.engine.thread.requests import Outcome, Payload

# --- requests ---------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class ShowCurves(Payload):
    """Curves against t of some lanes. Answer: CurvesShown.

    Attributes
    ----------
    keys : tuple of LaneKey
    sample : int, tuple of int or None
        One sample, or the mean over these, or over all.
    reference : LaneKey or None
        Where given, "distance" curves ||q - q_ref|| are added for x_t and x0_hat, at states of nearest noise level.
    """

    answered_by = "explorer.engine.chain.answers:show_curves"
    answered_early = "explorer.engine.chain.kept.early:show_curves"

    keys: tuple[LaneKey, ...]
    sample: Samples = None
    reference: LaneKey | None = None


@dataclass(frozen=True, slots=True)
class MeasureSimilarity(Payload):
    """Measure the SSIM of lanes with a reference at every pair of states of nearest noise level. Answer: SimilarityMeasured.

    One stretch of work; ask again until it is complete. ShowCurves then has it as "ssim x_t" or "ssim x0_hat".

    Attributes
    ----------
    keys : tuple of LaneKey
    reference : LaneKey
    quantity : "x_t" or "x0_hat"
    """

    answered_by = "explorer.engine.chain.answers:measure_similarity"
    background = True

    keys: tuple[LaneKey, ...]
    reference: LaneKey
    quantity: Literal["x_t", "x0_hat"]


# --- results ----------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True, eq=False)
class LaneCurves:
    """Curves of one lane against t.

    Attributes
    ----------
    key : LaneKey
    timesteps : ndarray of int64, shape (M,)
        States with kept frames, from T down.
    curves : dict of ndarray of float64, shape (M,)
        L2 norms "x_t", "x0_hat", "eps_hat" per image; "distance x_t", "distance x0_hat" to the reference, and as far as
        MeasureSimilarity has come "ssim x_t", "ssim x0_hat". NaN where the reference has no state of that noise level.
    """

    key: LaneKey
    timesteps: np.ndarray
    curves: dict[str, np.ndarray]


@dataclass(frozen=True, slots=True, eq=False)
class CurvesShown(Outcome):
    """Answer to ShowCurves."""

    sample: Samples
    reference: LaneKey | None
    lanes: tuple[LaneCurves, ...]


@dataclass(frozen=True, slots=True)
class SimilarityMeasured(Outcome):
    """Answer to MeasureSimilarity: more can be shown; `complete` if all that is computed has been measured."""

    complete: bool
