"""``cgplab stats``: figures of real runs, files, and refusals."""

import pytest
from scipy import stats as scipy_stats
from typer.testing import CliRunner

from cgplab.analysis import Frames
from cgplab.cli import app
from cgplab.errors import InputError
from cgplab.running import Request, plan, run_all
from cgplab.store import Store
from cgplab.study.sealed_studies import example_studies
from cgplab.words import digits


@pytest.fixture(scope="module")
def evolved(tmp_path_factory):
    """Store with two seeds of three strategies on three kernels' grids."""
    store = Store(tmp_path_factory.mktemp("stats") / "store")
    request = Request(
        model="lenet5-qat", selection="single_filter", strategies=[0.0, 5.0, 11.0], grids=["3x4", "4x4", "5x5"], runs=2,
        seed=7, generations=200,
    )  # fmt: skip
    run_all([store.create(manifest) for manifest in plan(request)], lambda *_: None, jobs=1)
    return store


def stats(*arguments):
    return CliRunner().invoke(app, ["stats", *map(str, arguments)])


def test_friedman_nemenyi_and_the_diagram(evolved, tmp_path):
    done = stats(
        "--store", evolved.root, "--response", "error", "--factor", "strategy", "--block", "grid", "--latex",
        "--out", tmp_path / "o",
    )  # fmt: skip
    assert done.exit_code == 0, done.exception
    assert "3 blocks (grid), each cell the median of 2 runs; n = 9." in done.stdout
    assert "Friedman test" in done.stdout
    assert "Nemenyi" in done.stdout
    names = sorted(path.name for path in (tmp_path / "o").iterdir())
    assert names == [f"stats_error_by_strategy.{e}" for e in ("pdf", "png", "svg", "tex")]


def test_runs_that_differ_in_more_than_the_factor_are_refused_with_the_ways_on(evolved, tmp_path):
    options = ("--store", evolved.root, "--response", "error", "--out", tmp_path, "--format", "svg")
    refused = str(stats(*options).exception)
    assert "these runs also differ in grid (3x4; 4x4; 5x5)" in refused
    assert "--where grid=3x4 | --where grid=4x4 | --where grid=5x5" in refused
    done = stats(*options, "--where", "grid=5x5")
    assert done.exit_code == 0
    assert done.stdout.startswith("batch ")


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ((), "no run has accuracy_loss yet; measure it with: cgplab metrics"),
        (("--response", "hue"), "no column 'hue'"),
        (
            ("--response", "error", "--factor", "layer", "--where", "grid=3x4", "--where", "strategy=5"),
            "layer has one level only, conv1;",
        ),
        (("--response", "error", "--format", "gif"), "unknown format 'gif'"),
        (("--response", "error", "--where", "grid"), "must be COLUMN=VALUE"),
        (("--response", "error", "--where", "grid=9x9"), "no run with grid=9x9; grid is one of: 3x4, 4x4, 5x5"),
        (
            ("--response", "error", "--block", "layer", "--where", "grid=3x4"),
            "1 block of layer; a comparison within blocks needs 3 or more",
        ),
    ],
)
def test_refusals(evolved, tmp_path, options, message):
    done = stats("--store", evolved.root, "--out", tmp_path / "o", *options)
    assert isinstance(done.exception, InputError)
    assert message in str(done.exception)
    assert not (tmp_path / "o").exists()


def test_further_questions_of_one_comparison(evolved, tmp_path):
    done = stats(
        "--store", evolved.root, "--response", "error", "--factor", "strategy", "--block", "grid", "--control", "0",
        "--equivalent-within", "1e6", "--power", "50", "--latex", "--format", "svg", "--out", tmp_path,
    )  # fmt: skip
    assert done.exit_code == 0, done.exception
    parts = done.stdout.split("\n\n")
    assert parts[1].startswith("Error against the control, strategy 0: 3 blocks (grid)")
    assert parts[2].startswith("Equivalence of error with strategy 0 within ±1,000,000: 3 blocks (grid)")
    assert "Bayesian signed-rank test" in parts[2]
    assert parts[3].startswith("Power to show a difference of 50 in error between two levels")
    assert (tmp_path / "stats_error_by_strategy.tex").read_text().count("% needs:") == 5
    refused = stats(
        "--store", evolved.root, "--response", "error", "--factor", "strategy", "--block", "grid", "--mixed"
    )
    assert "a mixed model needs two or more values of layer or kernel" in str(refused.exception)


def test_the_users_condition_takes_the_place_of_the_plans(tmp_path):
    done = stats(
        "--study", "single_channel", "--store", tmp_path / "runs", "--where", "search=construct",
        "--response", "energy", "--format", "svg", "--out", tmp_path,
    )  # fmt: skip
    assert "search=nearest wiring" not in str(done.exception) + done.stdout


def test_the_mean_difference_of_two_levels_has_its_unit_and_interval(tmp_path):
    done = stats("--study", "grid_size", "--store", tmp_path / "runs", "--format", "svg", "--out", tmp_path)
    assert done.exit_code == 0, done.exception
    frame = Frames(example_studies()["grid_size"])["runs"]
    cells = frame[frame["within"].astype(bool)].groupby(["kernel", "grid"])["energy"].median().unstack()
    own = scipy_stats.ttest_rel(cells["5x5"], cells["10x10"])
    low, high = own.confidence_interval()
    mean = (cells["5x5"] - cells["10x10"]).mean()
    told = f"{digits(mean)} pJ (95 % interval {digits(low)} to {digits(high)} pJ)"
    assert f"Mean difference 5x5 – 10x10: {told}." in done.stdout


@pytest.mark.slow
def test_further_questions_of_accuracies_know_that_layers_share_the_images(tmp_path):
    done = stats(
        "--study", "mobilenet", "--store", tmp_path / "runs", "--control", "0", "--equivalent-within", "0.1", "--mixed",
        "--power", "0.05", "--latex", "--format", "svg", "--out", tmp_path,
    )  # fmt: skip
    assert done.exit_code == 0, done.exception
    _, control, equivalent, mixed, power, _ = done.stdout.split("\n\n")
    assert "A level differs only if the bootstrap over images and layers tells it apart too." in control
    assert control.count("cannot be told apart") == 3
    assert (
        "A verdict holds only if the bootstrap over images and layers bears it out (n = 10,000 images)." in equivalent
    )
    assert equivalent.count("; equivalent.") == 3
    assert "measured on the same images, but this result treats the runs as independent" in mixed
    assert "measured on the same images, but this result treats the runs as independent" in power
