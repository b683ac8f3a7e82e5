"""The two-dimensional chain's requests, answered by the engine: densities, a network that learns, particles, files."""

from __future__ import annotations

import math
from pathlib import Path

import numpy as np
import pytest
import torch

from explorer.diffusion.schedule import linear
from explorer.engine.engine import Engine
from explorer.engine.forward.chain2d import energy_distance
from explorer.engine.forward.chain2d_messages import (
    Chain2DExported,
    Chain2DShown,
    Chain2DWalked,
    ExportChain2D,
    Learn2D,
    Learning2D,
    Learnt2DShown,
    PointsTaken,
    ShowChain2D,
    ShowLearnt2D,
    TakePoints,
    WalkChain2D,
)
from explorer.errors import BadInput
from explorer.recipe.chain2d import Chain2D, Network2D, Points2D, Walk2D
from explorer.recipe.forward import ForwardRecipe, ForwardSchedule

SHORT = ForwardSchedule("linear", 60)
ONE = Points2D("own", placed=((0.8, -0.5),), sd=0.3)
"""One Gaussian, of which all is known in closed form."""


@pytest.fixture
def engine() -> Engine:
    return Engine()


def answers(engine: Engine, payload: object) -> list[object]:
    return [outcome for outcome in engine.handle(payload) if outcome is not None]  # type: ignore[arg-type]


def answer(engine: Engine, payload: object) -> object:
    return answers(engine, payload)[-1]


@pytest.mark.parametrize("t", [1, 20, 60])
def test_density_and_arrows_of_one_gaussian(engine: Engine, t: int) -> None:
    shown = answer(engine, ShowChain2D(ONE, SHORT, t))
    assert isinstance(shown, Chain2DShown)
    level = float(linear(60).alpha_bar[t])
    v = level * 0.3**2 + 1 - level
    mean = math.sqrt(level) * np.array([0.8, -0.5])
    assert np.allclose(shown.arrows, -math.sqrt(1 - level) * (shown.places - mean) / v, atol=1e-5)
    side = len(shown.density)
    axis = 3 * (2 * (np.arange(side) + 0.5) / side - 1)
    x, y = np.meshgrid(axis, axis)
    density = np.exp(-((x - mean[0]) ** 2 + (y - mean[1]) ** 2) / (2 * v)) / (2 * math.pi * v)
    assert shown.peak == pytest.approx(density.max(), rel=1e-6)
    assert np.allclose(shown.density, density / density.max(), atol=1e-5), "rows upwards"


def test_at_0_there_are_no_arrows_and_points_alone_have_no_density(engine: Engine) -> None:
    shown = answer(engine, ShowChain2D(Points2D(sd=0.0), SHORT, 0))
    assert isinstance(shown, Chain2DShown)
    assert shown.density.size == 0
    assert not shown.arrows.any()
    assert len(shown.points) == 200


def test_no_points_are_refused_in_words(engine: Engine) -> None:
    with pytest.raises(BadInput, match="no point yet"):
        answers(engine, ShowChain2D(Points2D("own"), SHORT, 3))


@pytest.mark.parametrize("option", ["A", "B", "C", "V"])
def test_a_network_learns_the_score_of_one_gaussian(engine: Engine, option: str) -> None:
    """A linear function of x_t, which the skip of the network has for data about 0: here it has to learn where the mean is."""
    few, many = (Learn2D(ONE, SHORT, 1, Network2D(option, updates)) for updates in (50, 300))  # type: ignore[arg-type]
    found = [answer(engine, learn) for learn in (few, many)]
    errors = [each.errors[:, 1].mean() for each in found]  # type: ignore[attr-defined]
    assert errors[1] < 0.75 * errors[0]
    t = 40
    shown, exact = answer(engine, ShowLearnt2D(many, t, 300)), answer(engine, ShowChain2D(ONE, SHORT, t))
    assert isinstance(shown, Learnt2DShown)
    assert isinstance(exact, Chain2DShown)
    near = np.linalg.norm(exact.places, axis=1) < 2
    assert shown.updates == 300
    assert np.abs(shown.arrows - exact.arrows)[near].mean() < 0.15


