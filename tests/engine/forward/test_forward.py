"""The Forward workspace's requests, answered by the engine on real images and a shipped network."""

from __future__ import annotations

import math
from collections.abc import Mapping
from pathlib import Path

import numpy as np
import pytest
import torch
from PIL import Image

from explorer.checkpoints.files import file_sha256
from explorer.datasets.emoji import emoji
from explorer.datasets.images import to_unit_range
from explorer.datasets.mnist import mnist
from explorer.diffusion.mixture1d import departure, mixture_of, reverse
from explorer.diffusion.posterior import posterior
from explorer.diffusion.schedule import cosine, linear
from explorer.engine.engine import Engine
from explorer.engine.forward.asides_messages import AsidesShown, ShowAsides
from explorer.engine.forward.chain1d_messages import Chain1DShown, ShowChain1D
from explorer.engine.forward.messages import (
    JointShown,
    NoisedFilmShown,
    NoisedShown,
    PictureTaken,
    ScheduleShown,
    ShowJoint,
    ShowNoised,
    ShowNoisedFilm,
    ShowSchedule,
    ShowStepBack,
    ShowTestImages,
    StepBackShown,
    TakePicture,
    TestImagesShown,
)
from explorer.engine.pictures.tiles import grey_tiles
from explorer.errors import BadInput
from explorer.recipe import Dab, Lane, picture_of
from explorer.recipe.forward import Asides, Chain1D, ForwardImage, ForwardSchedule

SHORT = ForwardSchedule("linear", 40)
IMAGE = ForwardImage(3)


@pytest.fixture(scope="module")
def engine() -> Engine:
    return Engine()


def answer(engine: Engine, payload: object) -> object:
    return [outcome for outcome in engine.handle(payload) if outcome is not None][-1]  # type: ignore[arg-type]


def test_both_ways_lead_to_the_same_picture(engine: Engine, mnist_test: tuple[np.ndarray, np.ndarray]) -> None:
    x0 = to_unit_range(mnist_test[0][3])
    for t in (0, 1, 17, 40):
        shown = answer(engine, ShowNoised(IMAGE, SHORT, 5, t))
        assert isinstance(shown, NoisedShown)
        assert shown.apart < 1e-12
        assert np.array_equal(shown.tiles["x_t"], shown.tiles["walked"])
        assert shown.alpha_bar == float(linear(40).alpha_bar[t])
        assert ("x_prev" in shown.tiles) == (t > 0)
        assert not shown.values.flags.writeable
        if t == 0:
            assert shown.values == pytest.approx(x0, abs=1e-7)
        else:
            assert float(np.square(shown.weights).sum()) == pytest.approx(1)
            eps = (shown.values - math.sqrt(shown.alpha_bar) * x0) / math.sqrt(1 - shown.alpha_bar)
            assert eps.std() == pytest.approx(1, abs=0.1)


def test_the_film_is_the_same_walk(engine: Engine) -> None:
    film = answer(engine, ShowNoisedFilm(IMAGE, SHORT, 5, (40, 17, 0)))
    assert isinstance(film, NoisedFilmShown)
    for t, tile in zip(film.timesteps.tolist(), film.tiles, strict=True):
        assert np.array_equal(tile, answer(engine, ShowNoised(IMAGE, SHORT, 5, t)).tiles["x_t"])  # type: ignore[attr-defined]


def test_a_colour_picture_is_noised_in_its_own_shape(engine: Engine) -> None:
    pixels = np.random.default_rng(0).integers(0, 256, (3, 20, 12), np.uint8)
    shown = answer(engine, ShowNoised(ForwardImage(picture=picture_of(pixels)), SHORT, 0, 10))
    assert isinstance(shown, NoisedShown)
    assert shown.values.shape == (3, 20, 12)
    assert shown.apart < 1e-12
    back = answer(engine, ShowStepBack(ForwardImage(picture=picture_of(pixels)), SHORT, 0, 10))
    assert isinstance(back, StepBackShown)
    assert back.exact is back.network is None
    assert "own shape" in back.note


def test_a_network_that_cannot_be_opened_leaves_the_other_two_and_says_why(engine: Engine, tmp_path: Path) -> None:
    path = tmp_path / "mine.safetensors"
    for begin in (f"{path}: no such file", f"{path}: "):
        back = answer(engine, ShowStepBack(IMAGE, SHORT, 0, 10, Lane("0" * 64, str(path))))
        assert isinstance(back, StepBackShown)
        assert back.network is None
        assert back.exact is not None
        assert back.note.startswith(begin)
        path.write_bytes(b"no checkpoint")


