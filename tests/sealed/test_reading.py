"""A sealed run tells what the live one tells, by every method there is; and nothing changes it."""

import pandas as pd
import pyarrow as pa
import pytest

from cgplab.analysis import Frames
from cgplab.analysis.run_table import RunTable
from cgplab.errors import InputError
from cgplab.running.standing import standing_of
from cgplab.sealed import open_store, rows
from cgplab.sealed.writing import seal_runs
from cgplab.store import Run, RunSigns, RunWatch, State, Status, Store
from cgplab.store.frames import last_progress, progress_frame
from cgplab.study.kept_scopes import KeptScopes
from tests.sealed.every_kind import STUDY, alike, finished

READ = {
    "id": lambda run: run.id,
    "manifest": lambda run: run.manifest,
    "status": lambda run: run.status,
    "observed": lambda run: run.observed(),
    "status_or_rebuilt": lambda run: run.status_or_rebuilt(),
    "mend_status": lambda run: run.mend_status(),
    "requested": lambda run: run.requested(),
    "is_there": lambda run: run.is_there(),
    "is_held": lambda run: run.is_held(),
    "events": lambda run: run.events(),
    "progress": lambda run: run.progress(),
    "follow_progress": lambda run: [(reader := run.follow_progress()).new_rows(), reader.new_rows()],
    "best": lambda run: run.best(),
    "has_best": lambda run: run.has_best(),
    "history": lambda run: run.history(),
    "weights": lambda run: run.weights(),
    "weight_arrays": lambda run: run.weight_arrays(),
    "weight_layers": lambda run: run.weight_layers(),
    "has_weights": lambda run: run.has_weights(),
    "carried_problem": lambda run: run.carried_problem(),
    "carried_costs": lambda run: (found := run.carried_costs()) and (found.name, found.sha256),
    "costs": lambda run: (run.costs().name, run.costs().sha256),
    "metrics": lambda run: run.metrics(),
    "synthesis": lambda run: run.synthesis(),
    "annotations": lambda run: run.annotations(),
    "tags": lambda run: run.tags,
    "note": lambda run: run.note,
    "stored_row": lambda run: run.stored_row(),
    "row": lambda run: [run.row(), run.row("mnist/train"), run.row("nothing")],
}
CHANGE = {
    "directory": lambda run: run.directory,
    "write_status": lambda run: run.write_status(Status(State.PENDING, "2026-01-01")),
    "check_there": lambda run: run.check_there(),
    "claimed": lambda run: run.claimed().__enter__(),
    "request": lambda run: run.request("stop"),
    "clear_request": lambda run: run.clear_request(),
    "remove_leftovers": lambda run: run.remove_leftovers(),
    "add_event": lambda run: run.add_event("x"),
    "open_progress": lambda run: run.open_progress(1),
    "write_best": lambda run: run.write_best(run.best()),
    "write_weights": lambda run: run.write_weights(run.weight_arrays()["outputs"], {}),
    "drop_metrics": lambda run: run.drop_metrics(),
    "write_metrics": lambda run: run.write_metrics({}),
    "write_synthesis": lambda run: run.write_synthesis({}),
    "annotate": lambda run: run.annotate(add=("x",)),
    "finish": lambda run: run.finish(run.status),
    "seal": lambda run: run.seal(run.status),
}
OTHER_FILES = {"place", "signs", "best_sign", "shared_progress"}
"""Of the files that hold a run, which are others."""
STORE_READ = {
    "changes", "content", "exists", "is_free", "root", "run", "runs", "table", "frame", "verify", "find", "study_text",
    "sensitivity_tables", "baselines", "all_baselines", "open",
}  # fmt: skip
STORE_CHANGE = {
    "runs_directory": lambda store: store.runs_directory,
    "check_writable": lambda store: store.check_writable(),
    "create": lambda store: store.create(next(store.runs()).manifest),
    "create_all": lambda store: store.create_all([next(store.runs()).manifest]),
    "reindex": lambda store: store.reindex(),
    "delete": lambda store: store.delete(next(store.runs())),
    "merge": lambda store: store.merge(store.root.parent),
}


def public(kind):
    return {name for name in dir(kind) if not name.startswith("_")}


def test_no_method_of_a_run_or_store_is_forgotten(sealed):
    assert public(Run) == READ.keys() | CHANGE.keys() | OTHER_FILES
    assert public(sealed) == STORE_READ | STORE_CHANGE.keys()


@pytest.mark.parametrize("name", READ)
def test_a_sealed_run_tells_what_the_live_one_tells(live, sealed, name):
    runs = finished(live)
    assert [run.id for run in runs] == [run.id for run in sealed.runs()]
    for run, same in zip(runs, sealed.runs(), strict=True):
        assert alike(READ[name](run), READ[name](same)), run.id


@pytest.mark.parametrize("name", CHANGE)
def test_what_would_change_a_sealed_run_says_where_it_can_be_changed(sealed, path, name):
    with pytest.raises(InputError, match=f"{path} is sealed and read-only; .*: cgplab runs merge {path}$"):
        CHANGE[name](next(sealed.runs()))


@pytest.mark.parametrize("name", STORE_CHANGE)
def test_what_would_change_a_sealed_store_says_so(sealed, name):
    before = sealed.root.read_bytes()
    with pytest.raises(InputError, match="is sealed and read-only"):
        STORE_CHANGE[name](sealed)
    with pytest.raises(InputError, match="is sealed and read-only"):
        Store.open(sealed.root, to_fill=True)
    assert sealed.root.read_bytes() == before


