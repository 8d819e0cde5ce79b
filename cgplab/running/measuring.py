"""Accuracy of a batch's runs, measured while others of it go on."""

from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from contextlib import suppress
from threading import Event
from typing import TYPE_CHECKING

from cgplab.errors import InputError
from cgplab.running.accuracy import AccuracyData, Measured, Meter, missing_accuracy
from cgplab.store import Run, State
from cgplab.words import counted

if TYPE_CHECKING:
    from cgplab.models.accuracy import Cores

Group = tuple[str, str]
"""Model and layer, as manifests name it: runs that share what comes before the weights they change."""


class _Interrupted(Exception):  # noqa: N818 - an outcome, not an error
    """The batch is to end."""


class Measuring:
    """Groups of runs whose accuracy is measured when the last run of each has ended, one group at a time.

    Not thread-safe but for :meth:`measure`: whoever shares it among threads asks under a lock.

    Parameters
    ----------
    queued : sequence of Run
        Those that are to be carried out.
    on : AccuracyData
    ended : sequence of Run
        Those that have ended before, and lack the accuracy.
    progress : callable, optional
        Called before the first run of a group and whenever a run is dealt with.
    tell : callable, optional
        Called with one line for every reason why accuracies are not measured.
    cache_bytes : int, optional
        Memory for activations; default: the evaluator's.
    """

    def __init__(
        self,
        queued: Sequence[Run],
        on: AccuracyData,
        *,
        ended: Sequence[Run] = (),
        progress: Callable[[Measured], None] = lambda _: None,
        tell: Callable[[str], None] = lambda _: None,
        cache_bytes: int | None = None,
    ) -> None:
        self._on, self._progress, self._tell, self._cache_bytes = on, progress, tell, cache_bytes
        self._groups = groups_of([*queued, *ended])
        self._group = {run.id: group for group, members in self._groups.items() for run in members}
        self._going = Counter(self._group[run.id] for run in queued if run.id in self._group)
        self._ready = [group for group in self._groups if not self._going[group]]
        self._busy = False
        self._meter: Meter | None = None
        self._done, self._total = 0, len(queued) + len(ended)
        self._told: set[str] = set()

    @property
    def waits(self) -> bool:
        """Whether a group is there whose runs have all ended."""
        return bool(self._ready)

    def ended(self, run: Run) -> None:
        """Note that a queued run's turn has passed, whatever became of it."""
        group = self._group.get(run.id)
        if group is None:
            return
        self._going[group] -= 1
        if not self._going[group]:
            self._ready.append(group)

    def take(self) -> Group | None:
        """A group to measure now; None while another one is being measured, or where none is ready."""
        if self._busy or not self._ready:
            return None
        self._busy = True
        return self._ready.pop(0)

    def release(self) -> None:
        """Let the next group be taken."""
        self._busy = False

    def measure(self, group: Group, cores: "Cores", stop: Event) -> None:
        """Measure the finished runs of a group that lack the accuracy; what keeps it from that is told.

        Parameters
        ----------
        group : Group
            As taken.
        cores : callable
            Lends the cores of each pass over the images.
        stop : Event
            When set, the measurement ends after the current images; runs measured before keep what they have.
        """

        def check() -> None:
            if stop.is_set():
                raise _Interrupted

        if self._meter is None:
            self._meter = Meter(self._on, cores=cores, cache_bytes=self._cache_bytes, check=check)
        members = self._groups[group]
        failures: list[str] = []
        try:
            todo = missing_accuracy(self._with_weights(members), self._on)
            before = self._done + len(members) - len(todo)
            self._meter.measure(
                todo,
                lambda state: self._progress(Measured(before + state.done, self._total, state.layers)),
                lambda run, error: failures.append(f"run {run.id}: {error}"),
            )
        except _Interrupted:
            return
        except InputError as error:
            failures.append(f"{group[0]}: {error}")
        except Exception as error:
            failures.append(f"{group[0]}: {type(error).__name__}: {error}")
        if failures:
            self._say(failures[0] + f" (and {counted(len(failures) - 1, 'more run')})" * (len(failures) > 1))
        self._done += len(members)
        self._progress(Measured(self._done, self._total, (group[1],)))

    def _with_weights(self, members: Sequence[Run]) -> list[Run]:
        """Those that have finished and hold weights of a model."""
        found = []
        for run in members:
            with suppress(InputError):  # damaged or removed meanwhile, as whoever lists the runs says
                if run.status.state is not State.FINISHED:
                    continue
                if run.weight_layers():
                    found.append(run)
                else:
                    self._say(f"selection {run.manifest.selection} infers no weights of a model")
        return found

    def _say(self, why: str) -> None:
        if why not in self._told:
            self._told.add(why)
            self._tell(f"accuracy is not measured: {why}")


def groups_of(runs: Iterable[Run]) -> dict[Group, list[Run]]:
    """Runs by model and layer, in the order of the first of each; those whose manifest is damaged are left out."""
    groups: dict[Group, list[Run]] = {}
    for run in runs:
        with suppress(InputError):
            groups.setdefault((run.manifest.model, run.manifest.layer), []).append(run)
    return groups
