"""Numbers written as text are read within bounds, and as Python's exact arithmetic has them."""

from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cgplab.errors import InputError
from cgplab.numbers import LARGEST_EXPONENT, MOST_CHARACTERS, decimal_number, real_number, whole_number

READERS = (whole_number, decimal_number, real_number)
HUGE = (
    "1e99999999",
    "1e-99999999",
    "1e999999999",
    "9" * 5000,
    "1" * (MOST_CHARACTERS + 1),
    f"1e{LARGEST_EXPONENT + 1}",
)


@given(st.integers(-(10**50), 10**50))
def test_whole_numbers_are_exact(number):
    for text in (str(number), f" {number}\n", f"{number:+}"):
        assert whole_number(text, "x") == number


@given(st.decimals(allow_nan=False, allow_infinity=False, places=8, min_value=-(10**30), max_value=10**30))
def test_decimals_are_exact(number):
    assert Fraction(decimal_number(str(number), "x")) == Fraction(number)


@given(st.floats(allow_nan=False, allow_infinity=False))
def test_real_numbers_are_read_back_to_the_bit(number):
    assert real_number(repr(number), "x").hex() == number.hex()


@pytest.mark.parametrize("text", HUGE)
@pytest.mark.parametrize("read", READERS)
def test_huge_numbers_are_refused_before_they_are_computed(read, text):
    with pytest.raises(InputError) as found:
        read(text, "line 3: area")
    assert len(str(found.value)) < 200
    assert str(found.value).startswith("line 3: area is ")


@pytest.mark.parametrize(
    "text", ["", " ", "x", "1_0", "0x10", "٣", "²", "1 2", "--1", "+", ".", "e5", "1e", "nan", "inf"]
)
@pytest.mark.parametrize("read", READERS)
def test_what_is_no_number_is_refused(read, text):
    with pytest.raises(InputError, match="line 3: area is "):
        read(text, "line 3: area")


@pytest.mark.parametrize("text", ["1.5", "1e3", "1."])
def test_reals_are_no_whole_numbers(text):
    assert real_number(text, "x") == float(Decimal(text))
    with pytest.raises(InputError, match="not a whole number"):
        whole_number(text, "x")


def test_limits_are_named():
    assert whole_number("3", "x", least=3, most=3) == 3
    with pytest.raises(InputError, match="x must be at least 3, not 2"):
        whole_number("2", "x", least=3)
    with pytest.raises(InputError, match="x must be at most 3, not 4"):
        whole_number("4", "x", most=3)
    with pytest.raises(InputError, match="too large"):
        real_number("1e309", "x")
