"""Write files whole or not at all; :mod:`cgplab.schema` reads them."""

import io
import json
import os
import tempfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np

from cgplab.errors import InputError
from cgplab.system_errors import explained


def _umask() -> int:
    mask = os.umask(0)
    os.umask(mask)
    return mask


# Asked once, while nothing else writes: the mask can only be read by changing it, for all threads.
_UMASK = _umask()


def write_atomic(path: Path, data: bytes, durable: bool = True) -> None:
    """Replace ``path`` by ``data``; a reader sees the old or the new file.

    Parameters
    ----------
    path : Path
    data : bytes
    durable : bool
        Whether that shall hold after a power cut as well; it takes the disk some milliseconds.

    Raises
    ------
    InputError
        The directory is missing or cannot be written; the old file, if any, is untouched.
    """
    try:
        descriptor, name = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
    except FileNotFoundError as error:
        raise InputError(f"cannot write {path}: there is no directory {path.parent}") from error
    except OSError as error:
        raise explained(f"cannot write {path}", error) from error
    try:
        with os.fdopen(descriptor, "wb") as file:
            file.write(data)
            file.flush()
            if durable:
                os.fsync(file.fileno())
            # mkstemp makes private files; results are for sharing, within what the user's umask allows.
            os.fchmod(file.fileno(), 0o666 & ~_UMASK)
        os.replace(name, path)
    except OSError as error:
        Path(name).unlink(missing_ok=True)
        raise explained(f"cannot write {path}", error) from error
    except BaseException:
        Path(name).unlink(missing_ok=True)
        raise
    if durable:
        sync_directory(path.parent)


def with_directory(path: Path) -> Path:
    """Create the directory of ``path`` if it is missing, and return ``path``; InputError if that fails.

    A run's own files are written without this function, so that a run removed meanwhile stays removed.
    """
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise explained(f"cannot write {path}", error) from error
    return path


def write_json(path: Path, value: Any, durable: bool = True) -> None:
    """Write ``value`` as indented JSON, atomically; see :func:`write_atomic`."""
    # A byte of a path that is no text becomes an escape of JSON, which reads back as the same path.
    text = json.dumps(value, indent=2, ensure_ascii=False) + "\n"
    write_atomic(path, text.encode(errors="backslashreplace"), durable)


def write_npz(path: Path, arrays: Mapping[str, np.ndarray], compress: bool = True) -> None:
    """Write named arrays as a .npz archive, atomically."""
    buffer = io.BytesIO()
    (np.savez_compressed if compress else np.savez)(buffer, **arrays)  # type: ignore[arg-type]
    write_atomic(path, buffer.getvalue())


def sync_directory(directory: Path) -> None:
    """Make the names in a directory survive a power cut."""
    descriptor = os.open(directory, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
