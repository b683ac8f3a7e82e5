"""A latent plane as a page, which no window holds: of the commands, and from Python."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from explorer.recipe import PlaneRecipe, Recipe

if TYPE_CHECKING:
    from explorer.checkpoints.files import Checkpoint
    from explorer.engine.latent.export_messages import PlaneExported


def write_plane_page(opened: Checkpoint, recipe: PlaneRecipe, device: str, out: Path) -> PlaneExported:
    """Encode the test images, and write the page of a recipe's plane (BadInput as of `ExportPlane`)."""
    from explorer.engine.engine import Engine
    from explorer.engine.latent.export_messages import ExportPlane, PlaneExported
    from explorer.engine.thread.messages import StartEngine

    engine = Engine()
    made: PlaneExported | None = None
    for _ in engine.handle(StartEngine(device, "fp32")):
        pass
    for outcome in engine.handle(ExportPlane(str(out), str(opened.path), Recipe(plane=recipe))):
        if isinstance(outcome, PlaneExported):
            made = outcome
    assert made is not None
    return made
