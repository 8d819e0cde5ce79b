"""What a study has and what it lacks: its design compared with the runs of a store."""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass
from enum import StrEnum
from functools import cached_property
from statistics import median
from typing import Any

from cgplab.errors import InputError
from cgplab.running.accuracy import AccuracyData
from cgplab.running.standing import standing_of, standing_of_row
from cgplab.selections import selection_by_name
from cgplab.store import Run, Store, Table
from cgplab.store.commands import Standing
from cgplab.store.row import row_of
from cgplab.study.design import Cell, Design, Place


class Stage(StrEnum):
    """State of the run of one cell and seed, as shown to users."""

    DONE = "done"
    RUNNING = "running"
    UNFINISHED = "unfinished"
    FAILED = "failed"
    MISSING = "missing"


_STAGES = {
    Standing.QUEUED: Stage.RUNNING,
    Standing.ORPHANED: Stage.UNFINISHED,
    Standing.RUNNING: Stage.RUNNING,
    Standing.ASKED: Stage.RUNNING,
    Standing.PAUSED: Stage.UNFINISHED,
    Standing.FINISHED: Stage.DONE,
    Standing.FAILED: Stage.FAILED,
    Standing.KILLED: Stage.UNFINISHED,
    Standing.CRASHED: Stage.UNFINISHED,
    Standing.DAMAGED: Stage.UNFINISHED,
    Standing.IMPORTED: Stage.DONE,
    Standing.DELETED: Stage.MISSING,
}
_ORDER = tuple(Stage)
_NOTHING: Counter[str] = Counter()


@dataclass(frozen=True, eq=False)
class Member:
    """The run that takes a place of the design.

    Attributes
    ----------
    run : Run
    row : dict
        Of the table of runs, with the accuracy on the study's images.
    stage : Stage
    complaint : str
        Why its status cannot be read; empty where it can. Its row then says what the other files tell.
    measured : bool
        Whether the study asks for its accuracy.
    """

    run: Run
    row: Mapping[str, Any]
    stage: Stage
    complaint: str = ""
    measured: bool = True

    @property
    def is_above(self) -> bool:
        """Whether it is done with a larger error than its strategy allows."""
        row = self.row
        return self.stage is Stage.DONE and row["error"] is not None and row["error"] > row["threshold"]

    @property
    def is_unmeasured(self) -> bool:
        """Whether it is done, infers weights, and lacks the accuracy that the study asks for."""
        row = self.row
        wanted = self.measured and selection_by_name(row["selection"]).of_weights
        return self.stage is Stage.DONE and row["accuracy"] is None and wanted


@dataclass(frozen=True)
class Tally:
    """How many runs of a cell, or of several, stand where.

    ``above`` of the done ones have a larger error than their strategy allows; ``unmeasured`` of them have no accuracy
    on the study's images.
    """

    done: int = 0
    running: int = 0
    unfinished: int = 0
    failed: int = 0
    missing: int = 0
    above: int = 0
    unmeasured: int = 0

    @property
    def n(self) -> int:
        """Runs of the design."""
        return self.done + self.running + self.unfinished + self.failed + self.missing

    @property
    def left(self) -> int:
        """Runs that are still to be made or ended by ``cgplab study run``."""
        return self.unfinished + self.missing


