"""Archives of arrays (.npz) against a schema: sizes are known and allowed before anything is made of them."""

import io
import lzma
import math
import os
import struct
import tokenize
import zipfile
import zlib
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any

import numpy as np
from numpy.lib import format as npy
from numpy.typing import NDArray

from cgplab.errors import InputError
from cgplab.plain_files import open_plain
from cgplab.unpacked_size import check_zip

MOST_ARRAY_BYTES = 512 << 20
"""Bytes of all arrays of an archive together, unpacked."""
MOST_DATA_BYTES = 16 << 30
"""Likewise, of models and data sets, which people bring themselves."""
MOST_ARRAYS = 10_000
MOST_DIMENSIONS = 16
_MOST_CHARACTER = 0x10FFFF
_MOST_HEADER = 10_000

WHOLE = "iu"
"""Kinds of dtype that hold whole numbers."""
NUMBERS = "iufb"

_UNREADABLE = (
    OSError, ValueError, EOFError, KeyError, TypeError, AttributeError, IndexError, RuntimeError, OverflowError,
    MemoryError, SyntaxError, struct.error, tokenize.TokenError, zipfile.BadZipFile, zlib.error, lzma.LZMAError,
)  # fmt: skip
"""What Python's readers of archives and headers raise for damaged bytes."""


@dataclass(frozen=True)
class ArraySchema:
    """What an array of an archive must be.

    Attributes
    ----------
    kinds : str
        Kinds of dtype allowed, as numpy abbreviates them, such as :data:`WHOLE`.
    dimensions : int, optional
        Default: any number.
    shape : tuple of int, optional
        The very shape.
    required : bool
    """

    kinds: str
    dimensions: int | None = None
    shape: tuple[int, ...] | None = None
    required: bool = True


@dataclass(frozen=True)
class _Member:
    name: str
    info: zipfile.ZipInfo
    header: int
    shape: tuple[int, ...]
    fortran: bool
    dtype: np.dtype[Any]


def read_arrays(
    path: Path, schema: Mapping[str, ArraySchema] | None = None, most: int = MOST_ARRAY_BYTES
) -> dict[str, NDArray[Any]]:
    """Read the arrays of a .npz archive.

    Parameters
    ----------
    path : Path
    schema : mapping, optional
        By name; a name that ends with ``*`` stands for all that begin so. Others are damage. Default: any arrays
        of numbers and texts.
    most : int
        Bytes allowed for all arrays together, unpacked.

    Raises
    ------
    InputError
        The file is absent, no plain file, damaged, too large, holds pickled objects, or does not fit the schema; one
        line that names it, the array, what it is and what is allowed.
    """
    with _plain(path) as file:
        return _arrays(file, schema, path, most)


def decode_arrays(
    data: bytes, schema: Mapping[str, ArraySchema], where: str, most: int = MOST_ARRAY_BYTES
) -> dict[str, NDArray[Any]]:
    """Arrays of a .npz archive in memory, called ``where`` in errors; see :func:`read_arrays`."""
    return _arrays(io.BytesIO(data), schema, where, most)


def array_names(path: Path) -> list[str]:
    """Names of the arrays of a .npz archive, without reading them; errors as of :func:`read_arrays`."""
    with _plain(path) as file, _opened(file, path) as archive:
        return [_name(path, info) for info in archive.infolist()]


def _arrays(
    file: IO[bytes], schema: Mapping[str, ArraySchema] | None, where: Path | str, most: int
) -> dict[str, NDArray[Any]]:
    with _opened(file, where) as archive:
        members = _members(where, archive, most)
        _check(where, members, schema)
        return {member.name: _read(archive, member) for member in members}


@contextmanager
def _plain(path: Path) -> Iterator[IO[bytes]]:
    try:
        descriptor = open_plain(path)
    except FileNotFoundError as error:
        raise InputError(f"no such file: {path}") from error
    with os.fdopen(descriptor, "rb") as file:
        yield file


@contextmanager
def _opened(file: IO[bytes], where: Path | str) -> Iterator[zipfile.ZipFile]:
    try:
        packed = file.seek(0, os.SEEK_END)
        with zipfile.ZipFile(file) as archive:
            check_zip(archive, packed, str(where), "if it is genuine, write it again with less compression")
            yield archive
    except InputError:
        raise
    except _UNREADABLE as error:
        text = (str(error) or type(error).__name__).splitlines()[0][:200]
        raise InputError(f"{where} is not a readable .npz archive ({text}); restore or recreate it") from error


