"""Correctness of images as a short text: what goes in comes out, and damage is named."""

import zlib
from base64 import b64encode

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from cgplab.errors import InputError
from cgplab.store.correctness import packed, unpacked


@given(st.lists(st.booleans(), max_size=3000))
def test_what_goes_in_comes_out(bits):
    given_ = np.array(bits, dtype=bool)
    np.testing.assert_array_equal(unpacked(packed(np.packbits(given_).tobytes()), len(bits)), given_)


def test_ten_thousand_images_of_a_good_model_take_few_bytes():
    correct = np.ones(10_000, dtype=bool)
    correct[::200] = False
    assert len(packed(np.packbits(correct).tobytes())) < 400


@pytest.mark.parametrize(
    ("text", "n"),
    [
        ("", 8),
        ("AAAA", 8),
        ("=A==", 8),
        (packed(b"\xff"), 9),
        (packed(b"\xff\xff"), 8),
        (b64encode(zlib.compress(bytes(10**7))).decode(), 8),
        (packed(b"\xff" * 100)[:-8], 800),
        ("é", 8),
    ],
)
def test_damage_is_named(text, n):
    with pytest.raises(InputError, match=r"correctness of images is damaged.*measure the accuracy again"):
        unpacked(text, n)
