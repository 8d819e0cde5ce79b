"""Studies show what the runs say, in the words of their store."""

import pytest

from cgplab.errors import InputError
from cgplab.running import Request, plan, run_all
from cgplab.schema import read_arrays
from cgplab.store import Store
from cgplab.study import Study


@pytest.fixture(scope="module")
def store(tmp_path_factory):
    """Runs of one kernel found in two ways."""
    found = Store(tmp_path_factory.mktemp("study"))
    base = {"model": "lenet5-qat", "selection": "single_filter", "strategies": [0.0, 5.0], "grids": ["5x5"]}
    runs = [
        found.create(manifest)
        for request in (
            Request(**base, runs=2, generations=2000),
            Request(**base, wiring="evolved", generations=500),
        )
        for manifest in plan(request)
    ]
    run_all(runs, lambda run, progress: None)
    return found


def test_a_study_is_narrowed_by_any_column_and_by_the_way_of_searching(store):
    study = Study(store)
    assert len(study) == 6
    assert list(study.runs["search"]) == ["nearest wiring"] * 4 + ["evolved wiring"] * 2
    part = study.where(search=["nearest wiring", "construct"], strategy=5)
    assert len(part) == 2
    assert set(part.frame("progress")["id"]) <= set(part.runs["id"])
    assert repr(part) == "Study of 2 runs: search=nearest wiring,construct; strategy=5"
    assert list(part.where(seed=2).runs["seed"]) == [2]
    assert list(Study(store, ["seed=2"], strategy=5).runs["id"]) == list(part.where(seed=2).runs["id"])
    with pytest.raises(InputError, match="no run with grid=9x9"):
        study.where(grid="9x9")


def test_tables_of_a_study(store):
    study = Study(str(store.root))
    overview = study.overview().set_index("search")
    assert dict(overview["runs"]) == {"nearest wiring": 4, "evolved wiring": 2}
    assert overview.loc["nearest wiring", "strategies"] == "0, 5"
    assert overview.loc["evolved wiring", "most generations"] == "500"

    summary = study.summary(by="strategy", measures=["error", "gate_count"])
    errors = study.runs.query("strategy == 5")["error"].astype(float).quantile([0.25, 0.5, 0.75])
    low, middle, high = errors
    assert summary.loc["5", "error"] == f"{middle:.4g} [{low:.4g}, {high:.4g}]"
    assert summary.loc["5", "runs"] == "3"
    assert list(study.summary(by="search").index) == ["evolved wiring", "nearest wiring"]
    with pytest.raises(InputError, match="no column 'colour'"):
        study.summary(by="colour")

    best = study.best(by=["strategy"])
    assert best["id"].iloc[1] == study.best_run(strategy=5).id
    assert (
        study.runs.set_index("id").loc[best["id"].iloc[1], "energy"]
        == study.runs.query("strategy == 5")["energy"].min()
    )


def test_figures_of_a_study_show_themselves(store, tmp_path):
    study = Study(store)
    drawing = study.figure("measures_by_strategy")
    assert drawing._repr_png_().startswith(b"\x89PNG")
    assert [path.name for path in drawing.save(tmp_path, ["svg"])] == ["measures_by_strategy.svg"]
    assert study.diagram(study.compare("error", "search"))._repr_png_().startswith(b"\x89PNG")
    with pytest.raises(InputError, match="unknown figure 'scatter'"):
        study.figure("scatter")


def test_weights_are_those_that_the_run_stored(store, model):
    study = Study(store)
    run = study.best_run(strategy=5)
    figure = study.weights(run).figure
    original, inferred, error = (axes.images[0].get_array().filled(0) for axes in figure.axes[:3])
    kernel = read_arrays(run.directory / "weights.npz")["layer.conv1"][0, 0]
    assert (inferred == kernel).all()
    assert (original == model.int8_weights("conv1")[0, 0]).all()
    assert (error == inferred - original).all()
    with pytest.raises(InputError, match="infers no weights of 'conv2'"):
        study.weights(run, "conv2")
    assert f"circuit_{run.id[-8:]}" in study.circuit(run, "c")
