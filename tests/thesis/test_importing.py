"""Runs of the original in a store: checked, whole, once."""

import shutil
import zipfile

import numpy as np
import pytest

from cgplab.analysis.scope import scope_of
from cgplab.cgp import Problem, evaluate
from cgplab.errors import InputError
from cgplab.running import manager
from cgplab.running.standing import standing_of
from cgplab.store import State, Store
from cgplab.store.commands import Standing
from cgplab.thesis import find_experiments, find_origin, import_experiment, read_experiment
from cgplab.thesis.importing import strategy_of
from tests.thesis.golden import cases, chromosome, write_experiment


def read_one(path, metric=None):
    return read_experiment(find_experiments(path)[0], metric)


def import_one(store, path, **origin):
    read = read_one(path)
    return import_experiment(store, read, find_origin(read.problem, str(path), **origin), "B" * 26)


def test_every_recorded_circuit_checks_clean(tmp_path, shared):
    for index, case in enumerate(cases(shared, build="single_output")):
        write_experiment(tmp_path / f"mse_{index}.0_{case['rows']}_{case['cols']}", shared, case, header=index % 2)
    experiments = find_experiments(tmp_path)
    assert len(experiments) == 57
    for experiment in experiments:
        read = read_experiment(experiment)
        assert read.metric == "SE"
        assert read.runs[0].differences == []
        assert len(read.runs[0].logged) == 4


@pytest.mark.parametrize("metric", ["SE", "MSE", "AE"])
def test_the_metric_is_the_one_that_agrees(tmp_path, shared, case, metric):
    read = read_one(write_experiment(tmp_path / "x", shared, case, metric=metric.lower()))
    assert read.metric == metric
    assert not read.runs[0].differences
    assert read_one(tmp_path / "x", "SE").runs[0].differences or metric == "SE"


def test_an_imported_run_is_a_run(own_store, experiment, case):
    store = Store.open()
    (imported,) = import_one(store, experiment)
    run = store.find(imported.id)
    row, status = run.row(), run.status
    assert imported.new
    assert (row["model"], row["layer"], row["selection"], row["method"]) == ("unknown",) * 3 + ("original",)
    assert (row["grid"], row["threshold"], row["seed"], row["strategy"]) == ("5x5", 100, 1, 3.02)
    assert (status.state, status.generation, status.seconds) == (State.FINISHED, 125019, 3.5)
    assert (row["error"], row["gate_count"]) == (case["ref"]["error_se"], case["ref"]["gate_count"])
    assert (row["accuracy"], row["top5"], row["dataset"]) == (99.11, 100.0, "mnist/test (original)")
    assert run.best().to_text() == chromosome(case)
    progress = run.progress()
    assert [r["generation"] for r in progress] == [1, 17, 125019, 125019]
    assert [r["phase"] for r in progress] == ["error", "energy", "energy", "energy"]
    assert [r["seconds"] for r in progress] == [0.000301, 0.25, 0.25, 0.25]
    # What the run carries is enough to evaluate it again.
    again = evaluate(run.best(), run.carried_problem(), run.costs())
    assert again.error == case["ref"]["error_se"]
    assert again.energy == pytest.approx(case["ref"]["energy"], abs=1e-6)
    assert np.array_equal(again.outputs, case["ref"]["weights"])
    with pytest.raises(InputError, match="unknown; import the run again with --model"):
        scope_of(run)


def test_importing_twice_stores_once(own_store, experiment, tmp_path):
    store = Store.open()
    (first,) = import_one(store, experiment)
    (second,) = import_one(store, experiment)
    assert (second.id, second.new) == (first.id, False)
    # Nor does it matter where the files lie, or whether the statistics are packed.
    moved = tmp_path / "elsewhere"
    shutil.copytree(experiment, moved)
    statistics = moved / "train_statistics/fitness/statistics.1.csv"
    with zipfile.ZipFile(f"{statistics}.zip", "w") as archive:
        archive.write(statistics, statistics.name)
    statistics.unlink()
    (third,) = import_one(store, moved)
    assert (third.id, third.new) == (first.id, False)
    assert len(list(store.runs())) == 1


def test_differences_name_file_row_column_theirs_and_ours(experiment, case):
    path = experiment / "train_statistics/fitness/statistics.1.csv"
    lines = path.read_text().splitlines(keepends=True)
    for number, column in ((1, 5), (2, 4), (3, 9)):
        fields = lines[number].split(",", 11)
        fields[column] = {4: "12345", 5: "0.123456", 9: "4"}[column]
        lines[number] = ",".join(fields)
    path.write_text("".join(lines))
    (experiment / "weights/weights.1.txt").write_text(" ".join(["7"] * 16) + "\n")
    (experiment / "gate_statistics/statistics.1.1.txt").write_text("3: 2\n")
    found = read_one(experiment).runs[0].differences
    ref = case["ref"]
    assert [(d.place.rpartition("/")[2], d.column, d.theirs, d.ours) for d in found[:3]] == [
        ("statistics.1.csv, line 2", "energy", "0.123456", f"{ref['energy']:.6f}"),
        ("statistics.1.csv, line 3", "quantized_energy", "12345", str(ref["quantized_energy"])),
        ("statistics.1.csv, line 4", "depth", "4", "3"),
    ]
    weights = [d for d in found if "weights.1.txt" in d.place]
    assert (weights[0].column, weights[0].theirs, weights[0].ours) == ("weight 1", "7", str(ref["weights"][0][0]))
    assert any("gate_statistics" in d.place and d.theirs == "mul 2" for d in found)


