"""The estimate of the bound: unbiased, with honest standard errors, and the same however it is interrupted."""

from __future__ import annotations

import math
from collections.abc import Sequence
from itertools import islice

import numpy as np
import pytest
import torch
from torch import Tensor

from explorer.diffusion.bound import Tally, difference, excess, walk, weighted
from explorer.diffusion.objective import log_bin_mass, prior_term, reverse_variances
from explorer.diffusion.parameterization import Option
from explorer.diffusion.predictor import NetworkPredictor
from explorer.diffusion.schedule import cosine
from explorer.diffusion.strata import Design, cut, shuffled, spread_out

T = 12
SCHEDULE = cosine(T)
PIXELS = torch.tensor([-1.0, -0.6, 0.2, 1.0], dtype=torch.float64)
"""The data: one pixel, one of four grey levels."""


def denoiser(weight: float) -> NetworkPredictor:
    """x0_hat = weight x_t: not the best, but all its terms are known."""
    return NetworkPredictor(lambda x_t, t: weight * x_t, Option.B, SCHEDULE)


def grey(values: Tensor) -> Tensor:
    """Values as the nearest of 256 grey levels."""
    return ((values + 1) * 127.5).round() / 127.5 - 1


DATA = grey(PIXELS).reshape(-1, 1, 1, 1)


def images(indices: Sequence[int]) -> Tensor:
    return DATA[[i % len(DATA) for i in indices]].float()


def known_terms(weight: float) -> tuple[float, np.ndarray]:
    """E[L_T], and E[L_{t-1}] for t = 1..T at index t, by quadrature over eps."""
    nodes, weights = np.polynomial.hermite_e.hermegauss(120)
    eps, share = torch.from_numpy(nodes), torch.from_numpy(weights / weights.sum())
    x0 = DATA.flatten()[:, None]
    levels, variances = SCHEDULE.alpha_bar, reverse_variances(SCHEDULE)
    terms = np.full(T + 1, np.nan)
    for t in range(1, T + 1):
        x_t = levels[t].sqrt() * x0 + (1 - levels[t]).sqrt() * eps
        if t == 1:
            nats = -log_bin_mass(x0.expand_as(x_t), weight * x_t, float(variances[1].sqrt()))
        else:
            a0 = levels[t - 1].sqrt() * SCHEDULE.betas[t - 1] / (1 - levels[t])
            nats = a0**2 * (x0 - weight * x_t) ** 2 / (2 * variances[t])
        terms[t] = float((nats * share).sum(1).mean())
    return float(prior_term(SCHEDULE, DATA).mean()), terms


def measured(weight: float, design: Design, rounds: int) -> Tally:
    tally = Tally(design)
    for _ in walk(denoiser(weight), images, tally, rounds):
        pass
    return tally


@pytest.fixture(scope="module")
def many() -> Tally:
    """An estimate of few strata, so that timesteps are drawn, and of many images."""
    return measured(0.8, Design(cut(T, 5), 0, shuffled(8000, 4000, 0), block=10), 400)


def test_the_whole_bound_of_known_data_is_found(many: Tally) -> None:
    prior, terms = known_terms(0.8)
    found = many.totals()
    known = (prior, float(terms[2:].sum()), float(terms[1]), prior + float(terms[1:].sum()))
    for figure, value in zip((found.prior, found.steps, found.decoder, found.total), known, strict=True):
        assert figure.error < 0.1 * value
        assert abs(figure.value - value) < 4 * figure.error


def test_every_term_is_found(many: Tally) -> None:
    _, terms = known_terms(0.8)
    curve = many.at_t.curve()
    assert (many.at_t.number[1:] > 0).all()
    assert many.at_t.number[1] == 4000
    assert (np.abs(curve.value - terms)[1:] < 4.5 * curve.error[1:]).all()
    strata = many.terms()
    for s, (start, size) in enumerate(zip(many.design.strata.starts, many.design.strata.sizes, strict=True)):
        assert abs(strata.value[s] - terms[start : start + size].mean()) < 4.5 * strata.error[s]


def test_the_bound_is_above_the_entropy(many: Tally) -> None:
    assert many.totals().total.value > math.log(len(DATA))


def test_standard_errors_are_those_of_repeated_estimates() -> None:
    tallies = [measured(0.8, Design(cut(T, 4), seed, shuffled(10_000, 40, seed), block=4), 10) for seed in range(40)]
    totals = [tally.totals().total for tally in tallies]
    spread = float(np.std([figure.value for figure in totals], ddof=1))
    said = math.sqrt(float(np.mean([figure.error**2 for figure in totals])))
    assert 0.65 < said / spread < 1.5


