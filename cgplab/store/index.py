"""Index of a store: what its runs' files say, kept in one SQLite file so that listing need not open them all.

Disposable: it holds nothing of its own. Every look compares the time and size of each run's files with those it
remembers and reads again what differs; writers of runs do not know that it exists.
"""

import json
import os
import sqlite3
import zlib
from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from typing import Any

import msgspec
from platformdirs import user_cache_path

from cgplab.errors import InputError
from cgplab.store.cell import FORMAT as CELL_FORMAT
from cgplab.store.columns import RUN_COLUMNS
from cgplab.store.contents import Accuracy, Metrics
from cgplab.store.names import ANNOTATIONS, METRICS, STATUS
from cgplab.store.row import STORED_ROW
from cgplab.store.run import Run

_WATCHED = (STATUS, METRICS, ANNOTATIONS)
_FORMAT = sha256(" ".join(["2", CELL_FORMAT, *(column.name for column in RUN_COLUMNS)]).encode()).hexdigest()
_REMOTE = {
    "nfs",
    "nfs4",
    "cifs",
    "smb3",
    "lustre",
    "gpfs",
    "beegfs",
    "ceph",
    "afs",
    "9p",
    "fuse.sshfs",
    "fuse.glusterfs",
}
_BUSY_SECONDS = 5.0
_ROWS, _METRICS = msgspec.json.Decoder(STORED_ROW), msgspec.json.Decoder(Metrics)
_OF_A_LOG = ("-wal", "-shm")
_COLUMNS = "id, signature, row, worker, metrics, sum"


@dataclass(frozen=True)
class Entry:
    """What the files of one run say.

    ``row`` holds the state as it was written; ``worker`` has a pending run in its queue.
    """

    row: dict[str, Any]
    worker: str | None
    metrics: dict[str, Accuracy]


@dataclass(frozen=True)
class Contents:
    """Runs of a store, oldest first, and what is wrong with those that cannot be read, by id."""

    entries: dict[str, Entry]
    damaged: dict[str, str]


def index_path(root: Path) -> Path:
    """File of a store's index: in the store, or in the user's cache where the store is remote or read-only.

    SQLite needs locks, which network file systems do not have or do not keep.
    """
    if os.access(root, os.W_OK) and _file_system(root) not in _REMOTE and not os.statvfs(root).f_flag & os.ST_RDONLY:
        return root / "index.sqlite"
    return user_cache_path("cgplab") / f"index-{sha256(str(root.resolve()).encode()).hexdigest()[:16]}.sqlite"


def contents(root: Path, runs_directory: Path) -> Contents:
    """Everything in a store, through its index; without one, or with a damaged one, from the files alone.

    Where there is no store yet, nothing is written.
    """
    signatures = _signatures(runs_directory)
    path = index_path(root) if runs_directory.is_dir() else None
    for _ in range(2):
        try:
            if path is not None:
                path.parent.mkdir(parents=True, exist_ok=True)
                with _opened(path) as database:
                    return _brought_up_to_date(database, runs_directory, signatures)
        except sqlite3.DatabaseError as error:
            if getattr(error, "sqlite_errorcode", None) == sqlite3.SQLITE_BUSY:
                break  # somebody builds it anew; it is not damaged
            remove_index(root)
        except OSError:
            break
    entries, damaged, _ = _read(runs_directory, signatures)
    return Contents(entries, damaged)


def remove_index(root: Path) -> None:
    """Remove the index; the next look at the store builds it anew."""
    path = index_path(root)
    for suffix in ("", "-journal", *_OF_A_LOG):
        try:
            path.with_name(path.name + suffix).unlink(missing_ok=True)
        except OSError:
            return


@contextmanager
def _opened(path: Path) -> Iterator[sqlite3.Connection]:
    _remove_log(path)
    with closing(sqlite3.connect(path, timeout=_BUSY_SECONDS)) as database:
        # Neither a write-ahead log nor a mapped file: whoever truncates mapped memory ends its readers by SIGBUS.
        database.execute("PRAGMA mmap_size=0")
        database.execute("PRAGMA journal_mode=DELETE")
        # Losing the index in a power cut costs one scan.
        database.execute("PRAGMA synchronous=OFF")
        database.execute("CREATE TABLE IF NOT EXISTS format (name TEXT)")
        if database.execute("SELECT name FROM format").fetchall() != [(_FORMAT,)]:
            database.execute("DROP TABLE IF EXISTS runs")
            database.execute("DELETE FROM format")
            database.execute("INSERT INTO format VALUES (?)", (_FORMAT,))
        database.execute(
            "CREATE TABLE IF NOT EXISTS runs "
            "(id TEXT PRIMARY KEY, signature TEXT, row TEXT, worker TEXT, metrics TEXT, sum INTEGER)"
        )
        database.commit()
        yield database


