"""The original's search as built, from what is asked for to the run that is stored."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from cgplab.errors import InputError
from cgplab.models import load_model
from cgplab.paths import shipped_data
from cgplab.running import Request, plan, run_all
from cgplab.store import Manifest, State, Store
from cgplab.study.document import document_of
from cgplab.study.writing import text_of
from cgplab.work import settings_of

ASKED = Request(
    "thesis-conv1", "single_filter", [0.0], {"filter": 0, "channel": 0}, generations=500, wiring="evolved"
)  # fmt: skip


def planned(**changes):
    return plan(replace(ASKED, **changes))[0]


def test_the_setting_is_in_the_manifest_only_where_it_is_asked_for():
    assert "as_built" not in planned().settings
    for how in ("frozen", "free"):
        assert planned(as_built=how).settings["as_built"] == how
        assert settings_of(planned(as_built=how)).as_built == how
    assert settings_of(planned()).as_built is None


def test_such_runs_are_never_taken_for_others():
    made = [planned(as_built=how) for how in (None, "frozen", "free")]
    assert len({manifest.cell for manifest in made}) == 3
    assert [manifest.search for manifest in made] == [
        "evolved wiring", "evolved wiring as built (frozen operators)", "evolved wiring as built (free operators)",
    ]  # fmt: skip


def test_it_implies_evolved_wiring():
    assert planned(as_built="free", wiring=None).settings["wiring"] == "evolved"


def test_a_run_is_carried_out_and_read_back(own_store):
    run = Store(own_store).create(planned(as_built="frozen"))
    run_all([run], lambda *_: None, jobs=1)
    assert run.status.state is State.FINISHED
    assert run.status.kernel == "as_built"
    assert Manifest.read(Path(run.directory) / "manifest.json") == run.manifest


def test_several_turns_and_multiplex_run_too(own_store):
    requests = [
        Request("lenet5-qat", "all_layers", [0.0], grids=["30x10"], generations=5, as_built="frozen"),
        Request("lenet5-qat", "le_selector", [0.0], generations=5, as_built="free", multiplex=True),
    ]
    runs = [Store(own_store).create(manifest) for request in requests for manifest in plan(request)]
    run_all(runs, lambda *_: None, jobs=1)
    assert [run.status.state for run in runs] == [State.FINISHED] * 2


def test_a_study_keeps_the_setting():
    text = text_of("built", "Does it?", replace(ASKED, as_built="frozen"))
    ((request, _),) = document_of(text.encode(), "here").requests()
    assert request.as_built == "frozen"


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"as_built": "broken"}, "unknown as_built 'broken'"),
        ({"as_built": "free", "method": "construct"}, "use it with method evolve"),
        ({"as_built": "free", "wiring": "nearest"}, "with wiring evolved, not nearest"),
        ({"as_built": "frozen", "multiplex": True}, "use as_built free"),
    ],
)
def test_refused(changes, words):
    with pytest.raises(InputError, match=words):
        planned(**changes)


def test_the_originals_own_kernel_is_the_published_one():
    """Workload A was copied from it on its own: its core and the weights around it."""
    kernel = load_model("thesis-conv1").int8_weights("conv1")[0, 0]
    with np.load(shipped_data() / "benchmarks" / "workloads.npz") as workloads:
        assert kernel[1:4, 1:4].ravel().tolist() == workloads["conv_filter.inputs"].ravel().tolist()
        around = np.ones((5, 5), dtype=bool)
        around[1:4, 1:4] = False
        assert kernel[around].tolist() == workloads["conv_filter.targets"].ravel().tolist()
