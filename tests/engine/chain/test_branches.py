"""Branches in the engine, on a shipped model: what is shared with the parent, what is made again, what is refused."""

from __future__ import annotations

import itertools
from collections.abc import Mapping
from itertools import pairwise
from pathlib import Path

import msgspec
import numpy as np
import pytest
import torch
from PIL import Image

from explorer.checkpoints.files import load
from explorer.datasets.images import to_unit_range
from explorer.diffusion import branches as walking
from explorer.diffusion.reverse import plan
from explorer.diffusion.schedule import linear
from explorer.engine.chain.branching.messages import (
    ErasedShown,
    FitPicture,
    PaintShown,
    PictureFitted,
    PreviewErase,
    PreviewPaint,
    ShowSurvival,
    ShowTree,
    SurvivalShown,
    TreeShown,
)
from explorer.engine.chain.curve_messages import CurvesShown, ShowCurves
from explorer.engine.chain.edited_chain import Draws, walked
from explorer.engine.chain.frames import FrameStore
from explorer.engine.chain.messages import ChainProgress, LaneKey, SampleChain, ShowStep, StepShown, lane_key
from explorer.engine.engine import Engine
from explorer.engine.models import predictors
from explorer.engine.pictures.tiles import grey_tiles
from explorer.engine.thread.messages import StartEngine
from explorer.engine.thread.requests import Outcome, Payload
from explorer.errors import BadInput
from explorer.recipe import (
    BackUp,
    Branch,
    ChainRecipe,
    Change,
    Dab,
    Edit,
    FreshNoise,
    Inpaint,
    Lane,
    Paint,
    Sampler,
    coverage,
    mask_of,
    picture_of,
)

