"""The judge on real digits: what it reads, how well, and that blocks and number formats do not matter."""

from __future__ import annotations

import numpy as np
import pytest
from torch.multiprocessing.reductions import StorageWeakRef

from explorer.checkpoints.files import load
from explorer.checkpoints.locate import locate
from explorer.datasets.images import to_unit_range
from explorer.datasets.mnist import mnist
from explorer.errors import BadInput
from explorer.evaluation import judge as module
from explorer.evaluation.judge import Judge, Readings, accuracy
from explorer.models.classifier import Classifier, ClassifierConfig


@pytest.fixture(scope="module")
def judge() -> Judge:
    return Judge.open()


def test_it_reads_99_percent_of_the_test_images(judge: Judge, mnist_test: tuple[np.ndarray, np.ndarray]) -> None:
    images, labels = (part[::5] for part in mnist_test)
    assert accuracy(judge.read(images), labels) >= 0.99


def test_features_and_probabilities(judge: Judge, mnist_test: tuple[np.ndarray, np.ndarray]) -> None:
    told: list[int] = []
    found = judge.read(mnist_test[0][:230], told.append)
    assert found.features.shape == (230, 128)
    assert found.probabilities.shape == (230, 10)
    assert found.features.min() >= 0
    np.testing.assert_allclose(found.probabilities.sum(1), 1, atol=1e-5)
    assert sum(told) == 230
    assert judge.image_shape == (1, 28, 28)


def test_nothing_of_a_block_is_kept_beside_what_it_says(judge: Judge, mnist_test: tuple[np.ndarray, np.ndarray]) -> None:
    """Of 60,000 images, what was kept between the network's own blocks made a process of three gigabytes."""
    kept: list[StorageWeakRef] = []
    seen: list[int] = []
    hook = judge.classifier.body.register_forward_hook(lambda module, taken, found: kept.append(StorageWeakRef(found.untyped_storage())))  # type: ignore[attr-defined]
    judge.read(mnist_test[0][: 4 * module.BLOCK], lambda block: seen.append(sum(not each.expired() for each in kept)))
    hook.remove()
    assert seen == [1] * 4


def test_one_by_one_is_all_at_once(judge: Judge, mnist_test: tuple[np.ndarray, np.ndarray]) -> None:
    images = mnist_test[0][: module.BLOCK + 3]
    together = judge.read(images)
    apart = [judge.read(images[i : i + 1]) for i in (0, 50, module.BLOCK + 2)]
    for i, alone in zip((0, 50, module.BLOCK + 2), apart, strict=True):
        np.testing.assert_allclose(alone.features[0], together.features[i], atol=1e-4)


def test_bytes_and_floats_are_the_same_image(judge: Judge, mnist_test: tuple[np.ndarray, np.ndarray]) -> None:
    images = mnist_test[0][:8]
    np.testing.assert_allclose(judge.read(images).features, judge.read(to_unit_range(images)).features, atol=1e-4)


def test_training_images_are_read_once_all_of_them() -> None:
    """By a network so small that it takes no minute."""
    small = Judge(Classifier(ClassifierConfig(width=1, features=2)).eval())
    images = mnist("train")[0]
    found = module.training_readings(small)
    assert len(found) == len(images) == 60_000
    np.testing.assert_allclose(found.features[59_900:], small.read(images[59_900:]).features, atol=1e-5)
    assert module.training_readings(small) is found


def test_shares() -> None:
    probabilities = np.full((4, 10), 0.01, np.float32)
    for row, (digit, confidence) in enumerate([(3, 0.95), (3, 0.89), (7, 0.99), (0, 0.91)]):
        probabilities[row, digit] = confidence
    readings = Readings(np.zeros((4, 128), np.float32), probabilities)
    assert readings.digits.tolist() == [3, 3, 7, 0]
    assert readings.confident_share == 0.75
    assert readings.digit_shares == [0.25, 0, 0, 0.5, 0, 0, 0, 0.25, 0, 0]
    assert len(readings[np.array([True, False, True, False])]) == 2


def test_another_kind_of_checkpoint_is_no_judge() -> None:
    with pytest.raises(BadInput, match=r"mnist-vae-2d.*vae.*classifier"):
        Judge.of(load(locate("mnist-vae-2d")))
