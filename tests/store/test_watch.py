"""Watching a run: every row once, the status when it changes, the best circuit when it is stored anew."""

from dataclasses import replace

from cgplab.running import plan
from cgplab.store import RunWatch, State, Store
from cgplab.store.names import attempt_file


def test_a_watch_tells_everything_once(quick, tmp_path):
    run = Store(tmp_path / "s").create(plan(quick)[0])
    watch = RunWatch(run)
    assert watch.look() == ([], True)
    assert watch.look() == ([], False)
    file = run.directory / attempt_file(1)
    file.write_text('{"generation":1}\n{"generation":2}\n{"gener')
    assert watch.look() == ([{"generation": 1}, {"generation": 2}], False)
    with file.open("a") as out:
        out.write('ation":3}\n')
    (run.directory / attempt_file(2)).write_text('{"generation":4}\n')
    assert [row["generation"] for row in watch.look()[0]] == [3, 4]
    run.write_status(replace(run.status, state=State.PAUSED))
    assert watch.look() == ([], True)
    assert watch.status.state is State.PAUSED
    watch.rewind()
    rows, changed = watch.look()
    assert ([row["generation"] for row in rows], changed) == ([1, 2, 3, 4], True)


def test_a_new_best_circuit_is_noticed_once(quick, tmp_path):
    from cgplab.cgp import Circuit
    from cgplab.running.work import load_work

    run = Store(tmp_path / "s").create(plan(quick)[0])
    watch = RunWatch(run)
    assert not watch.new_best()
    assert not run.has_best()
    for seed in (1, 2):
        run.write_best(Circuit.random(load_work(run.manifest).geometry, seed))
        assert watch.new_best()
        assert not watch.new_best()
    assert run.has_best()