def test_a_sealed_store_tells_what_the_live_one_tells(live, sealed, template):
    ids = [run.id for run in finished(live)]
    for dataset in (None, "mnist/train", "nothing"):
        found, expected = sealed.table(dataset), live.table(dataset)
        assert found.rows == [row for row in expected.rows if row["id"] in ids]
        assert [run.id for run in found.runs] == ids
        assert found.damaged == {}
    assert sealed.study_text == STUDY
    assert sealed.find(ids[1][-6:]).id == ids[1]
    assert list(sealed.sensitivity_tables()) == list(live.sensitivity_tables())
    kept = [each for each in live.all_baselines() if each["key"] != template.other]
    assert list(sealed.all_baselines()) == kept  # those of models without runs stay behind
    assert [sealed.baselines(each["key"]) for each in kept] == [each["accuracies"] for each in kept]
    assert sealed.baselines(template.other) == {}
    assert sealed.verify() == []


def test_a_run_that_is_not_there(sealed):
    gone = sealed.run("7" * 26)
    assert not gone.is_there()
    with pytest.raises(InputError, match="no run 7777"):
        _ = gone.manifest
    with pytest.raises(InputError, match="no run 'xyz'"):
        sealed.find("xyz")
    with pytest.raises(InputError, match="no such file"):
        open_store(sealed.root.with_name("absent.cgplab"))


@pytest.mark.parametrize(
    "name", ["runs", "progress", "accuracies", "gate_usage", "synthesis", "best", "missing_weights", "pareto",
             "compression", "sensitivity"],
)  # fmt: skip
def test_frames_over_a_sealed_study_are_those_over_its_runs(live, sealed, name):
    for run in {run.id for run in live.runs()} - {run.id for run in finished(live)}:
        live.delete(live.run(run))
    pd.testing.assert_frame_equal(Frames(sealed)[name], Frames(live)[name])


def test_progress_of_sealed_and_live_runs_together(live, sealed):
    one, two, three = finished(live)
    chosen = [sealed.run(one.id), two, sealed.run(three.id)]
    for frame in (progress_frame, last_progress):
        for columns in (("error", "phase"), ("generation", "seconds", "energy")):
            pd.testing.assert_frame_equal(frame(chosen, columns), frame([one, two, three], columns))
    assert progress_frame([sealed.run(two.id)], ["error"])["run"].unique().tolist() == [two.id]


def test_views_that_look_again_and_again(live, sealed):
    table = RunTable.of(sealed)
    assert table is RunTable.of(sealed)
    before = table.version
    frame = table.frame()
    assert frame is table.frame()
    assert table.version == before
    expected = RunTable.of(live).frame()
    expected = expected[expected["state"] == "finished"].reset_index(drop=True)
    pd.testing.assert_frame_equal(frame, expected, check_dtype=False)
    assert [run.id for run in table.batch()] == frame.loc[frame["batch"] == frame["batch"].iloc[-1], "id"].tolist()
    kept = KeptScopes.of(sealed)
    assert kept.frames() is KeptScopes.of(sealed).frames()
    run = next(sealed.runs())
    watch = RunWatch(run, RunSigns([run]))
    assert watch.look() == (run.progress(), True)
    assert watch.look() == ([], False)
    assert (watch.new_best(), watch.new_best()) == (True, False)
    assert [standing_of(run) for run in sealed.runs()] == ["imported", "finished", "finished"]


def test_another_file_in_its_place_does_not_mix_with_what_is_open(sealed, path, tmp_path):
    runs = list(sealed.runs())
    (tmp_path / "new").write_bytes(b"something else")
    (tmp_path / "new").replace(path)
    assert runs[0].best().n_outputs == runs[0].manifest.n_outputs
    with pytest.raises(InputError, match="not a sealed study"):
        open_store(path)


def test_without_its_model_only_weights_are_missing(sealed, monkeypatch):
    def gone(name):
        raise InputError(f"unknown model {name!r}")

    monkeypatch.setattr("cgplab.work.load_model", gone)
    whole, first, _ = sealed.runs()
    with pytest.raises(InputError, match="unknown model"):
        first.weights()
    assert first.weight_layers() == ["conv1"]
    assert whole.weights().keys() == {"l"}  # stored: no model gives them
    assert len(Frames(sealed)["gate_usage"])
    assert sealed.verify() == []


def test_a_file_of_the_version_before_the_column_of_images_is_read_alike(live, sealed, tmp_path, monkeypatch):
    """It lacks one column of the table of runs; its documents tell the same."""
    monkeypatch.setattr(rows, "SCHEMA", pa.schema([field for field in rows.SCHEMA if field.name != "images"]))
    monkeypatch.setattr(rows, "_STORED", tuple(name for name in rows._STORED if name != "images"))
    seal_runs(finished(live), live, tmp_path / "old.cgplab", STUDY)
    monkeypatch.undo()
    old = open_store(tmp_path / "old.cgplab")
    assert "images" not in rows.unpack_rows(old.content.container.read("runs.parquet"), "old")
    assert old.table().rows == sealed.table().rows
    assert any(row["images"] for row in old.table().rows)
    assert old.verify() == []
