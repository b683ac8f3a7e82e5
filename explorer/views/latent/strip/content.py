"""What the strip under the planes shows, from what the planes know."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import msgspec
import numpy as np

from explorer.engine.latent.messages import CodesDrawn
from explorer.recipe import CodeChains, Encoded, Point, Recipe, Stroke
from explorer.state.edits import latent as edits
from explorer.state.session import LatentState
from explorer.views.latent.entries import is_spatial
from explorer.views.latent.plane.chain_marks import COLOURS
from explorer.views.latent.plane.overlays import PATH_COLOURS
from explorer.views.latent.plane.pane import PlanePane
from explorer.views.latent.questions.chains import timestep_at
from explorer.views.latent.questions.paths import FRAMES
from explorer.views.latent.strip.panel import HINT, SELECT_HINT, StripContent, StripRow
from explorer.widgets.look.language import tr
from explorer.widgets.look.number_words import number

READ = tr("How many of all chains' x₀ the digit classifier reads with confidence over 0.9")
PATH_NAMES = {"line": tr("Straight line"), "spherical": tr("Spherical"), "geodesic": tr("Geodesic")}
SHARE = tr(
    "How many of them the digit classifier reads with confidence over 0.9, and as how many different digits: "
    "the effective number, exp(entropy) of the digits' shares"
)


def strip_content(state: LatentState, panes: Sequence[PlanePane]) -> StripContent:
    """A stroke, random samples, draws from a posterior, the paths between two points, or a reverse chain of codes."""
    strip = edits.strip_of(state)
    if strip == "paths":
        return _paths(state, panes[0])
    if strip == "chains" and state.recipe.chains is not None:
        return _chains(state, state.recipe.chains, panes[0])
    if strip == "samples" and state.recipe.prior is not None:
        count = state.recipe.prior.count
        shares = [_share(pane.draws) for pane in panes]
        alone = "\n" + _share(panes[0].draws, whole=True) if len(panes) == 1 and shares[0] else ""
        poor = tr("\na poor prior of\nspatial codes") if any(is_spatial(pane.entry) for pane in panes) else ""
        note = tr("{count} of N(0, I){poor}{alone}", count=count, poor=poor, alone=alone)
        return StripContent(tr("Prior samples"), note, _rows(panes, shares), closable=True, message=tr("Being drawn…"), tip=SHARE)
    if strip == "posterior":
        words = tr("of q(z|x), within 2 σ") if panes[0].variational else tr("an AE: a point")
        rows = _rows(panes, [_share(pane.draws) for pane in panes])
        return StripContent(tr("Draws"), words, rows, closable=True, message=tr("Being drawn…"), tip=SHARE)
    item = edits.item_named(state.recipe, state.selected)
    stroke = item if isinstance(item, Stroke) else None
    rows = tuple(StripRow(_name(pane), "", None if pane.stroke is None else pane.stroke.tiles) for pane in panes)
    if stroke is None:
        return StripContent(rows=rows[:1], message=SELECT_HINT if state.recipe.strokes else HINT)
    return StripContent(stroke.name, tr("{frames} frames", frames=stroke.frames), rows, playable=True)


def strip_recipe(state: LatentState) -> Recipe:
    """What makes the strip's pictures again: the model with the stroke, the paths, the samples or what is encoded alone.

    Paths are strokes between two points that are there too; `explorer.state.opened_plane` knows them by that.
    """
    item, recipe, strip = edits.item_named(state.recipe, state.selected), state.recipe, edits.strip_of(state)
    points: tuple[Point, ...] = ()
    strokes: tuple[Stroke, ...] = (item,) if isinstance(item, Stroke) and strip == "stroke" else ()
    if strip == "paths":
        points = tuple(p for name in state.ends for p in recipe.points if p.name == name)
        ends = tuple((p.x, p.y) for p in points)
        strokes = tuple(Stroke(PATH_NAMES[shape], ends, FRAMES, shape) for shape in edits.BETWEEN)
    drawing, encoded = (recipe.drawing, recipe.encoded) if strip == "posterior" else ((), Encoded())
    prior, chains = recipe.prior if strip == "samples" else None, None
    if strip == "chains" and recipe.chains is not None:
        chains = msgspec.structs.replace(recipe.chains, alone=min(state.chain, recipe.chains.count - 1))
    alone = msgspec.structs.replace(
        recipe, points=points, strokes=strokes, prior=prior, drawing=drawing, encoded=encoded, chains=chains
    )  # fmt: skip
    return Recipe(plane=alone)


def _rows(panes: Sequence[PlanePane], notes: Sequence[str]) -> tuple[StripRow, ...]:
    return tuple(
        StripRow(_name(pane), note, None if pane.draws is None else pane.draws.tiles) for pane, note in zip(panes, notes, strict=True)
    )


def _name(pane: PlanePane) -> str:
    return "" if pane.entry is None else pane.entry.name


def _share(draws: CodesDrawn | None, whole: bool = False) -> str:
    """Share of decodings that the classifier reads with confidence over 0.9, and as how many different digits."""
    if draws is None or not np.isfinite(draws.confident):
        return ""
    read, different = 100 * draws.confident, draws.kinds
    if whole:
        return tr("{read:.0f} % read as digits, {different:.1f} different", read=read, different=different)
    return tr("{read:.0f} % read, {different:.1f} different", read=read, different=different)


def _chains(state: LatentState, chains: CodeChains, pane: PlanePane) -> StripContent:
    """The decodings of one sample on its way, learnt and exact."""
    walked, chain = pane.chains, min(state.chain, chains.count - 1)
    if walked is None:
        here = (
            tr("Being walked…")
            if _is_of(chains, pane)
            else tr("{source} walks the codes of another model", source=Path(chains.source).stem)
        )
        return StripContent(tr("Chains"), "", closable=True, message=here)
    t = timestep_at(walked, state.frame)
    rows = [StripRow(tr("Learned"), _read(walked.confident), _of(walked.tiles, chain), COLOURS["learned"])]
    if chains.exact and not walked.without_exact:
        rows.append(StripRow(tr("Exact"), _read(walked.exact_confident), _of(walked.exact_tiles, chain), COLOURS["exact"]))
    note = tr("t = {t} of {T}\n{steps} steps", t=t, T=walked.T, steps=chains.steps)
    title = tr("Chain {number} of {count}", number=chain + 1, count=chains.count)
    return StripContent(title, note, tuple(rows), playable=True, closable=True, message=tr("Being decoded…"), tip=READ)


def _is_of(chains: CodeChains, pane: PlanePane) -> bool:
    return pane.ddpm is not None and pane.ddpm.sha256 == chains.checkpoint


def _of(tiles: np.ndarray | None, chain: int) -> np.ndarray | None:
    """Pictures of one sample."""
    return None if tiles is None else tiles[:, chain]


def _read(share: float) -> str:
    return tr("x₀: {share:.0f} % as digits", share=100 * share) if np.isfinite(share) else ""


def _paths(state: LatentState, pane: PlanePane) -> StripContent:
    rows = []
    for shape, name in PATH_NAMES.items():
        shown = pane.paths.get(shape)
        note = (
            ""
            if shown is None
            else tr(
                "{plane_length} · images {image_length}",
                plane_length=number(shown.plane_length, 2),
                image_length=number(shown.image_length, 1),
            )
        )
        rows.append(StripRow(name, note, None if shown is None else shown.tiles, PATH_COLOURS[shape]))
    return StripContent(
        f"{state.ends[0]} → {state.ends[1]}", tr("plane and image\nlengths beside"), tuple(rows), playable=True, closable=True
    )
