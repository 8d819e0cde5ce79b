"""Multiplexers in front of weight sinks that layers share."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from cgplab.hardware import load_costs
from cgplab.hardware.sinks import shared_sinks

int8 = st.integers(-128, 127)


@given(st.lists(st.lists(int8, min_size=1, max_size=9), min_size=1, max_size=6))
def test_every_sink_chooses_among_the_wires_that_its_layers_ask_for(weights):
    layers = {f"layer{i}": np.array(values, dtype=np.int8) for i, values in enumerate(weights)}
    sinks = shared_sinks(layers, load_costs())
    wires = [{values[j] for values in weights if j < len(values)} for j in range(max(map(len, weights)))]
    assert sinks.sinks == len(wires)
    assert sinks.multiplexers == sum(len(choice) - 1 for choice in wires)
    levels = max(int(np.ceil(np.log2(len(choice)))) for choice in wires)
    assert sinks.delay == pytest.approx(levels * load_costs().cost("mux", 2).delay)


def test_costs_come_from_the_table():
    costs = load_costs()
    layers = {"a": np.array([1, 2, 3], dtype=np.int8), "b": np.array([1, 5], dtype=np.int8)}
    sinks = shared_sinks(layers, costs)
    one = costs.cost("mux", 2)
    assert (sinks.sinks, sinks.multiplexers) == (3, 1)
    assert (sinks.energy, sinks.area, sinks.delay) == (one.energy, one.area, one.delay)
    assert shared_sinks({"a": layers["a"]}, costs).energy == 0
    assert shared_sinks({}, costs).sinks == 0