def test_a_network_is_the_same_however_its_updates_are_divided(engine: Engine) -> None:
    """Stopped and gone on with, or made at once by who walks: one network, to the last bit, whatever else draws numbers meanwhile."""
    learn, walk = Learn2D(ONE, SHORT, 5, Network2D(updates=60)), Walk2D("both", steps=10, particles=7)
    begun = engine.handle(learn)
    for _ in range(4):
        next(begun)
    begun.close()
    rest = answers(engine, learn)
    assert isinstance(rest[-1], Learning2D)
    assert (rest[-1].updates, rest[-1].partial) == (60, False)
    divided = answer(engine, WalkChain2D(ONE, SHORT, 5, walk, learn))
    torch.rand(3)
    whole = answer(Engine(), WalkChain2D(ONE, SHORT, 5, walk, learn))
    assert isinstance(divided, Chain2DWalked)
    assert isinstance(whole, Chain2DWalked)
    for name in ("ddpm", "ode"):
        assert np.array_equal(divided.paths[name], whole.paths[name])


def test_particles_of_the_exact_process_of_one_gaussian(engine: Engine) -> None:
    """The ODE ends where the closed form says; DDPM at as many draws of it."""
    walked = answer(engine, WalkChain2D(ONE, ForwardSchedule("linear", 400), 2, Walk2D("both", steps=400, particles=400)))
    assert isinstance(walked, Chain2DWalked)
    level = float(linear(400).alpha_bar[-1])
    mean, v = np.array([0.8, -0.5]), level * 0.3**2 + 1 - level
    u = (walked.paths["ode"][0] - math.sqrt(level) * mean) / math.sqrt(v)
    assert np.abs(walked.paths["ode"][-1] - (mean + 0.3 * u)).max() < 5e-3
    end = walked.paths["ddpm"][-1]
    assert np.allclose(end.mean(0), mean, atol=0.05)
    assert np.allclose(end.std(0), 0.3, rtol=0.12)
    assert walked.timesteps[0] == 400
    assert walked.timesteps[-1] == 0
    assert all(abs(value) < 0.02 for value in walked.apart.values())


def test_the_energy_distance_by_its_definition() -> None:
    x, y = torch.tensor([[0.0, 0.0], [2.0, 0.0]]), torch.tensor([[0.0, 1.0], [0.0, 3.0]])
    between = (1 + 3 + math.sqrt(5) + math.sqrt(13)) / 4
    assert energy_distance(x, y) == pytest.approx(2 * between - 2 - 2)
    chance = torch.Generator().manual_seed(0)
    same = [energy_distance(torch.randn(300, 2, generator=chance), torch.randn(300, 2, generator=chance)) for _ in range(20)]
    assert abs(np.mean(same)) < 0.005, "unbiased: 0 in the mean for one distribution"


def test_files_of_points_and_paths(engine: Engine, tmp_path: Path) -> None:
    np.save(tmp_path / "many.npy", np.random.default_rng(0).normal(size=(5000, 2)))
    taken = answer(engine, TakePoints(str(tmp_path / "many.npy")))
    assert isinstance(taken, PointsTaken)
    assert (taken.name, taken.total, len(taken.placed)) == ("many.npy", 5000, 1000)
    recipe = ForwardRecipe(schedule=SHORT, plane=Chain2D(ONE, walk=Walk2D("both", steps=6, particles=3)))
    path = tmp_path / "out.npz"
    written = answer(engine, ExportChain2D(str(path), recipe, learnt=False))
    assert written == Chain2DExported(str(path), path.stat().st_size)
    with np.load(path) as arrays:
        assert set(arrays.files) == {"points", "timesteps", "forward", "exact/ddpm", "exact/ode"}
        assert arrays["exact/ode"].shape == (7, 3, 2)
    with pytest.raises(BadInput, match=r"its ending must be one of \.npz, \.csv"):
        answers(engine, ExportChain2D(str(tmp_path / "out.txt"), recipe))
    assert not list(tmp_path.glob("*.partial"))
