"""Which command a run takes, what it becomes, and what its user reads: the one table that everything else derives from.

A run's state does not say it all: a pending run may wait for a worker that is gone, and an imported one can never go
on. So this table is about *standings*, which split states where the commands differ.
"""

from collections.abc import Iterable, Mapping
from enum import StrEnum


class Command(StrEnum):
    """What can be asked of a run: the names of the commands and, capitalised, of the dashboard's buttons."""

    PAUSE = "pause"
    STOP = "stop"
    RESUME = "resume"
    RETRY = "retry"
    DELETE = "delete"


class Standing(StrEnum):
    """Where a run stands as far as commands go; named as its user reads it."""

    QUEUED = "pending"
    ORPHANED = "pending without a worker"
    RUNNING = "running"
    ASKED = "running, asked to end"
    PAUSED = "paused"
    FINISHED = "finished"
    FAILED = "failed"
    KILLED = "killed"
    CRASHED = "crashed"
    DAMAGED = "damaged in its status"
    IMPORTED = "imported"
    DELETED = "deleted"

    @property
    def meaning(self) -> str:
        """How a run comes into it, for people."""
        return _MEANINGS[self]


_MEANINGS = {
    Standing.QUEUED: "created, resumed or retried; a worker or a job array has it in its queue",
    Standing.ORPHANED: "created by `--plan`, or its worker was killed before the run's turn came",
    Standing.RUNNING: "a worker searches",
    Standing.ASKED: "the same; the worker will see the request to pause or stop within ¼ s",
    Standing.PAUSED: "asked to",
    Standing.FINISHED: "a limit, patience, early stop, or constructed",
    Standing.FAILED: "an error, given as the reason",
    Standing.KILLED: "stop, SIGTERM, Ctrl-C",
    Standing.CRASHED: "not stored but observed: the status says running and its process is gone",
    Standing.DAMAGED: "`status.json` cannot be read; it is rebuilt from the other files",
    Standing.IMPORTED: "the result of another program; cgplab cannot continue it",
    Standing.DELETED: "gone for good",
}

_GO_ON = {Command.RESUME: Standing.QUEUED, Command.RETRY: Standing.QUEUED, Command.DELETE: Standing.DELETED}
_BECOMES: Mapping[Standing, Mapping[Command, Standing]] = {
    Standing.QUEUED: {
        Command.PAUSE: Standing.PAUSED,
        Command.STOP: Standing.KILLED,
        Command.DELETE: Standing.DELETED,
    },
    Standing.ORPHANED: {Command.PAUSE: Standing.PAUSED, Command.STOP: Standing.KILLED, **_GO_ON},
    Standing.RUNNING: {
        Command.PAUSE: Standing.PAUSED,
        Command.STOP: Standing.KILLED,
        Command.RESUME: Standing.RUNNING,
        Command.RETRY: Standing.RUNNING,
    },
    Standing.ASKED: {
        Command.PAUSE: Standing.PAUSED,
        Command.STOP: Standing.KILLED,
        Command.RESUME: Standing.RUNNING,
        Command.RETRY: Standing.RUNNING,
    },
    Standing.PAUSED: {Command.PAUSE: Standing.PAUSED, Command.STOP: Standing.KILLED, **_GO_ON},
    Standing.FINISHED: {Command.DELETE: Standing.DELETED},
    Standing.FAILED: {Command.RETRY: Standing.QUEUED, Command.DELETE: Standing.DELETED},
    Standing.KILLED: {Command.STOP: Standing.KILLED, **_GO_ON},
    Standing.CRASHED: _GO_ON,
    Standing.DAMAGED: _GO_ON,
    Standing.IMPORTED: {Command.DELETE: Standing.DELETED},
    Standing.DELETED: {},
}


def becomes(standing: Standing, command: Command) -> Standing | None:
    """Standing of a run after a command: the same if there is nothing to do, None if the command is refused."""
    return _BECOMES[standing].get(command)


def changes(standing: Standing, command: Command) -> bool:
    """Whether a command does something with such a run: whether ``all`` means it, and whether its button is on."""
    return becomes(standing, command) not in (None, standing)


def named(command: Command, run: str = "all") -> str:
    """Command as it is typed, for one run or ``all`` that take it."""
    return f"cgplab {'runs ' * (command is Command.DELETE)}{command} {run}"


def go_on(standing: Standing, run: str = "all") -> str | None:
    """Command, as typed, that continues a run of this standing; None if there is none."""
    for command in (Command.RESUME, Command.RETRY):
        if changes(standing, command):
            return named(command, run)
    return None


def refusal(standing: Standing, command: Command, run: str, reason: str | None = None) -> str:
    """Why a run does not take a command, and what its user can do instead, in one line.

    Parameters
    ----------
    standing : Standing
    command : Command
    run : str
        Id.
    reason : str, optional
        Of its state.
    """
    done = {Command.PAUSE: "paused", Command.STOP: "stopped", Command.RESUME: "resumed", Command.RETRY: "retried"}
    be = "was" if standing is Standing.IMPORTED else "is"
    fact = f"run {run} {be} {standing}{f' ({reason})' if reason else ''} and cannot be {done.get(command, 'deleted')}"
    if command in (Command.RESUME, Command.RETRY):
        if standing is Standing.QUEUED:
            return f"{fact}: it begins when its turn comes; to take it out of that queue: {named(Command.STOP, run)}"
        if standing in (Standing.FINISHED, Standing.IMPORTED):
            return f"{fact}; to begin with its circuit: cgplab evolve --start {run} ..."
    if command is Command.DELETE:
        return f"{fact}; first: {named(Command.STOP, run)}"
    way = go_on(standing, run)
    return f"{fact}; to go on with it: {way}" if way else fact


def ways_on(standings: Iterable[Standing]) -> str:
    """Commands that continue runs of these standings, for messages: ``cgplab resume all``; empty if there are none."""
    return ", ".join(dict.fromkeys(way for standing in standings if (way := go_on(standing))))
