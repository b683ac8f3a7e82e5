"""Whether a network denoises as was told of it: on trained networks in a file that does not say how they were trained."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Mapping
from pathlib import Path

import numpy as np
import pytest
import torch
from msgspec.structs import replace
from torch import Tensor

from explorer import sources
from explorer.checkpoints.card import OriginCard
from explorer.checkpoints.files import Checkpoint
from explorer.engine.models.checking import words
from explorer.engine.models.checking.alternatives import beside, is_alike, is_better
from explorer.engine.models.checking.messages import Found, NoiseChecked
from explorer.engine.models.checking.noise_error import found_work
from explorer.engine.models.checking.pictures import pictures_of
from explorer.engine.models.checking.search import checked
from explorer.recipe.told import Told

CPU = torch.device("cpu")
RIGHT = Told("C", "linear", None, 1000, 1)


def last(path: Path, told: Told | None = None, seconds: float = 600.0) -> NoiseChecked:
    """What comes of it on a machine that has time."""
    found = NoiseChecked()
    with torch.inference_mode():
        for each in checked(sources.open(path, told), CPU, seconds=seconds):
            found = each or found
    assert not found.partial
    return found


def found_on(checkpoint: Checkpoint, images: Tensor) -> Found:
    work = found_work(checkpoint, images, ("C",), CPU)
    with torch.inference_mode():
        while True:
            try:
                next(work)
            except StopIteration as done:
                return done.value[0]  # type: ignore[no-any-return]


def test_right_answers_are_plausible_and_none_is_better(silent: Callable[..., Path]) -> None:
    found = last(silent("mnist-ddpm-c"), RIGHT)
    assert words.verdict(found) == "plausible"
    assert found.given.share > 0.95
    assert words.proposed(found) is None
    assert words.sentence(found) == "Plausible: it finds 96 % of the noise in 16 pictures of MNIST."
    assert words.advice(found).startswith(f"The {found.tried} other ways find hardly more.")


@pytest.mark.parametrize("name", ["mnist-ddpm-c", "mnist-ddpm-b"])
def test_wrong_answers_are_told_and_the_right_ones_found(silent: Callable[..., Path], name: str) -> None:
    right = Told(name[-1].upper(), "linear", None, 1000)  # type: ignore[arg-type]
    found = last(silent(name), Told("V", "cosine", None, 1000, 0))
    assert words.verdict(found) != "plausible"
    proposed = words.proposed(found)
    assert proposed is not None
    assert (proposed.predicts, proposed.schedule, proposed.timesteps) == (right.predicts, right.schedule, right.timesteps)
    assert "its schedule is linear" in words.advice(found)


def test_the_first_timestep_is_told_from_the_last_steps(silent: Callable[..., Path]) -> None:
    found = last(silent("mnist-ddpm-c"), Told("C", "linear", None, 1000, 0))
    assert words.verdict(found) == "plausible"
    assert words.proposed(found) == RIGHT
    assert words.advice(found) == "It finds as much, and more of it in the last steps, if it counts t = 1 as 1."


def test_of_an_untrained_network_nothing_is_proposed(silent: Callable[..., Path]) -> None:
    found = last(silent("mnist-ddpm-c", untrained=True), RIGHT)
    assert words.verdict(found) == "hardly"
    assert words.proposed(found) is None
    assert words.UNTRAINED in words.advice(found)


def test_what_takes_too_long_is_left_out(silent: Callable[..., Path]) -> None:
    found = last(silent("mnist-ddpm-c"), Told("V", "cosine", None, 1000, 1), seconds=0.0)
    assert (found.tried, found.left > 0) == (0, True)
    assert f"{found.left} ways more were left out" in words.advice(found)


def test_a_file_that_says_all_is_checked_as_it_says(checkpoints: Mapping[str, Path]) -> None:
    found = last(checkpoints["mnist-ddpm-b"])
    assert (words.verdict(found), found.tried) == ("plausible", 0)
    assert last(checkpoints["mnist-vae-2d"]).problem == "Nothing is to be checked: it is no diffusion model."


def test_a_schedule_of_more_noise_is_not_better_for_it() -> None:
    little = Found(RIGHT, 0.3, 0.2, 0.4, linear_tenth=0.9, linear_half=0.3)
    noisy = Found(RIGHT, 0.1, 0.01, 0.4, linear_tenth=0.1, linear_half=0.005)
    assert not noisy.is_more
    assert not is_better(noisy, little)


def test_schedules_are_compared_over_the_same_noise() -> None:
    found = Found(RIGHT, 0.08, 0.02, 0.2, 0.9, 0.1, 0.05)
    longer = Told("C", "linear", None, 2000, 1)
    assert not is_better(Found(longer, 0.02, 0.01, 0.2, 0.9, 0.1, 0.05), found), "there was less to find"
    assert is_better(Found(RIGHT, 0.048, 0.012, 0.2, 0.9, 0.1, 0.05), found)
    assert is_better(Found(longer, 0.08, 0.02, 0.2, 0.9, 0.1, 0.03), found)
    assert is_alike(Found(longer, 0.02, 0.01, 0.2, 0.9, 0.1, 0.05), found)
    assert not is_alike(Found(longer, 0.02, 0.01, 0.2, 0.9, 0.1, 0.06), found)
    assert not is_alike(Found(Told("B", "linear", None, 2000, 1), 0.02, 0.01, 0.2, 0.9, 0.1, 0.05), found), "of another option"


@pytest.mark.parametrize("name", ["mnist-ddpm-c", "mnist-ddpm-b"])
def test_a_near_schedule_does_not_pass(silent: Callable[..., Path], name: str) -> None:
    right = Told(name[-1].upper(), "linear", None, 1000, 1)  # type: ignore[arg-type]
    found = last(silent(name), replace(right, schedule="cosine"))
    assert words.verdict(found) == "doubtful"
    assert words.proposed(found) == right
    assert words.advice(found).startswith("It misses 3 % of the noise in the same pictures, not ")
    assert "if its schedule is linear." in words.advice(found)


def test_what_cannot_be_told_is_said_so() -> None:
    read = Found(RIGHT, 0.08, 0.02, 0.2, 0.9, 0.1, 0.05)
    found = NoiseChecked(read, read, tried=2, alike=(replace(RIGHT, schedule="cosine"), replace(RIGHT, timesteps=2000)))
    assert words.advice(found).endswith("Whether its schedule is cosine, or T is 2000 cannot be told from here: it finds as much then.")


def test_pictures_are_put_in_the_networks_own_range(checkpoints: Mapping[str, Path]) -> None:
    from explorer.engine.models import predictors

    right = sources.open(checkpoints["mnist-ddpm-c"])
    card = replace(right.card, origin=OriginCard("another program"), data=replace(right.card.data, value_range=(0.0, 1.0)))
    moved = dataclasses.replace(right, card=card)
    assert predictors.from_checkpoint(moved, CPU).value_range == (0.0, 1.0)
    here, there = (found_on(one, pictures_of((1, 28, 28))[0].images[:4]) for one in (right, moved))
    assert there.error != here.error, "a network of [-1, 1] is shown other pictures than it knows"


def test_what_is_tried_differs_in_what_was_asked_alone() -> None:
    assert {*beside(Told("C", heads=4))} == {Told("C", heads=n) for n in (1, 2, 8, 16)}
    others = [*beside(Told(betas=(0.1, 0.2), timesteps=2))]
    assert all(each.betas is None and each.schedule is not None for each in others)


def test_pictures_have_the_shape_and_the_persons_come_first(tmp_path: Path, mnist_test: tuple[np.ndarray, np.ndarray]) -> None:
    np.save(tmp_path / "mine.npy", mnist_test[0][:20])
    names = [each.name for each in pictures_of((1, 28, 28), [str(tmp_path / "mine.npy"), str(tmp_path / "gone.npy"), "mnist"])]
    assert names == ["mine", "MNIST", "Emoji, made 1 × 28 × 28"]
    assert pictures_of((4, 8, 8)) == ()
    for each in pictures_of((3, 64, 48)):
        assert each.images.shape == (16, 3, 64, 48)
        assert each.images.abs().max() <= 1
