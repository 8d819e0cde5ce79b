"""States of a run."""

from enum import StrEnum


class State(StrEnum):
    """Where a run stands."""

    PENDING = "pending"
    RUNNING = "running"
    PAUSED = "paused"
    FINISHED = "finished"
    FAILED = "failed"
    KILLED = "killed"
    CRASHED = "crashed"

    @property
    def meaning(self) -> str:
        """Explanation for people."""
        return _MEANINGS[self]


_MEANINGS = {
    State.PENDING: "waits for a worker",
    State.RUNNING: "searching",
    State.PAUSED: "paused on request, can be resumed",
    State.FINISHED: "reached a limit, ran out of patience or met its early stop",
    State.FAILED: "ended by an error",
    State.KILLED: "stopped or interrupted; what it found is stored",
    State.CRASHED: "its process is gone without a word",
}