def test_a_walk_goes_on_where_it_was_left() -> None:
    design = Design(cut(T, 5), 3, shuffled(100, 12, 3), block=5, draws=2)
    whole = measured(0.7, design, 3)
    parts = Tally(design)
    for stop in (1, 7, 8, 13, 100):
        for _ in islice(walk(denoiser(0.7), images, parts, 3), stop):
            pass
    assert parts.totals() == whole.totals()
    assert (parts.rounds, parts.images, parts.seen) == (3, 12, 12 * len(design.strata) * 2)
    np.testing.assert_array_equal(parts.at_t.curve().value, whole.at_t.curve().value)


def test_it_ends_with_the_images_and_the_last_round_may_be_smaller() -> None:
    design = Design(cut(T), 0, (4, 5, 6), block=2)
    assert design.rounds == 2
    tally = measured(0.8, design, 99)
    assert (tally.rounds, tally.images) == (2, 3)
    by_image = [measured(0.8, Design(cut(T), 0, (i,)), 1).totals().total.value for i in (4, 5, 6)]
    assert tally.totals().total.value == pytest.approx(float(np.mean(by_image)), rel=1e-6)


def test_one_image_is_drawn_again_with_other_noise() -> None:
    design = Design(cut(T), 0, (2,))
    assert design.rounds is None
    tally = measured(0.8, design, 30)
    assert (tally.rounds, tally.images) == (30, 1)
    assert tally.totals().prior.error < 1e-12 * tally.totals().prior.value
    assert tally.totals().steps.error > 0
    assert (tally.at_t.number[1:] == 30).all()


def test_before_the_first_round_there_are_terms_but_no_totals() -> None:
    tally = Tally(Design(cut(T, 5), 0, (0, 1, 2, 3)))
    assert math.isnan(tally.totals().total.value)
    for _ in islice(walk(denoiser(0.8), images, tally, 1), 2):
        pass
    assert math.isnan(tally.totals().total.value)
    assert np.isfinite(tally.terms().value).sum() == 2
    measured_once = measured(0.8, Design(cut(T, 5), 0, (0, 1, 2, 3)), 1).totals().total
    assert math.isfinite(measured_once.value)
    assert math.isnan(measured_once.error)


def test_what_is_not_finite_has_no_error() -> None:
    found = weighted(np.array([[1.0, np.inf], [2.0, np.nan]]), np.array([2, 2]))
    assert found.error[0] == pytest.approx(0.5)
    assert np.isnan(found.error[1])


def test_differences_are_paired() -> None:
    design = Design(cut(T, 5), 0, shuffled(1000, 200, 0))
    better, worse = measured(0.80, design, 50), measured(0.78, design, 50)
    gap = difference(worse, better).total
    assert gap.value == pytest.approx(worse.totals().total.value - better.totals().total.value)
    assert gap.error < 0.5 * math.hypot(worse.totals().total.error, better.totals().total.error)
    with pytest.raises(ValueError, match="not measured with the same"):
        difference(worse, Tally(Design(cut(T, 5), 1, design.order)))


def test_excess_is_the_gap_of_the_denoisers() -> None:
    design = Design(cut(T), 0, shuffled(1000, 200, 0))
    network, ideal = measured(0.7, design, 50), measured(0.8, design, 50)
    gap = excess(network, ideal)
    np.testing.assert_allclose(gap.value, network.x0_errors().value - ideal.x0_errors().value, atol=1e-12)
    assert (excess(ideal, ideal).value == 0).all()
    assert np.isfinite(gap.error).all()


@pytest.mark.parametrize(("T_", "count"), [(1000, 48), (1000, 2), (20, 48), (50, 10), (1, None), (3, 2), (4000, 64)])
def test_strata_cover_every_timestep_once(T_: int, count: int | None) -> None:
    strata = cut(T_, count)
    assert strata.starts[0] == 1
    assert strata.sizes.sum() == T_
    assert (strata.sizes > 0).all()
    assert strata.sizes[0] == 1
    assert len(strata) <= (count or T_)
    assert [int(np.searchsorted(strata.starts, t, side="right")) - 1 for t in range(1, T_ + 1)] == strata.of_t[1:].tolist()


def test_one_stratum_is_refused() -> None:
    with pytest.raises(ValueError, match="at least 2"):
        cut(10, 1)


def test_times_are_in_their_strata_evenly_and_other_in_each_round() -> None:
    design = Design(cut(1000, 10), 5, tuple(range(4)), draws=3)
    times = np.concatenate([design.times(r) for r in range(400)])
    assert (design.strata.of_t[times] == np.arange(len(design.strata))).all()
    last = times[:, -1] - design.strata.starts[-1]
    assert abs(last.mean() / (design.strata.sizes[-1] - 1) - 0.5) < 0.05
    np.testing.assert_array_equal(design.times(7), design.times(7))


def test_images_are_drawn_once_and_more_begin_alike() -> None:
    order = shuffled(100, 60, 9)
    assert len(set(order)) == 60
    assert shuffled(100, 20, 9) == order[:20]


def test_visits_are_spread_out() -> None:
    assert sorted(spread_out(11)) == list(range(11))
    assert spread_out(8)[:4] == [0, 4, 2, 6]
    assert spread_out(1) == [0]
