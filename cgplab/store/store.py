"""A store: a directory of runs."""

import os
import shutil
import tempfile
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, Self

from cgplab.errors import InputError
from cgplab.files import write_json
from cgplab.paths import default_store, user_data
from cgplab.store.baselines import BaselineKey, Baselines, read_all_baselines, read_baselines
from cgplab.store.checksums import file_checksum, write_checked_json
from cgplab.store.index import contents, remove_index
from cgplab.store.manifest import Manifest
from cgplab.store.merge import Merged, finish_merge, merge
from cgplab.store.names import CHECKSUMS, MANIFEST, NEW, SEALED_STUDY, STATUS
from cgplab.store.remedies import only_to_be_read
from cgplab.store.row import accuracies_of
from cgplab.store.run import Run
from cgplab.store.sensitivity import SensitivityTable, read_tables
from cgplab.store.states import State
from cgplab.store.status import UNQUEUED, Status, is_queued, now
from cgplab.store.trash import delete_run, empty_trash, remove_unfinished
from cgplab.store.verify import Damage, verify_run, verify_tables
from cgplab.system_errors import explained


@dataclass(frozen=True)
class Table:
    """Rows of the table of runs, see :data:`cgplab.store.columns.RUN_COLUMNS`, and what hides the others.

    ``rows`` and ``runs`` go together; ``damaged`` tells, by id, what is wrong with each run that cannot be read.
    """

    runs: list[Run]
    rows: list[dict[str, Any]]
    damaged: dict[str, str]


WRITERS = 16


