"""The digit classifier."""

from __future__ import annotations

import pytest
import torch

from explorer.models.classifier import Classifier, ClassifierConfig


@pytest.mark.parametrize("config", [ClassifierConfig(width=4), ClassifierConfig(channels=3, size=12, width=4, features=7, classes=3)])
def test_images_to_features_and_logits(config: ClassifierConfig) -> None:
    model = Classifier(config).eval().requires_grad_(False)
    x = torch.rand(5, config.channels, config.size, config.size) * 2 - 1
    features = model.features(x)
    assert features.shape == (5, config.features)
    assert (features >= 0).all()
    assert model(x).shape == (5, config.classes)
    assert torch.equal(model(x), model.head(features)), "the logits come from the features"


def test_evaluation_has_no_chance_in_it() -> None:
    model = Classifier(ClassifierConfig(width=4)).requires_grad_(False)
    x = torch.rand(5, 1, 28, 28)
    assert not torch.equal(model(x), model(x)), "dropout while training"
    model.eval()
    assert torch.equal(model(x), model(x))


@pytest.mark.parametrize(
    ("wrong", "cause"),
    [
        ({"size": 30}, "multiples of 4"),
        ({"size": 0}, "sides"),
        ({"columns": 30}, "multiples of 4"),
        ({"width": 0}, "width"),
        ({"classes": 10**6}, "classes"),
    ],
)
def test_a_configuration_that_cannot_be_built_names_the_field(wrong: dict[str, int], cause: str) -> None:
    with pytest.raises(ValueError, match=cause):
        ClassifierConfig(**wrong)
