"""Studies show what the runs say, in the words of their store, and never pool experiments."""

from dataclasses import replace

import pytest

from cgplab.analysis.mixture import MixedError
from cgplab.errors import InputError
from cgplab.running import Request, plan, run_all
from cgplab.schema import read_arrays
from cgplab.store import Store
from cgplab.study import Study, tables
from cgplab.study.drawn import MOST
from cgplab.study.library import Library
from tests.figures import made_up
from tests.study.studies import design_of, fill, text_of


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


@pytest.fixture
def study(store):
    return Study("all", store)


def test_a_study_is_narrowed_by_any_column_and_by_the_way_of_searching(study, store):
    assert len(study) == 6
    assert sorted(study.runs["search"]) == ["evolved wiring"] * 2 + ["nearest wiring"] * 4
    part = study.where(search=["nearest wiring", "construct"], strategy=5)
    assert len(part) == 2
    assert set(part.frame("progress")["id"]) <= set(part.runs["id"])
    assert repr(part).endswith(", 2 runs: search=nearest wiring,construct; strategy=5")
    assert list(part.where(seed=2).runs["seed"]) == [2]
    assert list(Study("all", store, ["seed=2"], strategy=5).runs["id"]) == list(part.where(seed=2).runs["id"])
    with pytest.raises(InputError, match="no run with grid=9x9"):
        study.where(grid="9x9")


def test_tables_say_whose_runs_they_show(study):
    overview = study.overview().set_index("search")
    assert dict(overview["runs"]) == {"nearest wiring": 4, "evolved wiring": 2}
    assert overview.loc["nearest wiring", "strategies"] == "0, 5"
    assert overview.loc["evolved wiring", "most generations"] == "500"

    summary = study.summary(measures=["error", "gate_count"])
    assert summary.index.names == ["search", "strategy"]
    assert [key for key in summary.index if key[0] == "nearest wiring"] == [
        ("nearest wiring", "0"),
        ("nearest wiring", "5"),
    ]
    nearest = study.where(search="nearest wiring")
    low, middle, high = nearest.where(strategy=5).runs["error"].astype(float).quantile([0.25, 0.5, 0.75])
    assert nearest.summary(measures=["error"]).loc["5", "error"] == f"{middle:.4g} [{low:.4g}, {high:.4g}]"
    assert list(summary["runs"]) == ["1", "1", "2", "2"]
    assert list(study.summary(by="search").index) == [
        (strategy, search) for strategy in ("0", "5") for search in ("evolved wiring", "nearest wiring")
    ]
    with pytest.raises(InputError, match="no column 'colour'"):
        study.summary(by="colour")


def test_a_summary_takes_costs_of_runs_within_budget_only_and_errors_of_all():
    """Energies 1 to 4, of which 3 and 4 are above budget; then none within."""
    runs = made_up.table(8, threshold=10).assign(
        strategy=[0.0] * 4 + [1.0] * 4, error=[0, 10, 20, 30] + [11] * 4, energy=[1.0, 2.0, 3.0, 4.0] + [0.5] * 4,
        accuracy_loss=[0.1, 0.1, 5.0, 5.0] + [0.2] * 4, grid="5x5",
    )  # fmt: skip
    told = tables.summary(runs, "strategy", ["error", "energy", "accuracy_loss"])
    assert told.to_numpy().tolist() == [
        ["4", "2 of 4", "15 [7.5, 22.5]", "1.5 [1.25, 1.75]", "0.1"],
        ["4", "0 of 4", "11", "–", "–"],
    ]


def test_the_best_of_a_study_is_within_budget(study):

    best = study.best(by=["strategy"])
    assert list(best["best of"]) == [3, 3]
    assert best["id"].iloc[1] == study.best_run(strategy=5).id
    assert best["energy"].iloc[1] == study.runs.query("strategy == 5 and error <= threshold")["energy"].min()


