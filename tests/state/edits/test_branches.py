"""The tree of branches, derived from their edits."""

from __future__ import annotations

import msgspec
import numpy as np
import pytest

from explorer.engine.models.messages import LibraryEntry
from explorer.recipe import MAX_BRANCHES, BackUp, Branch, ChainRecipe, Change, Dab, Edit, FreshNoise, Lane, Paint, Sampler, ScheduleChoice
from explorer.state.edits import branches as trees
from explorer.state.session import ChainState

ROOT = Lane("ab" * 32, "/models/c.safetensors", "C", Sampler(20))
PAINT = Paint(300, (Dab(((3.0, 4.0),)),))


def lane(*edits: Edit) -> Lane:
    return msgspec.structs.replace(ROOT, edits=edits)


def state(shown: Lane = ROOT, *branches: Lane) -> ChainState:
    return ChainState(ChainRecipe((shown,), 3, 4, branches=tuple(Branch(b) for b in branches)), t=300)


def shape(found: ChainState) -> list[tuple[int, int | None]]:
    return [(node.parent, node.t) for node in trees.rows_of(found.recipe)]


def test_a_branch_leaves_the_longest_kept_beginning_of_its_edits() -> None:
    a, b, c = FreshNoise(640), PAINT, FreshNoise(100, 2)
    found = state(ROOT, lane(a), lane(a, b), lane(a, b, c), lane(b))
    assert shape(found) == [(-1, None), (0, 300), (0, 640), (2, 300), (3, 100)]
    without_middle = state(ROOT, lane(a), lane(a, b, c))
    assert shape(without_middle) == [(-1, None), (0, 640), (1, 100)]


def test_branches_of_another_chain_wait_until_it_is_shown_again() -> None:
    other = msgspec.structs.replace(ROOT, checkpoint="cd" * 32)
    found = state(other, lane(PAINT))
    assert shape(found) == [(-1, None)]
    assert shape(trees.showing(found, ROOT)) == [(-1, None), (0, 300)]


def test_branching_drops_what_is_still_to_come() -> None:
    first = trees.with_branch(state(), PAINT)
    assert first.recipe.lanes == (lane(PAINT),)
    higher = trees.with_branch(first, FreshNoise(640, 1))
    assert higher.recipe.lanes == (lane(FreshNoise(640, 1)),), "at 640 the paint has not happened yet"
    lower = trees.with_branch(first, FreshNoise(100, 1))
    assert lower.recipe.lanes == (lane(PAINT, FreshNoise(100, 1)),)
    assert shape(lower) == [(-1, None), (0, 300), (1, 100)]
    again = trees.with_branch(first, BackUp(640))
    assert again.recipe.lanes == (lane(PAINT, BackUp(640)),), "the image that is backed up from was painted"


def test_the_same_branch_twice_is_one() -> None:
    once = trees.with_branch(state(), PAINT)
    twice = trees.with_branch(trees.showing(once, ROOT), PAINT)
    assert twice.recipe == once.recipe


def test_deleting_takes_what_leaves_it_and_shows_the_parent() -> None:
    a, b = lane(FreshNoise(640)), lane(FreshNoise(640), PAINT)
    found = trees.without(state(b, a, b, lane(PAINT)), a)
    assert [branch.lane for branch in found.recipe.branches] == [lane(PAINT)]
    assert found.recipe.lanes == (ROOT,)
    kept = trees.without(state(lane(PAINT), a, b, lane(PAINT)), b)
    assert kept.recipe.lanes == (lane(PAINT),)
    assert len(kept.recipe.branches) == 2


def test_names_and_samplers_are_of_the_tree() -> None:
    found = trees.renamed(state(ROOT, lane(PAINT)), lane(PAINT), "  a longer tail ")
    assert trees.rows_of(found.recipe)[1].label == "a longer tail"
    assert trees.rows_of(trees.renamed(found, lane(PAINT), "").recipe)[1].label == "painted at t = 300"
    other = trees.set_sampler(found, steps=50, eta=0.5)
    assert {one.sampler for one in (*other.recipe.lanes, *(b.lane for b in other.recipe.branches))} == {Sampler(50, 0.5)}
    assert shape(other) == shape(found)


def test_schedule_and_snapshot_are_of_the_tree() -> None:
    found = state(lane(PAINT), lane(PAINT))
    walked = trees.set_schedule(found, ScheduleChoice("cosine", 10), None)
    later = trees.set_snapshot(found, LibraryEntry("/run/later.safetensors", "later", False, 1, "d" * 64, None))
    for other in (walked, later):
        assert other.recipe.branches[0].lane == other.recipe.lanes[0]
        assert shape(other) == shape(found)
    assert walked.recipe.lanes[0].schedule == ScheduleChoice("cosine", 10)
    assert walked.recipe.lanes[0].sampler.steps is None, "20 are more than there are"
    assert later.recipe.lanes[0].checkpoint == "d" * 64


