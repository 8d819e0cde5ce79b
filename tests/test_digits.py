"""Numbers as text: no exponent where plain digits do, no lost whole digits."""

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from cgplab.statistics import compare
from cgplab.words import digits, fixed, signed
from tests.statistics.published import grouped


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (1500.5, "1,500"), (15003.0, "15,003"), (2.125, "2.125"), (2.1, "2.1"), (0, "0"), (-0.07212, "-0.07212"),
        (1.285e-23, "1.285e-23"), (2e-5, "2e-5"), (1.53e-5, "1.53e-5"), (3.5e12, "3.5e12"), (math.nan, "–"),
        (0.00012, "0.00012"), (999_999.7, "1,000,000"), (100.0, "100"),
    ],
)  # fmt: skip
def test_digits(value, text):
    assert digits(value) == text


@given(st.floats(1e-4, 1e9, exclude_max=True))
def test_plain_numbers_read_back_within_their_digits(value):
    text = digits(value)
    assert "e" not in text
    assert float(text.replace(",", "")) == pytest.approx(value, rel=5.1e-4, abs=0.5 if value >= 1000 else 0)


def test_what_rounds_to_nothing_has_no_sign():
    assert [signed(-0.001), signed(0.25), fixed(-0.001), fixed(-1.5), fixed(1.5)] == [
        "0.00", "+0.25", "0.00", "-1.50", "1.50",
    ]  # fmt: skip


def test_ranks_of_thousands_of_values_are_plain_numbers():
    random = np.random.default_rng(1)
    found = compare(grouped({c: random.exponential(size=1000) + i for i, c in enumerate("abc")}), "value", "level")
    for text in (found.report(), found.to_latex()):
        assert "e+0" not in text
        assert f"{found.average_ranks.iloc[0]:,.0f}" in text
