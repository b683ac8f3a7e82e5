"""Pictures made into what an encoder expects."""

from __future__ import annotations

import numpy as np
import pytest

from explorer.latent.picture import MAX_SIDE, centred, fit_picture

MNIST = (1, 28, 28)


def test_a_picture_of_the_right_shape_is_left_alone(mnist_test: tuple[np.ndarray, np.ndarray]) -> None:
    image = mnist_test[0][3]
    np.testing.assert_array_equal(fit_picture(image, MNIST), image)


def test_ink_on_paper_is_inverted_only_if_wanted(mnist_test: tuple[np.ndarray, np.ndarray]) -> None:
    image = mnist_test[0][3]
    np.testing.assert_array_equal(fit_picture(255 - image, MNIST), image)
    np.testing.assert_array_equal(fit_picture(255 - image, MNIST, dark_ground=False), 255 - image)


def test_whole_pixels_are_averaged() -> None:
    image = np.random.default_rng(0).integers(0, 128, (1, 28, 28), np.uint8)
    large = image.repeat(4, axis=1).repeat(4, axis=2)
    np.testing.assert_array_equal(fit_picture(large, MNIST), image)


def test_an_oblong_picture_keeps_its_shape_on_its_own_ground() -> None:
    picture = np.full((1, 56, 28), 20, np.uint8)
    picture[0, 10:46, 8:20] = 220
    found = fit_picture(picture, MNIST)
    assert found.shape == MNIST
    assert (found[0, :, :6] == 20).all()
    assert (found[0, :, -6:] == 20).all()
    rows, columns = np.nonzero(found[0] > 120)
    assert np.ptp(rows) + 1 == 18
    assert np.ptp(columns) + 1 == 6


def test_colour_becomes_grey_and_grey_colour() -> None:
    red = np.zeros((3, 28, 28), np.uint8)
    red[0] = 100
    assert (fit_picture(red, MNIST) == 30).all()
    assert fit_picture(np.zeros((1, 8, 8), np.uint8), (3, 32, 32)).shape == (3, 32, 32)


@pytest.mark.parametrize("shape", [(2, 28, 28), (28, 28), (1, 0, 5), (1, MAX_SIDE + 1, 1)])
def test_what_is_no_picture_is_refused(shape: tuple[int, ...]) -> None:
    with pytest.raises(ValueError, match="a picture has shape"):
        fit_picture(np.zeros(shape, np.uint8), MNIST)


def test_mnists_own_digits_stay_where_they_are(mnist_test: tuple[np.ndarray, np.ndarray]) -> None:
    unmoved = [np.array_equal(centred(image), image) for image in mnist_test[0][:200]]
    assert np.mean(unmoved) > 0.7  # where the centre of mass rounds to another pixel, it moves by one


def test_a_small_drawing_in_a_corner_is_enlarged_and_put_in_the_middle() -> None:
    picture = np.zeros((1, 28, 28), np.uint8)
    picture[0, 2:12, 3:5] = 255
    found = centred(picture)[0].astype(float)
    rows = np.flatnonzero(found.max(axis=1) > 100)
    assert rows[-1] - rows[0] + 1 == 20
    assert found.sum(axis=1) @ np.arange(28) / found.sum() == pytest.approx(14, abs=0.51)
    assert found.sum(axis=0) @ np.arange(28) / found.sum() == pytest.approx(14, abs=0.51)


def test_nothing_drawn_stays_nothing() -> None:
    assert not centred(np.zeros(MNIST, np.uint8)).any()
