"""The drawing's tables say what the circuit is: every gate's value, cost, place and path."""

import numpy as np
import pytest

from cgplab.analysis.circuit_layout import circuit_layout
from cgplab.cgp import Circuit, Geometry, Problem, evaluate
from cgplab.cgp.operators import BY_NAME
from cgplab.hardware import load_costs

ADD, HALF, NEG = (BY_NAME[name].id for name in ("add", "half", "neg"))


def small():
    """Inputs 5, 7; gate 2 = 5 + 7, gate 3 idle, gate 4 = -12, gate 5 = 7 >> 1."""
    gates = [[0, 1, ADD], [0, 0, NEG], [2, 0, NEG], [1, 0, HALF]]
    return Circuit(2, 3, 2, 2, 3, np.array(gates), np.array([4, 5, 1]))


def test_a_small_circuit():
    layout = circuit_layout(small(), np.array([[5, 7]], dtype=np.int8), load_costs())
    gates = layout.gates.set_index("pin")
    assert gates["value"].to_dict() == {2: "12", 4: "-12", 5: "3"}
    assert gates["operator"].to_dict() == {2: "add", 4: "neg", 5: "half"}
    assert gates.loc[2, "reads"] == "a = 5, b = 7"
    assert gates[["x", "y"]].to_numpy().tolist() == [[1, 0], [2, 0], [2, 1]]
    assert gates["serves"].to_dict() == {2: 0, 4: 1, 5: 1}
    assert layout.inputs["serves"].tolist() == [0, 1]
    assert gates["critical"].to_dict() == {2: True, 4: True, 5: False}
    assert len(layout.edges) == 4
    assert layout.edges["critical"].sum() == 2  # an input to the sum, the sum to its negative


@pytest.mark.parametrize("seed", range(5))
def test_sums_and_the_critical_path_agree_with_the_evaluation(seed, random):
    inputs = random.integers(-128, 128, (1, 6))
    problem = Problem(inputs, random.integers(-128, 128, (1, 8)))
    circuit = Circuit.random(Geometry(6, 8, 6, 5, 6), seed)
    result = evaluate(circuit, problem, load_costs())
    layout = circuit_layout(circuit, problem.inputs, load_costs())
    assert len(layout.gates) == result.gate_count
    assert layout.gates["energy"].sum() == pytest.approx(result.energy)
    assert layout.gates["area"].sum() == pytest.approx(result.area)
    values = dict(zip(layout.gates["pin"], layout.gates["value"], strict=True))
    values |= dict(zip(layout.inputs["pin"], layout.inputs["value"], strict=True))
    assert [values[pin] for pin in circuit.outputs.tolist()] == [str(v) for v in result.outputs[0]]
    assert layout.gates["serves"].sum() + layout.inputs["serves"].sum() == 8
    on_path = layout.gates[layout.gates["critical"]]
    assert on_path["delay"].sum() == pytest.approx(result.delay)
    assert layout.gates["arrival"].max() == pytest.approx(result.delay) or result.gate_count == 0


def test_several_vectors_show_a_value_each():
    layout = circuit_layout(small(), np.array([[5, 7], [1, 2]], dtype=np.int8), load_costs())
    assert layout.gates["value"].tolist() == ["12, 3", "-12, -3", "3, 1"]
