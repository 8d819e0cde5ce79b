"""Circuits: checked on entry, equal after a round trip through the original's text."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from cgplab.cgp import Circuit, Geometry
from cgplab.errors import InputError
from tests import naive

GATES = np.array([[0, 1, 1], [1, 0, 4], [2, 3, 2], [0, 2, 100]])


@st.composite
def geometries(draw):
    """Small geometries of every kind, l-back from 1 to more than the columns."""
    cols = draw(st.integers(1, 5))
    return Geometry(
        draw(st.integers(1, 6)),
        draw(st.integers(1, 6)),
        draw(st.integers(1, 4)),
        cols,
        draw(st.integers(1, cols + 2)),
        draw(st.integers(2, 4)),
    )


@given(geometries(), st.integers(0, 2**32), st.integers(1, 4))
def test_random_circuits_are_legal_and_survive_their_text(geometry, seed, dataset_size):
    circuit = Circuit.random(geometry, seed, dataset_size)
    assert Circuit.from_text(circuit.to_text()) == circuit
    assert Circuit.random(geometry, seed, dataset_size) == circuit
    ranges = naive.legal_pins(geometry.n_inputs, geometry.rows, geometry.cols, geometry.l_back)
    assert list(zip(geometry.pin_low.tolist(), geometry.pin_high.tolist(), strict=True)) == ranges


@given(geometries(), st.integers(0, 2**32))
def test_active_gates_are_those_the_twin_reaches(geometry, seed):
    circuit = Circuit.random(geometry, seed, 2)
    reached = naive.active_set(geometry.n_inputs, circuit.gates.tolist(), circuit.outputs.tolist())
    assert set(np.flatnonzero(circuit.active_gates()).tolist()) == reached


def test_text_is_the_originals(shared):
    import json

    with open(shared / "golden" / "traces.jsonl") as file:
        texts = [json.loads(line)["final_chromosome"] for line in file]
    assert len(texts) == 5
    for text in texts:
        assert Circuit.from_text(text).to_text() == text
        assert Circuit.from_text(" " + text.replace(")(", ")\n(")) == Circuit.from_text(text)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("", "starts with"),
        ("(1,2)", "starts with"),
        ("{2,1,2,2,2,3}", "starts with"),
        ("{2,1,2,2,2,3,1}", "after 0 gates"),
        ("{2,1,2,2,2,3,1}([2]0,1,1)", "after 1 gates"),
        ("{2,1,2,2,2,3,1}([2]0,1,1)(0)", "has 4 gates.*lists 1"),
        ("{2,1,1,1,2,2,1}([3]0,1,1)(0)", "out of place.*pin 2"),
        ("{2,1,1,1,2,2,1}([2]0,1)(0)", "2 genes"),
        ("{2,1,1,1,2,2,1}([2]0,1,55)(0)", "unknown function id 55"),
        ("{2,1,1,1,2,2,1}([2]0,2,1)(0)", "pin 2.*0 to 1"),
        ("{2,1,1,1,2,2,1}([2]0,1,1)(3)", "output 0 takes pin 3"),
        ("{2,1,1,1,2,2,1}([2]0,1,1)(0,1)", r"outputs must be shaped \(1,\)"),
        ("{2,1,1,1,2,2,1}([2]0,1,1)(0)x", "malformed"),
        ("{2,1,1,1,2,2,1}([2]0,-1,1)(0)", "malformed"),
        ("{0,1,1,1,2,2,1}([0]0,0,1)(0)", "n_inputs must be at least 1"),
        ("{2,1,1,1,2,2,0}([2]0,1,1)(0)", "dataset_size"),
        ("{2,1,9999999,9999999,2,2,1}([2]0,1,1)(0)", "too many genes"),
        ("{2,1,1,1,2,2,1}([2]0,99999999999,1)(0)", "between 0 and 2147483647"),
    ],
)
def test_malformed_text_is_refused_with_the_place(text, words):
    with pytest.raises(InputError, match=words):
        Circuit.from_text(text)


@pytest.mark.parametrize(
    ("gates", "outputs", "words"),
    [
        (GATES[:3], [5], "has 4 gates, but 3"),
        (GATES[:, :2], [5], "shaped"),
        (GATES.astype(float), [5], "whole numbers"),
        (GATES, [5, 5], "outputs"),
        (GATES, [6], "output 0 takes pin 6"),
        (GATES, [-1], "between 0"),
        (np.where(GATES == 4, 29, GATES), [5], "unknown function id 29"),
        (np.array([[0, 2, 1], *GATES[1:].tolist()]), [5], "gate 2 in column 0 reads pin 2"),
        (np.array([*GATES[:2].tolist(), [4, 0, 1], GATES[3].tolist()]), [5], "gate 4 in column 1 reads pin 4"),
    ],
)
def test_illegal_genes_are_refused(gates, outputs, words):
    with pytest.raises(InputError, match=words):
        Circuit(2, 1, 2, 2, 3, gates, np.array(outputs))


def test_a_circuit_cannot_be_changed_behind_its_back():
    gates = GATES.copy()
    circuit = Circuit(2, 1, 2, 2, 3, gates, np.array([5]))
    gates[0, 0] = 7
    assert circuit.gates[0, 0] == 0
    with pytest.raises(ValueError, match="read-only"):
        circuit.gates[0, 0] = 1
    assert hash(circuit) == hash(Circuit(2, 1, 2, 2, 3, GATES, np.array([5])))


@pytest.mark.parametrize(
    ("sizes", "words"),
    [
        ((0, 1, 1, 1, 1), "n_inputs"),
        ((1, 0, 1, 1, 1), "n_outputs"),
        ((1, 1, 0, 1, 1), "rows"),
        ((1, 1, 1, 0, 1), "cols"),
        ((1, 1, 1, 1, 0), "l_back"),
        ((1, 1, 1, 1, 1, 1), "arity"),
        ((1, 1, 1.5, 1, 1), "whole number"),
        ((1, 1, 2**20, 2**20, 1), "too many"),
    ],
)
def test_impossible_geometries_are_refused(sizes, words):
    with pytest.raises(InputError, match=words):
        Geometry(*sizes)