def test_a_figure_is_one_or_one_for_each_experiment(study, tmp_path):
    both = study.figure("measures_by_strategy")
    assert set(both.drawings) == {"nearest wiring", "evolved wiring"}
    assert both._repr_html_().count("<b>") == both._repr_html_().count('src="data:image/png;base64,') == 2
    assert sorted(path.name for path in both.save(tmp_path, ["svg"])) == [
        "measures_by_strategy.evolved-wiring.svg",
        "measures_by_strategy.evolved-wiring.txt",
        "measures_by_strategy.nearest-wiring.svg",
        "measures_by_strategy.nearest-wiring.txt",
    ]
    nearest = study.where(search="nearest wiring")
    one = nearest.figure("measures_by_strategy")
    assert one.png().startswith(b"\x89PNG")
    assert [path.name for path in one.save(tmp_path, ["svg"])] == [
        "measures_by_strategy.svg",
        "measures_by_strategy.txt",
    ]
    # Which titles stand above the pictures, and why one is missing, is text and no HTML.
    both.left_out["<i>"] = "nothing & more"
    assert "&lt;i&gt;: nothing &amp; more" in both._repr_html_()
    with pytest.raises(InputError, match="unknown figure 'scatter'"):
        study.figure("scatter")
    with pytest.raises(InputError, match="synthesised yet"):
        study.figure("synthesis")


def test_too_many_experiments_are_refused_with_the_choice(study, monkeypatch):
    monkeypatch.setattr("cgplab.study.drawn.MOST", 1)
    with pytest.raises(MixedError, match=r"would be 2 figures.*\.where\(search='nearest wiring'\)") as refused:
        study.figure("measures_by_strategy")
    assert "search=evolved wiring" in refused.value.choices
    assert MOST > 1


def test_experiments_are_not_compared_as_one(study):
    with pytest.raises(MixedError, match="also differ in search"):
        study.compare("error", "strategy")
    found = study.where(search="nearest wiring").compare("error", "strategy")
    assert 'alt="Average ranks of strategy"' in study.diagram(found)._repr_html_()


def test_no_run_is_the_best_of_several_selections(tmp_path):
    store = Store(tmp_path)
    for selection in ("single_filter", "worst_case"):
        request = Request("lenet5-qat", selection, strategies=[11.0], generations=20)
        run_all([store.create(manifest) for manifest in plan(request)], lambda *_: None)
    study = Study("all", store)
    with pytest.raises(MixedError, match="differ in selection"):
        study.best_run()
    assert list(study.best(by=["strategy"])["selection"]) == ["single_filter", "worst_case"]


def test_a_study_that_ships_tells_its_question_design_plan_and_limits():
    study = Study("slider")
    assert study.question.startswith("How does a circuit grow better")
    assert list(study.design["done"]) == ["3 of 3"] * 4
    assert list(study.design["strategy"]) == ["0", "5"] * 2
    assert study.planned().samples.factor == "search"
    assert any(text.startswith("4 cells have fewer than 5 seeds") for text in study.limits)
    assert study.limits._repr_markdown_().startswith("* ")


def test_runs_of_several_versions_are_among_the_limits(tmp_path):
    store = Store(tmp_path)
    Library(store).add(text_of(), "small.toml")
    first, *_ = fill(store, design_of())
    assert not any("versions or commits of cgplab" in text for text in Study("kernels", store).limits)
    manifest = first.manifest
    replace(manifest, versions=manifest.versions | {"cgplab": "0.0.9"}).write(first.directory / "manifest.json")
    assert any(text.startswith("The runs were made with 2 versions") for text in Study("kernels", store).limits)


def test_runs_without_a_study_have_no_design(study):
    assert study.question == ""
    with pytest.raises(InputError, match="give the name of a study"):
        _ = study.limits
    with pytest.raises(InputError, match="give the name of a study"):
        _ = Study("all", study._scope.store).design
    with pytest.raises(InputError, match="plans no comparison"):
        study.planned()


def test_weights_are_those_that_the_run_stored(study, model):
    run = study.best_run(strategy=5)
    drawing = study.weights(run)
    original, inferred, error = (axes.images[0].get_array().filled(0) for axes in drawing.figure.axes[:3])
    kernel = read_arrays(run.directory / "weights.npz")["layer.conv1"][0, 0]
    assert (inferred == kernel).all()
    assert (original == model.int8_weights("conv1")[0, 0]).all()
    assert (error == inferred - original).all()
    assert f"t = 5, {run.manifest.search}, grid 5x5, seed {run.manifest.seed}" in drawing.title
    with pytest.raises(InputError, match="infers no weights of 'conv2'"):
        study.weights(run, "conv2")
    assert f"circuit_{run.id[-8:]}" in study.circuit(run, "c")
