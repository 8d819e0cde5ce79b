"""Liberty files, mapping, timing, power: units by hand, and the shipped table made again."""

import shutil
from itertools import product
from pathlib import Path

import numpy as np
import pytest

from cgplab.cgp import Circuit, Geometry
from cgplab.errors import InputError, MissingToolError, WrongResultError
from cgplab.export import Source
from cgplab.hardware import load_costs
from cgplab.hardware.synthesis.adders import find_adder
from cgplab.hardware.synthesis.boolean import parse_function
from cgplab.hardware.synthesis.circuits import synthesise_circuit
from cgplab.hardware.synthesis.derive import derive_costs
from cgplab.hardware.synthesis.gates import GATES, gate
from cgplab.hardware.synthesis.library import read_liberty
from cgplab.hardware.synthesis.mapping import map_to_cells, synthesise
from cgplab.hardware.tables import COLUMNS

LIBERTY = Path("/usr/share/qflow/tech/osu018/osu018_stdcells.lib")


@pytest.fixture(scope="module")
def library():
    if not LIBERTY.is_file():
        pytest.skip("Debian's qflow-tech-osu018 is not installed")
    return read_liberty(LIBERTY)


@pytest.fixture
def yosys(library):
    if shutil.which("yosys") is None:
        pytest.skip("yosys is not installed")
    return library


@pytest.mark.parametrize(
    ("text", "python"),
    [
        ("A", "A"), ("!A", "not A"), ("A'", "not A"), ("(A B)", "A and B"), ("A*B+C", "(A and B) or C"),
        ("!(A+B) & C | A^B", "(not (A or B) and C) or (A != B)"), ("(A^B)'", "A == B"),
        ("A !B", "A and not B"), ("1", "True"),
    ],
)  # fmt: skip
def test_boolean_functions(text, python):
    rows = np.array(list(product([False, True], repeat=3)))
    pins = dict(zip("ABC", rows.T, strict=True))
    expected = [eval(python, {}, dict(zip("ABC", map(bool, row), strict=True))) for row in rows]
    assert np.array_equal(parse_function(text)(pins), expected)


def test_a_tiny_library(tmp_path):
    path = tmp_path / "tiny.lib"
    path.write_text("""library (tiny) { /* a comment */
  time_unit : "1ps"; leakage_power_unit : "1uW"; capacitive_load_unit (10, ff); nom_voltage : 2;
  lu_table_template (t) { variable_1 : total_output_net_capacitance; variable_2 : input_net_transition;
    index_1 ("0, 10"); index_2 ("0, 1"); }
  cell (INV) { area : 3; cell_leakage_power : 5;
    pin (A) { direction : input; capacitance : 2; }
    pin (Y) { direction : output; function : "A'";
      timing () { related_pin : "A"; timing_sense : negative_unate;
        cell_rise (t) { values ("1, 2", \\
          "11, 12"); } } } } }""")
    library = read_liberty(path)
    cell = library.cells["INV"]
    assert (cell.area, cell.leakage, library.voltage) == (3, pytest.approx(0.005), 2)
    assert cell.pins["A"].capacitance == pytest.approx(0.02)
    table = cell.pins["Y"].arcs[0].tables["cell_rise"]
    assert table(0.0, 0.0) == 1
    assert table(0.5, 5.0) == pytest.approx(6.5)
    assert table(2.0, 20.0) == pytest.approx(23)  # linear beyond its points
    broken = ("library (x) { cell (A) {", "library (x) { }", "library (x) { time_unit : 1h; cell (A) { } }")
    for text in ("nothing", *broken):
        path.write_text(text)
        with pytest.raises(InputError, match="tiny"):
            read_liberty(path)
    with pytest.raises(InputError, match="nowhere"):
        read_liberty(tmp_path / "nowhere.lib")


def test_adder_cells_are_found_by_what_they_do(library):
    full, half = find_adder(library, 3), find_adder(library, 2)
    assert (full.cell, full.sum, full.carry) == ("FAX1", "YS", "YC")
    assert (half.cell, set(half.inputs)) == ("HAX1", {"A", "B"})


def test_the_shipped_table_is_made_again(yosys):
    """All 36 entries within 0.1 %, about 10 s of one core."""
    rows = derive_costs(yosys)
    assert [row["name"] for row in rows] == list(GATES)
    shipped = load_costs("osu018")
    for row in rows:
        for quantity, column in COLUMNS.items():
            assert float(row[column]) == pytest.approx(getattr(shipped.cost(row["name"]), quantity), rel=1e-3), row


def test_a_wrong_netlist_is_caught(yosys):
    wrong = gate("add").verilog.replace("a + b", "a - b")
    with pytest.raises(WrongResultError, match="add"):
        synthesise(yosys, wrong, "add", gate("add").check, 256)
    with pytest.raises(InputError, match="unknown operator 'sqrt'"):
        gate("sqrt")


def test_what_is_missing_or_broken_is_named(yosys, monkeypatch, tmp_path):
    with pytest.raises(InputError, match="yosys cannot map"):
        map_to_cells(yosys, "module add(input a; endmodule", "add")
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(MissingToolError, match="yosys is not installed; install the package yosys"):
        map_to_cells(yosys, gate("add").verilog, "add")


def test_a_circuit_of_one_gate_costs_what_the_gate_costs(yosys):
    circuit = Circuit.from_genes(Geometry(2, 1, 1, 1, 2), [[0, 1, 8]], [2])
    result = synthesise_circuit(yosys, Source(circuit, np.array([[3, 4]], dtype=np.int8)))
    assert result.ports.area == result.estimate.area == load_costs("osu018").cost("bit_and").area
    assert result.ports.delay == pytest.approx(result.estimate.delay, abs=1e-4)
    assert result.ports.energy_per_op == pytest.approx(result.estimate.energy_per_op, rel=0.1)
    assert (result.tied.cells, result.tied.area, result.tied.energy) == (0, 0, 0)


@pytest.mark.parametrize("n_vectors", [1, 2, 3])
def test_random_circuits_are_checked(yosys, n_vectors):
    geometry = Geometry(4, 6, 3, 3, 4, arity=max(2, n_vectors))
    kept = np.random.default_rng(5).integers(-128, 128, (n_vectors, 4), dtype=np.int8)
    source = Source(Circuit.random(geometry, 11 + n_vectors, n_vectors), kept)
    result = synthesise_circuit(yosys, source, load_costs("osu018"))
    assert result.costs == "osu018"
    assert result.ports.cells > 0
    if n_vectors == 1:
        assert result.tied.cells == 0
    assert result.to_json()["ports"]["energy"] == result.ports.power * result.ports.delay
