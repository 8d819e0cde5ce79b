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
from cgplab.study.document import MOST_BYTES, NAME, Document, check_name, document_of, read_document
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
            found = [path.name.removesuffix(_SUFFIX) for path in self.directory.glob(f"*{_SUFFIX}")]
        except OSError as error:
            raise explained(f"cannot read {self.directory}", error) from error
        return sorted(name for name in found if NAME.fullmatch(name))

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
        if not path.is_file():
            known = ", ".join(self.names())
            raise InputError(f"no study {name} in {self.store.root}; {f'there are: {known}' if known else _FIRST}")
        document = read_document(path)
        if document.name != name:
            raise InputError(f"{path} is wrong: its name is {document.name!r}; rename the file or the study")
        return document

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
            if path.exists() and path.read_bytes() != data:
                raise InputError(f"there is another study {document.name} in {self.store.root}; rename one of them")
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
        """Remove a study's file; its runs stay."""
        self.find(name)
        with self.held(name):
            try:
                self.path(name).unlink(missing_ok=True)
            except OSError as error:
                raise explained(f"cannot remove {self.path(name)}", error) from error

    @contextmanager
    def held(self, name: str) -> Iterator[None]:
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
            yield
        finally:
            lock.release()

    def set_latest(self, name: str) -> None:
        """Note that a study is the one that was worked on last."""
        write_json(self.directory / _LATEST, {"study": name, "at": now()})

    def latest(self) -> tuple[str, str] | None:
        """Study that was worked on last, and when; None if there is none, or it is no more."""
        path = self.directory / _LATEST
        if not os.path.lexists(path):
            return None
        found = read_as(path, _Latest)
        return (found["study"], found["at"]) if self.path(found["study"]).is_file() else None


_FIRST = "there are none yet; make one with: cgplab study new NAME"