def _name(path: Path | str, info: zipfile.ZipInfo) -> str:
    name = info.filename.removesuffix(".npy")
    if name == info.filename or len(name) > 255 or not name.isprintable():
        raise InputError(f"{path} is damaged: its member {info.filename[:60]!r} is no array")
    return name


def _members(path: Path | str, archive: zipfile.ZipFile, most: int) -> list[_Member]:
    infos = archive.infolist()
    if len(infos) > MOST_ARRAYS:
        raise InputError(f"{path} is damaged: it has {len(infos):,} arrays; {MOST_ARRAYS:,} are allowed")
    total = sum(info.file_size for info in infos)
    if total > most:
        raise InputError(f"{path} would take {total:,} bytes unpacked; {most:,} are allowed")
    members = [_member(path, archive, info) for info in infos]
    if len({member.name for member in members}) < len(members):
        raise InputError(f"{path} is damaged: an array appears twice")
    return members


def _member(path: Path | str, archive: zipfile.ZipFile, info: zipfile.ZipInfo) -> _Member:
    name = _name(path, info)
    with archive.open(info) as file:
        shape, fortran, dtype = _header(file)
        header = file.tell()
    if dtype.hasobject:
        raise InputError(f"{path} is damaged: the array {name} holds pickled objects")
    if dtype.fields is not None or dtype.subdtype is not None:
        raise InputError(f"{path} is damaged: the array {name} is of the compound type {str(dtype)[:60]}")
    size = header + math.prod(shape) * dtype.itemsize
    if len(shape) > MOST_DIMENSIONS or any(length < 0 for length in shape) or size != info.file_size:
        raise InputError(
            f"{path} is damaged: the array {name} claims the shape {str(shape)[:60]} of {dtype}, "
            f"which does not fit its {info.file_size:,} bytes"
        )
    return _Member(name, info, header, shape, fortran, dtype)


def _header(file: IO[bytes]) -> tuple[tuple[int, ...], bool, np.dtype[Any]]:
    version = npy.read_magic(file)
    if version == (1, 0):
        return npy.read_array_header_1_0(file, max_header_size=_MOST_HEADER)
    if version == (2, 0):
        return npy.read_array_header_2_0(file, max_header_size=_MOST_HEADER)
    raise ValueError(f"version {version} of its format is unknown")


def _check(path: Path | str, members: list[_Member], schema: Mapping[str, ArraySchema] | None) -> None:
    if schema is None:
        return
    patterns = {name.removesuffix("*"): expected for name, expected in schema.items() if name.endswith("*")}
    for member in members:
        expected = schema.get(member.name)
        if expected is None:
            expected = next((found for start, found in patterns.items() if member.name.startswith(start)), None)
        if expected is None:
            raise InputError(f"{path} is damaged: unknown array {member.name!r}; allowed: {', '.join(schema)}")
        _check_one(path, member, expected)
    found = {member.name for member in members}
    for name, expected in schema.items():
        if expected.required and not name.endswith("*") and name not in found:
            raise InputError(f"{path} is damaged: it lacks the array {name}")


def _check_one(path: Path | str, member: _Member, expected: ArraySchema) -> None:
    if member.dtype.kind not in expected.kinds:
        raise InputError(
            f"{path} is damaged: the array {member.name} is of type {member.dtype}; "
            f"allowed kinds: {', '.join(expected.kinds)}"
        )
    if expected.dimensions is not None and len(member.shape) != expected.dimensions:
        raise InputError(
            f"{path} is damaged: the array {member.name} has the shape {member.shape}; "
            f"it must have {expected.dimensions} dimensions"
        )
    if expected.shape is not None and member.shape != expected.shape:
        raise InputError(
            f"{path} is damaged: the array {member.name} has the shape {member.shape}, not {expected.shape}"
        )


def _read(archive: zipfile.ZipFile, member: _Member) -> NDArray[Any]:
    with archive.open(member.info) as file:
        file.read(member.header)
        data = bytearray(math.prod(member.shape) * member.dtype.itemsize)
        position = 0
        view = memoryview(data)
        while position < len(data):
            block = file.read(min(1 << 20, len(data) - position))
            if not block:
                raise EOFError(f"the array {member.name} ends too early")
            view[position : position + len(block)] = block
            position += len(block)
        file.read(1)  # at the end of a member its checksum is compared
    flat = np.frombuffer(data, dtype=member.dtype)
    if member.dtype.kind == "U" and (np.frombuffer(data, f"{member.dtype.byteorder}u4") > _MOST_CHARACTER).any():
        raise ValueError(f"the array {member.name} holds a character that does not exist")
    if member.fortran:
        return flat.reshape(member.shape[::-1]).transpose()
    return flat.reshape(member.shape)
