"""What a person can do in a chain workspace beside its lanes."""

from __future__ import annotations

import pytest

from explorer.recipe import ChainRecipe, Lane
from explorer.state.edits import chain as edits
from explorer.state.session import ChainState, UNetLook

STATE = ChainState(ChainRecipe((Lane("c" * 64, "c.safetensors", "C"),), seed=5, samples=4), t=300)


def test_the_noise_is_changed_alone() -> None:
    found = edits.with_recipe(STATE, seed=9)
    assert (found.recipe.seed, found.recipe.samples, found.recipe.lanes, found.t) == (9, 4, STATE.recipe.lanes, 300)


def test_one_lane_has_no_difference_whatever_a_session_file_says() -> None:
    found = edits.of_one_lane(ChainState(quantity="difference", plot="distance x_t"))
    assert (found.quantity, found.plot) == ("x_t", "norms")
    own = ChainState(quantity="to_ideal", plot="ideal")
    assert edits.of_one_lane(own) == own


@pytest.mark.parametrize(("selected", "by", "wanted"), [(0, 1, 1), (0, -1, 0), (3, 1, 3), (3, -1, 2), (9, -1, 2)])
def test_the_next_sample_is_one_that_there_is(selected: int, by: int, wanted: int) -> None:
    state = ChainState(STATE.recipe, selected=selected)
    assert edits.step_sample(state, by).selected == wanted


def test_what_is_put_the_other_way_comes_back() -> None:
    assert edits.toggle_log(STATE).log_curves
    assert edits.toggle_layout(STATE).layout == "grid"
    for toggle in (edits.toggle_log, edits.toggle_layout):
        assert toggle(toggle(STATE)) == STATE


def test_skips_of_the_network_go_off_and_on() -> None:
    found = edits.toggle_skip(edits.toggle_skip(edits.look_inside(STATE, open=True), 2), 0)
    assert found.unet == UNetLook(open=True, off=(0, 2))
    assert edits.toggle_skip(found, 2).unet.off == (0,)