def test_every_new_noise_is_another() -> None:
    found = state()
    assert trees.next_stream(found.recipe) == 1
    found = trees.with_branch(found, FreshNoise(500, 1))
    found = trees.with_branch(trees.showing(found, ROOT), FreshNoise(300, 7))
    assert trees.next_stream(found.recipe) == 8
    assert trees.fresh_noise(found) == FreshNoise(300, 8)


def test_a_number_is_not_used_twice_when_a_branch_was_deleted() -> None:
    found = state()
    for _ in range(2):
        found = trees.with_branch(trees.showing(found, ROOT), BackUp(500, stream=trees.fork_stream(found.recipe)))
    found = trees.without(trees.showing(found, ROOT), found.recipe.branches[0].lane)
    found = trees.with_branch(found, BackUp(500, stream=trees.fork_stream(found.recipe)))
    assert [branch.lane.edits for branch in found.recipe.branches] == [(BackUp(500, stream=1),), (BackUp(500, stream=2),)]
    unkept = msgspec.structs.replace(found, recipe=msgspec.structs.replace(found.recipe, branches=()))
    assert trees.fork_stream(unkept.recipe) == 3, "nor one that a lane has which is not kept in the tree"


def test_what_is_done_at_the_cursor_is_of_that_t_and_of_noise_that_no_branch_has() -> None:
    found = state(ROOT, lane(PAINT), lane(BackUp(500, stream=4)))
    region = np.zeros((28, 28), bool)
    region[3:5, 7] = True
    paint = trees.painted(found, PAINT.dabs, "x0_hat", (2,))
    erase = trees.erased(found, region, 3, "image", ())
    assert paint == Paint(300, PAINT.dabs, "x0_hat", (2,), 5)
    assert (erase.t, erase.repeats, erase.known, erase.samples, erase.stream, erase.anew) == (300, 3, "image", (), 5, True)
    np.testing.assert_array_equal(erase.mask.array(), region)
    assert trees.backed_up(found, 700, None, False) == BackUp(700, None, 5, False), "up to its own t"
    assert trees.own_noise(found) == FreshNoise(300, 0)
    assert trees.changed(found, eta=0.5) == Change(300, eta=0.5)


def test_there_is_an_end_to_branches() -> None:
    found = state()
    for stream in range(1, MAX_BRANCHES + 1):
        found = trees.with_branch(trees.showing(found, ROOT), FreshNoise(500, stream))
    with pytest.raises(ValueError, match=f"at most {MAX_BRANCHES} branches; delete some"):
        trees.with_branch(trees.showing(found, ROOT), FreshNoise(500, MAX_BRANCHES + 1))
    again = trees.with_branch(trees.showing(found, ROOT), FreshNoise(500, 3))
    assert again.recipe.branches == found.recipe.branches, "one that is there already is none too many"


def test_in_compare_it_is_beside_its_parent() -> None:
    branch = lane(PAINT)
    strangers = ChainState(ChainRecipe((lane(Change(200, eta=0.0)),), 99, 4))
    opened = trees.beside_parent(state(branch, branch), ROOT, branch, strangers)
    assert opened.recipe.lanes == (ROOT, branch), "other noise: in their place"
    assert (opened.recipe.seed, opened.reference, opened.lane, opened.t) == (3, 0, 1, 300)
    assert trees.given_up(strangers, opened) == 1
    friends = ChainState(ChainRecipe((lane(Change(200, eta=0.0)), ROOT), 3, 4))
    opened = trees.beside_parent(state(branch, branch), ROOT, branch, friends)
    assert opened.recipe.lanes == (*friends.recipe.lanes, branch), "the same noise: added"
    assert (opened.reference, opened.lane) == (1, 2)
    assert trees.given_up(friends, opened) == 0


def test_branch_after_branch_is_added_to_compare() -> None:
    first, second = lane(PAINT), lane(FreshNoise(500))
    found = ChainState()
    for one in (first, second, first):
        found = trees.into_compare(state(first, first, second), found, one)
    assert found.recipe.lanes == (first, second), "none twice"
    assert (found.recipe.seed, found.recipe.samples, found.lane) == (3, 4, 0)
    for stream in range(2, 16):
        found = trees.into_compare(state(first), found, lane(FreshNoise(500, stream)))
    with pytest.raises(ValueError, match="at most 16 lanes"):
        trees.into_compare(state(first), found, lane(FreshNoise(500, 99)))
    assert trees.into_compare(state(first), found, second).recipe == found.recipe, "one that is there needs no room"
