"""What a plane's controller hands over, and to whom."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Protocol

import numpy as np

from explorer.engine.latent.chain_messages import CodesWalked, ScoresShown
from explorer.engine.latent.field_messages import FieldShown
from explorer.engine.latent.messages import (
    CodesDecoded,
    CodesDrawn,
    CodesShown,
    GridDecoded,
    ImageShown,
    PictureEncoded,
    PictureOffered,
    StrokeShown,
)
from explorer.engine.latent.posterior_messages import TruePosteriorShown
from explorer.engine.models.messages import LibraryEntry
from explorer.state.session import LatentState
from explorer.views.latent.plane.viewport import Viewport


@dataclass(frozen=True, slots=True)
class Probe:
    """What the inspector shows large.

    Attributes
    ----------
    title : str
        Whose decoding it is.
    x, y : float
    decoded : CodesDecoded or None
        The decoding, once it has come; of the place asked before until then.
    """

    title: str
    x: float
    y: float
    decoded: CodesDecoded | None = None


class View(Protocol):
    """What the controller hands things to."""

    @property
    def viewport(self) -> Viewport:
        """What of the plane is visible."""
        ...

    def show_state(self, state: LatentState, entry: LibraryEntry | None) -> None:
        """What the person chose."""

    def show_codes(self, codes: CodesShown | None) -> None:
        """Codes of the test images; None while they are computed."""

    def show_manifold(self, grid: GridDecoded | None) -> None:
        """The manifold, or a part of it that comes before."""

    def show_field(self, field: FieldShown | None) -> None:
        """The field, or a coarser one that comes before."""

    def show_points(self, decoded: CodesDecoded, names: tuple[str, ...]) -> None:
        """Decodings of the points."""

    def show_stroke(self, stroke: StrokeShown | None) -> None:
        """The selected stroke, or the one being painted."""

    def show_outlines(self, outlines: Mapping[str, np.ndarray]) -> None:
        """Curves of the strokes that a model bends, by name."""

    def show_paths(self, paths: Mapping[str, StrokeShown]) -> None:
        """Paths between the two chosen points, by shape."""

    def show_draws(self, draws: CodesDrawn | None) -> None:
        """Random codes."""

    def show_ddpm(self, ddpm: LibraryEntry | None) -> None:
        """The network of the chains; None where there is none of this model's codes."""

    def show_chains(self, chains: CodesWalked | None) -> None:
        """Reverse chains of codes, or as much of them as there is."""

    def show_scores(self, scores: ScoresShown | None) -> None:
        """Scores at the cursor's timestep."""

    def show_probe(self, probe: Probe) -> None:
        """What the inspector shows large."""

    def show_picture(self, picture: PictureEncoded | PictureOffered | None) -> None:
        """What is encoded."""

    def show_truth(self, truth: TruePosteriorShown | None) -> None:
        """The true p(z|x) of what is encoded; None while it is not wanted or not known."""

    def show_pointed(self, index: int | None, image: ImageShown | None) -> None:
        """The test image whose code is under the pointer."""

    def show_broken(self, entry: LibraryEntry) -> None:
        """A model whose codes cannot be had."""
