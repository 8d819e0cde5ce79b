"""Each file format out and in again."""

import csv
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cgplab.cgp import Problem
from cgplab.cgp.operators import OPERATORS
from cgplab.errors import InputError
from cgplab.hardware import load_costs
from cgplab.hardware.quantized import to_quantized_text
from cgplab.thesis.config import Config, final_line, write_config
from cgplab.thesis.gate_parameters import LINE, GateParameters
from cgplab.thesis.gate_statistics import read_gate_statistics, write_gate_statistics
from cgplab.thesis.progress import progress_rows, run_seconds
from cgplab.thesis.statistics import Row, read_statistics, write_statistics
from cgplab.thesis.train_data import read_train_data, write_train_data
from cgplab.thesis.weights import read_weights, write_weights
from tests.thorough import examples

COUNT = st.none() | st.integers(0, 2**63 - 1)
QUANTA = st.none() | st.integers(0, 2**64 - 2)
REAL = st.none() | st.integers(0, 10**12).map(lambda n: n / 10**6)
ROWS = st.lists(
    st.builds(
        Row, place=st.just(""), run=st.integers(1, 99), generation=st.integers(1, 10**12), timestamp=REAL, error=COUNT,
        quantized_energy=QUANTA, energy=REAL, area=REAL, quantized_delay=QUANTA, delay=REAL, depth=COUNT,
        gate_count=COUNT, chromosome=st.none() | st.just("{1,1,1,1,2,1,1}([1]0,0,1)(1)"),
    ),
    max_size=6,
)  # fmt: skip
INT8 = st.integers(-128, 127)


@settings(max_examples=examples(40))
@given(rows=ROWS, suffix=st.sampled_from([".csv", ".csv.zip"]), header=st.booleans())
def test_statistics_keep_every_digit(tmp_path_factory, rows, suffix, header):
    path = tmp_path_factory.mktemp("s") / f"statistics.1{suffix}"
    write_statistics(path, rows)
    if suffix == ".csv" and not header and rows:
        path.write_text("".join(path.read_text().splitlines(keepends=True)[1:]))
    assert [replace(row, place="") for row in read_statistics(path)] == rows


@settings(max_examples=examples(40))
@given(st.data())
def test_train_data_with_dont_cares(tmp_path_factory, data):
    vectors, n_in, n_out = (data.draw(st.integers(1, 4)) for _ in range(3))
    inputs = data.draw(st.lists(st.lists(INT8, min_size=n_in, max_size=n_in), min_size=vectors, max_size=vectors))
    counts = [data.draw(st.integers(1, n_out)) for _ in range(vectors)]
    targets = np.array([[data.draw(INT8) if j < count else 0 for j in range(n_out)] for count in counts])
    mask = np.arange(n_out) < np.array(counts)[:, None]
    problem = Problem(inputs, targets, mask=mask)
    path = tmp_path_factory.mktemp("d") / "train.data"
    write_train_data(path, problem)
    again = read_train_data(path, n_in, n_out, vectors)
    for name in ("inputs", "targets", "mask"):
        assert np.array_equal(getattr(again, name), getattr(problem, name))
    write_weights(path, problem.targets)
    assert np.array_equal(read_weights(path, vectors, n_out), problem.targets)


def test_an_x_among_the_inputs_is_zero_and_targets_after_one_do_not_count(tmp_path):
    path = tmp_path / "train.data"
    path.write_text("5 x -7\n1 x 3\n")
    problem = read_train_data(path, 3, 3, 1)
    assert problem.inputs.tolist() == [[5, 0, -7]]
    assert problem.mask.tolist() == [[True, False, False]]
    path.write_text("5 x -7\nx 2 3\n")
    with pytest.raises(InputError, match="line 2: no target counts"):
        read_train_data(path, 3, 3, 1)


@given(st.dictionaries(st.sampled_from([o.name for o in OPERATORS]), st.integers(1, 10**6)))
def test_gate_statistics(tmp_path_factory, usage):
    path = tmp_path_factory.mktemp("g") / "statistics.1.1.txt"
    write_gate_statistics(path, usage)
    assert read_gate_statistics(path) == usage


@pytest.mark.parametrize("text", ["1: 3\n100: 2\n", "1,3\n100,2\n", "add 3\nid\t2\n", "add = 3\n0 = 0\nid = 2\n"])
def test_gate_statistics_in_any_hand(tmp_path, text):
    path = tmp_path / "statistics.1.1.txt"
    path.write_text(text)
    assert read_gate_statistics(path) == {"add": 3, "id": 2}


def test_gate_parameters_as_text_and_as_csv(tmp_path):
    costs = load_costs()
    text = to_quantized_text(costs, 50, 10)
    (tmp_path / "gate_parameters.txt").write_text(text)
    parameters = GateParameters.read(tmp_path / "gate_parameters.txt")
    with (tmp_path / "gate_parameters.csv").open("w", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(["", *LINE])
        writer.writerows([i, *line.split()] for i, line in enumerate(text.splitlines()))
    assert GateParameters.read_csv(tmp_path / "gate_parameters.csv") == parameters
    table = parameters.cost_table()
    assert all(table.cost("add").__dict__[q] == costs.cost("add").__dict__[q] for q in ("energy", "area", "delay"))
    # Two vectors take the first pair of lines, three the second, whatever they were written for.
    names = [f"{kind}_{n}to1" for kind in ("mux", "demux") for n in (2, 4, 8, 16)]
    for vectors, first in ((2, 0), (3, 2), (4, 2), (5, 4), (16, 6), (40, 6)):
        chosen = parameters.by_function(vectors)
        assert [chosen[27].energy, chosen[28].energy] == [parameters.lines[27 + first + k].energy for k in (0, 1)]
        assert float(chosen[27].energy) == costs.cost(*_split(names[first])).energy


def _split(name):
    kind, _, size = name.partition("_")
    return kind, int(size.removesuffix("to1"))


def test_the_final_circuit_of_the_last_block_counts(tmp_path):
    row = Row("", 1, 1, None, 5, 2**64 - 2, 0.25, 1.0, 7, 0.5, None, 3, "{1,1,1,1,2,1,1}([1]0,0,1)(1)")
    path = tmp_path / "cgp.1.config"
    write_config(path, {"mse_threshold": 9, "best_solution": final_line(replace(row, error=6))})
    first = path.read_text()
    write_config(path, {"mse_threshold": 5, "best_solution": final_line(row)})
    path.write_text(first + path.read_text())
    config = Config.read(path)
    assert config.whole("mse_threshold") == 5
    assert replace(config.final(), place="") == row


def test_seconds_go_on_through_both_phases_and_stand_still_in_repeated_rows():
    def row(generation, timestamp, error, energy):
        return Row("", 1, generation, timestamp, error, energy, energy, energy, energy, energy, None, energy, None)

    rows = [
        row(1, 0.5, 90, None),
        row(8, 2.0, 10, None),
        row(9, 2.5, 10, 5),
        row(12, 0.25, 10, 4),
        row(99, 60.0, 10, 4),
    ]
    progress = progress_rows(rows)
    # The third only tells the costs of the second; the fourth is of the second phase, whose clock begins anew.
    assert [r["seconds"] for r in progress] == [0.5, 2.0, 2.0, 2.25, 2.25]
    assert run_seconds(rows, progress, None) == 60
    assert run_seconds(rows, progress, 50.0) == 10
    assert run_seconds(rows, progress, 59.0) == 60
    assert run_seconds(rows[:4], progress[:4], None) == 2.25
