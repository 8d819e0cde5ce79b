"""Watching a run: every row once, the status when it changes, the best circuit when it is stored anew."""

import json
from dataclasses import replace

from cgplab.running import plan
from cgplab.store import RunWatch, State, Store
from cgplab.store.frames import PROGRESS_COLUMNS
from cgplab.store.names import attempt_file


def test_a_watch_tells_everything_once(quick, tmp_path):
    run = Store(tmp_path / "s").create(plan(quick)[0])
    watch = RunWatch(run)
    assert watch.look() == ([], True)
    assert watch.look() == ([], False)
    file = run.directory / attempt_file(1)
    rows = [{**dict.fromkeys(PROGRESS_COLUMNS), "generation": n} for n in (1, 2, 3, 4)]
    lines = [json.dumps(row) + "\n" for row in rows]
    file.write_text(lines[0] + lines[1] + lines[2][:6])
    assert watch.look() == (rows[:2], False)
    with file.open("a") as out:
        out.write(lines[2][6:])
    (run.directory / attempt_file(2)).write_text(lines[3])
    assert [row["generation"] for row in watch.look()[0]] == [3, 4]
    run.write_status(replace(run.status, state=State.PAUSED))
    assert watch.look() == ([], True)
    assert watch.status.state is State.PAUSED
    watch.rewind()
    rows, changed = watch.look()
    assert ([row["generation"] for row in rows], changed) == ([1, 2, 3, 4], True)


def test_a_new_best_circuit_is_noticed_once(quick, tmp_path):
    from cgplab.cgp import Circuit
    from cgplab.work import load_work

    run = Store(tmp_path / "s").create(plan(quick)[0])
    watch = RunWatch(run)
    assert not watch.new_best()
    assert not run.has_best()
    for seed in (1, 2):
        run.write_best(Circuit.random(load_work(run.manifest).geometry, seed))
        assert watch.new_best()
        assert not watch.new_best()
    assert run.has_best()
