"""Every export carries its recipe, keeps its pixels, and a damaged one is refused in one line."""

from __future__ import annotations

import json
import subprocess
from collections.abc import Callable, Iterable, Iterator
from functools import partial
from pathlib import Path

import imageio_ffmpeg
import msgspec
import numpy as np
import pytest
from PIL import Image
from PIL.PngImagePlugin import PngInfo

from explorer.errors import BadInput
from explorer.exports.arrays import ArrayArchive
from explorer.exports.comparing import FILMS
from explorer.exports.embedded import NoRecipe, may_have_recipe, read_recipe
from explorer.exports.film import MAX_SIDE, check_size
from explorer.exports.kinds import drawn
from explorer.exports.pictures import write_png
from explorer.recipe import BackUp, ChainRecipe, Lane, Recipe, Shown, encode_recipe, picture_of

FILM = [np.full((37, 50), level, np.uint8) for level in (0, 80, 160, 255)]


def _arrays(path: Path, recipe: Recipe) -> None:
    with ArrayArchive(path, recipe) as archive:
        archive.put("x", np.arange(6))


def _film(path: Path, pictures: Iterable[np.ndarray], recipe: Recipe, fps: float) -> None:
    with drawn()[path.suffix].write(path, recipe, fps) as add:
        for picture in pictures:
            add(picture)


WRITERS: dict[str, Callable[[Path, Recipe], None]] = {
    ".png": lambda path, recipe: write_png(path, FILM[1], recipe),
    ".gif": lambda path, recipe: _film(path, FILM, recipe, 10),
    ".mp4": lambda path, recipe: _film(path, FILM, recipe, 10),
    ".npz": _arrays,
}


@pytest.mark.parametrize("ending", WRITERS)
def test_the_recipe_comes_back(tmp_path: Path, recipe: Recipe, ending: str) -> None:
    path = tmp_path / f"export{ending}"
    WRITERS[ending](path, recipe)
    assert read_recipe(path) == recipe
    assert list(tmp_path.iterdir()) == [path], "no part of it is left"


@pytest.mark.parametrize("ending", WRITERS)
def test_a_recipe_with_large_pictures_comes_back(tmp_path: Path, recipe: Recipe, ending: str) -> None:
    """Longer than a command may be, which tells some programs what to write."""
    assert recipe.chain is not None
    noise = np.random.default_rng(1).integers(0, 256, (2, 3, 256, 256), np.uint8)
    lanes = tuple(
        msgspec.structs.replace(recipe.chain.lanes[0], edits=(BackUp(500, picture=picture_of(pixels, "a=b; #1\\é")),)) for pixels in noise
    )
    large = msgspec.structs.replace(recipe, chain=msgspec.structs.replace(recipe.chain, lanes=lanes, branches=()))
    assert len(encode_recipe(large)) > 2**19
    WRITERS[ending](tmp_path / f"a{ending}", large)
    assert read_recipe(tmp_path / f"a{ending}") == large


@pytest.mark.parametrize("ending", WRITERS)
def test_a_damaged_file_is_refused(tmp_path: Path, recipe: Recipe, ending: str) -> None:
    path = tmp_path / f"export{ending}"
    path.write_bytes(b"\0" * 100)
    with pytest.raises(BadInput, match=rf"export\{ending}: cannot be read"):
        read_recipe(path)


@pytest.fixture
def small_files() -> Iterator[None]:
    """What a full disk is to who writes: no file grows beyond 4 kB."""
    resource = pytest.importorskip("resource", reason="of POSIX systems")
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (4096, before[1]))
    yield
    resource.setrlimit(resource.RLIMIT_FSIZE, before)


NOISE = np.random.default_rng(1).integers(0, 256, (4, 200, 200)).astype(np.uint8)
LARGE: dict[str, Callable[[Path, Recipe], None]] = {
    ".png": lambda path, recipe: write_png(path, NOISE[0], recipe),
    ".gif": lambda path, recipe: _film(path, NOISE, recipe, 10),
    ".mp4": lambda path, recipe: _film(path, NOISE, recipe, 10),
    ".npz": lambda path, _: _arrays(path, Recipe(chain=ChainRecipe((Lane("ab" * 32, "a" * 4096, "C"),)))),
}


@pytest.mark.parametrize("ending", LARGE)
def test_a_disk_that_is_full_leaves_what_was_there(tmp_path: Path, recipe: Recipe, small_files: None, ending: str) -> None:
    path = tmp_path / f"a{ending}"
    path.write_text("old")
    with pytest.raises(BadInput, match=rf"a\{ending}: cannot be written: \S"):
        LARGE[ending](path, recipe)
    assert path.read_text() == "old"
    assert list(tmp_path.iterdir()) == [path]


