"""Where studies are: files of a store, and those that ship with cgplab."""

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
from cgplab.store.status import now
from cgplab.study.document import MOST_BYTES, NAME, RESERVED, Document, check_name, document_of, read_document
from cgplab.system_errors import explained

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
    document : Document or None
        None where the file cannot be read.
    complaint : str
        Why; empty otherwise.
    """

    name: str
    path: Path
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
        try:
            found = [name.removesuffix(_SUFFIX) for name in os.listdir(self.directory) if name.endswith(_SUFFIX)]
        except FileNotFoundError:
            return []
        except OSError as error:
            raise explained(f"cannot read {self.directory}", error) from error
        return sorted(name for name in found if NAME.fullmatch(name) and name not in RESERVED)

    def entries(self) -> list[Entry]:
        """The store's studies, sorted by name; those that cannot be read too."""
        return [self._entry(name) for name in self.names()]

    def _entry(self, name: str) -> Entry:
        try:
            return Entry(name, self.path(name), self.find(name))
        except InputError as error:
            return Entry(name, self.path(name), None, str(error))

    def find(self, name: str) -> Document:
        """Study of a name.

        Raises
        ------
        InputError
            There is none, or its file cannot be read or is named unlike its study.
        """
        path = self.path(name)
        self.check_there(name)
        document = read_document(path)
        if document.name != name:
            raise InputError(f"{path} is wrong: its name is {document.name!r}; rename the file or the study")
        return document

    def check_there(self, name: str) -> None:
        """Raise InputError unless there is a file of a study, readable or not."""
        check_name(name)
        names = self.names()
        if name not in names:
            there = f"there are: {', '.join(names)}" if names else "there are none yet; make one with: cgplab study new"
            raise InputError(f"no study {name} in {self.store.root}; {there}")

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
            if os.path.lexists(path) and read_bounded(path, MOST_BYTES) != data:
                raise InputError(
                    f"there is another study {document.name} in {self.store.root}; give this one another name, or "
                    f"first: cgplab study delete {document.name}"
                )
            write_atomic(path, data)
        self.set_latest(document.name)
        return document

    def replace(self, name: str, data: bytes) -> Document:
        """Put another text into the place of a study's file.

        Raises
        ------
        InputError
            There is no such study, the text is wrong or names another one, or the file cannot be written.
        """
        self.find(name)
        document = document_of(data, f"study {name}")
        if document.name != name:
            raise InputError(f"the study's new file has the name {document.name}, not {name}")
        write_atomic(self.path(name), data)
        self.set_latest(name)
        return document

    def text(self, name: str) -> str:
        """Text of a study's file; see :meth:`find` for errors."""
        self.find(name)
        return read_bounded(self.path(name), MOST_BYTES).decode()

    def delete(self, name: str) -> None:
        """Remove a study's file, readable or not; its runs stay."""
        self.check_there(name)
        with self.held(name) as lock:
            try:
                self.path(name).unlink(missing_ok=True)
                lock.path.unlink(missing_ok=True)
            except OSError as error:
                raise explained(f"cannot remove {self.path(name)}", error) from error

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
            raise InputError(f"study {name} is being carried out by another process; wait for its end, or stop it")
        try:
            yield lock
        finally:
            lock.release()

    def set_latest(self, name: str) -> None:
        """Note that a study is the one that was worked on last."""
        write_json(self.directory / _LATEST, {"study": name, "at": now()})

    def latest(self) -> tuple[str, str] | None:
        """Study that was worked on last, and when; None if nothing tells, or it is no more."""
        try:
            found = read_as(self.directory / _LATEST, _Latest)
        except InputError:
            return None  # absent or damaged: all that it holds is a choice, which is made again with the next study
        return (found["study"], found["at"]) if found["study"] in self.names() else None
