"""Studies by name: those of a store, and those that ship with cgplab."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TypedDict

from cgplab.errors import InputError
from cgplab.files import with_directory, write_atomic, write_json
from cgplab.plain_files import read_bounded
from cgplab.schema import Name, Time, read_as
from cgplab.store import Store
from cgplab.store.locks import Lock
from cgplab.store.names import SEALED_STUDY
from cgplab.store.status import now
from cgplab.study.document import MOST_BYTES, NAME, RESERVED, Document, check_name, document_of, read_document
from cgplab.study.sealed_studies import example_studies, opened, sealed_document, sealed_in
from cgplab.system_errors import explained

MOST_SEALED_BYTES = 4 << 30
DIRECTORY = "studies"
"""Directory of a store that holds its studies, ``<name>.toml``."""
_LATEST, _LOCK, _SUFFIX = "latest.json", ".lock", ".toml"


class _Latest(TypedDict):
    """Study that was made, opened or carried out last, and when."""

    study: Name
    at: Time


@dataclass(frozen=True)
class Entry:
    """A study that can be named.

    Attributes
    ----------
    name : str
    path : Path
    kind : str
        ``study``, ``sealed``, or ``example`` for a sealed study that ships with cgplab.
    document : Document or None
        None where the file cannot be read.
    complaint : str
        Why; empty otherwise.
    """

    name: str
    path: Path
    kind: str
    document: Document | None
    complaint: str = ""


class Library:
    """Studies of a store.

    Parameters
    ----------
    store : Store
    """

    def __init__(self, store: Store) -> None:
        self.store = store
        self.directory = store.root / DIRECTORY

    def path(self, name: str) -> Path:
        """Where a study's file lies, or would lie."""
        return self.directory / f"{check_name(name)}{_SUFFIX}"

    def names(self) -> list[str]:
        """Names of the store's studies, sorted."""
        if not self.store.changes:
            return []
        try:
            found = [name.removesuffix(_SUFFIX) for name in os.listdir(self.directory) if name.endswith(_SUFFIX)]
        except FileNotFoundError:
            return []
        except OSError as error:
            raise explained(f"cannot read {self.directory}", error) from error
        return sorted(name for name in found if NAME.fullmatch(name) and name not in RESERVED)

    def sealed(self) -> dict[str, Path]:
        """Files of sealed studies by name: the store's, then those that ship with cgplab under other names."""
        known = {**example_studies(), **(sealed_in(self.directory) if self.store.changes else {})}
        return {name: path for name, path in known.items() if name not in self.names()}

    def entries(self) -> list[Entry]:
        """All studies, the store's first, including those that cannot be read."""
        own = [self._entry(name, self.path(name), "study") for name in self.names()]
        sealed = self.sealed().items()
        return own + [
            self._entry(name, path, "sealed" if path.parent == self.directory else "example") for name, path in sealed
        ]

    def _entry(self, name: str, path: Path, kind: str) -> Entry:
        try:
            document = self.find(name) if kind == "study" else sealed_document(opened(path))
        except InputError as error:
            return Entry(name, path, kind, None, str(error))
        return Entry(name, path, kind, document)

    def find(self, name: str) -> Document:
        """Study of a name.

        Raises
        ------
        InputError
            There is none, its file cannot be read, or the file and its study have different names.
        """
        path = self.path(name)
        self.check_there(name)
        document = read_document(path)
        if document.name != name:
            raise InputError(f"{path} is wrong: it names its study {document.name!r}; rename the file or the study")
        return document

    def check_there(self, name: str) -> None:
        """Raise InputError unless there is a file of a study, readable or not."""
        check_name(name)
        if name in self.names():
            return
        sealed = self.sealed()
        if name in sealed:
            raise InputError(
                f"study {name} is sealed in {sealed[name]} and read-only; copy its runs into a store with: "
                f"cgplab runs merge {sealed[name]}"
            )
        there = ", ".join([*self.names(), *sealed])
        none = "there are none yet; make one with: cgplab study new"
        raise InputError(f"no study {name} in {self.store.root}; {f'there are: {there}' if there else none}")

    def add(self, data: bytes, where: Path | str) -> Document:
        """Take in a study's file.

        Parameters
        ----------
        data : bytes
            Of the file; they are kept as they are.
        where : Path or str
            Names them in errors.

        Raises
        ------
        InputError
            The file is wrong, another study of the store has its name, or the store cannot be written.
        """
        document = document_of(data, where)
        self.store.check_writable()
        with self.held(document.name):
            path = self.path(document.name)
            if os.path.lexists(self.directory / f"{document.name}{SEALED_STUDY}"):
                raise InputError(
                    f"there is a sealed study {document.name} in {self.store.root}; rename this one, or delete the "
                    f"sealed one with: cgplab study delete {document.name}"
                )
            if os.path.lexists(path) and read_bounded(path, MOST_BYTES) != data:
                raise InputError(
                    f"there is another study {document.name} in {self.store.root}; rename this one, or delete the "
                    f"other with: cgplab study delete {document.name}"
                )
            write_atomic(path, data)
        self.set_latest(document.name)
        return document

    def add_sealed(self, path: Path) -> Document:
        """Take in a copy of a sealed study.

        Raises
        ------
        InputError
            The file is not a sealed study, it is damaged, or another study of the store has its name.
        """
        sealed = opened(path)
        document = sealed_document(sealed)
        if damages := sealed.verify():
            raise InputError(f"{path} is damaged: {damages[0].what}; get another copy")
        self.store.check_writable()
        place = self.directory / f"{check_name(document.name)}{SEALED_STUDY}"
        with self.held(document.name):
            data = read_bounded(path, MOST_SEALED_BYTES)
            there = document.name in self.names() or os.path.lexists(place)
            if there and not (os.path.lexists(place) and read_bounded(place, MOST_SEALED_BYTES) == data):
                raise InputError(
                    f"there is another study {document.name} in {self.store.root}; delete it with: cgplab study delete "
                    f"{document.name}"
                )
            write_atomic(place, data)
        self.set_latest(document.name)
        return document

    def replace(self, name: str, data: bytes) -> Document:
        """Replace the text of a study's file.

        Raises
        ------
        InputError
            There is no such study, the text is wrong or names another one, or the file cannot be written.
        """
        self.find(name)
        document = document_of(data, f"study {name}")
        if document.name != name:
            raise InputError(f"the new file of study {name} has the name {document.name!r}; keep the name {name!r}")
        write_atomic(self.path(name), data)
        self.set_latest(name)
        return document

    def text(self, name: str) -> str:
        """Text of a study's file; see :meth:`find` for errors."""
        self.find(name)
        return read_bounded(self.path(name), MOST_BYTES).decode()

    def removable(self, name: str) -> Path:
        """File of a study that can be removed: the store's, sealed or not.

        Raises
        ------
        InputError
            There is none of this name, or it ships with cgplab.
        """
        path = self.sealed().get(name)
        if path is not None and path.parent == self.directory:
            return path
        self.check_there(name)
        return self.path(name)

    def delete(self, name: str) -> None:
        """Remove a study's file, readable or not; runs of the store stay. See :meth:`removable` for errors."""
        path = self.removable(name)
        with self.held(name) as lock:
            try:
                path.unlink(missing_ok=True)
                lock.path.unlink(missing_ok=True)
            except OSError as error:
                raise explained(f"cannot remove {path}", error) from error

    @contextmanager
    def held(self, name: str) -> Iterator[Lock]:
        """Hold a study, so that one process at a time plans, changes or removes it.

        Raises
        ------
        InputError
            Another process holds it.
        """
        path = self.directory / f".{check_name(name)}{_LOCK}"
        lock = Lock.take(with_directory(path))
        if lock is None:
            raise InputError(f"study {name} is being carried out by another process; wait until it ends, or stop it")
        try:
            yield lock
        finally:
            lock.release()

    def set_latest(self, name: str) -> None:
        """Record a study as the one used last."""
        write_json(with_directory(self.directory / _LATEST), {"study": name, "at": now()})

    def latest(self) -> tuple[str, str] | None:
        """Study that was used last, and when; None if this is unknown or the study no longer exists."""
        try:
            found = read_as(self.directory / _LATEST, _Latest)
        except InputError:
            return None  # absent or damaged: all that it holds is a choice, which is made again with the next study
        there = found["study"] in self.names() or found["study"] in self.sealed()
        return (found["study"], found["at"]) if there else None
