"""Every command on every standing, as the one table says: manager, command line, dashboard, docs."""

import socket
from contextlib import ExitStack
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace

import pytest
from typer.main import get_command
from ulid import ULID

from cgplab.cli import app
from cgplab.dashboard.control import ACTIONS
from cgplab.dashboard.run_control import RunControl
from cgplab.dashboard.runs_actions import ActionsPanel
from cgplab.errors import InputError
from cgplab.running import Request, manager, plan
from cgplab.running.standing import standing_of, standings
from cgplab.running.ticket import Ticket
from cgplab.store import State, Store
from cgplab.store.commands import Command, Standing, becomes, changes, go_on
from cgplab.store.locks import Lock
from cgplab.store.names import LOCK, STATUS
from cgplab.store.status import UNQUEUED

COMMANDS = get_command(app)
DOCS = Path(__file__).parents[2] / "docs" / "running.md"
PRESENT = [standing for standing in Standing if standing is not Standing.DELETED]
CASES = [(standing, command) for standing in PRESENT for command in Command]


@pytest.fixture(scope="module")
def manifest_():
    """Of a run that nobody carries out."""
    work = {"model": "lenet5-qat", "selection": "single_filter", "strategies": [0.0], "grids": ["3x4"]}
    return plan(Request(**work, generations=300))[0]


@pytest.fixture
def made(manifest_, own_store, monkeypatch):
    """Makes a run that stands in a given way; no worker is ever started."""
    store = Store(own_store)
    with ExitStack() as held:
        launched = []

        def launch(runs, ticket, *_):
            held.callback(ticket.lock.release)
            launched.extend(runs)

        monkeypatch.setattr(manager, "launch", launch)
        monkeypatch.setattr("cgplab.cli.control._WAIT_SECONDS", 0.0)

        def make(standing):
            manifest = replace(manifest_, id=str(ULID()))
            if standing is Standing.IMPORTED:
                manifest = replace(manifest, method="of another program")
            worker = None
            if standing is Standing.QUEUED:
                ticket = Ticket(store)
                held.callback(ticket.release)
                worker = ticket.worker
            run = store.create(manifest, worker)
            _put(run, standing, held)
            assert standing_of(run) is standing
            return run

        yield make, launched


def _put(run, standing, held):
    state = {
        Standing.RUNNING: State.RUNNING, Standing.ASKED: State.RUNNING, Standing.CRASHED: State.RUNNING,
        Standing.PAUSED: State.PAUSED, Standing.FINISHED: State.FINISHED, Standing.FAILED: State.FAILED,
        Standing.KILLED: State.KILLED, Standing.IMPORTED: State.KILLED,
    }.get(standing)  # fmt: skip
    if state is not None:
        run.write_status(replace(run.status, state=state, host=socket.gethostname(), pid=1, reason="for a test"))
    if standing in (Standing.RUNNING, Standing.ASKED):
        held.callback(Lock.take(run.directory / LOCK).release)
    if standing is Standing.ASKED:
        run.request("pause")
    if standing is Standing.DAMAGED:
        (run.directory / STATUS).write_text('{"state": "run')


def came_about(run, standing, command):
    """Whether a command did with a run that stood so what the table says."""
    result = becomes(standing, command)
    if standing in (Standing.RUNNING, Standing.ASKED) and result not in (None, Standing.RUNNING, standing):
        return run.requested() == command  # its worker will obey
    return standing_of(run) is (standing if result is None else result)


@pytest.mark.parametrize(("standing", "command"), CASES)
def test_manager(made, standing, command):
    make, launched = made
    run = make(standing)
    if becomes(standing, command) is None:
        with pytest.raises(InputError, match=f"run {run.id} .*cannot be") as refused:
            getattr(manager, command)(run)
        assert "\n" not in str(refused.value)
        if command is not Command.DELETE and (way := go_on(standing, run.id)):
            assert way in str(refused.value)
    else:
        getattr(manager, command)(run)
    assert came_about(run, standing, command)
    assert bool(launched) == (becomes(standing, command) is Standing.QUEUED)


@pytest.mark.parametrize(("standing", "command"), CASES)
@pytest.mark.parametrize("name", ["all", "by id"])
def test_command_line(made, standing, command, name, capsys):
    make, _ = made
    run = make(standing)
    if command is Command.DELETE:
        arguments = ["runs", "delete", "--yes", run.id]
    else:
        arguments = [command, "all" if name == "all" else run.id]
    takes = changes if name == "all" and command is not Command.DELETE else becomes
    if takes(standing, command):
        COMMANDS.main(arguments, standalone_mode=False)
    else:
        with pytest.raises(InputError) as refused:
            COMMANDS.main(arguments, standalone_mode=False)
        assert str(standing) in str(refused.value)
    assert came_about(run, standing, command)


