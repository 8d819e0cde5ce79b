"""Tick labels are round and short, however little there is to draw."""

import re

import numpy as np
import pytest

from cgplab.errors import InputError
from cgplab.figures import FIGURES
from cgplab.figures.scales import log_scale_for, scale_for
from tests.figures import made_up
from tests.figures.drawn import ticks, ticks_by_axis

MOST_DIGITS = 3
COSTS = ("energy", "area", "delay", "accuracy_loss", "seconds", "error", "generation")
AWKWARD = (3.06435678e-6, 5.09039e-6, 1234567.0, 98765.4321, 1.0, 0.0, 99.5173)


def significant_digits(label):
    """Of the number in a tick label; None if it holds words."""
    plain = re.sub(r"\$|\\mathdefault|[{}]", "", label).replace("−", "-")
    found = re.fullmatch(
        r"-?(?P<factor>[\d,.]+)?(?: *(?:\\times|×)? *10\^?[-\d⁻⁰¹²³⁴⁵⁶⁷⁸⁹]*)?(?:e[-+]?\d+)?", plain.strip()
    )
    if found is None or not plain.strip():
        return None
    digits = (found["factor"] or "1").replace(",", "")
    kept = digits.replace(".", "").lstrip("0")
    return len(kept.rstrip("0") if "." not in digits else kept)


@pytest.mark.parametrize(
    ("label", "n"),
    [("5.09039e-06", 6), ("$\\mathdefault{231989}$", 6), ("$2.04 \\times 10^{-6}$", 3), ("$10^{-6}$", 1), ("1230", 3),
     ("0.5", 1), ("−0.123", 3), ("conv2 1,0", None), ("10⁻⁶", 1), ("0", 0)],
)  # fmt: skip
def test_digits_are_counted(label, n):
    assert significant_digits(label) == n


def alone(value):
    """Frames of one run, of which everything measured is the same awkward number."""
    values = dict.fromkeys(COSTS, value) | {"error": round(value), "generation": round(value), "threshold": 1e9}
    return made_up.frames(made_up.table(1, strategy=0.0, kernel=None, accuracy=99.5173, **values))


def most_digits(texts):
    """Three, or as many as tell even steps of 1, 2 or 5 times a power of ten apart."""
    try:
        values = sorted({float(text.replace("−", "-").replace(",", "")) for text in texts})
    except ValueError:  # powers of ten
        return MOST_DIGITS
    if len(values) < 2:
        return MOST_DIGITS
    step, largest = np.diff(values).min(), max(map(abs, values))
    return max(MOST_DIGITS, int(np.floor(np.log10(largest) + 1e-9) - np.floor(np.log10(step) + 1e-9)) + 1)


@pytest.mark.parametrize("value", AWKWARD)
@pytest.mark.parametrize("name", FIGURES)
def test_ticks_have_at_most_three_digits(name, value):
    plot = FIGURES[name]
    try:
        figure = plot.publication(made_up.frame_for(plot, alone(value)))
    except InputError:  # one run is not enough for every figure
        return
    for texts in ticks_by_axis(figure):
        numbers = [text for text in texts if significant_digits(text) is not None]
        assert max(map(significant_digits, numbers), default=0) <= most_digits(numbers), texts
    assert not [text for text in ticks(figure) if re.search(r"\de[-+]?\d", text)]


@pytest.mark.parametrize("values", [[v] for v in AWKWARD if v > 0] + [[3e-6, 4e-6], [2e-6] * 5, [347983, 561834]])
def test_a_logarithmic_axis_has_two_round_ticks_or_more_around_what_is_drawn(values):
    scale = log_scale_for(values)
    places = [value for value, *_ in scale.ticks]
    assert len(places) >= 2
    assert scale.limits[0] <= places[0] < places[-1] <= scale.limits[1]
    assert scale.limits[0] < min(values) <= max(values) < scale.limits[1]
    assert all(re.fullmatch(r"[125]e[-+]\d+", f"{place:.0e}") for place in places)
    assert np.allclose(places, [float(f"{place:.0e}") for place in places])
    assert scale.limits[1] / scale.limits[0] <= 10 * max(values) / min(values)


def test_texts_of_ticks_are_their_values():
    ((_, print_, screen), (_, *_), *_) = log_scale_for([3.06e-6]).ticks
    assert (print_, screen) == (r"$2 \times 10^{-6}$", "2 × 10⁻⁶")
    assert [text for *_, text in log_scale_for([347983, 561834]).ticks] == ["2 × 10⁵", "5 × 10⁵", "10⁶"]
    assert [text for *_, text in log_scale_for([1.6, 50]).ticks] == ["2", "5", "10", "20", "50"]


@pytest.mark.parametrize(
    ("value", "text"), [(5.09039e-6, "5.09 × 10⁻⁶"), (1234.0, "1230"), (99.52, "99.5"), (-0.1234, "−0.123"), (0, "0")]
)
def test_a_single_value_is_read_off_its_rounded_tick(value, text):
    scale = scale_for([value])
    ((place, _, written),) = scale.ticks
    assert written == text
    assert place == float(f"{value:.3g}")
    assert scale.limits[0] < min(place, value) <= max(place, value) < scale.limits[1]


@pytest.mark.parametrize("values", [[1.6, 50], [2, 61]])
def test_a_wide_axis_that_one_power_of_ten_falls_into_has_more_ticks(values):
    assert len(scale_for([v / 1000 for v in values]).ticks) >= 2
