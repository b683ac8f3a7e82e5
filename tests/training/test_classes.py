"""Training with classes: what the network is told of each image, and that it learns the difference."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import msgspec
import numpy as np
import pytest
import torch
from torch import Tensor, nn

from explorer.checkpoints.card import ClassesCard, TrainingCard
from explorer.checkpoints.files import load, read_card, save
from explorer.datasets.images import ImageSet, load_images, to_unit_range
from explorer.diffusion.parameterization import Option
from explorer.diffusion.schedule import linear
from explorer.errors import BadInput
from explorer.recipe.training import TrainSettings
from explorer.training.ddpm import DdpmTask
from explorer.training.loop import train

SCHEDULE = linear(60)
NULL = 2


@pytest.fixture(scope="module")
def two() -> ImageSet:
    """The first 256 zeros and ones of MNIST: a zero has more than twice the ink of a one."""
    whole = load_images("mnist", "test")
    assert whole.labels is not None
    chosen = np.flatnonzero(whole.labels < 2)[:256]
    return replace(whole, images=whole.images[chosen], labels=whole.labels[chosen])


class Asked(nn.Module):
    """Keeps the labels that it is told."""

    def __init__(self) -> None:
        super().__init__()
        self.told: list[Tensor] = []

    def forward(self, x_t: Tensor, t: Tensor, labels: Tensor) -> Tensor:
        self.told.append(labels)
        return torch.zeros_like(x_t)


def told(task: DdpmTask, data: ImageSet) -> tuple[Tensor, Tensor]:
    """Labels of the images, and those that the network was told."""
    network = Asked()
    assert data.labels is not None
    labels = torch.from_numpy(data.labels).long()
    x = torch.from_numpy(to_unit_range(data.images))
    task.losses(network, x, labels, task.draw(len(x), torch.Generator().manual_seed(3)))
    return labels, torch.stack([each[0] for each in network.told]) if task.all_timesteps else network.told[0]


@pytest.mark.parametrize(("share", "low", "high"), [(0.0, 0, 0), (0.25, 40, 90), (1.0, 256, 256)])
def test_the_null_label_takes_a_labels_place_with_the_chance_that_is_asked_for(two: ImageSet, share: float, low: int, high: int) -> None:
    labels, said = told(DdpmTask(two, Option.C, SCHEDULE, width=8, classes=True, drop_labels=share), two)
    left_out = said == NULL
    assert low <= int(left_out.sum()) <= high
    assert torch.equal(said[~left_out], labels[~left_out])


def test_every_timestep_of_an_image_is_told_the_same_label(two: ImageSet) -> None:
    few = replace(two, images=two.images[:8], labels=two.labels[:8])  # type: ignore[index]
    labels, said = told(DdpmTask(few, Option.A, linear(60), width=8, classes=True, drop_labels=0.0, all_timesteps=True), few)
    assert torch.equal(said, labels)


def test_classes_change_neither_t_nor_eps(two: ImageSet) -> None:
    plain, conditional = (DdpmTask(two, Option.C, SCHEDULE, width=8, classes=classes) for classes in (False, True))
    without, with_labels = (task.draw(16, torch.Generator().manual_seed(1)) for task in (plain, conditional))
    assert all(torch.equal(one, other) for one, other in zip(without, with_labels, strict=False))


def test_images_without_labels_are_refused(two: ImageSet) -> None:
    with pytest.raises(BadInput, match="mnist: has no labels, which --classes needs"):
        DdpmTask(replace(two, labels=None), Option.C, SCHEDULE, width=8, classes=True)


def test_the_card_says_how_many_labels_there_are_and_which_stands_for_none(two: ImageSet, tmp_path: Path) -> None:
    task = DdpmTask(two, Option.C, SCHEDULE, width=8, classes=True)
    card = task.card(TrainingCard(0, 0, 1, "", 0, 0.0, task.loss_name, "fp32", ""))
    assert card.classes == ClassesCard(3, NULL)
    assert card.classes.of_classes == (0, 1)
    assert "10 % of the labels left out" in task.loss_name
    path = tmp_path / "two.safetensors"
    save(path, card, task.network.state_dict())
    assert load(path).card.classes == card.classes
    for wrong in (None, ClassesCard(3), ClassesCard(4, 3)):
        save(path, msgspec.structs.replace(card, classes=wrong), task.network.state_dict())
        with pytest.raises(BadInput, match="its network 3 labels, of which 2 is for no class"):
            read_card(path)


@pytest.fixture(scope="module")
def learnt(two: ImageSet, tmp_path_factory: pytest.TempPathFactory) -> nn.Module:
    """160 updates of 32 images."""
    out = tmp_path_factory.mktemp("classes") / "run"
    settings = TrainSettings(
        out=out, epochs=20, batch=32, images=256, learning_rate=3e-3, warmup=10, width=8, ema=0.9, classes=True, drop_labels=0.2,
        device="cpu",
    )  # fmt: skip
    for _ in train(lambda: DdpmTask(two, Option.B, SCHEDULE, width=8, classes=True, drop_labels=0.2, outer_skip=False), two, settings):
        pass
    return load(out / "final.safetensors").network


def test_where_nothing_is_seen_but_noise_the_label_says_what_is_expected(learnt: nn.Module, two: ImageSet) -> None:
    noise = torch.randn(16, 1, 28, 28, generator=torch.Generator().manual_seed(0))
    ink = [float(learnt(noise, torch.full((16,), 60), torch.full((16,), label)).mean()) for label in range(3)]
    assert two.labels is not None
    real = [float(to_unit_range(two.images[two.labels == label]).mean()) for label in (0, 1)]
    assert abs(ink[0] - real[0]) < 0.3 * abs(real[0] - real[1])
    assert abs(ink[1] - real[1]) < 0.3 * abs(real[0] - real[1])
    assert ink[1] < ink[NULL] < ink[0], "told nothing, it expects something between"