class Store:
    """Runs below one directory, ``ROOT/runs/<id>/``.

    Parameters
    ----------
    root : Path
        Need not exist; it is made when the first run is created.
    """

    changes = True
    """Whether runs can be made in it, and change."""

    def __init__(self, root: Path) -> None:
        self.root = root

    @classmethod
    def open(cls, root: str | Path | None = None, to_fill: bool = False) -> Self:
        """Store at ``root``, else the default one (``CGPLAB_STORE`` or the user's data directory).

        Parameters
        ----------
        root : str or Path, optional
        to_fill : bool
            Whether runs are going to be made in it, be it a directory that holds other things so far.

        Raises
        ------
        InputError
            The path is not a directory, or one of other things in which there are no runs to be read.
        """
        path = Path(root).expanduser() if root is not None else default_store()
        if path.suffix == SEALED_STUDY and not path.is_dir():
            raise InputError(only_to_be_read(path))
        if path.exists() and not path.is_dir():
            raise InputError(f"the store {path} is not a directory")
        store = cls(path)
        if not to_fill and path != user_data() and not store.exists() and not store.is_free():
            raise InputError(f"{path} is not a store: it has no runs directory; name one with --store or CGPLAB_STORE")
        return store

    def exists(self) -> bool:
        """Whether there is a store, which is a directory that has a directory ``runs``."""
        return self.runs_directory.is_dir()

    def is_free(self) -> bool:
        """Whether a new store would have its place for itself."""
        try:
            return not any(self.root.iterdir())
        except FileNotFoundError:
            return True
        except OSError as error:
            raise explained(f"cannot read {self.root}", error) from error

    @property
    def runs_directory(self) -> Path:
        """Directory that holds one directory per run."""
        return self.root / "runs"

    def check_writable(self) -> None:
        """Raise InputError unless runs can be created here."""
        try:
            self.runs_directory.mkdir(parents=True, exist_ok=True)
            with tempfile.TemporaryFile(dir=self.runs_directory):
                pass
        except OSError as error:
            raise explained(
                f"the store {self.root} cannot be written", error, "name another with --store or CGPLAB_STORE"
            ) from error

    def create(self, manifest: Manifest, worker: str | None = None, fill: Callable[[Run], None] | None = None) -> Run:
        """Create a pending run; it appears whole or not at all.

        Parameters
        ----------
        manifest : Manifest
        worker : str, optional
            Who has it in its queue, see :class:`Status`.
        fill : callable, optional
            Called with the run before it appears, to write further files.
        """
        self.check_writable()
        # Outside runs/, so that nobody ever lists a directory that is still being filled.
        temporary = Path(tempfile.mkdtemp(dir=self.root, prefix=NEW))
        try:
            manifest.write(temporary / MANIFEST)
            sums = {"files": {MANIFEST: file_checksum(temporary / MANIFEST)}, "status": None}
            write_checked_json(temporary / CHECKSUMS, sums)
            write_json(temporary / STATUS, asdict(Status(State.PENDING, updated=now(), worker=worker)))
            if fill is not None:
                fill(Run(temporary))
            temporary.chmod(0o755)
            directory = self.runs_directory / manifest.id
            os.rename(temporary, directory)
        except BaseException:
            shutil.rmtree(temporary, ignore_errors=True)
            raise
        return Run(directory)

    def create_all(self, manifests: Sequence[Manifest], worker: str | None = None) -> list[Run]:
        """Create pending runs, or none if one cannot be created; see :meth:`create`."""
        futures: list[Future[Run]] = []
        try:
            # A run is a few small files that must reach the disk; waiting for many of them at once is quicker.
            with ThreadPoolExecutor(WRITERS) as pool:
                futures.extend(pool.submit(self.create, manifest, worker) for manifest in manifests)
            return [future.result() for future in futures]
        except BaseException:
            for future in futures:
                if future.exception() is None:
                    shutil.rmtree(future.result().directory, ignore_errors=True)
            raise

    def runs(self) -> Iterator[Run]:
        """All runs, oldest first."""
        if not self.exists():
            return
        for directory in sorted(self.runs_directory.iterdir()):
            # A run that has lost its manifest is damaged, not absent.
            if not directory.name.startswith(".") and directory.is_dir():
                yield Run(directory)

    def run(self, name: str) -> Run:
        """Run of exactly this id, whether or not it is there; see :meth:`find`."""
        return Run(self.runs_directory / name)

    def table(self, dataset: str | None = None) -> "Table":
        """Rows of all runs, oldest first, through the store's index.

        Parameters
        ----------
        dataset : str, optional
            ``dataset/split`` whose accuracy to show; default: the one measured last.
        """
        place = self.runs_directory
        found = contents(self.root, place)
        runs, rows = [], []
        tickets: dict[str | None, bool] = {}
        for name, entry in found.entries.items():
            row = entry.row
            try:
                if row["state"] == State.RUNNING:
                    row = Run(place / name).row()
                elif row["state"] == State.PENDING:
                    if entry.worker not in tickets:
                        tickets[entry.worker] = is_queued(self.root, entry.worker)
                    if not tickets[entry.worker]:
                        row = {**row, "reason": UNQUEUED}
            except InputError as error:
                found.damaged[name] = str(error)
                continue
            runs.append(Run(place / name))
            rows.append(row if dataset is None else {**row, **accuracies_of(entry.metrics, dataset)})
        return Table(runs, rows, found.damaged)

    def reindex(self) -> "Table":
        """Build the index anew from the runs' files, and finish what a deletion, a merge or a creation left undone."""
        finish_merge(self.root)
        empty_trash(self.root)
        remove_unfinished(self.root)
        remove_index(self.root)
        return self.table()

    def delete(self, run: Run) -> None:
        """Remove a run for good; it is gone whole or not at all.

        Raises
        ------
        RunTakenError
            It is being carried out; stop it first.
        InputError
            It is not there, or the store cannot be written.
        """
        delete_run(self.root, run)

    def merge(self, source: Path) -> "Merged":
        """Take over the sound runs of another store or of an archive; see :func:`cgplab.store.merge.merge`."""
        self.check_writable()
        return merge(self.root, source)

    def verify(self) -> list[Damage]:
        """Every damaged or missing file of every run, and of the models' tables of sensitivity."""
        directories = sorted(path for path in self.runs_directory.glob("*") if path.is_dir())
        found = [damage for directory in directories for damage in verify_run(Run(directory))]
        return found + verify_tables(self.root)

    def sensitivity_tables(self) -> Iterator[SensitivityTable]:
        """Tables of sensitivity, in the order of their models' names; damaged ones are left out with a warning."""
        return read_tables(self.root)

    def baselines(self, key: BaselineKey) -> dict[str, tuple[float, float]]:
        """Top-1 in per cent and loss in percentage points by scheme; empty if not measured, InputError if damaged."""
        return read_baselines(self.root, key)

    def all_baselines(self) -> Iterator[Baselines]:
        """Accuracies of baselines of all keys; damaged ones are left out with a warning."""
        return read_all_baselines(self.root)

    def find(self, prefix: str) -> Run:
        """Run whose id is, or begins or ends with, ``prefix``.

        Raises
        ------
        InputError
            No run, or more than one, fits.
        """
        wanted = prefix.upper()
        fits = [run for run in self.runs() if wanted and (run.id.startswith(wanted) or run.id.endswith(wanted))]
        if not fits:
            raise InputError(f"no run {prefix!r} in {self.root}; see: cgplab runs list")
        if len(fits) > 1:
            raise InputError(
                f"{len(fits)} runs fit {prefix!r}, e.g. {fits[0].id} and {fits[1].id}; give more of the id"
            )
        return fits[0]
