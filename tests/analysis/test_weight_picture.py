"""Pictures show every weight once, and error counts add up."""

import numpy as np
import pytest

from cgplab.analysis.weight_picture import error_counts, weight_picture


@pytest.mark.parametrize(
    "shape",
    [(6, 1, 5, 5), (16, 6, 5, 5), (32, 1, 3, 3), (24, 144, 1, 1), (120, 256), (1000, 10), (1, 40, 3, 3), (1, 7)],
)
def test_every_weight_is_shown_once(shape, random):
    weights = random.integers(-128, 128, shape).astype(np.int8)
    picture = weight_picture(weights)
    shown = picture[~np.isnan(picture)]
    assert sorted(shown.tolist()) == sorted(weights.ravel().tolist())
    height, width = picture.shape
    assert height <= 2.5 * width
    assert width <= 14 * height


def test_kernels_stay_whole():
    weights = np.arange(2 * 3 * 9).reshape(2, 3, 3, 3)
    picture = weight_picture(weights)
    assert picture[:3, :3].tolist() == weights[0, 0].tolist()
    assert picture[4:7, 8:11].tolist() == weights[1, 2].tolist()
    assert np.isnan(picture[3]).all()
    assert np.isnan(picture[:, 3]).all()


def test_error_counts():
    differences, counts = error_counts(np.array([0, 5, -128], dtype=np.int8), np.array([0, 3, 127], dtype=np.int8))
    found = {int(d): int(n) for d, n in zip(differences, counts, strict=True) if n}
    assert found == {0: 1, -2: 1, 255: 1}
