"""How ``cgplab evolve --cluster`` shows runs that other machines carry out: from what they store."""

import time
from collections import Counter
from collections.abc import Sequence

from rich.progress import BarColumn, MofNCompleteColumn, Progress, TimeRemainingColumn

from cgplab.cli.output import Field, PlainConsole
from cgplab.errors import InputError
from cgplab.running import AccuracyData, missing_accuracy
from cgplab.store import Run, State
from cgplab.words import counted

LOOK_SECONDS = 2.0
ENDED = (State.FINISHED, State.FAILED)


class ClusterDisplay:
    """A bar for all runs, with how many are in which state, and how many accuracies are still to be measured."""

    def __init__(self, runs: Sequence[Run], accuracy: AccuracyData | None = None) -> None:
        self._accuracy = accuracy
        self._unmeasured: Sequence[Run] = () if accuracy is None else runs
        self._going = list(runs)
        self._ended: Counter[str] = Counter()
        self._looked = 0.0
        columns = (
            Field("runs"),
            BarColumn(),
            MofNCompleteColumn(),
            TimeRemainingColumn(),
            Field("{task.fields[states]}"),
        )
        self._bar = Progress(*columns, console=PlainConsole(stderr=True), transient=True)
        self._task = self._bar.add_task("", total=len(runs), states="waiting for the first node")

    def __enter__(self) -> "ClusterDisplay":
        self._bar.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._bar.stop()

    def watch(self) -> None:
        """Look at the runs that have not ended, every other second at most."""
        if time.monotonic() - self._looked < LOOK_SECONDS:
            return
        going, states = [], Counter[str]()
        for run in self._going:
            try:
                state = run.status.state
            except InputError:
                state = State.RUNNING  # shared file systems show a replaced file late
            if state in ENDED:
                self._ended[state.value] += 1
            else:
                going.append(run)
                states[state.value] += 1
        self._going, self._looked = going, time.monotonic()
        if set(states) != {State.PENDING.value}:
            listed = ", ".join(f"{count} {state}" for state, count in (states + self._ended).most_common())
            if self._accuracy is not None and not going:
                self._unmeasured = missing_accuracy(self._unmeasured, self._accuracy)
                listed += f", {counted(len(self._unmeasured), 'accuracy', 'accuracies')} to measure"
            self._bar.update(self._task, completed=self._ended.total(), states=listed)
