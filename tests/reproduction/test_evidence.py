"""Which stored runs answer for a work, and the command."""

from dataclasses import replace

import pytest

from cgplab.reproduction import WORKS, gather
from cgplab.reproduction.answers import YES
from cgplab.reproduction.works import BEST, FREE, FROZEN, ORIGINAL
from cgplab.running import AccuracyData, plan, run_all
from cgplab.store import State, Store
from tests.cli.commands import cgplab
from tests.reproduction.made_up import finding
from tests.study.studies import stand


@pytest.fixture
def work():
    return replace(WORKS["single_filter"], grids=("5x5",))


def carry_out(store, requests):
    run_all([store.create(manifest) for request in requests for manifest in plan(request)], lambda *_: None, jobs=1)


def test_stored_runs_serve_whatever_their_seed_and_gaps_are_told(work, own_store):
    store = Store(own_store)
    carry_out(store, [replace(work.request(ORIGINAL, 1, 4000), seed=9)])
    evidence, gaps = gather({"here": store}, [work], runs=3, children=4000)
    assert len(evidence["single_filter", ORIGINAL].runs) == 1
    assert {gap.side: len(gap.manifests) for gap in gaps} == {ORIGINAL: 2, BEST: 1}
    assert evidence["single_filter", ORIGINAL].share == pytest.approx(4000 / 4_160_000)
    for gap in gaps:
        run_all(store.create_all(gap.manifests), lambda *_: None, jobs=1)
    evidence, gaps = gather({"here": store}, [work], runs=3, children=4000)
    assert gaps == []
    assert len(evidence["single_filter", ORIGINAL].frame) == 3
    assert evidence["single_filter", BEST].frame["error"].tolist() == [0]


def test_other_searches_do_not_serve(work, own_store):
    store = Store(own_store)
    asked = work.request(ORIGINAL, 1, 8000)
    carry_out(store, [replace(asked, wiring="nearest"), replace(asked, strategies=[5.0]), work.request(FREE, 1, 8000)])
    evidence, gaps = gather({"here": store}, [work], runs=1, children=8000)
    assert evidence["single_filter", ORIGINAL].runs == ()
    assert [gap.side for gap in gaps] == [ORIGINAL, BEST]


def test_shorter_searches_are_shown_but_leave_a_gap(work, own_store):
    store = Store(own_store)
    carry_out(store, [work.request(ORIGINAL, 2, 4000)])
    evidence, gaps = gather({"here": store}, [work], runs=2, children=8000)
    assert len(evidence["single_filter", ORIGINAL].runs) == 2
    assert evidence["single_filter", ORIGINAL].share == pytest.approx(4000 / 4_160_000)
    assert len(next(gap for gap in gaps if gap.side == ORIGINAL).manifests) == 2


def test_runs_of_two_budgets_are_never_pooled(work, own_store):
    store = Store(own_store)
    carry_out(store, [work.request(ORIGINAL, 2, 4000), replace(work.request(ORIGINAL, 2, 8000), seed=5)])
    for wanted, seeds in ((2, [5, 6]), (3, [1, 2])):
        evidence, gaps = gather({"here": store}, [work], runs=wanted, children=4000)
        assert evidence["single_filter", ORIGINAL].seeds == seeds
        missing = {gap.side: len(gap.manifests) for gap in gaps}
        assert missing.get(ORIGINAL, 0) == wanted - 2


def test_a_seed_counts_once_with_its_longest_run(work, own_store):
    """Its shorter run is the beginning of the same search, so the two are no two samples."""
    store = Store(own_store)
    carry_out(store, [work.request(ORIGINAL, 2, 8000), work.request(ORIGINAL, 2, 7800)])
    evidence, _ = gather({"here": store}, [work], runs=2, children=7800)
    held = evidence["single_filter", ORIGINAL].held
    assert [(one.run.manifest.seed, one.generations) for one in held] == [(1, 2000), (2, 2000)]


def test_runs_of_several_stores_are_told_apart_and_counted_once(work, own_store, tmp_path):
    store, other = Store(own_store), Store.open(tmp_path / "other", to_fill=True)
    carry_out(store, [work.request(ORIGINAL, 2, 4000)])
    carry_out(other, [replace(work.request(ORIGINAL, 1, 4000), seed=7)])
    stores = {"here": store, "study x": other, "again": store}
    evidence, _ = gather(stores, [work], runs=3, children=4000)
    found = evidence["single_filter", ORIGINAL]
    assert found.sources == {"here": 2, "study x": 1}
    assert found.seeds == [1, 2, 7]
    assert sum(found.versions.values()) == 3
    assert all(version.startswith("cgplab ") for version in found.versions)
    assert found.per_setting == [3]


