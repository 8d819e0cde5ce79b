"""Files out and in again."""

import shutil

import pytest

from cgplab.errors import InputError
from cgplab.running import Request, plan, run_all
from cgplab.store import Store
from cgplab.thesis import export_runs, find_experiments, find_origin, import_experiment, read_experiment
from tests.thesis.golden import cases, write_experiment


def imported(store, path):
    read = read_experiment(find_experiments(path)[0])
    origin = find_origin(read.problem, str(path))
    return [store.find(run.id) for run in import_experiment(store, read, origin, "B" * 26)]


def contents(root):
    return {str(path.relative_to(root)): path.read_bytes() for path in root.rglob("*") if path.is_file()}


@pytest.mark.parametrize("index", [0, -1], ids=["one vector", "three vectors"])
def test_imported_files_come_back_byte_for_byte(own_store, tmp_path, shared, index):
    path = write_experiment(tmp_path / "mse_1.0_5_5", shared, cases(shared, build="single_output")[index])
    (exported,) = export_runs(imported(Store.open(), path), tmp_path / "out")
    assert exported.experiment == "mse_1.0_5_5"
    assert contents(tmp_path / "out" / "mse_1.0_5_5") == contents(path)


def test_packed_statistics_and_several_runs(own_store, tmp_path, experiment):
    first = experiment / "train_statistics/fitness/statistics.1.csv"
    first.with_name("statistics.12.csv").write_text(first.read_text())
    shutil.copyfile(experiment / "weights/weights.1.txt", experiment / "weights/weights.12.txt")
    runs = imported(Store.open(), experiment)
    out = tmp_path / "out"
    export_runs(runs, out, archive=True)
    assert sorted(path.name for path in out.rglob("statistics.*.zip")) == [
        "statistics.1.csv.zip",
        "statistics.12.csv.zip",
    ]
    again = read_experiment(find_experiments(out)[0])
    assert [run.run for run in again.runs] == [1, 12]
    # Two imports of the same number cannot share a name.
    other = Store(tmp_path / "other")
    twice = [*runs[:1], *imported(other, experiment)[:1]]
    assert [one.run for one in export_runs(twice, tmp_path / "twice")] == [1, 2]
    assert (tmp_path / "twice/mse_3.02_5_5/weights/weights.2.txt").is_file()


@pytest.mark.parametrize("selection", ["single_filter", "all_layers"])
def test_our_own_runs_import_clean(own_store, tmp_path, selection):
    store = Store.open()
    request = Request(
        model="lenet5-qat", selection=selection, strategies=[0.0, 5.0], runs=2, generations=200, grids=["4x6"]
    )
    runs = [store.create(manifest) for manifest in plan(request)]
    run_all(runs, lambda *_: None, jobs=1)
    runs[0].write_metrics({"mnist/test": {"top1": 99.4, "top5": 100.0, "loss": 0.02, "measured": "2026-01-01"}})
    exported = export_runs(runs, tmp_path / "out")
    assert [one.run for one in exported] == [1, 2, 1, 2]
    assert len({one.experiment for one in exported}) == 2
    target = Store(tmp_path / "again")
    for experiment in find_experiments(tmp_path / "out"):
        read = read_experiment(experiment)
        assert all(run.differences == [] for run in read.runs)
        origin = find_origin(read.problem, experiment.name, "lenet5-qat", selection)
        import_experiment(target, read, origin, "B" * 26)
    back = {(run.manifest.strategy, run.manifest.seed): run for run in target.runs()}
    assert len(back) == 4
    for seed, run in ((s, r) for s in (1, 2) for r in runs if r.manifest.seed == s):
        twin = back[run.manifest.strategy, seed]
        assert twin.best() == run.best()
        assert twin.manifest.layer == run.manifest.layer
        for name in ("n_inputs", "n_outputs", "missing_weights", "threshold", "grid", "l_back", "costs_sha256"):
            if selection == "single_filter" or name != "costs_sha256":
                assert getattr(twin.manifest, name) == getattr(run.manifest, name)
        assert len(twin.progress()) == len(run.progress()) + 1
        assert {n: w.tolist() for n, w in twin.weights().items()} == {n: w.tolist() for n, w in run.weights().items()}
    assert back[0.0, 1].metrics()["mnist/test (original)"]["top1"] == 99.4


def test_export_refuses_what_it_cannot_write(own_store, tmp_path, quick):
    store = Store.open()
    pending = store.create(plan(quick)[0])
    with pytest.raises(InputError, match="no circuit yet"):
        export_runs([pending], tmp_path / "out")
    assert not (tmp_path / "out").exists()
    (tmp_path / "used").mkdir()
    (tmp_path / "used/file").touch()
    with pytest.raises(InputError, match="not an empty directory"):
        export_runs([], tmp_path / "used")