@pytest.mark.parametrize(
    ("payload", "cause"),
    [
        (ShowNoised(IMAGE, SHORT, 0, 41), "no timestep 41"),
        (ShowNoised(ForwardImage(10_000), SHORT, 0, 1), "no test image 10000"),
        (ShowStepBack(IMAGE, SHORT, 0, 0), "timestep in 1..40"),
        (ShowJoint(((0, 0), (0, 28)), 10, SHORT, 0, 1), "pixels"),
        (TakePicture("nowhere.png"), "nowhere.png: no such file"),
    ],
)
def test_bad_input_is_told_of(engine: Engine, payload: object, cause: str) -> None:
    with pytest.raises(BadInput, match=cause):
        answer(engine, payload)


def test_pictures_are_offered_in_both_shapes(engine: Engine, tmp_path: Path) -> None:
    path = tmp_path / "wide.png"
    Image.fromarray(np.random.default_rng(1).integers(0, 256, (150, 700, 3), np.uint8)).save(path)
    taken = answer(engine, TakePicture(str(path)))
    assert isinstance(taken, PictureTaken)
    assert (taken.name, taken.size, taken.same) == ("wide.png", (150, 700), False)
    assert taken.fitted.array().shape == (1, 28, 28)
    assert taken.kept.array().shape == (3, 110, 512), "as large as is noised"
    grey = answer(engine, TakePicture(pixels=np.full((28, 28, 3), 7, np.uint8)))
    assert isinstance(grey, PictureTaken)
    assert grey.same
    drawn = answer(engine, TakePicture(drawing=(Dab(((14.0, 4.0), (14.0, 24.0))),)))
    assert isinstance(drawn, PictureTaken)
    assert drawn.same
    assert drawn.fitted.array()[0, 14, 14] == 255
    assert drawn.fitted.array()[0, 14, 2] == 0


EMOJI = ForwardImage(3, dataset="emoji")


def test_emoji_are_noised_in_colour_and_seen_beside_emoji(engine: Engine, checkpoints: Mapping[str, Path]) -> None:
    images, groups = emoji("test")
    shown = answer(engine, ShowTestImages(360, 24, "emoji"))
    assert isinstance(shown, TestImagesShown)
    assert (len(shown.tiles), shown.total, shown.shape) == (10, 370, (3, 32, 32))
    assert np.array_equal(shown.tiles, images[360:].transpose(0, 2, 3, 1))
    assert np.array_equal(shown.labels, groups[360:])
    noised = answer(engine, ShowNoised(EMOJI, SHORT, 0, 0))
    assert isinstance(noised, NoisedShown)
    assert noised.values == pytest.approx(to_unit_range(images[3]), abs=1e-6)
    end = answer(engine, ShowSchedule(SHORT, EMOJI, 0))
    assert isinstance(end, ScheduleShown)
    assert (end.count, end.examples.shape) == (370, (12, 32, 32, 3))
    back = answer(engine, ShowStepBack(EMOJI, SHORT, 0, 10, Lane("", str(checkpoints["mnist-ddpm-c"]))))
    assert isinstance(back, StepBackShown)
    assert back.known_images == 3_411
    assert back.likely.shape[1:] == (32, 32, 3)
    assert back.network is None
    assert back.note.startswith("mnist-ddpm-c.safetensors makes images of 28 × 28 grey pixels")


@pytest.mark.parametrize("channel", [0, 2])
def test_one_channel_of_two_pixels_is_seen(engine: Engine, channel: int) -> None:
    joint = answer(engine, ShowJoint(((10, 14), (31, 14)), 100, SHORT, 0, 0, "emoji", channel))
    assert isinstance(joint, JointShown)
    x0 = to_unit_range(emoji("test")[0][:100])
    assert joint.points == pytest.approx(np.stack([x0[:, channel, 10, 14], x0[:, channel, 31, 14]], axis=1))


def test_what_is_drawn_for_emoji_is_in_colour_on_white(engine: Engine) -> None:
    mark = Dab(((16.0, 4.0), (16.0, 28.0)), colour=(1.0, -1.0, -1.0))
    taken = answer(engine, TakePicture(drawing=(mark,), dataset="emoji"))
    assert isinstance(taken, PictureTaken)
    assert taken.same
    assert taken.fitted.array()[:, 16, 16].tolist() == [255, 0, 0]
    assert taken.fitted.array()[:, 0, 0].tolist() == [255, 255, 255]


