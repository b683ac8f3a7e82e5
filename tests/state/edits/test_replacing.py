"""What of a lane stays when another model takes its place."""

from __future__ import annotations

import pytest

from explorer.checkpoints.card import Card, DataCard, NetworkCard, ScheduleCard
from explorer.engine.chain.data_set.messages import DataSetOpened
from explorer.engine.models.messages import LibraryEntry
from explorer.recipe import (
    BackUp,
    ChainRecipe,
    Change,
    Dab,
    Edit,
    ExactProcess,
    FreshNoise,
    Inpaint,
    Lane,
    Mask,
    Paint,
    Picture,
    Sampler,
    ScheduleChoice,
)
from explorer.state.edits.replacing import change_checkpoint, change_data_set, with_checkpoint, with_data_set
from explorer.state.session import ChainState

COSINE = ScheduleChoice("cosine", 400)
SMALL = ExactProcess("small.npy", "a" * 64)
MASK, PICTURE = Mask(28, 28, bytes(98)), Picture(1, 28, 28, bytes(784))
FRESH, MARKS = FreshNoise(700, 2), Paint(300, (Dab(((0.5, 0.5),), 0.1),))
ERASED, BACK = Inpaint(300, MASK), BackUp(800, PICTURE)


def entry(name: str, T: int = 1000, side: int = 28, schedule: str = "linear") -> LibraryEntry:
    data = DataCard("mnist", (1, side, side), (-1.0, 1.0), "0" * 64)
    card = Card(1, "ddpm", NetworkCard("unet", {}), data, "C", ScheduleCard(schedule, T))
    return LibraryEntry(f"/x/{name}.safetensors", name, False, 1, name * 64, card)


def lane(*edits: Edit, steps: int | None = 500, schedule: ScheduleChoice | None = None) -> Lane:
    return Lane("a" * 64, "/x/a.safetensors", "A", Sampler(steps, 0.5, clip=True), None, schedule, edits, seed=7)


def data_set(side: int = 28) -> DataSetOpened:
    return DataSetOpened(SMALL, "small.npy", 5, (1, side, side))


def test_all_but_the_model_stays() -> None:
    old = lane(FRESH, MARKS, ERASED, BACK, schedule=ScheduleChoice("cosine", 900))
    for found in (with_checkpoint(old, entry("c", T=50), ()), with_data_set(old, data_set(), ())):
        assert (found.sampler, found.schedule, found.edits, found.seed) == (old.sampler, old.schedule, old.edits, 7)
    assert with_checkpoint(old, entry("c"), ()).option == "C"
    exact = with_data_set(old, data_set(), ())
    assert (exact.checkpoint, exact.source, exact.exact, exact.option) == ("", "small.npy", SMALL, None)


@pytest.mark.parametrize(
    ("schedule", "T", "steps"), [(None, 400, None), (None, 600, 500), (COSINE, 600, None), (ScheduleChoice("linear", 500), 300, 500)]
)
def test_there_are_no_more_steps_than_the_schedule_that_is_walked_has(schedule: ScheduleChoice | None, T: int, steps: int | None) -> None:
    found = with_checkpoint(lane(schedule=schedule), entry("c", T), ())
    assert found.sampler == Sampler(steps, 0.5, clip=True)


def test_edits_that_cannot_be_go_and_the_others_stay() -> None:
    old = lane(FRESH, MARKS, ERASED)
    assert with_checkpoint(old, entry("c", T=600), ()).edits == (MARKS, ERASED), "t = 700 is above T"
    assert with_checkpoint(old, entry("c", side=32), ()).edits == (FRESH, MARKS), "the mask is of other images"
    assert with_data_set(lane(FRESH, BACK), data_set(side=8), ()).edits == (FRESH,), "the picture is"
    coloured = Paint(300, (Dab(((0.5, 0.5),), 0.1, colour=(1.0, 0.0, -1.0)),))
    assert with_data_set(lane(FRESH, coloured), data_set(), ()).edits == (FRESH,), "there is no colour in these images"
    after = lane(MARKS, BACK, FRESH)
    assert with_checkpoint(after, entry("c", side=32), ()).edits == (MARKS,), "t = 700 came after the picture was taken up"


def test_a_chain_goes_on_with_a_network_of_the_same_noise_levels_alone() -> None:
    known = (entry("d"), entry("e", schedule="cosine"), entry("f", side=32))
    for other, own, named in (("d", True, True), ("e", False, True), ("f", False, False), ("9", False, True)):
        change = Change(500, checkpoint=other * 64, source=other)
        assert with_checkpoint(lane(change), entry("c"), known).edits == ((change,) if own else ())
        assert with_data_set(lane(change, schedule=ScheduleChoice("cosine")), data_set(), known).edits == ((change,) if named else ())
    eta = Change(500, eta=0.0)
    assert with_checkpoint(lane(eta), entry("c"), ()).edits == (eta,)


def test_an_exact_lane_follows_what_it_did() -> None:
    old = Lane("", "mnist", "B", exact=ExactProcess("mnist", "b" * 64, follow="mean"))
    found = with_data_set(old, data_set(), ())
    assert (found.option, found.exact) == ("B", ExactProcess("small.npy", "a" * 64, follow="mean"))
    assert with_checkpoint(old, entry("c"), ()) == Lane("c" * 64, "/x/c.safetensors", "C")


def test_one_lane_is_changed_in_its_place() -> None:
    state = ChainState(ChainRecipe((lane(), lane(FRESH))), lane=1, reference=1)
    for found, wanted in (
        (change_checkpoint(state, 1, entry("c"), ()), with_checkpoint(lane(FRESH), entry("c"), ())),
        (change_data_set(state, 1, data_set(), ()), with_data_set(lane(FRESH), data_set(), ())),
    ):
        assert found.recipe.lanes == (lane(), wanted)
        assert (found.lane, found.reference) == (1, 1)
