"""Which runs a command uses: those of one study, of one batch, or all of a store."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, cast

from ulid import ULID

from cgplab.analysis import Frames
from cgplab.analysis.runs import LATEST as LAST
from cgplab.analysis.runs import batch_of, readable
from cgplab.errors import InputError
from cgplab.running import AccuracyData
from cgplab.store import Run, State, Store, Table
from cgplab.study.completeness import Completeness
from cgplab.study.design import Design
from cgplab.study.document import EVERYTHING, LATEST, Document
from cgplab.study.library import Library
from cgplab.study.sealed_studies import opened, sealed_document
from cgplab.words import counted

if TYPE_CHECKING:
    from cgplab.sealed.store import SealedStore  # reads Parquet, which takes a tenth of a second to load


@dataclass(frozen=True, eq=False)
class Scope:
    """Runs that belong together.

    Attributes
    ----------
    store : Store
    name : str
        Of the study; empty for a batch, which is a study without a name, and for all runs.
    title : str
        What the runs are, in a few words.
    table : Table
        The runs and their rows, oldest first, with accuracies on the study's images.
    batch : str
        Id of the batch; empty for others.
    document : Document or None
        Of the study.
    completeness : Completeness or None
        Likewise.
    """

    store: Store
    name: str
    title: str
    table: Table
    batch: str = ""
    document: Document | None = None
    completeness: Completeness | None = None

    @property
    def progress(self) -> Completeness | None:
        """Design of the study or batch, and what is done of it; None for all runs, which have no common design.

        For a batch, the manifest of a run of each cell is read.
        """
        return Completeness.of_batch(self.store, self.table, self.batch) if self.batch else self.completeness

    def without_repeats(self) -> "Scope":
        """The same scope with one run for each cell and seed, since repeats are no further evidence.

        A finished run is kept before others, then the oldest.
        """
        kept: dict[object, tuple[Run, dict[str, Any]]] = {}
        for run, row in zip(self.table.runs, self.table.rows, strict=True):
            place = (row["cell"], row["seed"])
            if place not in kept or (row["state"] == State.FINISHED and kept[place][1]["state"] != State.FINISHED):
                kept[place] = (run, row)
        repeated = len(self.table.rows) - len(kept)
        if not repeated:
            return self
        chosen = sorted(kept.values(), key=lambda found: found[0].id)
        table = Table([run for run, _ in chosen], [row for _, row in chosen], self.table.damaged)
        return replace(self, table=table, title=f"{self.title}, without {repeated:,} repeated")

    def images(self, asked: AccuracyData) -> AccuracyData:
        """Images for accuracies: those that were asked for, else the study's own."""
        own = None if self.document is None else self.document.accuracy_data
        return own if own is not None and asked == AccuracyData() else asked

    def frames(self, conditions: Sequence[str] = ()) -> Frames:
        """Frames over the runs, or those of them that meet conditions."""
        return Frames.over(readable(self.table), self.store, conditions)


def scope_of(store: Store, study: str | None = None, batch: str | None = None) -> Scope:
    """Scope by the name of a study or batch.

    Parameters
    ----------
    store : Store
    study : str, optional
        Name, ``latest`` or ``all``. Default, without a batch: the latest.
    batch : str, optional
        Id of a batch, a part of it, or ``last``.

    Raises
    ------
    InputError
        There is no such study or batch, or both are given.
    """
    if study is not None and batch is not None:
        raise InputError(f"a study and a batch exclude each other; give {study} or {batch}")
    if batch is not None:
        return _batch(store, batch)
    if not store.changes:
        return _of_sealed(store, study)
    if study == EVERYTHING:
        return _everything(store).without_repeats()
    return _latest(store) if study in (None, LATEST) else _named(store, str(study))


def inventory(store: Store, study: str | None = None, batch: str | None = None) -> Scope:
    """Scope of commands that manage runs: all runs unless a study or batch is named."""
    everything = study in (None, EVERYTHING) and batch is None and store.changes
    return _everything(store) if everything else scope_of(store, study, batch)


def _everything(store: Store) -> Scope:
    table = store.table()
    return Scope(store, "", f"all {counted(len(table.rows), 'run')} of {store.root}", table)


def _batch(store: Store, batch: str) -> Scope:
    table = store.table()
    chosen = batch_of((row["batch"] for row in table.rows), batch, str(store.root))
    kept = [(run, row) for run, row in zip(table.runs, table.rows, strict=True) if row["batch"] == chosen]
    of_batch = Table([run for run, _ in kept], [row for _, row in kept], table.damaged)
    return Scope(store, "", f"batch {chosen}", of_batch, chosen)


def _named(store: Store, name: str) -> Scope:
    """A study of the store, or a sealed one."""
    library = Library(store)
    sealed = library.sealed().get(name)
    return _study(store, library.find(name)) if sealed is None else _sealed(opened(sealed))


def _of_sealed(store: Store, study: str | None) -> Scope:
    """The one study of a sealed file."""
    found = _sealed(store)
    if study not in (None, LATEST, EVERYTHING, found.name):
        raise InputError(f"{store.root} holds {found.title} only, not {study}")
    return found


def _sealed(store: Store) -> Scope:
    try:
        document = sealed_document(cast("SealedStore", store))
    except InputError:
        return _everything(store)  # its text is of another version, or was not written by cgplab
    try:
        return _study(store, document)
    except InputError:
        # Its model is not on this machine: what was found is there all the same, but not what was planned.
        return Scope(store, document.name, f"study {document.name}", store.table(), document=document)


def _study(store: Store, document: Document) -> Scope:
    found = Completeness.of(Design.of(document, None), store, document.accuracy_data)
    members = sorted(found.members.values(), key=lambda member: member.run.id)
    sound = [member for member in members if not member.complaint]
    damaged = {member.run.id: member.complaint for member in members if member.complaint}
    table = Table([member.run for member in sound], [dict(member.row) for member in sound], damaged)
    return Scope(store, document.name, f"study {document.name}", table, document=document, completeness=found)


def _latest(store: Store) -> Scope:
    """The study used last; or the newest batch, if it began later and has runs outside that study."""
    library = Library(store)
    latest = library.latest()
    newest = max((row["batch"] for row in store.table().rows), default=None)
    if latest is None:
        return _everything(store) if newest is None else _batch(store, LAST)
    study = _named(store, latest[0])
    if newest is None or _began(newest) <= latest[1]:
        return study
    batch = _batch(store, newest)
    return study if {run.id for run in batch.table.runs} <= {run.id for run in study.table.runs} else batch


def _began(batch: str) -> str:
    """When a batch was planned, in UTC, ISO 8601; the beginning of time where its id does not tell."""
    try:
        return ULID.from_str(batch).datetime.isoformat(timespec="milliseconds")
    except ValueError:
        return ""
