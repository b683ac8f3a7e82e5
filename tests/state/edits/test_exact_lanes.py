"""What can be done to exact lanes, and how they are called."""

from __future__ import annotations

import msgspec
import pytest

from explorer.checkpoints.card import Card, DataCard, NetworkCard, ScheduleCard
from explorer.engine.models.messages import LibraryEntry
from explorer.exports.colours import OPTION_COLOURS
from explorer.recipe import Branch, ChainRecipe, ExactProcess, FreshNoise, Lane, Sampler, ScheduleChoice
from explorer.state.edits import exact_lanes as exact_edits
from explorer.state.session import ChainState, Session
from explorer.views.shared.labels import lane_colours, lane_subtitle, lane_tip, lane_titles, short_titles

NETWORK = Lane("c" * 64, "c.safetensors", "C", Sampler(steps=50))
MNIST = ExactProcess("mnist", "a" * 64)


def state_of(*lanes: Lane) -> ChainState:
    return ChainState(ChainRecipe(lanes))


def test_an_exact_lane_takes_a_sampler_that_fits() -> None:
    assert exact_edits.exact_lane(MNIST, Sampler(steps=50, eta=0.5)).sampler == Sampler(50, 0.5)
    assert exact_edits.exact_lane(MNIST, Sampler(steps=1500)).sampler.steps is None
    lane = exact_edits.exact_lane(MNIST)
    assert (lane.checkpoint, lane.source, lane.exact) == ("", "mnist", MNIST)


def test_a_data_set_takes_the_place_of_a_lane_with_its_sampler_or_is_one_more() -> None:
    state = state_of(NETWORK, msgspec.structs.replace(NETWORK, sampler=Sampler(7)))
    put = exact_edits.put_exact(state, 0, MNIST).recipe.lanes
    assert put == (exact_edits.exact_lane(MNIST, Sampler(50)), state.recipe.lanes[1])
    more = exact_edits.add_exact(state, MNIST)
    assert more.recipe.lanes == (*state.recipe.lanes, exact_edits.exact_lane(MNIST, Sampler(7)))
    assert exact_edits.put_exact(state, 2, MNIST) == more, "the lane is gone meanwhile"
    assert exact_edits.add_exact(ChainState(), MNIST).recipe.lanes == (exact_edits.exact_lane(MNIST),)


def test_what_it_follows_and_through_what_is_changed_alone() -> None:
    state = state_of(NETWORK, exact_edits.exact_lane(MNIST))
    changed = exact_edits.set_exact(state, 1, "mean", "B").recipe.lanes
    assert changed[0] == NETWORK
    assert changed[1].exact == msgspec.structs.replace(MNIST, follow="mean")
    assert changed[1].option == "B"


def test_every_branch_of_an_exact_lane_follows_what_it_does() -> None:
    chain, other = exact_edits.exact_lane(MNIST), exact_edits.exact_lane(ExactProcess("mine.npy"))
    branches = tuple(Branch(msgspec.structs.replace(lane, edits=(FreshNoise(500, 1),)), "b") for lane in (chain, NETWORK, other))
    state = ChainState(ChainRecipe((branches[0].lane,), branches=branches))
    changed = exact_edits.set_exact(state, 0, "mean", "B").recipe
    assert changed.branches[0].lane == changed.lanes[0]
    assert (changed.lanes[0].option, changed.lanes[0].exact) == ("B", msgspec.structs.replace(MNIST, follow="mean"))
    assert changed.branches[1:] == branches[1:]


def test_the_same_predictor_through_every_option() -> None:
    state = exact_edits.through_options(state_of(NETWORK), MNIST)
    lanes = state.recipe.lanes
    assert [lane.option for lane in lanes] == ["A", "B", "C"]
    assert all(lane.sampler == NETWORK.sampler for lane in lanes)
    assert state.reference == 2
    assert exact_edits.is_through_options(state)
    assert not exact_edits.is_through_options(state_of(NETWORK))
    assert not exact_edits.is_through_options(state_of(*lanes[:2]))
    assert exact_edits.is_through_options(exact_edits.through_options(ChainState(), MNIST))


def test_a_lane_is_seen_beside_its_own_data_set_first() -> None:
    own, other = exact_edits.exact_lane(ExactProcess("mine.npy")), exact_edits.exact_lane(MNIST)
    state = state_of(NETWORK, other, own)
    assert exact_edits.data_set_of(state, 2, None) == ExactProcess("mine.npy")
    assert exact_edits.data_set_of(state, 0, None) == MNIST
    assert exact_edits.data_set_of(state_of(NETWORK), 0, None) is None
    assert exact_edits.data_set_of(ChainState(), 0, None) is None


@pytest.mark.parametrize(("data", "wanted"), [("mnist", "mnist"), ("emoji", "emoji"), ("mine", "")])
def test_a_network_is_seen_beside_the_shipped_data_set_that_it_learned(data: str, wanted: str) -> None:
    card = Card(1, "ddpm", NetworkCard("unet", {}), DataCard(data, (3, 32, 32), (-1.0, 1.0), "b" * 64), "C", ScheduleCard("linear", 1000))
    entry = LibraryEntry("/x/c.safetensors", "c", False, 1, "c" * 64, card)
    found = exact_edits.data_set_of(state_of(NETWORK), 0, entry)
    assert found == (ExactProcess(wanted, "b" * 64) if wanted else None)


def test_their_words_and_colours() -> None:
    drawing = exact_edits.exact_lane(MNIST)
    mean = msgspec.structs.replace(drawing, exact=msgspec.structs.replace(MNIST, follow="mean"))
    through = msgspec.structs.replace(mean, option="A")
    lanes = (NETWORK, drawing, mean, through)
    assert lane_titles(lanes) == ("Option C", "Exact", "Ideal", "Ideal A")
    assert short_titles(lanes) == ("C", "Exact", "Ideal", "Ideal A")
    assert lane_colours((drawing,)) == (OPTION_COLOURS["exact"].lower(),)
    assert [lane_subtitle(lane, lanes) for lane in lanes[1:]] == ["draws from mnist", "E[x₀ | xₜ] of mnist", "E[x₀ | xₜ] of mnist as mean"]
    assert "no network" in lane_tip(drawing)
    twins = (drawing, exact_edits.exact_lane(ExactProcess("folder/mine.npy")))
    assert lane_titles(twins) == ("Exact · mnist", "Exact · mine.npy")
    scheduled = msgspec.structs.replace(drawing, schedule=ScheduleChoice("cosine", 400))
    assert "cosine, T = 400" in lane_subtitle(scheduled, (scheduled,))


def test_a_session_keeps_them() -> None:
    state = exact_edits.through_options(state_of(NETWORK), MNIST)
    session = Session(compare=msgspec.structs.replace(state, data_set=True))
    assert msgspec.json.decode(msgspec.json.encode(session), type=Session) == session