def test_runs_as_built_are_looked_for_only_when_asked(work, own_store):
    store = Store(own_store)
    carry_out(store, [work.request(side, 1, 4000) for side in (ORIGINAL, FROZEN, FREE)])
    evidence, _ = gather({"here": store}, [work], runs=1, children=4000)
    assert {side for _, side in evidence} == {ORIGINAL, BEST}
    evidence, _ = gather({"here": store}, [work], runs=1, children=4000, as_built=True)
    ids = [run.id for side in (ORIGINAL, FROZEN, FREE) for run in evidence["single_filter", side].runs]
    assert len(set(ids)) == 3


def test_the_networks_accuracy_on_any_data_set_is_found(work, own_store):
    store = Store(own_store)
    carry_out(store, [work.request(ORIGINAL, 1, 4000)])
    (run,) = store.runs()
    metrics = {
        "top1": 98.0, "top5": 100.0, "loss": 0.1, "n": 50_000, "reference_top1": 98.9, "reference_loss": 0.1,
        "accuracy_loss": 0.9, "dataset_sha256": "0" * 64, "measured": "2026-01-01T00:00:00.000+00:00",
    }  # fmt: skip
    run.write_metrics({AccuracyData("qmnist", "test50k").name("lenet5-qat"): metrics})
    evidence, _ = gather({"here": store}, [work], runs=1, children=4000)
    frame = evidence["single_filter", ORIGINAL].frame
    assert frame["reference qmnist/test50k"].tolist() == [98.9]
    found = finding("qmnist").replicates(frame)
    assert found.text.startswith("98.90 % (")
    assert found.verdict == YES


def test_multiplexed_works_freeze_no_operators():
    assert WORKS["le_selector"].sides(as_built=True) == (ORIGINAL, BEST, FREE)
    assert WORKS["single_filter"].sides(as_built=True) == (ORIGINAL, BEST, FROZEN, FREE)


def test_the_whole_budget_is_the_original_one():
    assert WORKS["single_filter"].children(None) == 4_160_000
    assert WORKS["single_filter"].children(1000) == 1000
    assert WORKS["mobilenet"].children(1000) == 1000
    assert WORKS["mobilenet"].children(None) == 1_000_000


def test_command(own_store, tmp_path):
    # The study that ships with cgplab has 30 seeds on each of two grids.
    arguments = ("single_filter", "--runs", 31, "--children", 0, "--out", tmp_path / "o", "--jobs", 1)
    done = cgplab("reproduce", *arguments)
    assert done.returncode == 0, done.stderr
    assert "published findings; replicated: " in done.stdout
    assert "improved: " in done.stdout
    assert sorted(path.suffix for path in (tmp_path / "o").iterdir()) == [".html", ".md", ".tex"]
    assert [run.manifest.seed for run in Store(own_store).runs()] == [31, 31]
    again = cgplab("reproduce", *arguments)
    assert again.returncode == 0
    assert len(list(Store(own_store).runs())) == 2


def test_interrupted_runs_are_taken_up(own_store, tmp_path):
    """Killed ones go on, and none is made a second time."""
    store = Store(own_store)
    request = replace(WORKS["single_filter"].request(ORIGINAL, 1, None), seed=31)
    killed, waiting = store.create_all(plan(request))
    stand(killed, State.KILLED)
    done = cgplab("reproduce", "single_filter", "--runs", 31, "--children", 0, "--out", tmp_path, "--jobs", 1)
    assert done.returncode == 0, done.stderr
    told = "single_filter: 2 runs, as the original searched; 2 of them go on where they were left"
    assert told in done.stderr.replace("\n", " ")
    assert {run.id: run.status.state for run in store.runs()} == dict.fromkeys((killed.id, waiting.id), State.FINISHED)


def test_the_program_as_built_gets_its_columns(own_store, tmp_path):
    arguments = ("single_filter", "--runs", 31, "--children", 0, "--as-built", "--jobs", 1, "--out", tmp_path / "o")
    done = cgplab("reproduce", *arguments)
    assert done.returncode == 0, done.stderr
    assert "operators frozen" in done.stderr
    page = (tmp_path / "o" / "reproduction.md").read_text()
    assert "## As the original's program was built" in page
    searches = {run.manifest.search for run in Store(own_store).runs()}
    assert {f"evolved wiring as built ({how} operators)" for how in ("frozen", "free")} <= searches


@pytest.mark.parametrize(
    ("arguments", "words"),
    [(("hue",), "no work 'hue'"), (("--runs", 0), "--runs is 0"), (("--children", -1), "--children is -1")],
)
def test_bad_input(arguments, words):
    done = cgplab("reproduce", *arguments)
    assert done.returncode == 2
    assert words in done.stderr
    assert len(done.stderr.strip().splitlines()) == 1
