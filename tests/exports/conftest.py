"""A recipe with everything in it that metadata might spoil."""

from __future__ import annotations

import pytest

from explorer.recipe import ChainRecipe, Lane, PlaneGrid, PlaneRecipe, Point, Recipe, Sampler

AWKWARD = "Ziffern = ä;#\\x \"'é 数字.safetensors"


@pytest.fixture
def recipe() -> Recipe:
    lanes = (Lane("ab" * 32, AWKWARD, "C", Sampler(250, 0.5, True)), Lane("cd" * 32, "mnist-ddpm-a", "A"))
    plane = PlaneRecipe("ef" * 32, AWKWARD, (Point("1", 0.25, -1.5),), grid=PlaneGrid((-3.0, 3.0, -3.0, 3.0), 8, 8))
    return Recipe(chain=ChainRecipe(lanes, 2**63 - 1, 64), plane=plane)