@dataclass(frozen=True, eq=False)
class Completeness:
    """A design and the runs that take its places.

    Attributes
    ----------
    design : Design
    members : {(cell, seed): Member}
        Of several runs with the same cell and seed, which are the same search, the one that has gone furthest, and of
        these the oldest.
    repeated : int
        Further runs of the same places, which are ignored.
    """

    design: Design
    members: Mapping[Place, Member]
    repeated: int

    @classmethod
    def of(cls, design: Design, store: Store, on: AccuracyData | None) -> "Completeness":
        """Compare a design with the runs of a store; ``on`` are the study's images, None if it measures no accuracy."""
        return cls._among(design, _found(design, store, on))

    @classmethod
    def of_batch(cls, store: Store, table: Table, batch: str) -> "Completeness":
        """What has become of a batch: its cells and seeds are the design.

        Parameters
        ----------
        store : Store
        table : Table
            The runs of the batch.
        batch : str
            Its id.
        """
        found = [
            Member(run, row, _STAGES[standing_of_row(run, row)])
            for run, row in zip(table.runs, table.rows, strict=True)
        ]
        found += [
            Member(run, row, _STAGES[standing], table.damaged[run.id])
            for run, row, standing in _damaged(store, table)
            if row["batch"] == batch
        ]
        found.sort(key=lambda member: member.run.id)
        cells: dict[str, list[Member]] = {}
        for member in found:
            cells.setdefault(member.row["cell"], []).append(member)
        design = Design(
            tuple(
                Cell(key, members[0].run.manifest, tuple(dict.fromkeys(member.row["seed"] for member in members)))
                for key, members in cells.items()
            )
        )
        return cls._among(design, found)

    @classmethod
    def _among(cls, design: Design, runs: Iterable[Member]) -> "Completeness":
        """Of several runs for the same place, the one that has gone furthest; of these the first."""
        members: dict[Place, Member] = {}
        repeated = 0
        for found in runs:
            place = (found.row["cell"], found.row["seed"])
            other = members.get(place)
            repeated += other is not None
            if other is None or _ORDER.index(found.stage) < _ORDER.index(other.stage):
                members[place] = found
        return cls(design, members, repeated)

    @property
    def ids(self) -> frozenset[str]:
        """Ids of the study's runs."""
        return frozenset(member.run.id for member in self.members.values())

    def stage(self, place: Place) -> Stage:
        """Where the run of a cell and seed stands."""
        member = self.members.get(place)
        return Stage.MISSING if member is None else member.stage

    def tally(self, cells: Iterable[Cell] | None = None) -> Tally:
        """Count the runs of some cells; default: of all."""
        counts: Counter[str] = Counter()
        for cell in self.design.cells if cells is None else cells:
            found = self._counts.get(cell.key, _NOTHING)
            counts.update(found)
            counts[Stage.MISSING.value] += len(cell.seeds) - sum(found[stage.value] for stage in Stage)
        return Tally(**counts)

    @cached_property
    def _counts(self) -> Mapping[str, Counter[str]]:
        """What a tally tells of the runs that are there, by cell."""
        counts: dict[str, Counter[str]] = {}
        for (cell, _), member in self.members.items():
            found = counts.setdefault(cell, Counter())
            found[member.stage.value] += 1
            found["above"] += member.is_above
            found["unmeasured"] += member.is_unmeasured
        return counts

    def of_stage(self, *stages: Stage) -> list[Member]:
        """Runs that stand there, in the order of the design."""
        return [
            member
            for cell in self.design.cells
            for seed in cell.seeds
            if (member := self.members.get((cell.key, seed))) is not None and member.stage in stages
        ]

    @property
    def missing(self) -> list[Place]:
        """Places that no run takes, in the order of the design."""
        return [
            (cell.key, seed)
            for cell in self.design.cells
            for seed in cell.seeds
            if self.stage((cell.key, seed)) is Stage.MISSING
        ]

    def seconds_left(self) -> float | None:
        """Estimated search time of missing and unfinished runs, in seconds of one core; None if there is no estimate.

        A run is assumed to take the median time of the finished runs of its cell; without any, of its search, budget,
        model and layer; then of any layer; then its time limit.
        """
        known = _Pace(self)
        total = 0.0
        for cell in self.design.cells:
            if left := self.tally([cell]).left:
                seconds = known.seconds(cell)
                if seconds is None:
                    return None
                total += left * seconds
        return total


class _Pace:
    """How long runs of a study take."""

    def __init__(self, found: Completeness) -> None:
        self._taken: dict[tuple[object, ...], list[float]] = {}
        keys = {cell.key: self._keys(cell) for cell in found.design.cells}
        for (cell, _), member in found.members.items():
            if member.stage is Stage.DONE and member.row["seconds"] is not None:
                for key in keys[cell]:
                    self._taken.setdefault(key, []).append(float(member.row["seconds"]))

    def seconds(self, cell: Cell) -> float | None:
        """Seconds that a run of a cell can be expected to take."""
        for key in self._keys(cell):
            if key in self._taken:
                return median(self._taken[key])
        return cell.template.settings["time_limit"] if cell.template.method == "evolve" else None

    @staticmethod
    def _keys(cell: Cell) -> list[tuple[object, ...]]:
        manifest = cell.template
        search = (manifest.search, manifest.budget, manifest.model)
        return [(cell.key,), (*search, manifest.layer), search]


def _found(design: Design, store: Store, on: AccuracyData | None) -> Iterator[Member]:
    """Runs that have a place in the design; those of a cell oldest first."""
    measured = on is not None
    names = {model: (on or AccuracyData()).name(model) for model in {cell.template.model for cell in design.cells}}
    datasets = {cell.key: names[cell.template.model] for cell in design.cells}
    for dataset in dict.fromkeys(datasets.values()):
        table = store.table(dataset)
        for run, row in zip(table.runs, table.rows, strict=True):
            if datasets.get(row["cell"]) == dataset and (row["cell"], row["seed"]) in design:
                yield Member(run, _as_named(design, row), _STAGES[standing_of_row(run, row)], measured=measured)
        for run, row, standing in _damaged(store, table):
            if datasets.get(row["cell"]) == dataset and (row["cell"], row["seed"]) in design:
                yield Member(run, _as_named(design, row), _STAGES[standing], table.damaged[run.id], measured)


def _as_named(design: Design, row: dict[str, Any]) -> Mapping[str, Any]:
    """Row of a run as the study calls its model and cost table: others may have had the same under another path."""
    template = design.by_key[row["cell"]].template
    if row["model"] == template.model and row["costs"] == template.costs:
        return row
    return {**row, "model": template.model, "costs": template.costs}


def _damaged(store: Store, table: Table) -> Iterator[tuple[Run, dict[str, Any], Standing]]:
    """Runs whose status cannot be read, their rows as the other files tell them, and where they stand.

    Going on with them mends the status.
    """
    for name in sorted(table.damaged):
        run = Run(store.runs_directory / name)
        with suppress(InputError):
            standing = standing_of(run)
            if standing in (Standing.DAMAGED, Standing.RUNNING):
                yield run, row_of(run.manifest, run.status_or_rebuilt(), {}, [], ""), standing
