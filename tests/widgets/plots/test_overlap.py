"""Curves that lie on one another."""

from __future__ import annotations

import numpy as np

from explorer.widgets.plots.overlap import SHORTEST, lies_on, stretches

X = np.arange(0.0, 201.0, 10.0)
COLUMNS = np.arange(0, 201)


def test_a_curve_on_another_counts_it_and_one_apart_does_not() -> None:
    flat, same, apart = (X, np.full(21, 50.0)), (X, np.full(21, 50.8)), (X, np.full(21, 60.0))
    below, on, away = lies_on([flat, same, apart], COLUMNS)
    assert not below.any()
    assert (on == 1).all()
    assert not away.any()
    assert (lies_on([flat, same, flat], COLUMNS)[2] == 2).all()


def test_curves_that_only_cross_are_not_on_one_another() -> None:
    rising = (X, X)
    crossed = lies_on([rising, (X, 200 - X)], COLUMNS)[1]
    assert not crossed.any()
    bent = lies_on([rising, (X, np.minimum(X, 100.0))], COLUMNS)[1]
    assert stretches(bent)[0][2] == 1
    assert 100 - SHORTEST < stretches(bent)[0][1] < 100 + SHORTEST


def test_gaps_hide_nothing_and_stretches_cover_every_column() -> None:
    values = np.full(21, 50.0)
    missing = np.where(X > 100, np.nan, values)
    counts = lies_on([(X, missing), (X, values)], COLUMNS)[1]
    assert counts[:101].all()
    assert not counts[101:].any()
    assert stretches(counts) == [(0, 101, 1), (101, 201, 0)]
