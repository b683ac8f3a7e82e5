"""Points along shapes, and points in files."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from explorer.datasets.point_files import read_points
from explorer.datasets.point_shapes import SPREAD, fitted, points_along
from explorer.errors import BadInput


@pytest.mark.parametrize("shape", ["gaussians", "moons", "spiral", "rings", "letters"])
@pytest.mark.parametrize("count", [1, 2, 7, 200])
def test_a_shape_has_as_many_points_as_asked_for(shape: str, count: int) -> None:
    points = points_along(shape, count, "ab")
    assert points.shape == (count, 2)
    assert np.abs(points).max() <= SPREAD + 1e-9
    assert np.array_equal(points, points_along(shape, count, "ab"))


def test_a_spiral_is_evenly_spaced() -> None:
    steps = np.linalg.norm(np.diff(points_along("spiral", 400), axis=0), axis=1)[40:]
    assert steps.max() / steps.min() < 1.3


def test_letters_fill_their_ink_evenly() -> None:
    points = points_along("letters", 150, "I")
    assert np.ptp(points[:, 1]) > 3 * np.ptp(points[:, 0]), "an I is high and narrow"
    apart = np.linalg.norm(points[:, None] - points, axis=2) + 9 * np.eye(150)
    assert apart.min() > 0.02
    assert len(points_along("letters", 9, "   ")) == 9, "where there is no ink, there are rings"


def test_what_is_opened_is_moved_and_enlarged_alike_on_both_axes() -> None:
    found = fitted(np.array([[10.0, 5.0], [14.0, 6.0]]))
    assert found.tolist() == [[-SPREAD, -SPREAD / 4], [SPREAD, SPREAD / 4]]
    assert fitted(np.array([[3.0, 4.0]])).tolist() == [[0.0, 0.0]]


@pytest.mark.parametrize("text", ["1,2\n3,4\n", "x,y\n1,2\n3,4", "id;y;x\n0;2;1\n1;4;3\n", "# said\n1 2\n3 4\n", "1\t2\n3\t4\n"])
def test_tables_of_text(tmp_path: Path, text: str) -> None:
    path = tmp_path / "points.csv"
    path.write_text(text, encoding="utf-8")
    assert read_points(path).tolist() == [[1, 2], [3, 4]]


def test_arrays(tmp_path: Path) -> None:
    np.save(tmp_path / "a.npy", np.array([[1, 2], [3, 4]], np.int32))
    np.savez(tmp_path / "a.npz", other=np.zeros(3), points=np.array([[1.0, 2.0], [3.0, 4.0]]))
    for name in ("a.npy", "a.npz"):
        assert read_points(tmp_path / name).tolist() == [[1, 2], [3, 4]]


@pytest.mark.parametrize(
    ("name", "content", "cause"),
    [
        ("a.csv", b"", "it is empty"), ("a.csv", b"x,y\n1\n", "row 1 has no two numbers"), ("a.csv", b"x,y\n1,nan\n", "not finite"),
        ("a.csv", b"\xff\xfe\x00", "holds no points"), ("a.npy", b"spoilt", "holds no points"), ("a.png", b"1,2", "points are read from"),
        ("b.csv", None, "cannot be read"),
    ],
)  # fmt: skip
def test_what_holds_no_points_says_why(tmp_path: Path, name: str, content: bytes | None, cause: str) -> None:
    path = tmp_path / name
    if content is not None:
        path.write_bytes(content)
    with pytest.raises(BadInput, match=cause) as caught:
        read_points(path)
    assert str(path) in str(caught.value)
    assert "\n" not in str(caught.value)


def test_an_array_of_another_shape_says_which(tmp_path: Path) -> None:
    np.save(tmp_path / "a.npy", np.zeros((4, 3)))
    with pytest.raises(BadInput, match=r"its shape is \(4, 3\), not \(n, 2\)"):
        read_points(tmp_path / "a.npy")
    np.savez(tmp_path / "b.npz", z=np.zeros((4, 2)))
    with pytest.raises(BadInput, match="none of its arrays is called"):
        read_points(tmp_path / "b.npz")


def test_an_array_that_says_it_is_larger_than_its_file_takes_no_memory(tmp_path: Path) -> None:
    np.save(tmp_path / "a.npy", np.zeros((4, 2)))
    content = (tmp_path / "a.npy").read_bytes()
    told = content.replace(b"(4, 2), }" + 10 * b" ", b"(40000000000, 2), }")
    assert told != content
    (tmp_path / "a.npy").write_bytes(told)
    with pytest.raises(BadInput, match="cut short"):
        read_points(tmp_path / "a.npy")