def test_a_run_without_its_end_is_killed_and_one_without_chromosomes_has_no_circuit(own_store, experiment):
    (experiment / "cgp_configs/cgp.1.config").unlink()
    store = Store.open()
    killed = store.find(import_one(store, experiment)[0].id)
    assert killed.status.state is State.KILLED
    assert killed.best().n_outputs == 16
    assert standing_of(killed) is Standing.IMPORTED
    for go_on in (manager.resume, manager.retry):
        with pytest.raises(InputError, match="was imported and cannot be"):
            go_on(killed)
    assert killed.status.state is State.KILLED
    path = experiment / "train_statistics/fitness/statistics.1.csv"
    rows = [line.rpartition(',"')[0] + ',""\n' for line in path.read_text().splitlines()]
    path.write_text("".join(rows))
    bare = store.find(import_one(store, experiment)[0].id)
    assert not bare.has_weights()
    assert bare.row()["error"] == killed.row()["error"]
    assert len(bare.progress()) == 4


def test_shared_clock_of_several_runs_in_a_process(own_store, experiment):
    config = experiment / "train_cgp.config"
    config.write_text(config.read_text().replace("number_of_runs: 1", "number_of_runs: 2"))
    first = experiment / "train_statistics/fitness/statistics.1.csv"
    second = first.with_name("statistics.2.csv")
    second.write_text(first.read_text().replace("3.500000", "9.000000").replace("\n1,", "\n2,"))
    store = Store.open()
    seconds = [store.find(run.id).status.seconds for run in import_one(store, experiment)]
    assert seconds == [3.5, 5.5]


def test_a_named_model_must_hold_the_weights(own_store, tmp_path, shared, model, case):
    selection = {"model_name": "lenet5-qat", "selection": "single_filter"}
    read = read_one(write_experiment(tmp_path / "foreign", shared, case))
    with pytest.raises(InputError, match="does not hold weights of model lenet5-qat"):
        find_origin(read.problem, "foreign", **selection)
    own = find_origin(_first_kernel(model), "x", "lenet5-qat")
    assert (own.selection, own.layer, own.parameters["filter"]) == ("single_filter", "conv1", 0)


def _first_kernel(model):
    from cgplab.selections import selection_by_name

    chosen = selection_by_name("single_filter")
    return chosen.select(model, **chosen.resolve({})).problem(model)


def test_nothing_stays_when_a_run_cannot_be_written(own_store, experiment, monkeypatch):
    first = experiment / "train_statistics/fitness/statistics.1.csv"
    first.with_name("statistics.2.csv").write_text(first.read_text())
    made = []

    def fail_at_the_second(target, *rest):
        made.append(target)
        if len(made) == 2:
            raise InputError("no space left")

    monkeypatch.setattr("cgplab.thesis.importing._fill", fail_at_the_second)
    store = Store.open()
    with pytest.raises(InputError, match="no space"):
        import_one(store, experiment)
    assert list(store.runs()) == []
    assert [p.name for p in store.root.iterdir()] == ["runs"]


def test_multiplexed_chromosomes_are_weighted_and_cut(tmp_path, shared):
    for index, case in enumerate(cases(shared, kind="multiplex")):
        tail = [2**31 - 1] * (case["n_out"] - 256)
        wide = {**case, "outs": case["outs"] + tail, "ref": {"error_se": case["ref"]["weighted_error_se"]}}
        path = tmp_path / f"case{index}"
        _write_multiplexed(path, shared, wide)
        read = read_one(path)
        run = read.runs[0]
        assert run.differences == []
        assert run.logged[0][1].multiplexed


def _write_multiplexed(path, shared, case):
    ref = {"quantized_energy": 0, "energy": 0.0, "area": 0.0, "quantized_delay": 0, "delay": 0.0, "gate_count": 0}
    ref |= {"gate_stats": {}, "weights": case["expected"], **case["ref"]}
    write_experiment(path, shared, {**case, "ref": ref})
    for folder in ("weights", "cgp_configs", "gate_statistics", "model_metrics"):
        shutil.rmtree(path / folder)
    row = f'1,5,"0.5",{case["ref"]["error_se"]},inf,inf,inf,inf,inf,nan,nan,"{chromosome(case)}"\n'
    (path / "train_statistics/fitness/statistics.1.csv").write_text(row)


@pytest.mark.parametrize(
    ("t", "metric"), [(0, "SE"), (0.5, "SE"), (1, "SE"), (11, "SE"), (5, "AE"), (5, "MSE"), (2.5, "AE")]
)
@pytest.mark.parametrize("n", [16, 2400, 7])
def test_the_strategy_comes_back_from_its_threshold(t, metric, n):
    problem = Problem([[1]], [list(range(16)) * 1] if n == 16 else [[0] * n])
    budget = {"SE": int(t * t * n), "AE": int(t * n), "MSE": int(t * t)}[metric]
    found = strategy_of(budget, problem, metric)
    assert {"SE": int(found**2 * n + 1e-9), "AE": int(found * n + 1e-9), "MSE": int(found**2 + 1e-9)}[metric] == budget
    if n == 2400 and metric != "MSE":
        assert found == t
