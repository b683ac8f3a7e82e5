"""Starting elsewhere, as an edit of the session."""

from __future__ import annotations

from explorer.recipe import Branch, ChainRecipe, ExactProcess, FreshNoise, Lane, Sampler
from explorer.recipe.start import NoiseOf, Start
from explorer.state.edits.starts import started
from explorer.state.session import ChainState

WAY = Start((NoiseOf(1), NoiseOf(2)), 5)


def test_a_chain_becomes_deterministic_and_its_branches_go_along() -> None:
    lane = Lane("a" * 64, "c", "C", Sampler(steps=50))
    branch = Branch(Lane("a" * 64, "c", "C", Sampler(steps=50), edits=(FreshNoise(30),)), "mine")
    state = ChainState(ChainRecipe((lane,), 4, 16, (branch,)), selected=9, also=(3,))
    after = started(state, WAY)
    assert after.recipe.lanes[0] == Lane("a" * 64, "c", "C", Sampler(steps=50, eta=0.0), start=WAY)
    assert (after.recipe.samples, after.recipe.seed, after.selected, after.also) == (5, 4, 0, ())
    assert after.recipe.branches[0].lane.start == WAY
    assert after.recipe.branches[0].name == "mine"
    back = started(after, None)
    assert (back.recipe.lanes[0].start, back.recipe.samples) == (None, 5)


def test_a_sampler_that_was_chosen_stays_and_an_exact_process_follows_its_mean() -> None:
    chosen = Lane("a" * 64, "c", "C", Sampler(eta=0.5))
    assert started(ChainState(ChainRecipe((chosen,))), WAY).recipe.lanes[0].sampler.eta == 0.5
    exact = started(ChainState(ChainRecipe((Lane("", "mnist", exact=ExactProcess()),))), WAY).recipe.lanes[0]
    assert exact.exact is not None
    assert (exact.exact.follow, exact.sampler.eta) == ("mean", 0)
    nothing = ChainState()
    assert started(nothing, WAY) is nothing