STEPS, SAMPLES = 8, 2
CPU = torch.device("cpu")
LOWER = mask_of(np.arange(28)[:, None].repeat(28, 1) >= 14)
DAB = Dab(((10.0, 10.0), (18.0, 12.0)), radius=2.0, value=1.0, noise=0.2)
TIMES = tuple(1000 * k // STEPS for k in range(STEPS, -1, -1))
T4 = TIMES[4]


def ask(engine: Engine, payload: Payload, channel: str = "test") -> list[Outcome]:
    return [outcome for outcome in engine.handle(payload, channel) if outcome is not None]


@pytest.fixture
def engine() -> Engine:
    made = Engine()
    ask(made, StartEngine(device="cpu", precision="fp32"))
    return made


@pytest.fixture(scope="module")
def base(checkpoints: Mapping[str, Path]) -> Lane:
    checkpoint = load(checkpoints["mnist-ddpm-c"])
    return Lane(checkpoint.sha256, str(checkpoint.path), "C", Sampler(STEPS))


def leaf(base: Lane, *edits: Edit) -> Lane:
    return msgspec.structs.replace(base, edits=edits)


def sample(engine: Engine, *lanes: Lane, branches: tuple[Lane, ...] = ()) -> list[LaneKey]:
    recipe = ChainRecipe(lanes, 5, SAMPLES, branches=tuple(Branch(b) for b in branches))
    ask(engine, SampleChain(recipe))
    return [lane_key(lane, recipe) for lane in lanes]


def states(engine: Engine, key: LaneKey, quantity: str = "x_t") -> np.ndarray:
    shown = [ask(engine, ShowStep((key,), t, quantity))[0] for t in TIMES]  # type: ignore[arg-type]
    assert all(isinstance(s, StepShown) and s.frames[0].k == k for k, s in enumerate(shown))
    return np.stack([s.frames[0].values for s in shown if isinstance(s, StepShown)])


def by_itself(lane: Lane) -> np.ndarray:
    """The same lane walked without an engine: nothing kept, nothing shared."""
    predictor = predictors.from_checkpoint(load(Path(lane.source)), CPU)
    draws = Draws(5, range(SAMPLES), (1, 28, 28), CPU)
    with torch.inference_mode():
        course = plan(predictor.schedule, STEPS)
        steps = list(walked(lane, predictor, course, draws, lambda other: predictors.from_checkpoint(load(Path(other.source)), CPU)))
    return torch.stack([s.x_t for s in steps] + [steps[-1].x_prev]).numpy()


EDITS: dict[str, tuple[Edit, ...]] = {
    "fresh": (FreshNoise(T4, 3),),
    "paint": (Paint(T4, (DAB,), samples=(1,)),),
    "paint x0": (Paint(T4, (DAB,), "x0_hat"),),
    "paint x0 onwards": (Paint(T4, (DAB,), "x0_hat", until=TIMES[6]),),
    "inpaint": (Inpaint(T4, LOWER, 2),),
    "inpaint image": (Inpaint(T4, LOWER, 2, "image"),),
    "anew": (Inpaint(T4, LOWER, 2, anew=True),),
    "anew image once": (Inpaint(T4, LOWER, 1, "image", anew=True),),
    "anew among others": (Paint(T4, (DAB,)), Inpaint(TIMES[5], LOWER, 1, samples=(1,), anew=True), FreshNoise(TIMES[6])),
    "change": (Change(T4, eta=0.0, clip=True),),
    "back up": (BackUp(T4),),
    "several": (Paint(TIMES[5], (DAB,)), BackUp(T4), Inpaint(TIMES[5], LOWER), FreshNoise(TIMES[6])),
}


@pytest.mark.parametrize("name", EDITS)
def test_a_branch_is_the_same_however_it_is_made(engine: Engine, base: Lane, name: str) -> None:
    lane = leaf(base, *EDITS[name])
    expected = by_itself(lane)
    (key,) = sample(engine, lane)
    np.testing.assert_array_equal(states(engine, key), expected)
    root = states(engine, sample(engine, base)[0])
    np.testing.assert_array_equal(root[:4], expected[:4], err_msg="above t it is the parent")
    assert not np.array_equal(root[-1], expected[-1])
    frame = 2 * SAMPLES * 28 * 28 * 4
    tiny = Engine()
    ask(tiny, StartEngine(device="cpu", precision="fp32", frame_budget=5 * frame))
    (key,) = sample(tiny, lane)
    for k in (6, 2, 7, 4, 5, STEPS):
        (shown,) = ask(tiny, ShowStep((key,), TIMES[k], "x_t"))
        assert isinstance(shown, StepShown)
        np.testing.assert_array_equal(shown.frames[0].values, expected[k], err_msg=f"made again, state {k}")


def test_frames_above_t_are_the_parents_own(engine: Engine, base: Lane) -> None:
    (root,) = sample(engine, base)
    lane = leaf(base, Paint(T4, (DAB,)))
    (key,) = sample(engine, lane)
    kept = engine.of(FrameStore).lane(key)
    assert sorted(kept.kept) == [4, 5, 6, 7, 8], "nothing above is kept twice"
    above = states(engine, key)[:4]
    np.testing.assert_array_equal(above, states(engine, root)[:4])
    assert not engine.of(FrameStore).lane(key).again, "nor made again"


@pytest.mark.parametrize("edit", [Paint(T4, (DAB,)), BackUp(TIMES[2])], ids=["painted", "backed up"])
def test_the_curves_of_a_branch_begin_at_x_t_as_its_parents_do(engine: Engine, base: Lane, edit: Edit) -> None:
    (key,) = sample(engine, leaf(base, edit))
    (shown,) = ask(engine, ShowCurves((key,), 1, None))
    assert isinstance(shown, CurvesShown)
    (curves,) = shown.lanes
    np.testing.assert_array_equal(curves.timesteps, TIMES)
    for name in ("x_t", "x0_hat", "eps_hat"):
        said = curves.curves[name][:STEPS]
        own = [np.linalg.norm(state[1].astype(np.float64)) for state in states(engine, key, name)[:STEPS]]
        np.testing.assert_allclose(said, own, rtol=1e-4, err_msg=name)


def test_painting_is_of_the_chosen_samples_only(engine: Engine, base: Lane) -> None:
    root, branch = (states(engine, key) for key in sample(engine, base, leaf(base, Paint(T4, (DAB,), samples=(1,)))))
    np.testing.assert_array_equal(root[:, 0], branch[:, 0])
    assert branch[4, 1, 0, 10, 11] == pytest.approx(1.0, abs=1.0)
    untouched = np.ones((28, 28), bool)
    untouched[6:17, 6:22] = False
    np.testing.assert_array_equal(branch[4, 1, 0][untouched], root[4, 1, 0][untouched])


def test_marks_that_go_on_are_in_x0_hat_of_every_step_down_to_the_last(engine: Engine, base: Lane) -> None:
    dab = Dab(((14.0, 14.0),), radius=3.0, value=0.7)
    once, onwards = sample(engine, leaf(base, Paint(T4, (dab,), "x0_hat")), leaf(base, Paint(T4, (dab,), "x0_hat", until=TIMES[6])))
    marked = coverage(dab, 28, 28) == 1
    for k in (4, 5, 6):
        np.testing.assert_allclose(states(engine, onwards, "x0_hat")[k][:, 0, marked], 0.7, atol=1e-6)
    assert not np.allclose(states(engine, onwards, "x0_hat")[7][:, 0, marked], 0.7, atol=1e-6)
    assert not np.allclose(states(engine, once, "x0_hat")[5][:, 0, marked], 0.7, atol=1e-6)


def test_a_preview_says_how_much_of_the_marks_is_left(engine: Engine, base: Lane) -> None:
    (root,) = sample(engine, base)
    dab = Dab(((5.0, 5.0),), radius=3.0, value=1.0)
    left = {}
    for until in (None, 1):
        first, last = ask(engine, PreviewPaint(root, T4, 0, "x0_hat", (dab,), until=until))
        assert isinstance(first, PaintShown)
        assert isinstance(last, PaintShown)
        assert np.isnan(first.survives)
        left[until] = last.survives
        levels = linear(1000).alpha_bar
        here, there = float(levels[T4]), float(levels[TIMES[5]])
        assert first.weight == last.weight == pytest.approx(there**0.5 * (1 - here / there) / (1 - here))
    assert 0 <= left[None] < left[1] <= 1, "painted at every step, more of it stays"
    (_, state) = ask(engine, PreviewPaint(root, T4, 0, "x_t", (dab,)))
    assert isinstance(state, PaintShown)
    assert np.isnan(state.survives)


def test_progress_counts_the_region_that_is_drawn_anew(engine: Engine, base: Lane) -> None:
    sample(engine, base)
    branch = leaf(base, Inpaint(T4, LOWER, repeats=2, anew=True))
    told = [o for o in ask(engine, SampleChain(ChainRecipe((branch,), 5, SAMPLES))) if isinstance(o, ChainProgress)]
    before = [o.lanes[0] for o in told if o.lanes[0].done == 0]
    assert [lane.prepared for lane in before] == list(range(1, len(before) + 1))
    assert {lane.to_prepare for lane in before} == {5}, "states 0 to 4"
    work = [o.seconds_left * o.rate / SAMPLES for o in told]
    assert all(later < earlier for earlier, later in pairwise(work)), "what is left only falls"
    assert work[-1] == 0


def test_painted_x0_hat_is_what_the_step_shows(engine: Engine, base: Lane) -> None:
    dab = Dab(((14.0, 14.0),), radius=3.0, value=-1.0)
    root, branch = sample(engine, base, leaf(base, Paint(T4, (dab,), "x0_hat")))
    before, after = states(engine, root, "x0_hat")[4], states(engine, branch, "x0_hat")[4]
    np.testing.assert_allclose(after[:, 0, 13:15, 13:15], -1, atol=1e-6)
    np.testing.assert_array_equal(after[:, 0, :8], before[:, 0, :8])
    np.testing.assert_array_equal(states(engine, root)[4], states(engine, branch)[4])


def test_what_is_not_erased_stays_the_parents(engine: Engine, base: Lane) -> None:
    root, once, thrice, image = (
        states(engine, key)
        for key in sample(
            engine, base, leaf(base, FreshNoise(T4), Inpaint(T4, LOWER)), leaf(base, Inpaint(T4, LOWER, 3)),
            leaf(base, Inpaint(T4, LOWER, 1, "image"))
        )
    )  # fmt: skip
    for branch in (thrice, image):
        np.testing.assert_array_equal(branch[-1][:, :, :14], root[-1][:, :, :14])
        assert not np.array_equal(branch[-1][:, :, 14:], root[-1][:, :, 14:])
    np.testing.assert_array_equal(thrice[:, :, :, :14], root[:, :, :, :14], err_msg="its states too")
    assert not np.array_equal(image[5][:, :, :14], root[5][:, :, :14]), "noised anew"
    assert not np.array_equal(once[-1][:, :, :14], root[-1][:, :, :14]), "the parent here has other noise"


@pytest.mark.parametrize("eta", [0.0, 1.0])
@pytest.mark.parametrize("repeats", [1, 3])
def test_what_is_erased_begins_as_noise_wherever_it_is_erased(engine: Engine, base: Lane, repeats: int, eta: float) -> None:
    chain = msgspec.structs.replace(base, sampler=Sampler(STEPS, eta))
    low, high = (msgspec.structs.replace(chain, edits=(Inpaint(t, LOWER, repeats, samples=(1,), anew=True),)) for t in (TIMES[-2], 1000))
    root, low_, high_ = (states(engine, key) for key in sample(engine, chain, low, high))
    for branch in (low_, high_):
        np.testing.assert_array_equal(branch[:, 0], root[:, 0], err_msg="the samples that nothing was erased in")
        np.testing.assert_array_equal(branch[:, 1, :, :14], root[:, 1, :, :14])
        assert np.abs(branch[-1, 1, :, 14:] - root[-1, 1, :, 14:]).max() > 0.5, "once, too, nothing of it is left"
    np.testing.assert_array_equal(low_[:-2], root[:-2], err_msg="above t it is the parent")
    np.testing.assert_allclose(low_[-1], high_[-1], atol=1e-5, err_msg="in chains of few steps the same whatever t")


def test_an_erased_region_is_drawn_anew_step_by_step(engine: Engine, base: Lane) -> None:
    (root,) = sample(engine, base)
    recipe = ChainRecipe((leaf(base, Inpaint(TIMES[6], LOWER, anew=True)),), 5, SAMPLES)
    steps = [o for o in ask(engine, SampleChain(recipe)) if isinstance(o, ChainProgress)]
    done = [step.lanes[0].done for step in steps]
    assert done == [0] * 7 + [7, 8], "a cancel point at each step down to t, and no state before that"
    assert len(engine.of(FrameStore).lane(root).kept) == STEPS + 1


def test_another_network_from_t_down(engine: Engine, base: Lane, checkpoints: Mapping[str, Path]) -> None:
    other = load(checkpoints["mnist-ddpm-b"])
    lane = leaf(base, Change(T4, checkpoint=other.sha256, source=str(other.path), option="B"))
    expected = by_itself(lane)
    keys = sample(engine, base, lane)
    root, branch = states(engine, keys[0]), states(engine, keys[1])
    np.testing.assert_array_equal(branch, expected)
    np.testing.assert_array_equal(branch[:5], root[:5])
    assert not np.array_equal(branch[5], root[5])


def test_backing_up_is_property_1(engine: Engine, base: Lane) -> None:
    pixels = np.zeros((1, 28, 28), np.uint8)
    pixels[0, 6:22, 12:16] = 255
    root, own, given = (
        states(engine, key) for key in sample(engine, base, leaf(base, BackUp(T4)), leaf(base, BackUp(T4, picture_of(pixels))))
    )
    predictor = predictors.from_checkpoint(load(Path(base.source)), CPU)
    level = plan(predictor.schedule, STEPS).steps[4].alpha_bar
    eps = Draws(5, range(SAMPLES), (1, 28, 28), CPU).noise(0, walking.BACK_UP, 0).numpy()
    np.testing.assert_allclose(own[4], np.sqrt(level) * root[-1] + np.sqrt(1 - level) * eps, atol=1e-6)
    np.testing.assert_allclose(given[4], np.sqrt(level) * to_unit_range(pixels) + np.sqrt(1 - level) * eps, atol=1e-6)


def test_with_the_noise_that_made_it_an_image_comes_back_from_anywhere(engine: Engine, base: Lane) -> None:
    root, fresh, same = (
        states(engine, key) for key in sample(engine, base, leaf(base, BackUp(1000)), leaf(base, BackUp(1000, fresh=False)))
    )
    np.testing.assert_array_equal(fresh[0], same[0])
    apart = [float(np.square(branch[-1] - root[-1]).mean()) for branch in (fresh, same)]
    assert apart[1] < 0.2 * apart[0], "which is why coming down is with other noise unless asked otherwise"


def test_of_an_image_taken_up_again_what_made_it_is_not_done_twice(engine: Engine, base: Lane) -> None:
    painted = leaf(base, Paint(TIMES[6], (DAB,)))
    again = leaf(base, *painted.edits, BackUp(T4))
    first, second = (states(engine, key) for key in sample(engine, painted, again))
    level = float(plan(predictors.schedule_of(load(Path(base.source))), STEPS).steps[4].alpha_bar)
    eps = Draws(5, range(SAMPLES), (1, 28, 28), CPU).noise(0, walking.BACK_UP, 0).numpy()
    np.testing.assert_allclose(second[4], np.sqrt(level) * first[-1] + np.sqrt(1 - level) * eps, atol=1e-6)
    covered = (slice(None), 0, 10, 12)
    assert (np.abs(first[6][covered] - 1) < 1).all()
    plain = by_itself(leaf(base, *painted.edits, BackUp(T4)))
    np.testing.assert_array_equal(second, plain)


def test_a_tree_stays_when_memory_is_short(base: Lane) -> None:
    engine = Engine()
    frame = 2 * SAMPLES * 28 * 28 * 4
    ask(engine, StartEngine(device="cpu", precision="fp32", frame_budget=16 * frame))
    branch = leaf(base, FreshNoise(TIMES[2]))
    (other,) = sample(engine, msgspec.structs.replace(base, sampler=Sampler(STEPS, 0.5)))
    (kept,) = sample(engine, branch, branches=(branch,))
    (now,) = sample(engine, leaf(base, FreshNoise(TIMES[1], 2)), branches=(branch,))
    assert other not in engine.of(FrameStore), "lanes of no tree go first"
    assert kept in engine.of(FrameStore)
    assert now in engine.of(FrameStore)


def test_undoing_and_redoing_a_branch_computes_nothing_again(engine: Engine, base: Lane) -> None:
    branch = leaf(base, FreshNoise(T4))
    before, after = ChainRecipe((base,), 5, SAMPLES), ChainRecipe((branch,), 5, SAMPLES, branches=(Branch(branch),))
    assert any(isinstance(o, ChainProgress) for o in ask(engine, SampleChain(before)))
    steps = [o for o in ask(engine, SampleChain(after)) if isinstance(o, ChainProgress)]
    assert len(steps) == STEPS - 4, "only what is below t"
    for recipe in (before, after, before, after):
        assert not any(isinstance(o, ChainProgress) for o in ask(engine, SampleChain(recipe)))


def test_what_memory_did_not_reach_for_is_sampled_again_by_itself(base: Lane) -> None:
    engine = Engine()
    frame = 2 * SAMPLES * 28 * 28 * 4
    ask(engine, StartEngine(device="cpu", precision="fp32", frame_budget=10 * frame))
    branch = leaf(base, FreshNoise(T4))
    before, after = ChainRecipe((base,), 5, SAMPLES), ChainRecipe((branch,), 5, SAMPLES, branches=(Branch(branch),))
    key = lane_key(branch, after)
    ask(engine, SampleChain(after))
    expected = by_itself(branch)[-1]
    ask(engine, SampleChain(before))
    ask(engine, SampleChain(ChainRecipe((leaf(base, FreshNoise(TIMES[1], 2)),), 5, SAMPLES)))
    assert key not in engine.of(FrameStore), "undone, and gone: there was no room"
    assert any(isinstance(o, ChainProgress) for o in ask(engine, SampleChain(after)))
    (shown,) = ask(engine, ShowStep((key,), 0, "x_t"))
    assert isinstance(shown, StepShown)
    np.testing.assert_array_equal(shown.frames[0].values, expected)


@pytest.mark.parametrize(
    ("edit", "told"),
    [
        (FreshNoise(1001), "above this chain's T = 1000"),
        (Paint(T4, (Dab(((9.0, 9.0),), colour=(1.0, 0.0, -1.0)),)), "images of three channels, not of 1"),
        (Inpaint(T4, mask_of(np.ones((14, 28), bool))), "mask .* 14 x 28, the images are 28 x 28"),
        (BackUp(T4, picture_of(np.zeros((3, 28, 28), np.uint8))), "picture .* 3 x 28 x 28, the images are 1 x 28 x 28"),
        (Change(T4, checkpoint="0" * 64, source="/nowhere.safetensors", option="B"), "nowhere"),
    ],
)
def test_what_does_not_fit_is_told_of_and_nothing_is_lost(engine: Engine, base: Lane, edit: Edit, told: str) -> None:
    (root,) = sample(engine, base)
    with pytest.raises(BadInput, match=told):
        sample(engine, leaf(base, edit))
    assert len(engine.of(FrameStore).lane(root).kept) == STEPS + 1


def test_painting_is_followed_at_once(engine: Engine, base: Lane) -> None:
    root, branch = sample(engine, base, leaf(base, Paint(T4, (DAB,), samples=(1,))))
    empty, end = ask(engine, PreviewPaint(root, T4, 1, "x_t"))
    assert isinstance(empty, PaintShown)
    assert isinstance(end, PaintShown)
    assert empty.end is None
    assert end.end is not None
    first, _ = ask(engine, PreviewPaint(root, T4, 1, "x_t", (DAB,)))
    assert isinstance(first, PaintShown)
    (step,) = ask(engine, ShowStep((branch,), T4, "x_t"))
    (image,) = ask(engine, ShowStep((branch,), T4, "x0_hat"))
    assert isinstance(step, StepShown)
    assert isinstance(image, StepShown)
    np.testing.assert_array_equal(first.canvas, step.frames[0].tiles[1])
    assert np.abs(first.image.astype(int) - image.frames[0].tiles[1]).max() <= 1, "one sample alone, or in a batch"
    assert not np.array_equal(first.image, empty.image)
    with pytest.raises(BadInput, match="not been sampled"):
        ask(engine, PreviewPaint(LaneKey(base, 99, SAMPLES), T4, 0, "x_t"))


def test_erasing_is_followed_what_is_kept_stays_and_the_rest_is_made_anew(engine: Engine, base: Lane) -> None:
    (root,) = sample(engine, base)
    region = LOWER.array()
    nothing = mask_of(np.zeros((28, 28), bool))
    (empty,) = ask(engine, PreviewErase(root, T4, 1, nothing, 2, "states"))
    assert isinstance(empty, ErasedShown)
    assert empty.end is None
    own = grey_tiles(states(engine, root)[:, 1])
    np.testing.assert_array_equal(empty.state, own[4])
    ends = {}
    for known, repeats in itertools.product(("states", "image"), (1, 3)):
        *_, shown = ask(engine, PreviewErase(root, T4, 1, LOWER, repeats, known))  # type: ignore[arg-type]
        assert isinstance(shown, ErasedShown)
        assert shown.end is not None
        np.testing.assert_array_equal(shown.end[~region], own[-1][~region])
        assert not np.array_equal(shown.end[region], own[-1][region])
        ends[known, repeats] = shown.end
    (branch,) = sample(engine, leaf(base, Inpaint(1000, LOWER, 3, anew=True)))
    made = grey_tiles(states(engine, branch)[:, 1])[-1]
    assert np.abs(ends["states", 3].astype(int) - made).max() <= 1, "in a chain of so few steps it is the branch itself"
    with pytest.raises(BadInput, match="the mask is 14 x 28"):
        ask(engine, PreviewErase(root, T4, 1, mask_of(np.ones((14, 28), bool)), 1, "states"))


def test_the_tree_shows_the_newest_state_of_every_lane(engine: Engine, base: Lane) -> None:
    root, branch = sample(engine, base, leaf(base, FreshNoise(T4)))
    (shown,) = ask(engine, ShowTree((root, branch, LaneKey(base, 99, SAMPLES)), 1))
    assert isinstance(shown, TreeShown)
    assert [(tile.key, tile.t) for tile in shown.tiles] == [(root, 0), (branch, 0)]
    (last,) = ask(engine, ShowStep((branch,), 0, "x_t"))
    assert isinstance(last, StepShown)
    np.testing.assert_array_equal(shown.tiles[1].tile, last.frames[0].tiles[1])


def test_how_much_survives_is_the_distance_to_the_image(engine: Engine, base: Lane) -> None:
    root, low, high = sample(engine, base, leaf(base, BackUp(TIMES[-2])), leaf(base, BackUp(TIMES[0])))
    begin = states(engine, root)[-1]
    found = {}
    for key in (low, high):
        (shown,) = ask(engine, ShowSurvival(key, 1))
        assert isinstance(shown, SurvivalShown)
        own = np.linalg.norm((states(engine, key)[-1] - begin).reshape(SAMPLES, -1).astype(np.float64), axis=1)
        assert shown.distance == pytest.approx(own[1], rel=1e-5)
        assert shown.mean_distance == pytest.approx(own.mean(), rel=1e-5)
        found[key] = shown.mean_distance
    assert found[low] < found[high], "from nearer to the image more survives"
    with pytest.raises(BadInput, match="no image was noised again"):
        ask(engine, ShowSurvival(root, 0))


def test_a_picture_is_fitted_to_the_lane(engine: Engine, base: Lane, tmp_path: Path) -> None:
    (root,) = sample(engine, base)
    path = tmp_path / "paper.png"
    ink = np.full((60, 100, 3), 240, np.uint8)
    ink[20:40, 45:55] = (10, 10, 60)
    Image.fromarray(ink).save(path)
    (fitted,) = ask(engine, FitPicture(root, str(path)))
    assert isinstance(fitted, PictureFitted)
    assert (fitted.name, fitted.size, fitted.colour, fitted.shape) == ("paper.png", (60, 100), True, (1, 28, 28))
    assert fitted.picture.shape == (1, 28, 28)
    assert fitted.picture.array()[0, 14, 14] > 128 > fitted.picture.array()[0, 2, 2], "light strokes on black"
    (pasted,) = ask(engine, FitPicture(root, pixels=ink))
    assert isinstance(pasted, PictureFitted)
    assert pasted.picture.pixels == fitted.picture.pixels
    (early,) = ask(engine, FitPicture(LaneKey(root.lane, root.seed + 1, root.samples), str(path)))
    assert isinstance(early, PictureFitted), "that lane has no state yet"
    assert early.picture.pixels == fitted.picture.pixels
    path.write_bytes(b"no picture")
    with pytest.raises(BadInput, match=r"paper\.png: cannot be read as a picture"):
        ask(engine, FitPicture(root, str(path)))