def test_images_of_the_persons_own_are_noised_until_they_are_too_large(engine: Engine, tmp_path: Path) -> None:
    path = tmp_path / "mine.npy"
    for side in (16, 80, 600):
        mine = np.random.default_rng(side).integers(0, 256, (5, side, side, 3), np.uint8)
        np.save(path, mine)
        request = ShowNoised(ForwardImage(4, dataset=str(path)), SHORT, 0, 0)
        if side == 600:
            with pytest.raises(BadInput, match="mine: its images are 600 × 600; sides of at most 512"):
                answer(engine, request)
        else:
            shown = answer(engine, request)
            assert isinstance(shown, NoisedShown)
            assert np.array_equal(shown.tiles["x_t"], mine[4])


def test_a_broken_picture_is_told_of(engine: Engine, tmp_path: Path) -> None:
    path = tmp_path / "broken.png"
    path.write_bytes(b"\x89PNG\r\n\x1a\n and nothing more")
    with pytest.raises(BadInput, match=r"broken\.png: cannot be read as a picture"):
        answer(engine, TakePicture(str(path)))


def test_test_images(engine: Engine, mnist_test: tuple[np.ndarray, np.ndarray]) -> None:
    shown = answer(engine, ShowTestImages(24, 6))
    assert isinstance(shown, TestImagesShown)
    assert np.array_equal(shown.tiles, grey_tiles(to_unit_range(mnist_test[0][24:30])))
    assert np.array_equal(shown.labels, mnist_test[1][24:30])
    assert shown.total == 10_000


def test_the_end_of_a_schedule_is_that_of_its_formula(engine: Engine, mnist_test: tuple[np.ndarray, np.ndarray]) -> None:
    shown = answer(engine, ShowSchedule(ForwardSchedule("cosine", 60), IMAGE, 0))
    assert isinstance(shown, ScheduleShown)
    expected = cosine(60)
    assert shown.alpha_bar == pytest.approx(expected.alpha_bar.numpy())
    end = float(expected.alpha_bar[-1])
    x0 = to_unit_range(mnist_test[0][3]).astype(np.float64)
    variance = 1 - end
    kl = 0.5 * (end * np.square(x0).sum() + 784 * (variance - 1 - math.log1p(-end)))
    assert shown.image.kl == pytest.approx(kl)
    all_x0 = to_unit_range(mnist_test[0]).astype(np.float64)
    mean_kl = 0.5 * (end * np.square(all_x0).sum() / 10_000 + 784 * (variance - 1 - math.log1p(-end)))
    assert shown.data.kl == pytest.approx(mean_kl, rel=1e-6)
    assert shown.data.total_variance == pytest.approx(end * all_x0.var() + variance, rel=1e-6)


def test_a_bent_schedule_keeps_its_control_points_and_can_leave_the_image_in(engine: Engine) -> None:
    knots = ((0.0, 8.0), (0.5, 4.0), (1.0, 1.0))
    shown = answer(engine, ShowSchedule(ForwardSchedule("bent", 40, knots), IMAGE, 0))
    assert isinstance(shown, ScheduleShown)
    assert shown.knots == knots
    assert shown.image.kl > 100


def test_pixels_are_noised_together(engine: Engine, mnist_test: tuple[np.ndarray, np.ndarray]) -> None:
    pixels = ((14, 13), (14, 14))
    begin = answer(engine, ShowJoint(pixels, 500, SHORT, 0, 0))
    assert isinstance(begin, JointShown)
    x0 = to_unit_range(mnist_test[0][:500])
    expected = np.stack([x0[:, 0, 14, 13], x0[:, 0, 14, 14]], axis=1)
    assert begin.points == pytest.approx(expected)
    assert begin.correlation == pytest.approx(np.corrcoef(expected.T)[0, 1], abs=1e-6)
    kls = [answer(engine, ShowJoint(pixels, 500, SHORT, 0, t)).kl for t in (0, 10, 20, 40)]  # type: ignore[attr-defined]
    assert kls == sorted(kls, reverse=True)
    assert kls[-1] < 0.05
    still = answer(engine, ShowJoint(((0, 0), (0, 1)), 50, SHORT, 0, 0))
    assert isinstance(still, JointShown)
    assert math.isnan(still.correlation), "pixels that are black in every image"
    assert still.kl == math.inf


