"""Sealed studies by name: those that ship with cgplab, and those that a store was given."""

from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING

from cgplab.errors import InputError
from cgplab.paths import shipped_data
from cgplab.sealed import open_store
from cgplab.store.names import SEALED_STUDY
from cgplab.study.document import NAME, RESERVED, Document, document_of

if TYPE_CHECKING:
    from cgplab.sealed.store import SealedStore


def example_studies() -> dict[str, Path]:
    """Files of the studies that ship with cgplab, by name; none where they were left out."""
    return sealed_in(shipped_data() / "examples")


def sealed_in(directory: Path) -> dict[str, Path]:
    """Files of sealed studies in a directory, by the name that the file has."""
    found = {path.stem: path for path in sorted(directory.glob(f"*{SEALED_STUDY}"))}
    return {name: path for name, path in found.items() if NAME.fullmatch(name) and name not in RESERVED}


def opened(path: Path) -> "SealedStore":
    """Sealed study of a file, opened once for each file that takes this place; see :func:`open_store` for errors."""
    try:
        mark = path.stat()
    except OSError as error:
        raise InputError(f"cannot read {path}: {error.strerror}") from error
    return _opened(path, mark.st_mtime_ns, mark.st_size, mark.st_ino)


@lru_cache(maxsize=32)
def _opened(path: Path, *_mark: int) -> "SealedStore":
    return open_store(path)  # type: ignore[return-value]


def sealed_document(store: "SealedStore") -> Document:
    """Study that a sealed file holds; InputError where its text is none."""
    return document_of(store.study_text.encode(), f"the study in {store.root}")
