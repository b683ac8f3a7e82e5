"""Codes as pictures: channels side by side, vectors as bars."""

from __future__ import annotations

import numpy as np

from explorer.exports.latent_channels import side_by_side


def test_a_vector_is_bars_as_long_as_its_numbers_up_from_the_middle() -> None:
    code = np.array([[1.5, -3.0, 0.0, 9.0]], np.float32)[:, :, None, None]
    (picture,) = side_by_side(code)[0]
    assert picture.shape == (31, 31)
    middle = 15
    bars = [picture[:, column] for column in (2, 10, 18, 26)]
    up, down = np.isfinite(bars[0]).nonzero()[0], np.isfinite(bars[1]).nonzero()[0]
    assert (up[0], up[-1]) == (middle - 8, middle), "half of 15, rounded"
    assert (down[0], down[-1]) == (middle, 30)
    assert np.isfinite(bars[2]).nonzero()[0].tolist() == [middle]
    assert np.isfinite(bars[3]).nonzero()[0].tolist() == list(range(middle + 1)), "what is beyond ends at the edge"
    for bar, value in zip(bars, (1.5, -3.0, 0.0, 9.0), strict=True):
        assert set(bar[np.isfinite(bar)].tolist()) == {value}, "a pixel says the number"
    assert set(np.isfinite(picture).sum(0).tolist()) == {0, 9, 16, 1}, "and there are gaps between"


def test_vectors_of_any_length_have_room_and_long_ones_are_cells() -> None:
    for d in (1, 2, 16, 64):
        picture = side_by_side(np.ones((2, d, 1, 1), np.float32))
        assert picture.shape[2] >= picture.shape[3]
        columns = np.isfinite(picture[0, 0]).any(0)
        assert np.count_nonzero(np.diff(np.concatenate([[False], columns, [False]]).astype(int)) == 1) == d
    assert side_by_side(np.ones((1, 100, 1, 1), np.float32)).shape == (1, 1, 19, 19)
    assert side_by_side(np.ones((1, 4, 5, 5), np.float32)).shape == (1, 1, 11, 11)
