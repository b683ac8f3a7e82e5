""".npz archives filled piece by piece."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from explorer.errors import BadInput
from explorer.exports.arrays import ArrayArchive, space_needed
from explorer.recipe import Recipe


def test_arrays_filled_out_of_order_come_back(tmp_path: Path) -> None:
    path = tmp_path / "a.npz"
    wanted = np.random.default_rng(0).standard_normal((5, 4, 1, 3, 3)).astype(np.float32)
    with ArrayArchive(path, Recipe()) as archive:
        x, z = archive.array("lane0/x", wanted.shape), archive.array("lane0/z", (2, 0, 3), np.float64)
        for k in (3, 0, 4, 1, 2):
            x[k, 2:], x[k, :2] = wanted[k, 2:], wanted[k, :2]
        archive.put("lane0/timesteps", np.array([2, 1, 0]))
        assert not path.exists()
        del x, z
    with np.load(path, allow_pickle=False) as found:
        assert set(found.files) == {"recipe", "lane0/x", "lane0/z", "lane0/timesteps"}
        assert np.array_equal(found["lane0/x"], wanted)
        assert found["lane0/x"].dtype == np.float32
        assert found["lane0/z"].shape == (2, 0, 3)
        assert found["lane0/timesteps"].tolist() == [2, 1, 0]
    assert list(tmp_path.iterdir()) == [path]


def test_the_same_arrays_give_the_same_file(tmp_path: Path) -> None:
    for name in ("a.npz", "b.npz"):
        with ArrayArchive(tmp_path / name, Recipe()) as archive:
            archive.put("x", np.arange(100))
    assert (tmp_path / "a.npz").read_bytes() == (tmp_path / "b.npz").read_bytes()


def half_written(path: Path, error: BaseException) -> None:
    with ArrayArchive(path, Recipe()) as archive:
        archive.array("x", (100, 100))
        raise error


@pytest.mark.parametrize("error", [RuntimeError("no"), KeyboardInterrupt()])
def test_nothing_is_left_of_one_that_fails(tmp_path: Path, error: BaseException) -> None:
    with pytest.raises(type(error)):
        half_written(tmp_path / "a.npz", error)
    assert list(tmp_path.iterdir()) == []


def test_a_folder_that_is_not_there(tmp_path: Path) -> None:
    with pytest.raises(BadInput, match=r"a\.npz: cannot be written"), ArrayArchive(tmp_path / "no" / "a.npz", Recipe()):
        pass


def test_space_counts_the_largest_twice() -> None:
    assert space_needed([100, 30]) - space_needed([]) == 230
