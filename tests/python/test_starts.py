"""`explorer.sample`: where chains start, on which schedule, and the exact process of a data set."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest

import explorer
from explorer.cli import main
from explorer.datasets.mnist import mnist
from explorer.recipe.start import Given, Inverted, NoiseOf

C = "mnist-ddpm-c"


def written(tmp_path: Path, *words: object) -> explorer.Chain:
    """What the command line writes."""
    out = tmp_path / "theirs.npz"
    assert main(["sample", *map(str, words), "--out", str(out)]) == 0
    (chain,) = explorer.load(out)
    return chain


def start_of(chain: explorer.Chain) -> Any:
    assert chain.recipe.chain is not None
    return chain.recipe.chain.lanes[0].start


def test_a_given_x_T_is_where_it_starts_and_the_recipe_holds_it() -> None:
    x_T = np.random.default_rng(0).standard_normal((3, 1, 28, 28)).astype(np.float32)
    chain = explorer.sample(C, start=x_T, steps=3)
    assert np.array_equal(chain.x[0], x_T)
    assert (chain.sigma == 0).all()
    start = start_of(chain)
    assert [type(end) for end in start.ends] == [Given] * 3
    (again,) = explorer.replay(chain.recipe)
    np.testing.assert_allclose(again.x, chain.x, atol=1e-4)
    assert explorer.sample(C, start=x_T[0], steps=3, samples=1).x.shape[1] == 1
    assert (explorer.sample(C, start=x_T, steps=3, eta=1).sigma[:-1] > 0).all()


def test_a_chain_goes_on_from_where_another_ended() -> None:
    first = explorer.sample(C, samples=2, steps=4, eta=0)
    second = explorer.sample(C, start=first.x[0], steps=4, eta=0)
    assert np.array_equal(first.x, second.x)


def test_an_image_is_taken_back_to_its_noise_as_the_command_line_does(tmp_path: Path) -> None:
    images = mnist("test")[0][3:5]
    chain = explorer.sample(C, start=images, steps=4, invert_steps=6)
    theirs = written(tmp_path, "--checkpoint", C, "--invert", "mnist:3", "--invert", "mnist:4", "--samples", 2, "--steps", 4,
                     "--invert-steps", 6)  # fmt: skip
    assert np.array_equal(chain.x, theirs.x)
    assert np.array_equal(explorer.sample(C, start=images[:, 0], steps=4, invert_steps=6).x, theirs.x)
    assert np.array_equal(explorer.sample(C, start=["mnist:3", "mnist:4"], steps=4, invert_steps=6).x, theirs.x)
    assert isinstance(start_of(chain).ends[0], Inverted)


def test_between_two_ends_there_is_a_station_for_each_sample(tmp_path: Path) -> None:
    chain = explorer.sample(C, between=("2:5", "mnist:3"), samples=3, steps=4, invert_steps=6)
    wish = ("--checkpoint", C, "--between", "2:5", "mnist:3", "--samples", 3, "--steps", 4, "--invert-steps", 6)
    assert np.array_equal(chain.x, written(tmp_path, *wish).x)
    assert start_of(chain).ends[0] == NoiseOf(5, 2)


@pytest.mark.parametrize("follow", ["draw", "mean"])
def test_the_exact_process_of_a_data_set(tmp_path: Path, follow: Any) -> None:
    chain = explorer.sample(exact="mnist", images=200, follow=follow, through="B", label=7, samples=2, steps=3, seed=4)
    wish = ("--exact", "mnist", "--images", 200, "--follow", follow, "--through", "B", "--label", 7, "--samples", 2, "--steps", 3,
            "--seed", 4)  # fmt: skip
    theirs = written(tmp_path, *wish)
    assert np.array_equal(chain.x, theirs.x)
    assert chain.label == theirs.label
    assert chain.recipe == theirs.recipe
    if follow == "draw":
        known, labels = mnist("train")
        sevens = known[:200][labels[:200] == 7]
        assert all((chain.images[i] == sevens[:, 0]).all((1, 2)).any() for i in range(2))


def test_a_data_set_of_a_file_on_another_schedule(tmp_path: Path) -> None:
    path = tmp_path / "two.npz"
    np.savez(path, ours=np.stack([np.full((1, 4, 4), 0.0), np.full((1, 4, 4), 1.0)]), theirs=np.zeros((3, 1, 8, 8)))
    chain = explorer.sample(exact=path, read={"member": "ours", "range": "0,1"}, schedule="cosine:50", samples=4, steps=5)
    assert chain.timesteps[0] == 50
    assert {int(value) for value in np.unique(chain.images)} <= {0, 255}
    betas = np.linspace(0.01, 0.3, 30)
    assert explorer.sample(C, schedule=betas, samples=1, steps=2).alpha_bar[0] == pytest.approx(np.prod(1 - betas))


@pytest.mark.parametrize(
    ("wish", "words"),
    [
        ({"start": np.zeros((2, 1, 8, 8))}, r"images of shape \(1, 28, 28\)"),
        ({"start": np.full((1, 28, 28), np.nan)}, "not finite"),
        ({"start": np.zeros((1, 28, 28), np.int64)}, "int64 numbers; x_T is of floats"),
        ({"start": np.zeros((65, 1, 28, 28))}, "1..64"),
        ({"start": "nowhere.png"}, "nowhere.png"),
        ({"start": "0:1", "between": ("0:1", "0:2")}, "give one of them"),
        ({"between": ("0:1", "0:2"), "samples": 1}, "at least 2 samples"),
        ({"invert_steps": 5}, "of no meaning without"),
        ({"schedule": "square:10"}, "schedule"),
        ({"schedule": "own"}, "name one"),
        ({"schedule": [0.5, 2.0]}, "betas, each in"),
        ({"follow": "mean"}, "of an exact process: name its data set"),
        ({"source": None, "exact": "nowhere"}, "nowhere"),
        ({"exact": "mnist"}, "mnist: an exact process has no network: leave out source"),
        ({"source": None, "exact": "mnist", "images": 0}, "at least one image"),
        ({"source": None, "exact": "mnist", "follow": "lead"}, "follow is .lead., and must be"),
        ({"source": None, "exact": "mnist", "through": "Z"}, "'Z'"),
        ({"source": None, "exact": "mnist", "label": [1, 2]}, "of one class or of all"),
        ({"source": None, "exact": "mnist", "read": {"colour": "red"}}, "no 'colour'"),
    ],
)  # fmt: skip
def test_what_cannot_be_is_one_line(wish: dict[str, Any], words: str) -> None:
    with pytest.raises(explorer.BadInput, match=words) as caught:
        explorer.sample(**({"source": C, "steps": 2} | wish))
    assert "\n" not in str(caught.value)
