"""The ideal denoiser that is told classes, against the definition over the images of each class."""

from __future__ import annotations

import pytest
import torch

from explorer.diffusion.exact import EmpiricalData
from explorer.diffusion.exact_classes import ExactOfClasses
from explorer.diffusion.exact_predictor import ExactPredictor
from explorer.diffusion.posterior import posterior
from explorer.diffusion.predictor import Labelled, told_of
from explorer.diffusion.schedule import linear


def test_each_image_is_weighed_against_those_of_its_class() -> None:
    schedule = linear(50)
    generator = torch.Generator().manual_seed(0)
    images = torch.rand(30, 1, 4, 4, generator=generator) * 2 - 1
    classes = torch.arange(30) % 3

    def of_class(label: int) -> ExactPredictor:
        return ExactPredictor(EmpiricalData(images[classes == label], "cpu"), schedule, follow="mean")

    ideal = ExactOfClasses(of_class, classes.tolist(), schedule)
    assert isinstance(ideal, Labelled)
    indices, t = (4, 0, 11), 20
    level = float(schedule.alpha_bar[t])
    step = posterior(level, float(schedule.alpha_bar[t - 1]))
    x_t = level**0.5 * images[list(indices)] + (1 - level) ** 0.5 * torch.randn(3, 1, 4, 4, generator=generator)
    found = told_of(ideal, indices).predict(x_t, t, step, False)
    for row, index in enumerate(indices):
        own = images[classes == classes[index]].double()
        distances = ((x_t[row].double() - level**0.5 * own) ** 2).flatten(1).sum(1)
        weights = torch.softmax(-distances / (2 * (1 - level)), 0)
        wanted = (weights[:, None, None, None] * own).sum(0)
        torch.testing.assert_close(found.x0_hat[row].double(), wanted, atol=1e-5, rtol=0)
    with pytest.raises(ValueError, match="3 images, but the classes are of 0"):
        ideal.predict(x_t, t, step, False)
