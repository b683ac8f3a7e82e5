"""The table of quantities, and names that are none of it."""

from __future__ import annotations

import pytest

from explorer.errors import BadInput
from explorer.recipe import Recipe, Shown, decode_recipe, encode_recipe
from explorer.recipe.quantities import QUANTITIES, own


def test_names_and_keys_are_told_apart() -> None:
    assert all(name == row.name for name, row in QUANTITIES.items())
    assert len({row.key for row in QUANTITIES.values()}) == len(QUANTITIES)
    assert all(row.diverging or row.scale == 1 for row in QUANTITIES.values())
    assert all(row.of in own() for row in QUANTITIES.values() if row.beside == "data set")


@pytest.mark.parametrize("name", QUANTITIES)
def test_a_name_is_written_as_it_is(name: str) -> None:
    recipe = Recipe(shown=Shown(quantity=name))
    assert decode_recipe(encode_recipe(recipe)) == recipe
    assert name == "x_t" or f'"shown":{{"quantity":"{name}"}}' in encode_recipe(recipe)


@pytest.mark.parametrize(("field", "name"), [("quantity", "x_1"), ("of", "difference"), ("of", "")])
def test_a_name_that_is_none_is_refused_with_those_that_are(field: str, name: str) -> None:
    with pytest.raises(BadInput, match=rf"a\.png: not a recipe: there is no quantity '{name}' here: it must be one of x_t, x0_hat, "):
        decode_recipe(f'{{"shown": {{"{field}": "{name}"}}}}', "a.png")
