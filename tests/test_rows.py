"""Rows that come block by block are one array."""

from __future__ import annotations

import numpy as np
import pytest

from explorer.rows import Rows


def test_blocks_are_one_array() -> None:
    blocks = [np.arange(6, dtype=np.float32).reshape(3, 2), np.ones((1, 2), np.float32), np.zeros((2, 2), np.float32)]
    wanted, rows = np.concatenate(blocks), Rows(6)
    for block in blocks:
        rows.add(block)
        block[:] = -1  # what came is copied
    np.testing.assert_array_equal(rows.array, wanted)
    assert rows.array.dtype == np.float32


def test_what_is_not_there_yet_is_not_shown() -> None:
    rows = Rows(5)
    rows.add(np.ones((2, 3), np.uint8))
    assert rows.array.shape == (2, 3)
    for many in (4, 1):
        with pytest.raises(ValueError, match="6 rows of 5"):
            rows.add(np.ones((many, 3), np.uint8))
        rows.add(np.ones((3, 3), np.uint8)[: 5 - rows.filled])