def _remove_log(path: Path) -> None:
    """Remove an index with a write-ahead log, as earlier versions made them: merely opening it maps memory."""
    try:
        with path.open("rb") as file:
            logged = file.read(20)[18:20] != b"\1\1"
        if logged and path.stat().st_size:
            path.unlink(missing_ok=True)
        for suffix in _OF_A_LOG:
            path.with_name(path.name + suffix).unlink(missing_ok=True)
    except OSError:
        return


def _sum(*fields: str | None) -> int:
    """Checksum of a row of the index, which has none of its own: altered bytes must not be read as other numbers."""
    return zlib.crc32("\0".join(field or "" for field in fields).encode())


def _brought_up_to_date(database: sqlite3.Connection, runs_directory: Path, signatures: dict[str, str]) -> Contents:
    found = database.execute(f"SELECT {_COLUMNS} FROM runs").fetchall()
    remembered = {
        name: entry
        for name, sign, *columns, total in found
        if signatures.get(name) == sign
        and _is_sound(name, sign, *columns, total)
        and (entry := _entry(name, *columns)) is not None
    }
    stale = {name: sign for name, sign in signatures.items() if name not in remembered}
    fresh, damaged, unreadable = _read(runs_directory, stale)
    gone = [name for name, *_ in found if name not in signatures or name in unreadable]
    if fresh or gone:
        _write(database, {name: (stale[name], entry) for name, entry in fresh.items()}, gone)
    entries = {}
    for name in signatures:
        if name in fresh:
            entries[name] = fresh[name]
        elif name in remembered:
            entries[name] = remembered[name]
    return Contents(entries, damaged)


def _is_sound(*fields: Any) -> bool:
    *texts, total = fields
    return all(isinstance(text, str | None) for text in texts) and _sum(*texts) == total


def _write(database: sqlite3.Connection, fresh: dict[str, tuple[str, Entry]], gone: Sequence[Any]) -> None:
    rows = [
        (name, signature, json.dumps(entry.row), entry.worker, json.dumps(entry.metrics))
        for name, (signature, entry) in fresh.items()
    ]
    try:
        database.execute("BEGIN IMMEDIATE")
        database.executemany("DELETE FROM runs WHERE id = ?", [(name,) for name in gone])
        database.executemany(
            f"INSERT OR REPLACE INTO runs ({_COLUMNS}) VALUES (?, ?, ?, ?, ?, ?)", [(*row, _sum(*row)) for row in rows]
        )
        database.commit()
    except sqlite3.OperationalError as error:
        database.rollback()
        # Somebody else is writing down the same.
        if error.sqlite_errorcode != sqlite3.SQLITE_BUSY:
            raise


def _entry(name: str, row: Any, worker: Any, metrics: Any) -> Entry | None:
    """Entry as the index remembers it; None where it cannot have been written by this version."""
    try:
        entry = Entry(_ROWS.decode(row), worker, _METRICS.decode(metrics))
    except (TypeError, ValueError, RecursionError, msgspec.MsgspecError):
        return None
    return entry if entry.row["id"] == name and isinstance(worker, str | None) else None


def _read(runs_directory: Path, names: dict[str, str]) -> tuple[dict[str, Entry], dict[str, str], set[str]]:
    """Entries read from the runs' files, what is wrong with the others, and all that have no entry."""
    entries: dict[str, Entry] = {}
    damaged: dict[str, str] = {}
    unreadable: set[str] = set()
    for name in names:
        run = Run(runs_directory / name)
        try:
            entries[name] = Entry(*run.stored_row())
        except InputError as error:
            unreadable.add(name)
            # Deleted since it was listed, it is not damaged.
            if os.path.isdir(run.directory):
                damaged[name] = str(error)
    return entries, damaged, unreadable


def _signatures(runs_directory: Path) -> dict[str, str]:
    """Time, size and inode of the files that can change, by run id in order."""
    try:
        names = sorted(os.listdir(runs_directory))
    except (FileNotFoundError, NotADirectoryError):
        return {}
    return {name: _signature(f"{runs_directory}/{name}") for name in names if not name.startswith(".")}


def _signature(directory: str) -> str:
    parts = []
    for name in _WATCHED:
        try:
            found = os.stat(f"{directory}/{name}")
        except OSError:
            parts.append("-")
        else:
            parts.append(f"{found.st_mtime_ns}.{found.st_size}.{found.st_ino}")
    return " ".join(parts)


def _file_system(path: Path) -> str:
    """Kind of the file system that holds ``path``; empty where it cannot be told."""
    best, kind = "", ""
    try:
        mounts = Path("/proc/self/mounts").read_text(encoding="utf-8").splitlines()
    except OSError:
        return ""
    place = f"{path.resolve()}/"
    for line in mounts:
        fields = line.split(" ")
        point = fields[1].replace("\\040", " ").rstrip("/") + "/"
        if place.startswith(point) and len(point) >= len(best):
            best, kind = point, fields[2]
    return kind
