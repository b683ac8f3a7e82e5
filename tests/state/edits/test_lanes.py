"""What a person can do to the lanes."""

from __future__ import annotations

import msgspec
import pytest

from explorer.checkpoints.card import Card, DataCard, NetworkCard, OriginCard, SamplerCard, ScheduleCard
from explorer.engine.models.messages import LibraryEntry
from explorer.recipe import MAX_LANES, ChainRecipe, Lane, Sampler, ScheduleChoice
from explorer.state.edits import lanes as lane_edits
from explorer.state.edits.replacing import change_checkpoint
from explorer.state.session import ChainState

A, B, C = (Lane(option.lower() * 64, f"{option}.safetensors", option) for option in "ABC")  # type: ignore[arg-type]


def state(*lanes: Lane, lane: int = 0, reference: int = 0) -> ChainState:
    return ChainState(recipe=ChainRecipe(lanes, 5, 4), lane=lane, reference=reference)


def options(found: ChainState) -> str:
    return "".join(lane.option or "?" for lane in found.recipe.lanes)


@pytest.mark.parametrize(
    ("index", "by", "lanes", "lane", "reference"),
    [(0, 1, "BAC", 1, 2), (2, -1, "ACB", 0, 1), (1, 1, "ACB", 0, 1), (0, -1, "ABC", 0, 2), (2, 1, "ABC", 0, 2)],
)
def test_moving_takes_cursor_and_reference_along(index: int, by: int, lanes: str, lane: int, reference: int) -> None:
    found = lane_edits.move_lane(state(A, B, C, lane=0, reference=2), index, by)
    assert (options(found), found.lane, found.reference) == (lanes, lane, reference)


@pytest.mark.parametrize(("index", "lane", "reference"), [(0, 0, 1), (1, 1, 1), (2, 1, 1)])
def test_removing_keeps_what_is_left_in_view(index: int, lane: int, reference: int) -> None:
    found = lane_edits.remove_lane(state(A, B, C, lane=1 if index == 0 else 2, reference=2), index)
    assert len(found.recipe.lanes) == 2
    assert (found.lane, found.reference) == (lane, reference)


def test_the_last_lane_can_go() -> None:
    found = lane_edits.remove_lane(state(A), 0)
    assert (options(found), found.lane, found.reference) == ("", 0, 0)


def test_adding_and_duplicating() -> None:
    assert options(lane_edits.add_lane(state(A, B), C)) == "ABC"
    found = lane_edits.add_lane(state(A, B, lane=1, reference=0), A, 1)
    assert (options(found), found.lane, found.reference) == ("AAB", 2, 0)
    full = state(*([A] * MAX_LANES))
    assert lane_edits.add_lane(full, B) is full


def test_seed_and_samples_stay_when_lanes_change() -> None:
    found = lane_edits.set_sampler(state(A, B), 1, eta=0.0, steps=7)
    assert (found.recipe.seed, found.recipe.samples) == (5, 4)
    assert [lane.sampler for lane in found.recipe.lanes] == [Sampler(), Sampler(steps=7, eta=0.0)]
    every = lane_edits.set_all_steps(found, 3, (1000, 1000))
    assert [lane.sampler for lane in every.recipe.lanes] == [Sampler(steps=3), Sampler(steps=3, eta=0.0)]


@pytest.mark.parametrize(
    ("steps", "wanted"), [(150, (150, 150)), (200, (200, None)), (500, (500, None)), (1000, (None, None)), (None, (None, None))]
)
def test_steps_of_every_lane_are_at_most_its_own(steps: int | None, wanted: tuple[int | None, ...]) -> None:
    found = lane_edits.set_all_steps(state(A, B), steps, (1000, 200))
    assert tuple(lane.sampler.steps for lane in found.recipe.lanes) == wanted


