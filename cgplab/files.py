"""Write files whole or not at all, and read archives with errors that name the file."""

import io
import json
import math
import os
import tempfile
import zipfile
import zlib
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from pathlib import Path
from typing import Any

import numpy as np

from cgplab.errors import InputError
from cgplab.system_errors import explained
from cgplab.unpacked_size import check_zip, read_member


def _umask() -> int:
    mask = os.umask(0)
    os.umask(mask)
    return mask


# Asked once, while nothing else writes: the mask can only be read by changing it, for all threads.
_UMASK = _umask()


_ARRAY = ".npy"
_HEADERS = {(1, 0): np.lib.format.read_array_header_1_0, (2, 0): np.lib.format.read_array_header_2_0}

_lasting = ContextVar("lasting", default=True)


@contextmanager
def disposable() -> Iterator[None]:
    """Within, files are written quickly: for those that nobody reads yet and that are made again should they be lost.

    They go straight into their place, no write waits for the disk, and arrays are not compressed.
    """
    token = _lasting.set(False)
    try:
        yield
    finally:
        _lasting.reset(token)


def write_atomic(path: Path, data: bytes, durable: bool = True) -> None:
    """Replace ``path`` by ``data``; a reader sees the old or the new file.

    Parameters
    ----------
    path : Path
    data : bytes
    durable : bool
        Whether that shall hold after a power cut as well; it takes the disk some milliseconds. Within
        :func:`disposable` nothing of this holds.

    Raises
    ------
    InputError
        The directory cannot be written; the old file, if any, is untouched.
    """
    if not _lasting.get():
        _write(path, data)
        return
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        descriptor, name = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
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


def _write(path: Path, data: bytes) -> None:
    try:
        path.write_bytes(data)
    except OSError as error:
        raise explained(f"cannot write {path}", error) from error


def write_json(path: Path, value: Any, durable: bool = True) -> None:
    """Write ``value`` as indented JSON, atomically; see :func:`write_atomic`."""
    # A byte of a path that is no text becomes an escape of JSON, which reads back as the same path.
    text = json.dumps(value, indent=2, ensure_ascii=False) + "\n"
    write_atomic(path, text.encode(errors="backslashreplace"), durable)


def read_json(path: Path) -> Any:
    """Read a JSON file.

    Raises
    ------
    InputError
        The file is absent or is not JSON.
    """
    try:
        return json.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError as error:
        raise InputError(f"no such file: {path}") from error
    except (OSError, ValueError) as error:
        raise InputError(f"{path} is not readable JSON: {error}") from error


def write_npz(path: Path, arrays: Mapping[str, np.ndarray], compress: bool = True) -> None:
    """Write named arrays as a .npz archive, atomically; not compressed within :func:`disposable`."""
    buffer = io.BytesIO()
    (np.savez_compressed if compress and _lasting.get() else np.savez)(buffer, **arrays)  # type: ignore[arg-type]
    write_atomic(path, buffer.getvalue())


def read_npz(path: Path) -> dict[str, np.ndarray]:
    """Read every array of a .npz archive; a changed byte anywhere in it either changes no value or is found.

    Raises
    ------
    InputError
        The file is absent, truncated, damaged, holds anything but plain arrays, or unpacks to far more than such files
        do.
    """
    with _archive(path) as archive:
        return {
            member.filename.removesuffix(_ARRAY): _array(read_member(archive, member)) for member in archive.infolist()
        }


def npz_names(path: Path) -> list[str]:
    """Names of the arrays of a .npz archive, without reading them; errors as of :func:`read_npz`."""
    with _archive(path) as archive:
        return [name.removesuffix(_ARRAY) for name in archive.namelist()]


@contextmanager
def _archive(path: Path) -> Iterator[zipfile.ZipFile]:
    try:
        with path.open("rb") as file, zipfile.ZipFile(file) as archive:
            packed = os.fstat(file.fileno()).st_size
            check_zip(archive, packed, str(path), "if it is genuine, write it again with less compression")
            yield archive
    except FileNotFoundError as error:
        raise InputError(f"no such file: {path}") from error
    except InputError:
        raise
    except (OSError, ValueError, EOFError, KeyError, zipfile.BadZipFile, zlib.error, NotImplementedError) as error:
        raise InputError(f"{path} is not a readable .npz archive ({error}); restore or recreate it") from error


def _array(data: bytes) -> np.ndarray:
    """Array of a .npy file; ValueError unless its header tells exactly what follows it.

    Otherwise an altered header could have fewer bytes read than there are, or memory taken for more than there are.
    """
    stream = io.BytesIO(data)
    try:
        read = _HEADERS[np.lib.format.read_magic(stream)]
        shape, _, dtype = read(stream)
    except Exception as error:  # numpy parses the header as Python, which fails in many ways
        raise ValueError(f"not a .npy file: {' '.join(str(error).split())[:80]}") from error
    if dtype.hasobject:
        raise ValueError("it holds Python objects")
    told, present = math.prod(shape) * dtype.itemsize, len(data) - stream.tell()
    if told != present or min(shape, default=0) < 0:
        raise ValueError(f"an array of shape {shape} and type {dtype} has {told} bytes, not {present}")
    stream.seek(0)
    array: np.ndarray = np.lib.format.read_array(stream, allow_pickle=False)
    return array


def sync_directory(directory: Path) -> None:
    """Make the names in a directory survive a power cut."""
    descriptor = os.open(directory, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
