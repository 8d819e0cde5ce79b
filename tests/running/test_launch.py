"""A detached worker says that it has begun; no path of a store is too odd for it."""

import os
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cgplab.errors import InputError
from cgplab.running import manager, plan
from cgplab.running.paths_list import read_paths, write_paths
from cgplab.running.standing import standing_of
from cgplab.store import State, Store
from cgplab.store.commands import Standing
from tests.cli.commands import ROOT_COMMAND, unmeasured
from tests.waiting import until

ODD = [os.fsdecode(b"-@a b'c\"d\\ne\\\\$f\\xff%".decode("unicode_escape").encode("latin-1")), *["long" * 50] * 8]


@settings(deadline=None)
@given(names=st.lists(st.binary(min_size=1).filter(lambda name: b"\0" not in name), max_size=4))
def test_a_list_keeps_every_path(tmp_path_factory, names):
    file = tmp_path_factory.getbasetemp() / "list"
    paths = [Path(os.fsdecode(name)) for name in names]
    write_paths(file, paths)
    assert read_paths(file) == paths


def test_detached_in_a_store_with_an_odd_path(tmp_path):
    """A newline, quotes, a dash, @, bytes that are no text, and some 1,600 characters."""
    work = ["--model", "lenet5-qat", "--selection", "single_filter", "--grid", "3x4", "--generations", "1000"]
    place = Path(*ODD)
    (tmp_path / place).mkdir(parents=True)
    done = subprocess.run(
        [*ROOT_COMMAND, *unmeasured("evolve", *work, "--detach", f"--store={place}")],
        cwd=tmp_path,
        capture_output=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    (run,) = Store(tmp_path / place).runs()
    # It has begun: its worker holds it, or had time enough to finish.
    assert standing_of(run) in (Standing.QUEUED, Standing.RUNNING, Standing.FINISHED)
    name = run.status.worker
    if name is not None:
        lock = tmp_path / place / "workers" / f"{name.rpartition('/')[2]}.lock"
        subprocess.run(["flock", "--shared", lock, "true"], check=True)  # until the worker has ended
    assert run.status.state is State.FINISHED
    for command in (["runs", "list"], ["runs", "show", run.id], ["runs", "verify"]):
        shown = subprocess.run(
            [*ROOT_COMMAND, *command, f"--store={place}"], cwd=tmp_path, capture_output=True, check=False
        )
        assert shown.returncode == 0, shown.stderr


@pytest.mark.parametrize(
    ("python", "why"), [("exit 3", "it ended without a message"), ("echo no space; exit 1", "no space")]
)
def test_a_worker_that_does_not_begin_is_told(quick, own_store, tmp_path, monkeypatch, python, why):
    store = Store(own_store)
    program = tmp_path / "python"
    program.write_text(f"#!/bin/sh\n{python}\n")
    program.chmod(0o755)
    with monkeypatch.context() as patched:
        patched.setattr(sys, "executable", str(program))
        with pytest.raises(InputError, match=f"did not begin: {why}; .* go on with: cgplab resume all"):
            manager.start(plan(replace(quick, strategies=[0.0])), store, confirm=True)
    (run,) = store.runs()
    # A process that dies closes its pipe a moment before it lets go of its lock.
    until(lambda: standing_of(run) is Standing.ORPHANED, "the worker's lock is free")