def entry(T: int, shape: tuple[int, int, int] = (1, 28, 28)) -> LibraryEntry:
    data = DataCard("mnist", shape, (-1.0, 1.0), "0" * 64)
    card = Card(1, "ddpm", NetworkCard("unet", {}), data, "C", ScheduleCard("linear", T))
    return LibraryEntry("/x/c.safetensors", "c", False, 1, "c" * 64, card)


def test_a_lane_keeps_its_sampler_but_not_more_steps_than_the_new_model_has() -> None:
    few = entry(100)
    assert lane_edits.lane_of(few, Sampler(steps=50, eta=0.0)) == Lane("c" * 64, "/x/c.safetensors", "C", Sampler(steps=50, eta=0.0))
    assert lane_edits.lane_of(few, Sampler(steps=500, eta=0.0)).sampler == Sampler(eta=0.0)


def test_what_is_opened_takes_the_sampler_of_the_last_lane_or_of_the_only_one() -> None:
    short, long = (lane_edits.set_sampler(state(A), 0, steps=steps).recipe.lanes[0] for steps in (5, 50))
    more = lane_edits.add_entry(state(short, long), entry(1000))
    assert [lane.sampler.steps for lane in more.recipe.lanes] == [5, 50, 50]
    alone = lane_edits.open_entry(state(short, long), entry(1000))
    assert [lane.sampler.steps for lane in alone.recipe.lanes] == [5]
    assert alone.recipe.lanes[0].checkpoint == "c" * 64
    assert lane_edits.add_entry(state(), entry(1000)) == lane_edits.open_entry(state(), entry(1000))


def test_how_one_author_samples_is_nothing_to_another_checkpoint_but_what_a_person_chose_stays() -> None:
    plain = entry(1000)
    assert plain.card is not None
    said = OriginCard("x", sampler=SamplerCard(clip=True, spacing="leading"))
    authored = LibraryEntry("/x/d", "d", False, 1, "d" * 64, msgspec.structs.replace(plain.card, origin=said))
    known = (plain, authored)
    there = lane_edits.open_entry(state(), authored)
    assert (there.recipe.lanes[0].sampler.clip, there.recipe.lanes[0].sampler.spacing) == (True, "leading")
    chosen = lane_edits.set_sampler(there, 0, steps=50, spacing="linspace")
    for gone_on in (
        lane_edits.open_entry(chosen, plain, entries=known),
        lane_edits.add_entry(chosen, plain, entries=known),
        change_checkpoint(chosen, 0, plain, known),
    ):
        assert gone_on.recipe.lanes[-1].sampler == Sampler(steps=50, spacing="linspace")


def test_of_large_images_there_are_fewer_samples_and_the_selection_is_among_them() -> None:
    many = msgspec.structs.replace(state(A), recipe=ChainRecipe((A,), samples=16), selected=11, also=(2, 9))
    large = entry(1000, (3, 256, 256))
    for found in (lane_edits.open_entry(many, large), lane_edits.add_entry(many, large)):
        assert (found.recipe.samples, found.selected, found.also) == (4, 3, (2,))
    small = lane_edits.open_entry(many, entry(1000, (3, 64, 64)))
    assert (small.recipe.samples, small.selected, small.also) == (16, 11, (2, 9))
    full = msgspec.structs.replace(many, recipe=ChainRecipe((A,) * MAX_LANES, samples=16))
    assert lane_edits.add_entry(full, large) is full
    assert change_checkpoint(many, 0, large, ()).recipe.samples == 4


def test_one_lane_is_done_something_to_in_its_place() -> None:
    changed = lane_edits.set_schedule(lane_edits.set_sampler(state(A, B, C, lane=2), 1, eta=0.0), 1, ScheduleChoice("cosine", 50), None)
    assert lane_edits.reset_lane(changed, 1) == state(A, B, C, lane=2)
    assert options(lane_edits.duplicate_lane(changed, 1)) == "ABBC"
    later = lane_edits.set_snapshot(changed, 1, entry(1000)).recipe.lanes[1]
    assert (later.checkpoint, later.schedule, later.sampler.eta) == ("c" * 64, ScheduleChoice("cosine", 50), 0.0)