@pytest.mark.parametrize("ending", WRITERS)
def test_a_name_as_long_as_may_be(tmp_path: Path, recipe: Recipe, ending: str) -> None:
    path = tmp_path / f"{'n' * 251}{ending}"
    WRITERS[ending](path, recipe)
    assert read_recipe(path) == recipe
    assert list(tmp_path.iterdir()) == [path]


@pytest.mark.parametrize("ending", WRITERS)
def test_exports_are_told_from_other_pictures(tmp_path: Path, recipe: Recipe, ending: str) -> None:
    path = tmp_path / f"export{ending}"
    WRITERS[ending](path, recipe)
    assert may_have_recipe(path)
    for plain in ("a.png", "a.gif"):
        Image.fromarray(FILM[0]).save(tmp_path / plain)
        assert not may_have_recipe(tmp_path / plain)
    assert not may_have_recipe(tmp_path / "missing.png")
    np.savez(tmp_path / "images.npz", images=np.zeros((2, 4, 4), np.uint8))
    (tmp_path / "none.npz").write_bytes(b"nothing of use")
    for array in ("images.npz", "none.npz"):
        assert not may_have_recipe(tmp_path / array)


def _png_with(kind: str, path: Path, text: str) -> None:
    chunks = PngInfo()
    {"tEXt": chunks.add_text, "zTXt": partial(chunks.add_text, zip=True), "iTXt": chunks.add_itxt}[kind]("recipe", text)
    picture = np.random.default_rng(0).integers(0, 256, (300, 300, 3), np.uint8)  # pixels of more than 64 KB
    Image.fromarray(picture).save(path, pnginfo=chunks)


@pytest.mark.parametrize("place", ["before", "behind the pixels"])
@pytest.mark.parametrize("kind", ["tEXt", "zTXt", "iTXt"])
def test_a_png_that_another_program_saved_again_with_its_text_is_an_export(tmp_path: Path, recipe: Recipe, kind: str, place: str) -> None:
    path = tmp_path / "again.png"
    text = json.dumps(json.loads(encode_recipe(recipe)))  # in ASCII, as the older kinds of chunks have it
    _png_with(kind, path, text)
    if place != "before":
        content = path.read_bytes()
        start = content.index(kind.encode()) - 4
        end = start + 12 + int.from_bytes(content[start : start + 4], "big")
        trailer = content.rindex(b"IEND") - 4
        path.write_bytes(content[:start] + content[end:trailer] + content[start:end] + content[trailer:])
    assert read_recipe(path) == recipe
    assert may_have_recipe(path)


def test_a_gif_with_another_comment_before_ours_is_an_export(tmp_path: Path, recipe: Recipe) -> None:
    path = tmp_path / "a.gif"
    WRITERS[".gif"](path, recipe)
    content = path.read_bytes()
    start = content.index(b"\x21\xfe")
    path.write_bytes(content[:start] + b"\x21\xfe\x04made\0" + content[start:])
    assert read_recipe(path) == recipe
    assert may_have_recipe(path)


def test_what_another_program_calls_a_recipe_is_none(tmp_path: Path) -> None:
    _png_with("tEXt", tmp_path / "cake.png", "two eggs, flour")
    with pytest.raises(NoRecipe):
        read_recipe(tmp_path / "cake.png")
    Image.fromarray(FILM[0]).save(tmp_path / "cake.gif", comment=b"two eggs, flour")
    with pytest.raises(NoRecipe):
        read_recipe(tmp_path / "cake.gif")
    assert not may_have_recipe(tmp_path / "cake.gif")


def test_an_archive_of_a_version_that_nobody_knows_is_none(tmp_path: Path, recipe: Recipe) -> None:
    path = tmp_path / "a.npz"
    _arrays(path, recipe)
    whole = bytearray(path.read_bytes())
    whole[whole.index(b"PK\x01\x02") + 6] = 210  # 21.0 is needed to unpack it
    path.write_bytes(whole)
    assert not may_have_recipe(path)
    with pytest.raises(BadInput, match=r"a\.npz"):
        read_recipe(path)


def test_files_without_a_recipe(tmp_path: Path) -> None:
    Image.fromarray(FILM[0]).save(tmp_path / "a.png")
    np.savez(tmp_path / "a.npz", x=np.arange(3))
    for name in ("a.png", "a.npz"):
        with pytest.raises(BadInput, match=f"{name}: has no recipe inside"):
            read_recipe(tmp_path / name)
    with pytest.raises(BadInput, match=r"b\.gif: no such file"):
        read_recipe(tmp_path / "b.gif")
    with pytest.raises(BadInput, match=r"b\.txt: recipes are in files that end in \.png"):
        read_recipe(tmp_path / "b.txt")


