"""Net compression figures of runs."""

import json
from math import ceil, log2

import numpy as np
import pytest

from cgplab.analysis.columns import names
from cgplab.analysis.compression import compression, describe, energy_per_operation
from cgplab.cgp import Circuit
from cgplab.cgp.operators import BY_ID
from cgplab.hardware import load_costs
from cgplab.hardware.memory import load_memory
from cgplab.running import Request, plan, run_all
from cgplab.running.baseline_accuracy import baseline_accuracies
from cgplab.store import Store
from tests.cli.commands import cgplab


@pytest.fixture(scope="module")
def store(tmp_path_factory):
    """Runs of four selections, two of which are about the same weights."""
    store = Store(tmp_path_factory.mktemp("compression"))
    for selection in ("layer_bypass", "le_selector", "all_layers", "single_filter"):
        request = Request(model="lenet5-qat", selection=selection, strategies=[5.0], generations=100)
        run_all([store.create(manifest) for manifest in plan(request)], lambda *_: None, jobs=1)
    return store


def test_the_table_has_its_columns_and_groups(store):
    frame = compression(list(store.runs()))
    assert list(frame.columns) == names("compression")
    assert frame.groupby("scope").size().tolist() == [6 + 3 * 2, 6 + 2]
    assert frame.loc[frame["id"].isna(), "scheme"].tolist()[:6] == frame["scheme"].tolist()[:6]


def test_figures_of_one_run_by_hand(store):
    run = next(iter(store.runs()))
    frame = compression([run]).set_index("scheme")
    circuit, weights = run.best(), run.weights()["conv2"]
    wired, configured = frame.loc["circuit wired"], frame.loc["circuit configured"]
    assert (wired["n_weights"], wired["n_kept"], wired["kept_bits"]) == (2550, 150, 1200)
    assert wired["bits_per_weight"] == pytest.approx(1200 / 2550)
    sources = len(set(circuit.outputs.tolist()))
    assert configured["selector_bits"] == 2400 * ceil(log2(sources))
    total = 1200 + configured["selector_bits"] + configured["circuit_bits"]
    assert configured["bits_per_weight"] == pytest.approx(total / 2550)
    from cgplab.models import load_model

    own = load_model("lenet5-qat").int8_weights("conv2")
    assert wired["mse"] == pytest.approx(((weights.astype(int) - own) ** 2).sum() / 2550)
    assert wired["max_error"] == np.abs(weights.astype(int) - own).max()
    assert wired["read_energy"] == 1200 * 20
    assert wired["saved_energy"] == pytest.approx(20 * (8 * 2550 - 1200) - wired["decode_energy"])
    assert frame.loc["int8", "saved_energy"] == 0


def test_a_lone_zero_needs_no_memory_also_beside_others(store):
    runs = {run.manifest.selection: run for run in store.runs()}
    frame = compression([runs["layer_bypass"], runs["le_selector"], runs["all_layers"]])
    wired = frame[frame["scheme"] == "circuit wired"].set_index("selection")
    assert wired["n_kept"].to_dict() == {"layer_bypass": 150, "le_selector": 0, "all_layers": 918}
    assert wired["kept_bits"].to_dict() == {"layer_bypass": 1200, "le_selector": 0, "all_layers": 7344}


def test_reads_and_levels_scale_what_they_should(store):
    run = next(iter(store.runs()))
    once = compression([run]).set_index("scheme")
    often = compression([run], load_memory(), "buffer", 3.0).set_index("scheme")
    for scheme in ("int8", "circuit wired", "k-means 4 bit"):
        assert often.loc[scheme, "read_energy"] == pytest.approx(3 * once.loc[scheme, "read_energy"] * (10 / 64) / 20)
        assert often.loc[scheme, "decode_energy"] == pytest.approx(3 * once.loc[scheme, "decode_energy"])


