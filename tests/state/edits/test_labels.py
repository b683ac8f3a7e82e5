"""Labels of lanes as edits: what they change, and what another checkpoint keeps of them."""

from __future__ import annotations

import msgspec

from explorer.checkpoints.card import ClassesCard
from explorer.recipe import NO_CLASS, ChainRecipe, ExactProcess, Lane
from explorer.state.edits import labels as edits
from explorer.state.edits.lanes import plain
from explorer.state.session import ChainState

LANE = Lane("a", "a", "C", labels=(2, NO_CLASS), guidance=1.5)
EXACT = Lane("", "mnist", exact=ExactProcess(label=3))


def state(*lanes: Lane) -> ChainState:
    return msgspec.structs.replace(ChainState(), recipe=ChainRecipe(lanes, samples=16))


def test_a_label_of_an_exact_lane_is_its_process_class() -> None:
    assert edits.labels_of(EXACT) == (3,)
    changed = edits.set_labels(state(EXACT), 0, (5,)).recipe.lanes[0]
    assert changed.exact == ExactProcess(label=5)
    assert edits.set_labels(state(EXACT), 0, ()).recipe.lanes[0].exact == ExactProcess()


def test_one_of_each_is_as_many_samples_as_classes() -> None:
    recipe = edits.one_of_each(state(LANE), 0, 10).recipe
    assert (recipe.samples, recipe.lanes[0].labels, recipe.lanes[0].guidance) == (10, (), 1.5)


def test_another_network_keeps_what_it_takes() -> None:
    new = Lane("b", "b", "B")
    cases = {
        ClassesCard(11, 10): (LANE.labels, 1.5), ClassesCard(3, 2): (LANE.labels, 1.5), ClassesCard(2, 1): ((), 1.5),
        ClassesCard(11): ((), 0.0),
    }  # fmt: skip
    for classes, wanted in cases.items():
        found = edits.kept(LANE, new, classes)
        assert (found.labels, found.guidance) == wanted, classes
    assert edits.kept(LANE, new, None) == new
    assert edits.kept(msgspec.structs.replace(LANE, labels=(2,)), new, ClassesCard(3)).labels == (2,)


def test_a_lane_that_is_reset_is_told_the_classes_in_turn() -> None:
    assert (plain(LANE).labels, plain(LANE).guidance) == ((), 0.0)