def test_a_recipe_that_is_none(tmp_path: Path) -> None:
    np.savez(tmp_path / "a.npz", recipe=np.array('{"chain": {"samples": -1}}'))
    with pytest.raises(BadInput, match=r"a\.npz: not a recipe: .*samples must be in"):
        read_recipe(tmp_path / "a.npz")


@pytest.mark.parametrize("shape", [(30, 40), (30, 40, 3)])
def test_png_keeps_every_value(tmp_path: Path, recipe: Recipe, shape: tuple[int, ...]) -> None:
    picture = np.random.default_rng(0).integers(0, 256, shape, np.uint8)
    write_png(tmp_path / "a.png", picture, recipe)
    with Image.open(tmp_path / "a.png") as found:
        assert np.array_equal(np.asarray(found), picture)


def test_gif_keeps_every_grey_and_holds_the_last(tmp_path: Path, recipe: Recipe) -> None:
    frames = [np.random.default_rng(seed).integers(0, 256, (30, 40), np.uint8) for seed in range(5)]
    _film(tmp_path / "a.gif", iter(frames), recipe, 20)
    with Image.open(tmp_path / "a.gif") as found:
        assert found.n_frames == 5
        for index, frame in enumerate(frames):
            found.seek(index)
            assert np.array_equal(np.asarray(found.convert("L")), frame)
            assert found.info["duration"] == (1500 if index == 4 else 50)


def test_mp4_of_odd_size_plays(tmp_path: Path, recipe: Recipe) -> None:
    _film(tmp_path / "a.mp4", iter(FILM), recipe, 10)
    command = [imageio_ffmpeg.get_ffmpeg_exe(), "-i", tmp_path / "a.mp4", "-f", "rawvideo", "-pix_fmt", "gray", "-"]
    played = subprocess.run(command, capture_output=True, check=True, stdin=subprocess.DEVNULL)
    assert b"h264" in played.stderr
    assert b"yuv420p" in played.stderr
    assert b"50x38" in played.stderr
    levels = np.frombuffer(played.stdout, np.uint8).reshape(-1, 38 * 50).mean(1)
    assert len(levels) == 4 + 15
    np.testing.assert_allclose(levels[:4], [0, 80, 160, 255], atol=3)
    np.testing.assert_allclose(levels[4:], 255, atol=3)


def test_a_picture_too_large_for_a_film(tmp_path: Path) -> None:
    check_size(tmp_path / "a.mp4", (MAX_SIDE, MAX_SIDE))
    with pytest.raises(BadInput, match=r"a\.mp4: pictures of 8193x100 are too large"):
        check_size(tmp_path / "a.mp4", (100, MAX_SIDE + 1))


@pytest.mark.parametrize("fps", [24, 28, 30, 7.5, 50])
def test_a_gif_is_as_long_as_it_should_be(tmp_path: Path, recipe: Recipe, fps: float) -> None:
    count = 97
    _film(tmp_path / "a.gif", (np.full((2, 2), index, np.uint8) for index in range(count)), recipe, fps)
    with Image.open(tmp_path / "a.gif") as found:
        durations = []
        for index in range(count - 1):
            found.seek(index)
            durations.append(found.info["duration"])
    assert abs(sum(durations) - 1000 * (count - 1) / fps) <= 5
    assert max(durations) - min(durations) <= 10


@pytest.mark.parametrize("name", ["a:b.mp4", "12:30 chain.mp4", "pipe:1.mp4"])
def test_a_name_with_a_colon_is_a_file(tmp_path: Path, recipe: Recipe, name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    _film(Path(name), iter(FILM), recipe, 10)
    assert read_recipe(Path(name)) == recipe


def test_films_are_compared_by_their_pictures(tmp_path: Path, recipe: Recipe) -> None:
    other = msgspec.structs.replace(recipe, shown=Shown() if recipe.shown is None else None)
    _film(tmp_path / "a.mp4", iter(FILM), recipe, 10)
    _film(tmp_path / "b.mp4", iter(FILM), other, 10)
    assert (tmp_path / "a.mp4").read_bytes() != (tmp_path / "b.mp4").read_bytes()
    assert FILMS.differ(tmp_path / "a.mp4", tmp_path / "b.mp4").words == ""
    _film(tmp_path / "c.mp4", iter([FILM[0], FILM[3], *FILM[2:]]), recipe, 10)
    assert FILMS.differ(tmp_path / "a.mp4", tmp_path / "c.mp4").words.startswith("1 of 19 pictures differ")
    _film(tmp_path / "d.mp4", iter(FILM[1:]), recipe, 10)
    assert FILMS.differ(tmp_path / "a.mp4", tmp_path / "d.mp4").words.startswith("18 pictures, it had 19")
