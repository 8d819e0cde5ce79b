"""Whose runs commands work on: those of one study or batch; what is outside never enters."""

import os
import shutil
from dataclasses import replace

import pytest
from ulid import ULID

from cgplab.errors import InputError
from cgplab.models.stored import model_path
from cgplab.running import AccuracyData, Request, plan
from cgplab.store import State, Store
from cgplab.study.library import Library
from cgplab.study.scope import inventory, scope_of
from tests.study.studies import design_of, fill, stand, text_of


@pytest.fixture
def store(own_store):
    return Store(own_store)


@pytest.fixture
def library(store):
    found = Library(store)
    found.add(text_of(), "small.toml")
    return found


def evolved(store, seconds=0, **options):
    """A batch as evolve makes it, so many seconds from now; its id."""
    common = {"model": "lenet5-qat", "selection": "single_filter", "strategies": [11.0], "grids": ["3x4"]}
    batch = str(ULID.from_timestamp(ULID().timestamp + seconds))
    for manifest in plan(Request(**common | options)):
        stand(store.create(replace(manifest, batch=batch)), State.FINISHED)
    return batch


def ids(found):
    return {run.id for run in found.table.runs}


def test_a_study_holds_its_runs_and_no_others(store, library):
    runs = fill(store, design_of())
    batch = evolved(store)
    found = scope_of(store, "kernels")
    assert (found.name, found.title) == ("kernels", "study kernels")
    assert ids(found) == {run.id for run in runs}
    assert [run.id for run in found.table.runs] == sorted(ids(found))
    assert set(found.frames()["runs"]["id"]) == ids(found)
    assert found.table.rows[0]["dataset"] == "mnist/test[:100]"
    assert ids(scope_of(store, batch=batch[-6:])) == ids(scope_of(store, batch="last"))
    assert len(ids(scope_of(store, batch="last"))) == 1
    assert len(ids(scope_of(store, "all"))) == 5
    assert ids(inventory(store)) == ids(inventory(store, "all")) == ids(scope_of(store, "all"))
    assert ids(inventory(store, "kernels")) == ids(found)


def test_a_study_s_frames_call_its_models_as_it_does(store, library, tmp_path):
    copy = tmp_path / "copy.npz"
    shutil.copy(model_path("lenet5-qat"), copy)
    fill(store, design_of(models=[str(copy)]))
    frames = scope_of(store, "kernels").frames()
    assert {run.manifest.model for run in frames.runs} == {str(copy)}
    for name in ("runs", "accuracies"):
        assert set(frames[name]["model"]) == {"lenet5-qat"}


def test_accuracies_are_of_the_study_s_images_unless_others_are_asked_for(store, library):
    evolved(store)
    asked = AccuracyData(images=7)
    assert scope_of(store, "kernels").images(AccuracyData()) == AccuracyData(images=100)
    assert scope_of(store, "kernels").images(asked) == asked
    assert scope_of(store, batch="last").images(AccuracyData()) == AccuracyData()


def test_a_damaged_run_of_a_study_is_left_out_and_named(store, library):
    first, *others = fill(store, design_of())
    (first.directory / "status.json").write_text("{")
    found = scope_of(store, "kernels")
    assert ids(found) == {run.id for run in others}
    assert list(found.table.damaged) == [first.id]
    assert found.completeness.tally().unfinished == 1
    with pytest.warns(UserWarning, match=f"run {first.id} left out: "):
        found.frames()


def test_the_latest_is_the_study_or_the_batch_that_was_begun_after_it(store, library):
    runs = {run.id for run in fill(store, design_of())}
    # Its own batch is newer than the note, as when `study run` was killed.
    assert scope_of(store).name == "kernels"
    assert ids(scope_of(store, "latest")) == runs
    before = evolved(store, seconds=-3600)
    assert scope_of(store).name == "kernels"
    batch = evolved(store, seconds=3600)
    assert scope_of(store).title == f"batch {batch}"
    assert len(ids(scope_of(store))) == 1
    assert before != batch
    os.unlink(library.path("kernels"))
    assert scope_of(store).title == f"batch {batch}"


def test_a_batch_of_evolve_that_the_study_plans_is_the_study(store, library):
    evolved(store, seconds=3600, strategies=[0.0, 5.0], runs=1, generations=300)
    assert scope_of(store).name == "kernels"
    assert len(ids(scope_of(store))) == 2


def test_without_a_study_the_newest_batch_and_without_runs_nothing(store):
    assert scope_of(store).table.runs == []
    batch = evolved(store)
    assert scope_of(store).title == f"batch {batch}"
    assert inventory(store).title == f"all 1 run of {store.root}"


def test_repeated_runs_count_once(store, library):
    first = fill(store, design_of())
    second = fill(store, design_of())
    stand(first[0], State.KILLED)
    stand(first[1], State.RUNNING)
    stand(second[1], State.KILLED)
    wanted = {second[0].id, first[1].id, first[2].id, first[3].id}
    everything = scope_of(store, "all")
    assert ids(everything) == wanted
    assert "without 4 repeated" in everything.title
    assert [run.id for run in everything.table.runs] == [row["id"] for row in everything.table.rows]
    assert len(ids(inventory(store))) == 8
    assert scope_of(store, "kernels").completeness.repeated == 4


@pytest.mark.parametrize(
    ("which", "words"),
    [
        ({"study": "kernels", "batch": "last"}, "a study and a batch exclude each other; give kernels or last"),
        ({"study": "other"}, "no study other in"),
        ({"study": "../kernels"}, "is not a valid study name"),
        ({"batch": "zz"}, "fit 'zz'"),
        ({"batch": ""}, "fit ''"),
    ],
)
def test_refusals(store, library, which, words):
    evolved(store)
    for asked in (scope_of, inventory):
        with pytest.raises(InputError, match=r"^[^\n]+$") as caught:
            asked(store, **which)
        assert words in str(caught.value)


def test_a_latest_study_that_is_broken_is_named(store, library):
    fill(store, design_of())
    library.path("kernels").write_bytes(text_of(selection="nothing"))
    with pytest.raises(InputError, match=r"kernels.toml is wrong: unknown selection 'nothing'"):
        scope_of(store)