@pytest.mark.parametrize("standing", PRESENT)
def test_buttons(made, standing):
    make, _ = made
    run = make(standing)
    control = RunControl(lambda: [run], lambda: None)
    control.fit([standing_of(run)])
    panel = ActionsPanel(SimpleNamespace(read_only=False, act=None, chosen=lambda: [run]))
    panel.update([run])
    buttons = {**panel._control, "Delete": panel._delete}
    assert set(buttons) == {command.capitalize() for command in Command}
    for command in Command:
        name = command.capitalize()
        assert buttons[name].disabled == (not changes(standing, command))
        if name in control._buttons:
            assert control._buttons[name].disabled == (not changes(standing, command))


@pytest.mark.parametrize(("standing", "command"), [case for case in CASES if case[1] is not Command.DELETE])
def test_a_pressed_button_asks_only_runs_that_take_it(made, standing, command):
    from cgplab.dashboard.control import act

    make, _ = made
    run = make(standing)
    assert act(command.capitalize(), [run]) == changes(standing, command)
    assert came_about(run, standing, command)
    assert set(ACTIONS.values()) == set(Command) - {Command.DELETE}


def test_the_index_knows_where_all_runs_stand(made, own_store):
    make, _ = made
    runs = {make(standing).id: standing for standing in PRESENT}
    assert {run.id: standing for run, standing in standings(Store(own_store))} == runs


def test_what_a_command_says_of_runs_that_stand_still_works_when_typed(made):
    make, launched = made
    for standing in (Standing.ORPHANED, Standing.CRASHED):
        run = make(standing)
        command = run.observed().reason.rpartition("go on with: cgplab ")[2]
        assert command == "resume all"
        COMMANDS.main(command.split(), standalone_mode=False)
        assert launched.pop().id == run.id
        manager.delete(run)
    assert UNQUEUED.endswith("resume all")


def test_nothing_is_deleted_when_one_run_is_going_on(made):
    make, _ = made
    runs = [make(Standing.FINISHED), make(Standing.RUNNING)]
    with pytest.raises(InputError, match=f"first: cgplab stop {runs[1].id}"):
        manager.delete(*runs)
    assert all(run.directory.is_dir() for run in runs)


def test_a_damaged_status_of_a_sealed_run_is_restored(quick, own_store):
    from cgplab.running import run_all

    store = Store(own_store)
    (run,) = store.create_all(plan(replace(quick, strategies=[0.0])))
    run_all([run], lambda *_: None)
    whole = (run.directory / STATUS).read_bytes()
    (run.directory / STATUS).write_bytes(whole[:100])
    assert standing_of(run) is Standing.DAMAGED
    manager.resume(run)
    assert (run.directory / STATUS).read_bytes() == whole
    assert store.verify() == []


@pytest.mark.parametrize("worker", ["slurm 01K", "elsewhere/01K", None])
def test_a_queue_that_is_gone_is_seen_from_anywhere(quick, own_store, worker):
    run = Store(own_store).create(plan(quick)[0], worker)
    assert standing_of(run) is Standing.ORPHANED
    if worker == "slurm 01K":
        (own_store / "submissions" / "01K").mkdir(parents=True)
        assert standing_of(run) is Standing.QUEUED
    if worker == "elsewhere/01K":
        (own_store / "workers").mkdir()
        (own_store / "workers" / "01K.lock").touch()
        assert run.observed(lambda: (own_store / "workers" / "01K.lock").stat().st_mtime + 59).reason is None
        assert run.observed(lambda: (own_store / "workers" / "01K.lock").stat().st_mtime + 61).reason == UNQUEUED


def table():
    """Rows of the table of standings in the docs."""

    def cell(standing, command):
        result = becomes(standing, command)
        return "–" if result is None else "stays" if result is standing else str(result)

    yield f"| a run is | how it comes into that | {' | '.join(Command)} |"
    yield f"|{'---|' * (2 + len(Command))}"
    for standing in PRESENT:
        cells = " | ".join(cell(standing, command) for command in Command)
        yield f"| {standing} | {standing.meaning} | {cells} |"


def test_the_docs_hold_the_table():
    assert "\n".join(table()) in DOCS.read_text(encoding="utf-8")
