"""What the original program computes, against our core and against its slow twin."""

import hashlib
import json
from fractions import Fraction

import numpy as np
import pytest

from cgplab.cgp import Circuit, CostTable, Problem, evaluate
from cgplab.cgp.operators import BY_ID, BY_NAME, CODED, apply_operator, lookup_tables
from tests import naive, original

CSV_FILES = {"golden_public.jsonl": None, "golden_public_csvcosts.jsonl": "gate_costs_csvcosts.csv"}


def records(shared, name, kind):
    with open(shared / "golden" / name) as file:
        return [row for row in map(json.loads, file) if row["kind"] == kind]


def real_costs(shared, name):
    """{operator or sized selector: {energy, area, delay}} in real units for one golden file."""
    if CSV_FILES[name] is None:
        functions = json.loads((shared / "golden" / "gate_table.json").read_text())["functions"]
        return {n: {q: f[q] for q in ("energy", "area", "delay")} for n, f in functions.items()}
    import csv

    with open(shared / "golden" / CSV_FILES[name], newline="") as file:
        return {
            r["name"]: {"energy": r["energy_pj"], "area": r["area_um2"], "delay": r["delay_ns"]}
            for r in csv.DictReader(file)
            if r["name"] != "id"
        }


def table_for(costs, n_vectors):
    """Cost table with mux and demux as the original loaded them."""
    plain = {n: c for n, c in costs.items() if n in BY_NAME}
    if n_vectors > 1:
        mux, demux = ("mux_2to1", "mux_4to1") if n_vectors == 2 else ("mux_8to1", "mux_16to1")
        plain |= {"mux": costs[mux], "demux": costs[demux]}
    return CostTable.from_mapping(plain)


def case_of(row):
    arity, n_out = row["arity"], row["n_out"]
    gates = np.array(row["gates"]).reshape(-1, arity + 1)
    circuit = Circuit(
        row["n_in"],
        n_out,
        row["rows"],
        row["cols"],
        row["lback"],
        gates,
        np.array(row["outs"]),
        row["dataset_size"],
    )
    counted = np.array([[j < len(e) for j in range(n_out)] for e in row["expected"]])
    targets = np.array([e + [0] * (n_out - len(e)) for e in row["expected"]])
    return circuit, Problem(row["inputs"], targets, mask=counted)


@pytest.mark.parametrize("file", CSV_FILES)
def test_evaluate_agrees_with_every_single_output_row(shared, file):
    costs = real_costs(shared, file)
    rows = [row for row in records(shared, file, "evaluate") if row["build"] == "single_output"]
    assert len(rows) >= 14
    for row in rows:
        circuit, problem = case_of(row)
        table = table_for(costs, row["dataset_size"])
        ref = row["ref"]
        for metric in ("SE", "MSE", "AE"):
            assert evaluate(circuit, problem, table, metric).error == ref[f"error_{metric.lower()}"], row["id"]
        result = evaluate(circuit, problem, table)
        for got, want in zip(result.outputs, ref["weights"], strict=True):
            assert got[: len(want)].tolist() == want, row["id"]
        assert result.gate_count == ref["gate_count"]
        assert result.depth == ref["depth"]
        assert {str(BY_NAME[name].id): n for name, n in result.gate_usage.items()} == ref["gate_stats"]
        assert result.energy == pytest.approx(ref["energy"], abs=5.1e-7)
        assert result.area == pytest.approx(ref["area"], abs=5.1e-7)


@pytest.mark.parametrize("file", CSV_FILES)
def test_delay_is_the_plain_longest_path(shared, file):
    """Ours equals the original's quantized longest path; its printed delay doubles what precedes a constant."""
    doubled = 0
    costs = real_costs(shared, file)
    for row in records(shared, file, "evaluate"):
        if row["build"] != "single_output":
            continue
        circuit, problem = case_of(row)
        quantized = row["gate_costs_quantized"]
        cost = lambda f, q=quantized: (0, 0, 0) if f == 100 else (q[f][0], 0, q[f][1])
        twin = naive.evaluate(
            row["n_in"], circuit.gates.tolist(), row["outs"], row["inputs"], problem.targets.tolist(), cost
        )
        assert twin.delay == row["ref"]["quantized_delay"]
        assert twin.energy == row["ref"]["quantized_energy"]
        table = table_for(costs, row["dataset_size"])
        ours = evaluate(circuit, problem, table).delay
        exact = lambda f, t=table, d=row["dataset_size"]: (0, 0, t.cost(BY_ID[f].name, d).delay)
        gates = circuit.gates.tolist()
        twin = naive.evaluate(row["n_in"], gates, row["outs"], row["inputs"], problem.targets.tolist(), exact)
        assert ours == pytest.approx(float(twin.delay), abs=1e-9)
        printed = naive.doubled_delay(row["n_in"], gates, row["outs"], exact)
        if row["rows"] * row["cols"] <= 25:  # the doubled rule needs every path
            assert printed == pytest.approx(row["ref"]["delay"], abs=5.1e-7)
            doubled += printed > ours + 1e-9
    assert doubled > 0 or file != "golden_public.jsonl"


def test_operators_on_all_pairs(shared):
    rows = records(shared, "golden_public.jsonl", "operator")
    assert len(rows) == 28
    a, b = (x.ravel().astype(np.int8) for x in np.meshgrid(np.arange(-128, 128), np.arange(-128, 128), indexing="ij"))
    table, start, mask, _ = lookup_tables()
    for row in rows:
        function = row["function"]
        operator = BY_ID[function]
        result = apply_operator(operator, [a, b])
        assert hashlib.sha256(result.tobytes()).hexdigest() == row["sha256"], operator.name
        twin = [naive.operate(function, (x, y)) for x, y in zip(a.tolist(), b.tolist(), strict=True)]
        assert result.tolist() == twin
        code = CODED.index(operator)
        byte_a, byte_b = a.view(np.uint8).astype(np.int64), b.view(np.uint8).astype(np.int64)
        assert np.array_equal(table[start[code] + byte_a + ((byte_b << 8) & mask[code])], result)


def test_replay_of_whole_training_runs(shared):
    with open(shared / "golden" / "traces.jsonl") as file:
        traces = [json.loads(line) for line in file]
    assert len(traces) == 5
    for trace in traces:
        directory = shared / "bench" / trace["config"]
        config = dict(line.strip().split(": ") for line in open(directory / "config.cgp"))
        inputs, targets = (list(map(int, line.split())) for line in open(directory / "data.train"))
        quantized = [line.split() for line in open(directory / "gate_params.txt")]
        cost = lambda f, q=quantized: (0, 0, 0) if f == 100 else (int(q[f][0]), Fraction(q[f][2]), int(q[f][3]))
        case = {
            "rows": int(config["row_count"]),
            "cols": int(config["col_count"]),
            "l_back": int(config["look_back_parameter"]),
            "mutation": trace["mutation"],
            "children": trace["children"],
            "threshold": trace["mse_threshold"],
            "patience": trace["patience"],
            "generations": trace["generation_count"],
            "functions_locked": trace["functions_locked"],
        }
        log, genes = original.replay(case, inputs, targets, cost, trace["rng_seeds_by_population_slot"])
        assert log == [tuple(row) for row in trace["rows"]]
        final = Circuit.from_text(trace["final_chromosome"])
        assert genes == final.gates.ravel().tolist() + final.outputs.tolist()
