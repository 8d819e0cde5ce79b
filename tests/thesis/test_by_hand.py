"""A directory of the original written by hand: every number in it was worked out on paper."""

import pytest

from cgplab.store import Store
from cgplab.thesis import find_experiments, find_origin, import_experiment, read_experiment
from tests.thesis.test_bad_input import run_in_process

CONFIG = """\
function_input_arity: 2
function_output_arity: 1
input_count: 3
output_count: 3
row_count: 1
col_count: 3
look_back_parameter: 4
mse_threshold: 3
dataset_size: 1
"""
COSTS = {1: "10 0.5 12 100 0.3", 4: "4 0.25 6 50 0.1"}
"""Of add and neg; everything else is free."""
STATISTICS = """\
run,generation,timestamp,error,quantized_energy,energy,area,quantized_delay,delay,depth,gate_count,chromosome
1,1,0.01,65,inf,inf,inf,inf,inf,nan,inf,"{3,3,3,1,2,4,1}([3]0,1,1)([4]1,2,1)([5]0,0,1)(3,3,5)"
1,7,0.02,0,24,1.25,30,100,0.3,nan,3,"{3,3,3,1,2,4,1}([3]0,1,1)([4]1,2,1)([5]0,0,4)(3,4,5)"
"""


@pytest.fixture
def by_hand(tmp_path):
    place = tmp_path / "lab" / "mse_1"
    files = {
        "train_cgp.config": CONFIG,
        "train.data": "2 3 5\n5 8 -2\n",
        "gate_parameters.txt": "".join(COSTS.get(number, "0 0 0 0 0") + "\n" for number in range(31)),
        "train_statistics/fitness/statistics.1.csv": STATISTICS,
        "weights/weights.1.txt": "5 8 -2\n",
    }
    for name, text in files.items():
        (place / name).parent.mkdir(parents=True, exist_ok=True)
        (place / name).write_text(text)
    return place


def test_it_imports_and_checks_clean(by_hand, own_store):
    (experiment,) = find_experiments(by_hand.parent)
    read = read_experiment(experiment)
    # 2 + 3, 2 + 3, 2 + 2 for 5, 8, -2: 0 + 9 + 36 = 45, so the 65 in the file's first row is wrong.
    assert [(d.ours, d.theirs) for run in read.runs for d in run.differences] == [("45", "65")]
    path = by_hand / "train_statistics/fitness/statistics.1.csv"
    path.write_text(STATISTICS.replace("0.01,65", "0.01,45"))
    read = read_experiment(experiment)
    assert [d for run in read.runs for d in run.differences] == []
    store = Store.open(own_store)
    (imported,) = import_experiment(store, read, find_origin(read.problem, "mse_1"), "B")
    run = store.find(imported.id)
    assert (run.status.error, run.status.energy, run.status.area, run.status.delay) == (0, 1.25, 30.0, 0.3)
    assert run.manifest.strategy == 1.0
    assert store.verify() == []


@pytest.mark.parametrize(
    "wrong", [["--model", "nope"], ["--selection", "nope"], ["--metric", "nope"], ["--parameter", "layer"]]
)
def test_a_wrong_option_is_told_before_files_are_read(by_hand, own_store, wrong, capsys, monkeypatch):
    (by_hand / "train.data").write_text("not read")
    code, output = run_in_process(monkeypatch, capsys, "import-thesis", str(by_hand), *wrong)
    assert code == 2
    assert wrong[1] in output.err
    assert not own_store.exists()
