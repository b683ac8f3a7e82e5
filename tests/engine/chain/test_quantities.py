"""The table of quantities and the makers fit each other."""

from __future__ import annotations

from explorer.engine.chain.lane_quantities import OWN
from explorer.engine.chain.quantities import BESIDE
from explorer.recipe.quantities import QUANTITIES, own


def test_every_quantity_has_the_maker_of_its_kind() -> None:
    assert set(OWN) == set(own())
    assert set(BESIDE) == set(QUANTITIES) - set(own())
