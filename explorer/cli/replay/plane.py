"""`replay` of decodings: sheets of `decode`, the Latent workspace's strokes, paths, samples and draws, and planes as pages."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from explorer.errors import BadInput
from explorer.recipe import PlaneRecipe, Recipe, Shown

if TYPE_CHECKING:
    import numpy as np

    from explorer.engine.engine import Engine

FRAMES_PER_SECOND = 16.0
"""Of a film at the window's usual speed."""


def make_sheet(recipe: Recipe, plane: PlaneRecipe, path: str, engine: Engine, out: Path) -> None:
    """Decode what `decode` decoded, and write it as it did; the checkpoint lies at `path` (BadInput as of `codes_of`)."""
    from explorer.engine.models.models import Models
    from explorer.exports.kinds import single
    from explorer.sampling.codes import autoencoder, decoded, write_decodings
    from explorer.sampling.plane_codes import codes_of, plane_at

    models = engine.of(Models)
    model = autoencoder(models.checkpoint(path, plane.told), models.device)
    codes = codes_of(plane, model, None if plane.slice is None else plane_at(path, plane.slice, models, plane.told))
    assert recipe.shown is not None
    kind, columns, scale = single()[out.suffix.lower()], min(recipe.shown.columns, len(codes)), recipe.shown.scale or None
    write_decodings(out, kind, codes, decoded(model, codes), recipe, columns, scale)


def make_strips(export: Path, plane: PlaneRecipe, paths: tuple[str, ...], engine: Engine, out: Path, shown: Shown | None = None) -> None:
    """Decode what an export of the Latent workspace shows, and write it.

    Parameters
    ----------
    export : Path
        Named where its recipe has no strip.
    plane : PlaneRecipe
    paths : tuple of str
        Checkpoints of its planes, the first one's first.
    shown : Shown or None
        The scale and the speed that were chosen for it.

    Raises
    ------
    BadInput
        If the recipe has no strip, or the file cannot be written.
    """
    from explorer.engine.latent.chain_messages import CodesWalked
    from explorer.engine.latent.export_messages import ExportStrip
    from explorer.engine.latent.messages import CodesDrawn, StrokeShown
    from explorer.engine.latent.strips import strip_questions
    from explorer.sampling.finding import checkpoint_path

    strips: list[np.ndarray] = []
    ddpm = "" if plane.chains is None else checkpoint_path(plane.chains.source, plane.chains.checkpoint)
    for question in strip_questions(plane, paths, ddpm):
        tiles = None
        for outcome in engine.handle(question):
            if isinstance(outcome, StrokeShown | CodesDrawn):
                tiles = outcome.tiles
            elif isinstance(outcome, CodesWalked) and not outcome.partial:
                chain = outcome.chains.alone or 0
                strips += [made[:, chain] for made in (outcome.tiles, outcome.exact_tiles) if made is not None]
        if tiles is not None:
            strips.append(tiles)
    if not strips:
        raise BadInput(f"{export}: its recipe has no strip of decodings")
    fps, scale = (shown.fps, shown.scale) if shown is not None else (0.0, 0)
    for _ in engine.handle(ExportStrip(str(out), tuple(strips), Recipe(plane=plane, shown=shown), fps or FRAMES_PER_SECOND, scale)):
        pass


def make_page(plane: PlaneRecipe, path: str, engine: Engine, out: Path) -> None:
    """Write the page of a plane, whose checkpoint lies at `path` (BadInput as of `ExportPlane`)."""
    from explorer.engine.latent.export_messages import ExportPlane

    for _ in engine.handle(ExportPlane(str(out), path, Recipe(plane=plane))):
        pass
