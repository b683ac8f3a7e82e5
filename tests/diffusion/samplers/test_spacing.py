"""Which timesteps a chain of K steps visits. Those of diffusers are beside diffusers' own in test_diffusers.py."""

from __future__ import annotations

from itertools import pairwise

import pytest

from explorer.diffusion.samplers.spacing import spaced


@pytest.mark.parametrize("T", [1, 2, 3, 7, 100, 1000])
def test_every_chain_falls_strictly_from_T_to_0(T: int) -> None:
    for K in range(1, T + 1):
        taus = spaced(T, K)
        assert len(taus) == K + 1
        assert taus[0] == T
        assert taus[-1] == 0
        gaps = [a - b for a, b in pairwise(taus)]
        assert min(gaps) >= 1
        assert max(gaps) - min(gaps) <= 1, "evenly spaced, to rounding"


def test_one_step_and_all_steps() -> None:
    assert spaced(50, 1) == (50, 0)
    assert spaced(50, 50) == spaced(50, None) == tuple(range(50, -1, -1))


@pytest.mark.parametrize("K", [0, -1, 51])
def test_a_number_of_steps_out_of_range_is_refused(K: int) -> None:
    with pytest.raises(ValueError, match=r"1\.\.50"):
        spaced(50, K)