def test_one_step_back_three_ways(engine: Engine, checkpoints: Mapping[str, Path]) -> None:
    path = checkpoints["mnist-ddpm-c"]
    schedule = ForwardSchedule()
    lane = Lane(file_sha256(path), str(path), "C", schedule=schedule.choice)
    shown = answer(engine, ShowStepBack(IMAGE, schedule, 2, 400, lane))
    assert isinstance(shown, StepBackShown)
    levels = linear().alpha_bar
    step = posterior(float(levels[400]), float(levels[399]))
    assert (shown.a0, shown.at, shown.sigma) == (step.a0, step.at, step.sigma)
    assert shown.known.apart == 0
    assert shown.exact is not None
    assert shown.network is not None
    noised = answer(engine, ShowNoised(IMAGE, schedule, 2, 400))
    assert isinstance(noised, NoisedShown)
    training = torch.from_numpy(to_unit_range(mnist()[0])).double().flatten(1)
    x_t = torch.from_numpy(noised.values.copy()).double().flatten()
    logits = -(x_t - math.sqrt(step.alpha_bar) * training).square().sum(1) / (2 * (1 - step.alpha_bar))
    w = logits.softmax(0)
    assert shown.weights == pytest.approx(w.topk(len(shown.weights)).values.numpy(), rel=1e-4)
    x0 = torch.from_numpy(to_unit_range(mnist("test")[0][3])).double().flatten()
    apart = step.a0 * float((w @ training - x0).norm()) / step.sigma
    assert shown.exact.apart == pytest.approx(apart, rel=1e-3)
    assert 0 < shown.network.apart < 3 * apart


def test_asides_are_drawn_as_they_are_in_closed_form(engine: Engine) -> None:
    shown = answer(engine, ShowAsides(Asides()))
    assert isinstance(shown, AsidesShown)
    assert set(shown.plots) == {"sum", "difference", "Z", "X given Z", "W", "X given W"}
    for name, plot in shown.plots.items():
        middle = (plot.edges[1:] + plot.edges[:-1]) / 2
        closed = np.interp(middle, plot.x, plot.curves["closed"])
        assert np.abs(plot.shares - closed).mean() < 0.06, name
        assert (plot.distance > 0.1) == name.endswith("W"), name


def test_the_one_dimensional_chain(engine: Engine) -> None:
    chain = Chain1D((-1.0, 1.0), 0.2, 0.1, 30)
    shown = answer(engine, ShowChain1D(chain, SHORT, 0, 35))
    assert isinstance(shown, Chain1DShown)
    small, large = shown.steps
    assert (small.s, large.s) == (34, 5)
    assert small.distance < large.distance
    levels = linear(40).alpha_bar
    expected = departure(reverse(mixture_of(chain.modes, chain.sd), float(levels[35]), float(levels[5]), np.array(0.1)))
    assert large.distance == pytest.approx(expected.total_variation)
    assert shown.forward.shape == shown.backward.shape == (len(shown.times), 24)
    assert np.abs(np.abs(shown.backward[0]) - 1).max() < 1.2, "the exact reverse ends in the modes"
    assert (np.diff(shown.scan[:, 0]) > 0).all()
    assert answer(engine, ShowChain1D(chain, SHORT, 0, 0)).steps == ()  # type: ignore[attr-defined]


def test_a_network_that_is_told_classes_is_told_none_of_them(engine: Engine, conditional: Path) -> None:
    from explorer.checkpoints.files import file_sha256, load

    back = answer(engine, ShowStepBack(IMAGE, SHORT, 0, 10, Lane(file_sha256(conditional), str(conditional), "C")))
    assert isinstance(back, StepBackShown)
    assert back.network is not None
    x = torch.from_numpy(answer(engine, ShowNoised(IMAGE, SHORT, 0, 10)).values[None].copy()).float()  # type: ignore[attr-defined]
    with torch.no_grad():
        eps = load(conditional).network(x, torch.tensor([10]), torch.tensor([3])).numpy()[0]
    alpha_bar = answer(engine, ShowNoised(IMAGE, SHORT, 0, 10)).alpha_bar  # type: ignore[attr-defined]
    x0_hat = (x.numpy()[0] - math.sqrt(1 - alpha_bar) * eps) / math.sqrt(alpha_bar)
    shown = grey_tiles(x0_hat[None])[0]
    assert np.abs(back.network.tiles["x0"].astype(int) - shown.astype(int)).max() <= 1
