"""Where every run of a design stands, and what is left to do."""

import shutil
import socket
from dataclasses import replace

import numpy as np
import pytest

from cgplab.models.stored import model_path
from cgplab.running import Request, plan
from cgplab.store import State, Store
from cgplab.study.carrying_out import work_of
from cgplab.study.completeness import Stage, Tally
from cgplab.study.scope import scope_of
from tests.study.studies import completeness_of, design_of, fill, stand


@pytest.fixture
def store(own_store):
    return Store(own_store)


def created(store, count):
    """The first runs of the small study, pending without a worker."""
    design = design_of(seeds="1-9")
    places = [(cell.key, seed) for cell in design.cells for seed in cell.seeds]
    return store.create_all(list(design.manifests(places[:count])))


def ids(runs):
    return [run.id for run in runs]


def test_each_stage(store):
    done, above, unmeasured, planned, paused, killed, crashed, failed = created(store, 8)
    stand(done, State.FINISHED)
    stand(above, State.FINISHED, error=5)
    stand(unmeasured, State.FINISHED, measured=False)
    stand(paused, State.PAUSED)
    stand(killed, State.KILLED)
    stand(crashed, State.RUNNING, pid=1, host=socket.gethostname())
    stand(failed, State.FAILED, reason="no disk")
    with crashed.claimed():
        tally = completeness_of(store, seeds="1-9").tally()
        assert tally == Tally(done=3, running=1, unfinished=3, failed=1, missing=10, above=1, unmeasured=1)
    found = completeness_of(store, seeds="1-9")
    tally = found.tally()
    assert tally == Tally(done=3, running=0, unfinished=4, failed=1, missing=10, above=1, unmeasured=1)
    assert (tally.n, tally.left) == (18, 14)
    assert found.tally(found.design.cells[1:]) == Tally(missing=9)
    assert ids(member.run for member in found.of_stage(Stage.UNFINISHED)) == ids([planned, paused, killed, crashed])
    assert found.ids == {run.id for run in store.runs()}
    work = work_of(found)
    assert [manifest.seed for manifest in work.new] == [9, *range(1, 10)]
    assert ids(work.again) == ids([planned, paused, killed, crashed])
    assert ids(work_of(found, retry=True).again) == ids([planned, paused, killed, crashed, failed])
    unmeasured.write_weights(*_weights())
    assert ids(work_of(completeness_of(store, seeds="1-9")).unmeasured) == ids([unmeasured])


def _weights():
    return np.zeros((1, 16), np.int8), {"conv1": np.zeros((6, 1, 5, 5), np.int8)}


def test_a_run_with_a_damaged_status_goes_on_and_one_that_cannot_be_read_is_made_again(store):
    first, second, *_ = fill(store, design_of())
    (first.directory / "status.json").write_text("{")
    (second.directory / "manifest.json").write_text("{")
    found = completeness_of(store)
    assert found.tally() == Tally(done=2, unfinished=1, missing=1)
    assert ids(work_of(found).again) == ids([first])
    assert [manifest.seed for manifest in work_of(found).new] == [2]


def test_a_batch_is_a_design_of_its_own(store):
    first, second, *others = fill(store, design_of())
    fill(store, design_of())
    stand(first, State.KILLED)
    (second.directory / "status.json").write_text("{")
    stand(others[1], State.FINISHED, error=10_000)
    found = scope_of(store, batch=first.manifest.batch).progress
    assert found.tally() == Tally(done=2, unfinished=2, above=1)
    assert found.ids == set(ids([first, second, *others]))
    assert [(cell.template.strategy, cell.seeds) for cell in found.design.cells] == [(0, (1, 2)), (5, (1, 2))]
    assert scope_of(store, "all").progress is None


def test_repeated_runs_count_once_and_the_furthest_counts(store):
    design = design_of()
    worse, better = fill(store, design), fill(store, design)
    stand(worse[0], State.KILLED)
    stand(worse[1], State.FAILED)
    stand(better[1], State.PAUSED)
    found = completeness_of(store)
    assert found.repeated == 4
    assert found.ids == {better[0].id, better[1].id, worse[2].id, worse[3].id}
    assert found.tally() == Tally(done=3, unfinished=1)


def test_runs_of_evolve_from_elsewhere_or_of_a_copy_of_the_model_count(store, tmp_path):
    common = {"selection": "single_filter", "grids": ["3x4"], "generations": 300}
    for manifest in plan(Request(model="lenet5-qat", strategies=[0.0], runs=1, **common)):
        stand(store.create(manifest), State.FINISHED)
    copy = tmp_path / "copy.npz"
    shutil.copy(model_path("lenet5-qat"), copy)
    elsewhere = Store(tmp_path / "elsewhere")
    for manifest in plan(Request(model=str(copy), strategies=[5.0], runs=1, seed=2, **common)):
        stand(elsewhere.create(manifest), State.KILLED)
    store.merge(elsewhere.root)
    for other in ({"seed": 3}, {"generations": 301}, {"mutation_rate": 0.5}, {"wiring": "evolved"}):
        for manifest in plan(Request(model="lenet5-qat", strategies=[0.0, 5.0], runs=1, **common | other)):
            store.create(manifest)
    found = completeness_of(store)
    assert found.tally() == Tally(done=1, unfinished=1, missing=2)
    # As the study calls it, so that its figures and tests see one model.
    assert {member.row["model"] for member in found.members.values()} == {"lenet5-qat"}


@pytest.mark.parametrize(
    ("changes", "missing"),
    [
        ({}, []),
        ({"strategies": [0, 5, 11]}, [(11.0, 1), (11.0, 2)]),
        ({"seeds": "1-3"}, [(0.0, 3), (5.0, 3)]),
        ({"layers": ["conv1", "conv2"]}, [(0.0, 1), (0.0, 2), (5.0, 1), (5.0, 2)]),
        ({"question": "Another?", "comparison": None, "accuracy": {"images": 50}}, []),
        ({"budget": {"generations": 301}}, [(0.0, 1), (0.0, 2), (5.0, 1), (5.0, 2)]),
    ],
)
def test_what_is_added_to_a_study_is_all_that_is_missing(store, changes, missing):
    fill(store, design_of())
    work = work_of(completeness_of(store, **changes))
    assert [(manifest.strategy, manifest.seed) for manifest in work.new] == missing
    assert not work.again


def test_circuits_for_no_weights_of_a_model_lack_no_accuracy(store):
    changes = {"selection": "worst_case", "grids": None}
    fill(store, design_of(**changes), measured=False)
    assert completeness_of(store, **changes).tally() == Tally(done=4)


def test_seconds_that_the_rest_takes(store):
    changes = {"strategies": [0, 5], "seeds": "1-4", "searches": [{}, {"wiring": "evolved"}]}
    assert completeness_of(store, **changes).seconds_left() is None
    limited = {**changes, "budget": {"seconds": 7}}
    assert completeness_of(store, **limited).seconds_left() == 16 * 7
    design = design_of(**changes)
    nearest, evolved = design.cells[0], design.cells[3]
    for cell, seed, seconds in ((nearest, 1, 1.0), (nearest, 2, 3.0), (nearest, 3, 20.0), (evolved, 1, 100.0)):
        manifest = replace(next(design.manifests([(cell.key, seed)])))
        stand(store.create(manifest), State.FINISHED, seconds=seconds)
    # One of its own cell; four of another strategy by the same search; three and four of the slower search.
    assert completeness_of(store, **changes).seconds_left() == 3.0 + 4 * 3.0 + 3 * 100.0 + 4 * 100.0
    fill(store, design)
    assert completeness_of(store, **changes).seconds_left() == 0.0
