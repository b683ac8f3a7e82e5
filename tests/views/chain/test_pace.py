"""How often a window looks at a chain that is being made."""

from __future__ import annotations

import pytest

from explorer.views.chain.pace import LEAST_MS, MOST_MS, SHARE, Pace


def pauses(cost: float, processors: int, looks: int = 12) -> list[int]:
    """Of looks that each cost so many seconds of processor time."""
    spent = [0.0]
    pace = Pace(lambda: spent[0], processors)
    pace.begin()
    found = []
    for _ in range(looks):
        spent[0] += cost
        found.append(pace.looks())
    return found


@pytest.mark.parametrize(("cost", "processors"), [(0.010, 2), (0.016, 2), (0.030, 8)])
def test_looking_takes_its_share_of_the_processors(cost: float, processors: int) -> None:
    last = pauses(cost, processors)[-1]
    assert LEAST_MS < last < MOST_MS
    assert cost / (last / 1000 * processors) == pytest.approx(SHARE, rel=0.02)


def test_it_is_never_more_often_or_more_seldom_than_a_person_would_have_it() -> None:
    assert set(pauses(0.001, 2)) == {LEAST_MS}
    assert pauses(1.0, 2)[-1] == MOST_MS
    assert pauses(0.010, 16)[-1] == LEAST_MS, "many processors have room for it"


def test_a_chain_begins_with_frequent_looks() -> None:
    spent = [0.0]
    pace = Pace(lambda: spent[0], 2)
    for _ in range(5):
        spent[0] += 1
        pace.looks()
    spent[0] += 1
    pace.begin()
    assert pace.looks() == LEAST_MS
