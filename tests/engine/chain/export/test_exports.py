"""Exports by the engine: what is written is what is shown, with the recipe that makes it again."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import msgspec
import numpy as np
import pytest
from PIL import Image

from explorer.checkpoints.files import file_sha256
from explorer.engine.chain.chains import Chains
from explorer.engine.chain.export.exports import film_times, portable
from explorer.engine.chain.export.messages import ExportChain, Exported, ExportLook, ExportProgress, ExportRead, ReadExport
from explorer.engine.chain.messages import SampleChain, ShowStep, StepShown, lane_keys
from explorer.engine.engine import Engine
from explorer.engine.thread.messages import StartEngine
from explorer.engine.thread.requests import Outcome, Payload
from explorer.errors import BadInput
from explorer.exports.embedded import read_recipe
from explorer.exports.grid import SmallMultiples
from explorer.exports.sheet import LINE_HEIGHT
from explorer.recipe import Branch, ChainRecipe, Change, ExactProcess, FreshNoise, Lane, Recipe, Sampler, Shown

SAMPLES = 2
LABELS = ("one", "two")


def ask(engine: Engine, payload: Payload, channel: str = "test") -> list[Outcome]:
    return [outcome for outcome in engine.handle(payload, channel) if outcome is not None]


@pytest.fixture
def engine() -> Engine:
    made = Engine()
    ask(made, StartEngine(device="cpu", precision="fp32"))
    return made


@pytest.fixture
def recipe(checkpoints: Mapping[str, Path]) -> ChainRecipe:
    path = checkpoints["mnist-ddpm-c"]
    lane = Lane(file_sha256(path), str(path), "C")
    return ChainRecipe(tuple(msgspec.structs.replace(lane, sampler=Sampler(steps)) for steps in (4, 5)), 1, SAMPLES)


def tiles(engine: Engine, recipe: ChainRecipe, t: int, quantity: str = "x_t", **fields: object) -> list[np.ndarray]:
    keys = lane_keys(recipe)
    (shown,) = ask(engine, ShowStep(keys, t, quantity, timeline=keys[0], **fields))  # type: ignore[arg-type]
    assert isinstance(shown, StepShown)
    return [frame.tiles for frame in shown.frames]


def look(recipe: ChainRecipe, **fields: object) -> ExportLook:
    return ExportLook(Shown(**fields), LABELS, lane_keys(recipe)[0], scale=1)  # type: ignore[arg-type]


def test_shipped_checkpoints_are_named_wherever_a_recipe_has_them(checkpoints: Mapping[str, Path], tmp_path: Path) -> None:
    own = str(tmp_path / "own.safetensors")

    def lane(c: str, b: str) -> Lane:
        edits = (FreshNoise(900), Change(500, checkpoint="b" * 64, source=b, option="B"), Change(400, eta=0.0))
        return Lane("c" * 64, c, "C", edits=edits)

    there = lane(str(checkpoints["mnist-ddpm-c"]), str(checkpoints["mnist-ddpm-b"]))
    found = portable(ChainRecipe((there, lane(own, own)), branches=(Branch(there, "kept"),)))
    named = lane("mnist-ddpm-c", "mnist-ddpm-b")
    assert found == ChainRecipe((named, lane(own, own)), branches=(Branch(named, "kept"),))


@pytest.mark.parametrize("layout", ["lanes", "grid"])
def test_a_picture_is_what_is_shown_and_knows_how_it_came_to_be(
    engine: Engine, recipe: ChainRecipe, tmp_path: Path, layout: str
) -> None:  # fmt: skip
    path = tmp_path / "a.png"
    outcomes = ask(engine, ExportChain(recipe, str(path), look(recipe, t=400, quantity="x0_hat", layout=layout)))
    assert outcomes[-1] == Exported(str(path), path.stat().st_size)
    assert any(isinstance(outcome, ExportProgress) for outcome in outcomes), "nothing was sampled before: it is now"
    picture = np.asarray(Image.open(path))
    for index, shown in enumerate(tiles(engine, recipe, 400, "x0_hat")):
        for sample in range(SAMPLES):
            if layout == "grid":
                grid = SmallMultiples(SAMPLES, (1, 28, 28), LABELS, 1, captioned=True)
                x, y = grid.left + index * grid.column + (grid.column - 28) // 2, LINE_HEIGHT + sample * 30
            else:
                x, y = index * (58 + 16) + sample * 30, LINE_HEIGHT
            np.testing.assert_array_equal(picture[y : y + 28, x : x + 28], shown[sample, :, :, 0])
    (read,) = ask(engine, ReadExport(str(path)))
    assert isinstance(read, ExportRead)
    assert read.recipe.shown == Shown(400, "x0_hat", layout=layout, names=("one", "two"))  # type: ignore[arg-type]
    chain = read.recipe.chain
    assert chain is not None
    assert [lane.source for lane in chain.lanes] == ["mnist-ddpm-c"] * 2, "no path of this machine"
    assert [(lane.checkpoint, lane.sampler) for lane in chain.lanes] == [(lane.checkpoint, lane.sampler) for lane in recipe.lanes]


def test_a_difference_has_the_reference_as_it_is(engine: Engine, recipe: ChainRecipe, tmp_path: Path) -> None:
    path = tmp_path / "a.png"
    ask(engine, ExportChain(recipe, str(path), look(recipe, quantity="difference", reference=1, of="x0_hat")))
    picture = np.asarray(Image.open(path))
    first = tiles(engine, recipe, 0, "difference", reference=lane_keys(recipe)[1], of="x0_hat")[0]
    np.testing.assert_array_equal(picture[LINE_HEIGHT : LINE_HEIGHT + 28, :28], first[0])
    np.testing.assert_array_equal(picture[LINE_HEIGHT : LINE_HEIGHT + 28, 74:102], tiles(engine, recipe, 0, "x0_hat")[1][0])


def test_distances_to_the_ideal_are_exported_with_the_data_set(engine: Engine, recipe: ChainRecipe, tmp_path: Path) -> None:
    path, beside = tmp_path / "a.png", ExactProcess(images=40)
    wanted = look(recipe, t=400, quantity="to_ideal", beside=beside)
    ask(engine, ExportChain(recipe, str(path), wanted))
    picture = np.asarray(Image.open(path))
    for index, shown in enumerate(tiles(engine, recipe, 400, "to_ideal", exact=beside)):
        np.testing.assert_array_equal(picture[LINE_HEIGHT : LINE_HEIGHT + 28, 74 * index :][:, :28], shown[0])
    assert read_recipe(path).shown == msgspec.structs.replace(wanted.shown, names=("one", "two"))
    gone = look(recipe, quantity="to_ideal", beside=ExactProcess(str(tmp_path / "gone.npy")))
    with pytest.raises(BadInput, match=r"gone\.npy: no such file"):
        ask(engine, ExportChain(recipe, str(tmp_path / "b.png"), gone))
    assert not (tmp_path / "b.png").exists()


def test_the_noise_of_coloured_images_is_exported_as_it_was_shown(engine: Engine, tmp_path: Path) -> None:
    emoji = ChainRecipe((Lane("", "emoji", exact=ExactProcess("emoji", images=20), sampler=Sampler(3)),), 1, SAMPLES)
    pictures = {}
    for by_channel in (False, True):
        path = tmp_path / f"{by_channel}.png"
        ask(engine, ExportChain(emoji, str(path), look(emoji, t=667, quantity="z", by_channel=by_channel, labels=False)))
        pictures[by_channel] = np.asarray(Image.open(path).convert("RGB"))
        (shown,) = tiles(engine, emoji, 667, "z", by_mean=not by_channel)
        assert any(np.array_equal(pictures[by_channel][y : y + 32, :32], shown[0]) for y in range(4)), "below the border, if there is one"
        assert read_recipe(path).shown.by_channel is by_channel  # type: ignore[union-attr]
    assert not np.array_equal(pictures[False], pictures[True])


@pytest.mark.parametrize("ending", [".gif", ".mp4"])
def test_a_film_goes_from_noise_to_the_samples(engine: Engine, recipe: ChainRecipe, tmp_path: Path, ending: str) -> None:
    path = tmp_path / f"a{ending}"
    ask(engine, ExportChain(recipe, str(path), look(recipe)))
    assert read_recipe(path).shown == Shown(names=("one", "two"))
    if ending == ".gif":
        with Image.open(path) as film:
            assert film.n_frames == 6  # type: ignore[attr-defined]
            for frame, t in ((0, 1000), (5, 0)):
                film.seek(frame)
                found = np.asarray(film.convert("L"))[LINE_HEIGHT : LINE_HEIGHT + 28, :28]
                np.testing.assert_array_equal(found, tiles(engine, recipe, t)[0][0, :, :, 0])


@pytest.mark.parametrize("ending", [".gif", ".mp4", ".npz"])
def test_a_file_that_is_given_up_while_it_is_written_leaves_nothing(
    engine: Engine, recipe: ChainRecipe, tmp_path: Path, ending: str
) -> None:
    path = tmp_path / f"a{ending}"
    steps = engine.handle(ExportChain(recipe, str(path), look(recipe)), "test")
    told = next(o for o in steps if isinstance(o, ExportProgress) and o.words in ("writing pictures", "packing"))
    assert told.done < told.total, "it is under way"
    steps.close()  # as the engine's loop does with what is cancelled
    assert not list(tmp_path.iterdir())


def test_film_times(engine: Engine, recipe: ChainRecipe) -> None:
    lanes = engine.of(Chains).hold(lane_keys(recipe), "x")
    assert film_times(lanes[1:], lanes[1].levels, 100) == [1000, 800, 600, 400, 200, 0]
    assert film_times(lanes, lanes[0].levels, 3) == [1000, 500, 0]


def test_arrays_are_those_of_the_chain(engine: Engine, recipe: ChainRecipe, tmp_path: Path) -> None:
    path = tmp_path / "a.npz"
    ask(engine, ExportChain(recipe, str(path), look(recipe)))
    with np.load(path) as arrays:
        for i, steps in enumerate((4, 5)):
            x, x0_hat, z = (arrays[f"lane{i}/{name}"] for name in ("x", "x0_hat", "z"))
            a0, at, sigma = (arrays[f"lane{i}/{name}"].reshape(-1, 1, 1, 1, 1) for name in ("a0", "at", "sigma"))
            assert x.shape == (steps + 1, SAMPLES, 1, 28, 28)
            np.testing.assert_allclose(x[1:], a0 * x0_hat + at * x[:-1] + sigma * z, atol=2e-5)
            assert arrays[f"lane{i}/timesteps"].tolist() == [round(1000 * k / steps) for k in range(steps, -1, -1)]
    assert read_recipe(path).chain is not None


def test_cancelling_leaves_nothing(engine: Engine, recipe: ChainRecipe, tmp_path: Path) -> None:
    for ending, items in ((".npz", 11), (".png", 1)):  # nine steps of sampling, then into the writing
        steps = engine.handle(ExportChain(recipe, str(tmp_path / f"a{ending}"), look(recipe)), "export")
        for _ in range(items):
            next(steps)
        steps.close()  # type: ignore[attr-defined]
        assert list(tmp_path.iterdir()) == []


def test_bad_input_is_told_in_a_line(engine: Engine, recipe: ChainRecipe, tmp_path: Path) -> None:
    missing = tmp_path / "nowhere" / "a.png"
    for path, message in ((missing, "cannot be written"), (tmp_path / "a.tiff", "ending must be one of"), (tmp_path, "must be one of")):
        with pytest.raises(BadInput, match=message):
            ask(engine, ExportChain(recipe, str(path), look(recipe)))
    with pytest.raises(BadInput, match="no lanes"):
        ask(engine, ExportChain(ChainRecipe(), str(tmp_path / "a.png"), ExportLook()))
    Image.new("L", (4, 4)).save(tmp_path / "plain.png")
    path = str(tmp_path / "plain.png")
    (read,) = ask(engine, ReadExport(path))
    assert read == ExportRead(path, None, f"{path}: has no recipe inside")


def test_an_export_begins_a_session_as_it_was(engine: Engine, recipe: ChainRecipe, tmp_path: Path) -> None:
    path = tmp_path / "a.png"
    ask(engine, SampleChain(recipe))
    outcomes = ask(engine, ExportChain(recipe, str(path), look(recipe)))
    assert not any(isinstance(o, ExportProgress) and o.words == "sampling" for o in outcomes), "what is computed is not sampled again"
    assert isinstance(read_recipe(path), Recipe)
