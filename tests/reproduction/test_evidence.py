"""Which stored runs answer for a work, and the command."""

from dataclasses import replace

import pytest

from cgplab.reproduction import WORKS, gather
from cgplab.reproduction.works import BEST, ORIGINAL
from cgplab.running import plan, run_all
from cgplab.store import Store
from tests.cli.commands import cgplab


@pytest.fixture
def work():
    return replace(WORKS["single_filter"], grids=("5x5",))


def carry_out(store, requests):
    run_all([store.create(manifest) for request in requests for manifest in plan(request)], lambda *_: None, jobs=1)


def test_stored_runs_serve_whatever_their_seed_and_gaps_are_told(work, own_store):
    store = Store(own_store)
    carry_out(store, [replace(work.request(ORIGINAL, 1, 4000), seed=9)])
    evidence, gaps = gather([store], [work], runs=3, children=4000)
    assert len(evidence["single_filter", ORIGINAL].runs) == 1
    assert {gap.side: len(gap.manifests) for gap in gaps} == {ORIGINAL: 2, BEST: 1}
    assert evidence["single_filter", ORIGINAL].share == pytest.approx(4000 / 4_160_000)
    for gap in gaps:
        run_all(store.create_all(gap.manifests), lambda *_: None, jobs=1)
    evidence, gaps = gather([store], [work], runs=3, children=4000)
    assert gaps == []
    assert len(evidence["single_filter", ORIGINAL].frame) == 3
    assert evidence["single_filter", BEST].frame["error"].tolist() == [0]


def test_shorter_or_other_searches_do_not_serve(work, own_store):
    store = Store(own_store)
    short, nearest = work.request(ORIGINAL, 1, 4000), replace(work.request(ORIGINAL, 1, 8000), wiring="nearest")
    carry_out(store, [short, nearest, replace(work.request(ORIGINAL, 1, 8000), strategies=[5.0])])
    evidence, gaps = gather([store], [work], runs=1, children=8000)
    assert evidence["single_filter", ORIGINAL].runs == ()
    assert [gap.side for gap in gaps] == [ORIGINAL, BEST]


def test_longer_searches_take_the_place_of_shorter_ones(work, own_store):
    store = Store(own_store)
    carry_out(store, [work.request(ORIGINAL, 2, 4000), replace(work.request(ORIGINAL, 2, 8000), seed=5)])
    evidence, _ = gather([store], [work], runs=2, children=4000)
    assert sorted(run.manifest.seed for run in evidence["single_filter", ORIGINAL].runs) == [5, 6]
    evidence, _ = gather([store], [work], runs=3, children=4000)
    assert len(evidence["single_filter", ORIGINAL].runs) == 4


def test_the_whole_budget_is_the_original_one():
    assert WORKS["single_filter"].children(None) == 4_160_000
    assert WORKS["single_filter"].children(1000) == 1000
    assert WORKS["mobilenet"].children(1000) == 1000
    assert WORKS["mobilenet"].children(None) == 1_000_000


def test_command(own_store, tmp_path):
    done = cgplab("reproduce", "single_filter", "--runs", 2, "--children", 4000, "--out", tmp_path / "o", "--jobs", 1)
    assert done.returncode == 0, done.stderr
    assert "findings:" in done.stdout
    assert "better" in done.stdout
    assert sorted(path.suffix for path in (tmp_path / "o").iterdir()) == [".html", ".md", ".tex"]
    before = len(list((own_store / "runs").iterdir()))
    assert 0 < before <= 6  # runs of the example studies serve too
    again = cgplab("reproduce", "single_filter", "--runs", 2, "--children", 4000, "--out", tmp_path / "o")
    assert again.returncode == 0
    assert len(list((own_store / "runs").iterdir())) == before


@pytest.mark.parametrize(
    ("arguments", "words"),
    [(("hue",), "no work 'hue'"), (("--runs", 0), "--runs is 0"), (("--children", -1), "--children is -1")],
)
def test_bad_input(arguments, words):
    done = cgplab("reproduce", *arguments)
    assert done.returncode == 2
    assert words in done.stderr
    assert len(done.stderr.strip().splitlines()) == 1