def test_description_and_energy_count_active_gates_only():
    # 2 inputs; gate 2 = add(0,1), gate 3 = const 1 (idle), gate 4 = sub(2,0), gate 5 = 127 - gate 2.
    gates = [[0, 1, 1], [0, 0, 22], [2, 0, 2], [2, 2, 0]]
    circuit = Circuit(2, 3, 2, 2, 3, np.array(gates), np.array([4, 5, 4]))
    found = describe(circuit)
    assert found.selector == 3 * 1
    assert found.circuit == 3 * 5 + 5 * 3
    costs = load_costs("freepdk45")
    expected = sum(costs.cost(BY_ID[f].name).energy_per_op for f in (1, 2, 0))
    assert energy_per_operation(circuit, costs) == pytest.approx(expected)
    straight = Circuit(2, 2, 1, 1, 2, np.array([[0, 0, 1]]), np.array([1, 1]))
    assert (describe(straight).selector, describe(straight).circuit) == (0, 0)
    assert energy_per_operation(straight, costs) == 0


def test_baselines_are_measured_through_the_model(store):
    runs = [run for run in store.runs() if run.manifest.selection == "single_filter"]
    seen = []
    found = baseline_accuracies(runs, progress=seen.append)
    assert [(state.done, state.total, state.layers) for state in seen] == [(n, 6, ("conv1",)) for n in range(1, 7)]
    frame = compression(runs, datasets={"lenet5-qat": "mnist/test"}, accuracies=found).set_index("scheme")
    assert frame.loc["int8", "accuracy_loss"] == 0
    assert frame.loc["int8", "accuracy"] == pytest.approx(99.52, abs=0.005)
    assert frame.loc["entropy bound", "accuracy"] == frame.loc["int8", "accuracy"]
    for scheme in ("int4", "k-means 3 bit"):
        row = frame.loc[scheme]
        assert row["accuracy"] + row["accuracy_loss"] == pytest.approx(99.52, abs=0.005)
        assert row["dataset"] == "mnist/test"


def test_command(store):
    shown = cgplab("compression", "--store", store.root, "--study", "all", "--level", "buffer")
    assert shown.returncode == 0, shown.stderr
    for words in ("2,550 weights", "layer_bypass", "entropy bound", "circuit configured", "0.1562 pJ per bit"):
        assert words in shown.stdout


def test_circuits_above_budget_are_marked_and_save_nothing(store, capsys):
    """In the table, in JSON and in the frame alike."""
    rows = {row["id"]: row["error"] <= row["threshold"] for row in store.table().rows}
    assert set(rows.values()) == {True, False}
    _, output = run(capsys, "--store", str(store.root), "--study", "all", "--json")
    told = [(row["id"], row["within"]) for row in json.loads(output.out)]
    assert told == [(name, rows.get(name)) for name, _ in told]
    _, output = run(capsys, "--store", str(store.root), "--study", "all")
    lines = [line.split() for line in output.out.splitlines() if line.strip().startswith("circuit wired")]
    assert {line[2]: (line[5], line[-5] == "–") for line in lines} == {
        name[-8:]: ("yes", False) if within else ("no", True) for name, within in rows.items()
    }
    above = sum(not within for within in rows.values())
    assert f"{above} of {len(rows)} runs are above budget (within budget: no)" in output.out


def test_command_as_json(store, capsys):
    code, output = run(capsys, "--store", str(store.root), "--study", "all", "--json")
    rows = json.loads(output.out)
    assert (code, len(rows)) == (0, 20)
    assert {"bits_per_weight", "saved_energy", "break_even_inferences"} <= rows[0].keys()


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["--level", "l9"], "no level 'l9'"),
        (["--memory", "nope"], "unknown memory model"),
        (["--reads", "0"], "--reads"),
        (["--operation", "-2"], "energy of an operation"),
        (["--store", "STORE"], "no runs yet"),
        (["nosuchrun"], "no run 'nosuchrun'"),
    ],
)
def test_what_cannot_be_answered_is_one_line(store, tmp_path, capsys, arguments, words):
    arguments = [str(tmp_path) if word == "STORE" else word for word in arguments]
    code, output = run(capsys, "--store", str(store.root), *arguments)
    assert code == 2
    assert words in output.err
    assert output.err.count("\n") == 1


def run(capsys, *arguments):
    from cgplab import cli

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("sys.argv", ["cgplab", "compression", *arguments])
        with pytest.raises(SystemExit) as stop:
            cli.main()
    return stop.value.code or 0, capsys.readouterr()
