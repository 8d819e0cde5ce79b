"""Figures, tests and savings work on one study at a time, and pool no experiments."""

import re
import shlex

import pytest

from cgplab.running import Request, plan, run_all
from cgplab.store import Store
from cgplab.study.library import Library
from tests.study.studies import text_of


@pytest.fixture(scope="module")
def place(tmp_path_factory):
    """A store with the study's runs, one of them twice, and those of two other experiments."""
    store = Store(tmp_path_factory.mktemp("scopes") / "store")
    common = {
        "model": "lenet5-qat",
        "selection": "single_filter",
        "strategies": [0.0, 5.0],
        "generations": 300,
        "runs": 2,
    }
    requests = [
        Request(**common, grids=["3x4"]),
        Request(**common | {"strategies": [0.0], "runs": 1}, grids=["3x4"]),
        Request(**common, grids=["4x4", "3x5"], parameters={"filter": 1}),
        Request(**common | {"generations": 301}, grids=["3x4"], wiring="evolved"),
    ]
    run_all([store.create(manifest) for request in requests for manifest in plan(request)], lambda *_: None)
    Library(store).add(text_of(), "small.toml")
    return store


@pytest.fixture
def asked(cgplab, place, tmp_path):
    """A command on the store; what it writes is below ``out``."""
    return lambda *words: cgplab(*words, "--store", place.root, "--out", tmp_path / "out")


def test_a_study_alone_is_drawn_and_compared(asked, tmp_path):
    drawn = asked("figures", "measures_by_strategy", "critical_difference", "--format", "svg", "--latex")
    assert drawn.returncode == 0, drawn.stderr
    assert "study kernels: 4 runs" in drawn.stderr
    assert sorted(path.name for path in (tmp_path / "out").iterdir() if path.suffix == ".svg") == [
        "critical_difference.svg", "measures_by_strategy.svg",
    ]  # fmt: skip
    compared = asked("stats", "--format", "svg")
    assert compared.returncode == 0, compared.stderr
    assert compared.stdout.startswith("study kernels\n")
    assert "n = 4." in compared.stdout
    other = asked("stats", "--response", "generation", "--format", "svg")
    assert "n = 4." in other.stdout


def test_costs_of_runs_above_budget_are_not_compared_but_their_success_is(asked):
    answer = asked("stats", "--response", "gate_count", "--format", "svg")
    assert answer.returncode == 2
    rates = "uns within budget by strategy: 0 of 2 at 0, 2 of 2 at 5"
    assert f"R{rates}." in answer.stdout
    assert (
        f"among the runs within budget: strategy has one level only, 5.0; a comparison needs two or more; r{rates}"
        in (answer.stderr)
    )
    assert "Fisher's exact test: p = 0.33" in answer.stderr


def test_conditions_narrow_the_planned_comparison_too(asked):
    narrowed = asked("figures", "critical_difference", "--format", "svg", "--where", "strategy=5")
    assert narrowed.returncode == 2
    assert "strategy has one level only" in narrowed.stderr


def test_every_experiment_gets_a_file_of_its_own(asked, tmp_path):
    drawn = asked("figures", "measures_by_strategy", "--study", "all", "--format", "svg")
    assert drawn.returncode == 0, drawn.stderr
    assert "all 17 runs of " in drawn.stderr
    assert "without 1 repeated: 16 runs" in drawn.stderr
    assert sorted(path.name for path in (tmp_path / "out").glob("*.svg")) == [
        "measures_by_strategy.evolved-wiring-3x4.svg",
        *(f"measures_by_strategy.nearest-wiring-{grid}.svg" for grid in ("3x4", "3x5", "4x4")),
    ]  # fmt: skip
    assert all(path.with_suffix(".txt").read_text().endswith(".\n") for path in (tmp_path / "out").glob("*.svg"))


def test_each_restriction_that_is_offered_leads_to_a_comparison(asked):
    done, left = set(), [()]
    while left:
        conditions = left.pop()
        options = [word for condition in conditions for word in ("--where", condition)]
        answer = asked("stats", "--study", "all", "--response", "generation", "--format", "svg", *options)
        if answer.returncode == 0:
            done.add(conditions)
            continue
        (line,) = answer.stderr.strip().splitlines()
        offered = re.findall(r"--where ('[^']*'|\S+)", line)
        assert "these runs also differ in" in line
        assert offered, line
        left += [(*conditions, *shlex.split(way)) for way in offered]
    assert len(done) >= 3


def test_savings_are_those_of_the_study(cgplab, place):
    told = cgplab("compression", "--store", place.root, "--json")
    assert told.returncode == 0, told.stderr
    runs = set(re.findall(r'"id": "([0-9A-Z]{26})"', told.stdout))
    listed = cgplab("runs", "list", "--study", "kernels", "--store", place.root, "--json").stdout
    assert runs == set(re.findall(r'"id": "([0-9A-Z]{26})"', listed))
    assert len(runs) == 4


def test_nothing_to_draw_is_said_with_its_reason(asked):
    nothing = asked("figures", "accuracy_loss", "--study", "all", "--format", "svg")
    assert nothing.returncode == 2
    assert nothing.stderr.splitlines()[-1] == "cgplab: no run has an accuracy yet; measure it with: cgplab metrics"
