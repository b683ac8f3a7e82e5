"""What of a chain's pictures crosses 1 Mbit/s and 50 ms, and how old it is: real chains and answers, counted in a time of their own."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).resolve().parent.parent.parent


@pytest.fixture
def slow(monkeypatch: pytest.MonkeyPatch) -> Any:
    monkeypatch.syspath_prepend(str(ROOT / "tools"))
    import slow_pictures

    return slow_pictures


@pytest.fixture(scope="module")
def chains() -> Any:
    with pytest.MonkeyPatch.context() as patch:
        patch.syspath_prepend(str(ROOT / "tools"))
        import slow_pictures

        return slow_pictures.Chains(lanes=3, samples=16)


@pytest.mark.parametrize("doing", ["make", "scrub"])
def test_the_newest_pictures_of_three_lanes_are_never_older_than_300_ms_when_they_come(slow: Any, chains: Any, doing: str) -> None:
    counted = slow.count(chains, doing)
    assert counted.oldest < 0.3
    assert counted.progress < 0.2
    assert counted.each_second > 4
    assert counted.bytes <= 0.1 * slow.MEGABIT
    assert counted.coarse > 0.9, "exact ones are 0.3 s each"
    assert 0 < counted.exact_after < counted.values_after < 4
    assert slow.count(chains, doing) == counted, "every run says the same"


def test_a_way_that_carries_them_shows_them_exactly(slow: Any, chains: Any) -> None:
    counted = slow.count(chains, "scrub", rate=40 * slow.MEGABIT)
    assert counted.coarse == 0
    assert counted.oldest < 0.3
