"""Grids: what a person writes, and the recipes it makes."""

from __future__ import annotations

import pytest

from explorer.errors import BadInput
from explorer.recipe import ExactProcess, Lane, Sampler
from explorer.sweeps.grid import parse_grid, tasks_of

LANE = Lane("c" * 64, "mnist-ddpm-c", "C", Sampler(250))


def test_every_combination_is_a_recipe_with_its_own_seed_of_all_noise() -> None:
    tasks = list(tasks_of([LANE], parse_grid("seed=3..5 steps=10,25"), 7, None))
    chains = [task.chain for task in tasks]
    assert [(chain.seed, chain.lanes[0].sampler.steps) for chain in chains if chain] == [(s, k) for s in (3, 4, 5) for k in (10, 25)]
    assert all(chain is not None and chain.samples == 7 and chain.lanes[0].seed is None for chain in chains)


def test_without_a_grid_each_lane_is_one_recipe() -> None:
    exact = Lane("", "mnist", exact=ExactProcess())
    assert [task.chain.lanes for task in tasks_of([LANE, exact], parse_grid(""), 2, "fid") if task.chain] == [(LANE,), (exact,)]


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("seed=0..9 seed=3", "seed comes twice"),
        ("seed=0..1999 steps=1..1000", "2,000,000 recipes are more than the 1,000,000"),
        ("seed=0..99999999999", "values are more than the 1,000,000"),
        ("seed=9..3", "is no range"),
        ("steps=all..3", "is no range"),
        ("width=3", "a sweep is SETTING=VALUE"),
        ("seed", "a sweep is SETTING=VALUE"),
    ],
)
def test_what_cannot_be_is_told(text: str, says: str) -> None:
    with pytest.raises(BadInput, match=says):
        parse_grid(text)


def test_a_setting_that_a_lane_cannot_have_is_told() -> None:
    with pytest.raises(BadInput, match="guidance"):
        list(tasks_of([Lane("", "mnist", exact=ExactProcess())], parse_grid("guidance=2"), 2, None))
