"""What a page holds: as much as fits, at the same noise, with its recipe; and that nothing in it is believed."""

from __future__ import annotations

import base64
import io
import json
import re
from collections.abc import Iterator
from dataclasses import replace
from html.parser import HTMLParser
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from explorer.diffusion.levels import log_snr
from explorer.errors import BadInput
from explorer.exports.embedded import NoRecipe, may_have_recipe, read_recipe
from explorer.exports.kinds import KINDS, Stored
from explorer.exports.page.embedding import LARGEST, OPENING
from explorer.exports.page.kept import FEWEST_STATES, MOST_BYTES, Extent, extent
from explorer.exports.walk import DECODED, OF_STEPS, STATE, Piece, WrittenLane, write_arrays
from explorer.recipe import ChainRecipe, Lane, Recipe, Sampler, Shown

KIND = KINDS[".html"]
AWKWARD = '</script><script>alert(1)</script><b>"&'
Shape = tuple[int, int, int]
USUAL = Sampler()


class Page(HTMLParser):
    """Elements of a page, which must be closed in order, and the data blocks by their ids."""

    def __init__(self, path: Path) -> None:
        super().__init__()
        self.open: list[str] = []
        self.found: list[tuple[str, dict[str, str | None]]] = []
        self.data: dict[str, str] = {}
        self.feed(path.read_text(encoding="utf-8"))
        assert self.open == []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.found.append((tag, dict(attrs)))
        if tag not in ("meta", "input"):
            self.open.append(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.found.append((tag, dict(attrs)))

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        if self.open and self.open[-1] == "script" and (name := self.found[-1][1].get("id")):
            self.data[name] = data

    @property
    def chain(self) -> dict:
        return dict(json.loads(self.data["chain"]))

    def pictures(self, quantity: str) -> list[dict[str, str | None]]:
        return [attributes for _, attributes in self.found if attributes.get("data-quantity") == quantity and "data-lane" in attributes]


def lane(K: int, samples: int, shape: Shape, decoded: Shape | None = None, block: int = 100) -> WrittenLane[None]:
    """A lane of noise, on the linear schedule of T = 1000."""
    timesteps = np.linspace(1000, 0, K + 1).round().astype(int)
    alpha_bar = np.concatenate([[1.0], np.cumprod(1 - np.linspace(1e-4, 0.02, 1000))])[timesteps]
    plan = {"timesteps": timesteps, "alpha_bar": alpha_bar} | {name: np.full(K, 0.5) for name in ("a0", "at", "sigma")}

    def pieces() -> Iterator[Piece]:
        rng = np.random.default_rng(0)
        for start in range(0, samples, block):
            rows = slice(start, min(start + block, samples))
            count = rows.stop - start
            for k in range(K + 1):
                names = (STATE, *(OF_STEPS if k < K else ()))
                yield Piece(k, rows, {name: rng.standard_normal((count, *shape), np.float32) for name in names})
            if decoded is not None:
                yield Piece(0, rows, {DECODED: np.zeros((count, *decoded), np.float32)})

    return WrittenLane(plan, samples, shape, pieces, decoded)


def written(path: Path, lanes: list[WrittenLane[None]], names: tuple[str, ...] = (), sampler: Sampler = USUAL, frames: int = 0) -> Page:
    options = ("A", "B", "C")
    chain = ChainRecipe(tuple(Lane("ab" * 32, AWKWARD, options[i], sampler) for i in range(len(lanes))), 3, lanes[0].samples)  # type: ignore[arg-type]
    shown = Shown(names=names or tuple(f"lane {i}" for i in range(len(lanes))), frames=frames)
    recipe = Recipe(chain=chain, shown=shown)
    assert isinstance(KIND, Stored)
    assert list(write_arrays(path, KIND, lanes, recipe))
    assert read_recipe(path) == recipe
    assert may_have_recipe(path)
    return Page(path)


@pytest.mark.parametrize(
    ("samples", "states", "sizes"),
    [
        (16, 1001, [784]),
        (16, 251, [784] * 3),
        (64, 100, [3 * 64 * 64]),
        (4, 50, [3 * 256 * 256] * 16),
        (1, 2, [1]),
        (4096, 1001, [784] * 16),
    ],
)
def test_it_fits(samples: int, states: int, sizes: list[int]) -> None:
    fits = extent(samples, states, sizes)
    assert fits.nbytes(sizes) < 1.4 * MOST_BYTES + 200_000
    assert min(states, FEWEST_STATES) <= fits.states <= states
    assert 1 <= fits.samples <= samples


def test_what_fits_is_shown_whole() -> None:
    assert extent(4, 26, [784] * 3) == Extent(4, 26, 1)


def test_a_page_is_small_and_says_what_it_leaves_out(tmp_path: Path) -> None:
    path = tmp_path / "a.html"
    page = written(path, [lane(150, 20, (1, 28, 28), block=11)])
    assert path.stat().st_size < 6_000_000
    text = path.read_text(encoding="utf-8")
    assert "16 of 20 samples" in text
    assert f"{len(page.chain['t'])} of 151 states" in text
    assert page.chain["t"][0] == 1000
    assert page.chain["t"][-1] == 0


def test_fewer_states_where_they_are_asked_for(tmp_path: Path) -> None:
    assert len(written(tmp_path / "a.html", [lane(20, 1, (1, 4, 4))], frames=6).chain["t"]) == 6


def test_lanes_of_other_steps_are_seen_at_the_same_noise(tmp_path: Path) -> None:
    few, many = lane(5, 2, (1, 4, 4)), lane(50, 2, (1, 4, 4))
    page = written(tmp_path / "a.html", [few, many])
    t, (first, second) = page.chain["t"], page.chain["lanes"]
    assert t == [int(one) for one in many.plan["timesteps"]]
    assert [second["t"][at] for at in second["at"]] == t
    assert first["t"] == [1000, 800, 600, 400, 200, 0]
    own, all_levels = log_snr(few.plan["alpha_bar"]), log_snr(many.plan["alpha_bar"])
    for at, level, beside in zip(first["at"], all_levels, first["beside"], strict=True):
        distance = 0.0 if own[at] == level else abs(own[at] - level)
        assert beside == (distance <= 0.25)
        assert distance == 0 or not np.isfinite(level) or distance <= np.abs(own[np.isfinite(own)] - level).min() + 1e-9
    assert len(page.pictures("difference")) == 1


def test_lanes_of_other_sizes_are_not_compared(tmp_path: Path) -> None:
    page = written(tmp_path / "a.html", [lane(3, 2, (1, 4, 4)), lane(3, 2, (3, 8, 8))])
    assert page.pictures("difference") == []
    assert len(page.pictures("x_t")) == 2
    assert "of another size" in page.chain["lanes"][1]["apart"]


def test_codes_are_seen_by_channel_and_decoded(tmp_path: Path) -> None:
    page = written(tmp_path / "a.html", [lane(3, 2, (4, 4, 4), decoded=(3, 32, 32))])
    (decoded,) = page.pictures("decoded")
    assert "hidden" not in decoded
    assert str(decoded["aria-label"]).startswith("x_0 decoded of")
    assert "signed" in str(page.pictures("x_t")[0]["class"])


def test_images_of_another_range_are_seen_as_images_and_stored_as_they_are(tmp_path: Path) -> None:
    black = replace(lane(3, 1, (1, 4, 4)), seen=lambda values: np.full_like(values, -1))
    picture = written(tmp_path / "a.html", [black]).pictures("x_t")[0]
    packed = re.search(r"base64,([^)]*)", str(picture["style"]))
    assert packed is not None
    with Image.open(io.BytesIO(base64.b64decode(packed[1]))) as sheet:
        assert np.asarray(sheet)[..., 0].max() == 0
    arrays = KINDS[".npz"]
    assert isinstance(arrays, Stored)
    list(write_arrays(tmp_path / "a.npz", arrays, [black], Recipe()))
    with np.load(tmp_path / "a.npz") as stored:
        assert stored["lane0/x"].max() > 0


def test_the_equation_names_what_the_sampler_goes_towards(tmp_path: Path) -> None:
    for sampler, letter in ((Sampler(), "x̂<sub>0</sub>"), (Sampler(method="heun", eta=0.0), "D")):
        assert written(tmp_path / "a.html", [lane(3, 1, (1, 4, 4))], sampler=sampler).chain["lanes"][0]["clean"] == letter


def test_nothing_that_a_file_is_called_runs_in_the_page(tmp_path: Path) -> None:
    page = written(tmp_path / "a.html", [lane(3, 1, (1, 4, 4)), lane(3, 1, (1, 4, 4))], names=(AWKWARD, "b"))
    assert [attributes.get("id") for tag, attributes in page.found if tag == "script"] == ["generative-explorer-recipe", "chain", None]
    assert not any(tag == "b" for tag, _ in page.found)
    policy = next(str(attributes["content"]) for tag, attributes in page.found if attributes.get("http-equiv"))
    assert policy.startswith("default-src 'none'; img-src data:")
    assert "unsafe-inline" not in policy.partition("script-src")[2]
    assert not re.search(r"https?://", (tmp_path / "a.html").read_text(encoding="utf-8"))


def test_pages_are_compared_by_what_they_show(tmp_path: Path) -> None:
    one, same, other = (tmp_path / name for name in ("a.html", "b.html", "c.html"))
    written(one, [lane(3, 2, (1, 4, 4))])
    written(same, [lane(3, 2, (1, 4, 4))], sampler=Sampler(steps=3))
    written(other, [lane(3, 2, (1, 4, 4), block=1)])
    assert not KIND.compared.differ(one, same).words
    assert "255 levels" in KIND.compared.differ(one, other).words
    written(other, [lane(4, 2, (1, 4, 4))])
    assert "states" in KIND.compared.differ(one, other).words


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"", "cannot be read: it is not a page"),
        (b"<!doctype html><title>of somebody else</title>", "has no recipe inside"),
        (f"<!doctype html>{OPENING}{{".encode(), "its recipe has no end"),
        (f"<!doctype html>{OPENING}\xff</script>".encode("latin-1"), "cannot be read"),
        (f'<!doctype html>{OPENING}{{"chain": 3}}</script>'.encode(), "chain"),
    ],
)
def test_a_page_that_is_none_of_ours_is_refused_in_words(tmp_path: Path, content: bytes, message: str) -> None:
    path = tmp_path / "a.html"
    path.write_bytes(content)
    with pytest.raises(BadInput, match=message):
        read_recipe(path)
    assert may_have_recipe(path) == (OPENING.encode() in content)


def test_a_page_of_somebody_else_is_no_damage(tmp_path: Path) -> None:
    path = tmp_path / "a.html"
    path.write_text("<html><p>Hello", encoding="utf-8")
    with pytest.raises(NoRecipe):
        read_recipe(path)


def test_a_huge_page_is_not_read_whole(tmp_path: Path) -> None:
    path = tmp_path / "a.html"
    path.write_bytes(f"<!doctype html>{OPENING}".encode())
    with path.open("r+b") as file:
        file.truncate(LARGEST + 10)  # no bytes on disk
    with pytest.raises(BadInput, match="too large"):
        read_recipe(path)
