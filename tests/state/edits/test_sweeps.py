"""One lane many times."""

from __future__ import annotations

from explorer.checkpoints.card import Card, DataCard, NetworkCard, ScheduleCard
from explorer.engine.models.messages import LibraryEntry
from explorer.recipe import MAX_LANES, ChainRecipe, Lane, Sampler
from explorer.state.edits import sweeps
from explorer.state.session import ChainState

C = Lane("c" * 64, "c.safetensors", "C", Sampler(20))
SWEPT = tuple(Lane("c" * 64, "c.safetensors", "C", Sampler(steps)) for steps in (10, 50, 100))


def snapshots(count: int) -> tuple[LibraryEntry, ...]:
    data = DataCard("mnist", (1, 28, 28), (-1.0, 1.0), "0" * 64)
    card = Card(1, "ddpm", NetworkCard("unet", {}), data, "C", ScheduleCard("linear", 1000))
    return tuple(LibraryEntry(f"/run/{i}.safetensors", str(i), False, 1, f"{i:064d}", card) for i in range(count))


def test_in_place_of_all_the_last_is_the_reference() -> None:
    state = ChainState(ChainRecipe((C, C), 5, 4), lane=1, reference=0)
    found = sweeps.with_sweep(state, SWEPT, replaced=True, as_grid=True)
    assert (found.recipe.lanes, found.lane, found.reference, found.layout) == (SWEPT, 0, 2, "grid")
    assert (found.recipe.seed, found.recipe.samples) == (5, 4)


def test_besides_what_is_looked_at_stays() -> None:
    state = ChainState(ChainRecipe((C, C)), lane=1, reference=1, layout="grid")
    found = sweeps.with_sweep(state, SWEPT, replaced=False, as_grid=False)
    assert (found.recipe.lanes, found.lane, found.reference, found.layout) == ((C, C, *SWEPT), 1, 1, "lanes")
    full = ChainState(ChainRecipe((C,) * (MAX_LANES - 1)))
    assert sweeps.with_sweep(full, SWEPT, replaced=False, as_grid=False).recipe.lanes == (*full.recipe.lanes, SWEPT[0])


def test_over_training_the_first_and_the_last_snapshot_are_among_the_lanes() -> None:
    few = sweeps.over_training(C, snapshots(3))
    assert [lane.source for lane in few] == ["/run/0.safetensors", "/run/1.safetensors", "/run/2.safetensors"]
    assert {lane.sampler for lane in few} == {C.sampler}
    many = sweeps.over_training(C, snapshots(50))
    assert len(set(many)) == MAX_LANES
    assert (many[0].source, many[-1].source) == ("/run/0.safetensors", "/run/49.safetensors")
    assert len(sweeps.over_training(C, snapshots(1))) == 1
