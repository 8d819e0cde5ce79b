"""Cost tables: what ships, what a user brings, and exactness."""

import csv
from decimal import Decimal

import pytest

from cgplab.cgp import OPERATORS, CostTable
from cgplab.errors import InputError
from cgplab.hardware import DEFAULT_COSTS, cost_table_names, load_costs, table_info
from cgplab.hardware.tables import read_rows
from cgplab.paths import shipped_data

HEAD = "name,energy_pj,area_um2,delay_ns\n"


def shared_rows(shared, name):
    with open(shared / "gates" / name, newline="") as file:
        return {row["name"]: row for row in csv.DictReader(file)}


def test_the_default_is_first_and_every_table_is_complete():
    assert cost_table_names()[0] == DEFAULT_COSTS == "thesis45"
    for name in cost_table_names():
        table = load_costs(name)
        for operator in OPERATORS:
            assert table.cost(operator.name, 2).energy >= 0
            assert table.has(operator.name, 16)


@pytest.mark.parametrize(
    ("name", "file"),
    [
        ("freepdk45", "gate_costs.csv"),
        ("thesis45", "gate_costs_thesis_reconstructed.csv"),
        *((name, f"gate_costs_{name}.csv") for name in ("nangate45", "sky130hd", "osu018", "osu035")),
    ],
)
def test_shipped_values_are_the_measured_ones(shared, name, file):
    table = load_costs(name)
    for operator, row in shared_rows(shared, file).items():
        if row["energy_pj"]:
            for quantity, column in (("energy", "energy_pj"), ("area", "area_um2"), ("delay", "delay_ns")):
                quantum = {"energy": "1e-12", "area": "1e-6", "delay": "1e-6"}[quantity]
                assert table.quanta[operator][quantity] * Decimal(quantum) == Decimal(row[column])


def test_wires_shifts_and_constants_cost_exactly_nothing():
    for name in cost_table_names():
        for operator in OPERATORS:
            if "shift" in operator.name or operator.arity == 0 or operator.name in ("half", "quarter", "double", "id"):
                cost = load_costs(name).cost(operator.name)
                assert (cost.energy, cost.area, cost.delay, cost.energy_per_op) == (0, 0, 0, 0)


def test_every_table_has_its_provenance():
    shipped = sorted(path.stem for path in (shipped_data() / "costs").glob("*.csv"))
    assert sorted(cost_table_names()) == shipped
    for name in shipped:
        info = table_info(name)
        assert info.library
        assert info.node_nm > 0
        sources = {row["source"] for row in read_rows(name)}
        assert sources <= {"published", "synthesis", "free"}
        assert load_costs(name).gives("energy_per_op")
    assert {row["source"] for row in read_rows("thesis45") if "mux" in row["name"]} == {"synthesis"}
    with pytest.raises(InputError, match="unknown cost table 'nowhere'"):
        table_info("nowhere")


def test_energy_is_power_times_delay():
    for name in cost_table_names():
        for row in read_rows(name):
            product = float(row["power_mw"]) * float(row["delay_ns"])
            assert float(row["energy_pj"]) == pytest.approx(product, rel=1e-3)


def test_multiplexers_are_sized_by_the_number_of_vectors():
    table = load_costs("freepdk45")
    assert table.cost("mux", 2) == table.cost("mux_2to1")
    assert table.cost("mux", 3) == table.cost("mux_4to1")
    assert table.cost("demux", 16) == table.cost("demux_16to1")
    with pytest.raises(InputError, match="no mux for 17 vectors"):
        table.cost("mux", 17)


def mapping(**changes):
    paid = {o.name: {"energy": 1, "area": 2, "delay": 3} for o in OPERATORS if o.name not in ("mux", "demux")}
    return {**paid, **changes}


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"sqrt": {"energy": 1, "area": 1, "delay": 1}}, "sqrt"),
        ({"add": {"energy": 1, "area": 1}}, "delay for add"),
        ({"add": {"energy": -1, "area": 1, "delay": 1}}, "at least 0"),
        ({"add": {"energy": float("nan"), "area": 1, "delay": 1}}, "finite"),
        ({"add": {"energy": 1e9, "area": 1, "delay": 1}}, "overflow"),
        ({"add": {"energy": "cheap", "area": 1, "delay": 1}}, "not a number"),
    ],
)
def test_a_wrong_mapping_is_refused(changes, words):
    with pytest.raises(InputError, match=words):
        CostTable.from_mapping(mapping(**changes))


def test_an_operator_that_costs_something_cannot_be_left_out():
    lacking = mapping()
    del lacking["mul"]
    with pytest.raises(InputError, match="lacks mul"):
        CostTable.from_mapping(lacking)
    without_wires = {name: cost for name, cost in mapping().items() if name != "id"}
    assert CostTable.from_mapping(without_wires).cost("id").energy == 0


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("", "lacks the column"),
        ("name,energy_pj\nadd,1\n", "area_um2"),
        (HEAD + "add,1,1,1\nadd,1,1,1\n", "twice"),
        (HEAD + "add,x,1,1\n", "not a number"),
        (HEAD + "add,1\n", "needs one value for each"),
    ],
)
def test_a_wrong_file_is_refused(tmp_path, text, words):
    path = tmp_path / "mine.csv"
    path.write_text(text)
    with pytest.raises(InputError, match=words):
        load_costs(str(path))


def test_a_users_file(tmp_path):
    path = tmp_path / "mine.csv"
    path.write_text(HEAD + "".join(f"{o.name},1,2,3\n" for o in OPERATORS if o.name not in ("mux", "demux")))
    table = load_costs(str(path))
    assert (table.name, table.cost("mul").area) == ("mine", 2.0)
    with pytest.raises(InputError, match="energy_per_op"):
        table.column("energy_per_op")


def test_equal_costs_have_equal_hashes():
    first, second = CostTable.from_mapping(mapping(), "a"), CostTable.from_mapping(mapping(), "b")
    assert first.sha256 == second.sha256
    assert first.sha256 != CostTable.from_mapping(mapping(add={"energy": 1, "area": 2, "delay": 3.5})).sha256
