"""How many samples there are at once, by their shape."""

from __future__ import annotations

import pytest

from explorer.recipe import MAX_SAMPLES
from explorer.recipe.sample_count import most_samples, size_words, usual_samples


@pytest.mark.parametrize(
    ("shape", "most", "usual"),
    [((1, 28, 28), MAX_SAMPLES, 1003), ((3, 32, 32), 1045, 256), ((3, 64, 64), 261, 64), ((3, 256, 256), 16, 4), ((3, 1024, 1024), 1, 1)],
)
def test_large_images_are_fewer(shape: tuple[int, int, int], most: int, usual: int) -> None:
    assert (most_samples(shape), usual_samples(shape)) == (most, usual)


def test_sizes_in_words() -> None:
    assert [size_words(shape) for shape in ((1, 28, 28), (3, 32, 24))] == ["28 × 28", "32 × 24 × 3"]
