"""Sum of gates against synthesis: what is drawn, and what the numbers in the figure are."""

import numpy as np
import pandas as pd
import pytest

from cgplab.analysis.columns import names
from cgplab.errors import InputError
from cgplab.figures import synthesis
from tests.figures.made_up import frames, table


@pytest.fixture
def frame():
    return frames(table(8))["synthesis"]


def test_every_circuit_is_drawn_in_every_panel(frame):
    figure = synthesis.publication(frame)
    assert len(figure.axes) == 4
    for axes, quantity in zip(figure.axes, ("energy", "energy_per_op", "area", "delay"), strict=True):
        rows = frame[frame["quantity"] == quantity]
        drawn = np.concatenate([c.get_offsets() for c in axes.collections if len(c.get_offsets())])
        assert sorted(map(tuple, drawn)) == sorted(map(tuple, rows[["estimate", "synthesis"]].to_numpy()))
        assert axes.get_xlim() == axes.get_ylim()
        assert "ratio 0.90 (median, n = 5)" in axes.get_xlabel()  # two of eight circuits are free, one is above budget


def test_free_circuits_and_unknown_estimates(frame):
    free = frame.assign(estimate=0.0, synthesis=0.0)
    assert "no run within budget that costs something" in synthesis.publication(free).axes[0].get_xlabel()
    unknown = frame.assign(estimate=frame["estimate"].where(frame["quantity"] != "energy_per_op"))
    assert len(synthesis._panels(synthesis.data(unknown))) == 3
    with pytest.raises(InputError, match="cgplab synth RUN --liberty FILE"):
        synthesis.data(pd.DataFrame(columns=names("synthesis")))
