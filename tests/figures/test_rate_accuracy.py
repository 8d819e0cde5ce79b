"""The plane of bits, energy and accuracy: what is drawn where, and what is left out."""

import numpy as np
import pandas as pd
import pytest

from cgplab.errors import InputError
from cgplab.figures import rate_accuracy
from tests.figures.made_up import frames, table


@pytest.fixture
def frame():
    return frames(table(8))["compression"]


def drawn(axes):
    parts = [c.get_offsets() for c in axes.collections if len(c.get_offsets())]
    return sorted(map(tuple, np.concatenate(parts)))


def test_every_circuit_and_baseline_is_drawn_where_it_belongs(frame):
    shown = rate_accuracy.data(frame)
    assert len(shown) == len(frame) == 2 * 8 + 6
    unchanged = shown.set_index("scheme").loc[["int8", "entropy bound"], "accuracy_loss"]
    assert unchanged.tolist() == [0.0, 0.0]
    places = shown[["bits_per_weight", "accuracy_loss"]].astype(float).to_numpy()
    assert drawn(rate_accuracy.publication(frame).axes[0]) == sorted(map(tuple, places))


def test_baselines_that_were_not_measured_are_left_out(frame):
    unmeasured = frame.assign(accuracy_loss=frame["accuracy_loss"].where(frame["id"].notna()))
    schemes = rate_accuracy.data(unmeasured)["scheme"]
    assert set(schemes) == {"int8", "entropy bound", "circuit wired", "circuit configured"}


def test_the_largest_sets_of_weights_have_a_panel_each(frame):
    sets = [frame.assign(scope=n, n_weights=100 * n) for n in range(1, 7)]
    every = pd.concat(sets, ignore_index=True)
    assert rate_accuracy.data(every)["scope"].unique().tolist() == [6, 5, 4, 3]
    figure = rate_accuracy.publication(every)
    assert [axes.get_title(loc="left") for axes in figure.axes[:2]] == [
        "conv2, 600 weights (6/8)", "conv2, 500 weights (6/8)",
    ]  # fmt: skip
    title = " ".join(text.get_text() for text in figure.texts)
    assert "4 of 6 sets of weights" in title


def test_unknown_and_negative_savings_have_colours(frame):
    savings = frame.assign(saved_share=[np.nan, -30.0] * (len(frame) // 2))
    rate_accuracy.publication(savings).canvas.draw()
    assert rate_accuracy._limits(rate_accuracy.data(savings))[0] == -100.0


def test_nothing_to_draw_says_what_to_do(frame):
    with pytest.raises(InputError, match="cgplab metrics"):
        rate_accuracy.data(frame.assign(accuracy_loss=None))
