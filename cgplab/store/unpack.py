"""Unpack an archive of runs: nothing but their files, nowhere but where they belong, and no more than can be meant."""

import bz2
import errno
import gzip
import io
import lzma
import os
import tarfile
import zlib
from collections.abc import Callable
from pathlib import Path, PurePosixPath
from typing import IO, Any, cast

from cgplab.errors import InputError
from cgplab.store.names import TRANSIENT
from cgplab.system_errors import explained, is_explained
from cgplab.unpacked_size import check_count, check_path, check_size

_OPENERS: dict[bytes, Callable[[IO[bytes]], Any]] = {b"\x1f\x8b": gzip.open, b"\xfd7zXZ": lzma.open, b"BZh": bz2.open}
_MOST_AT_ONCE = 2**20
"""Bytes; members are read in small pieces, and only a header that is made up asks for more."""
_OF_THE_ARCHIVE = (errno.EEXIST, errno.EISDIR, errno.ENOTDIR)
_WAY_OUT = "if you trust it, unpack it with tar and merge the directory"


def unpack(archive: Path, directory: Path) -> None:
    """Unpack an archive of runs into a directory; whoever gave the directory removes it when that fails.

    Raises
    ------
    InputError
        It is damaged, or holds no runs, or does not fit on the disk, or unpacks to far more than archives of runs do.
    """
    try:
        with archive.open("rb") as packed, _unpacked(packed) as stream:
            size = os.fstat(packed.fileno()).st_size
            counted = cast(IO[bytes], _Counted(stream, size, str(archive)))
            with tarfile.open(fileobj=counted, mode="r:") as tar:
                _extract(tar, directory, size, str(archive))
            # A packed file has its checksum at its very end.
            while counted.read(_MOST_AT_ONCE):
                pass
    except InputError:
        raise
    except OSError as error:
        if is_explained(error) and error.errno not in _OF_THE_ARCHIVE:
            raise explained(f"cannot unpack {archive} into {directory}", error) from error
        raise _unreadable(archive, error) from error
    except _OF_CONTENT as error:
        raise _unreadable(archive, error) from error
    if not (directory / "runs").is_dir():
        raise InputError(f"{archive} holds no runs; make such archives with: cgplab runs export")


_OF_CONTENT = (
    tarfile.TarError, EOFError, lzma.LZMAError, zlib.error, ValueError, LookupError, OverflowError, RecursionError,
)  # fmt: skip
"""What the standard library raises for archives that are damaged or made up."""


def _unreadable(archive: Path, error: Exception) -> InputError:
    return InputError(f"{archive} is not a readable archive of runs: {' '.join(str(error).split())}")


def _unpacked(packed: IO[bytes]) -> IO[bytes]:
    """Stream of what a file holds, packed or not."""
    start = packed.read(8)
    packed.seek(0)
    opener = next((opener for magic, opener in _OPENERS.items() if start.startswith(magic)), None)
    return packed if opener is None else cast(IO[bytes], opener(packed))


class _Counted(io.RawIOBase):
    """What is unpacked, as far as that is no more than it may be."""

    def __init__(self, stream: IO[bytes], packed: int, origin: str) -> None:
        self._stream, self._packed, self._origin = stream, packed, origin

    def read(self, size: int = -1) -> bytes:
        if not 0 <= size <= _MOST_AT_ONCE:
            raise tarfile.ReadError("a header field is larger than any run has")
        data = self._stream.read(size)
        self._check(self._stream.tell())
        return data

    def seek(self, offset: int, whence: int = io.SEEK_SET) -> int:
        if whence == io.SEEK_SET:
            # Going forward unpacks what is passed over.
            self._check(offset)
        return self._stream.seek(offset, whence)

    def tell(self) -> int:
        return self._stream.tell()

    def _check(self, reached: int) -> None:
        check_size(reached, self._packed, self._origin, _WAY_OUT)


def _extract(tar: tarfile.TarFile, directory: Path, size: int, origin: str) -> None:
    count = 0
    while (member := tar.next()) is not None:
        tar.members = []  # type: ignore[attr-defined]  # they are not needed any more, and could be many
        count += 1
        check_count(count, size, origin, _WAY_OUT)
        if member.size < 0:
            raise tarfile.ReadError(f"{member.name[:60]!r} has a negative size")
        check_size(tar.fileobj.tell() + member.size if tar.fileobj else 0, size, origin, _WAY_OUT)
        if _wanted(member, origin):
            tar.extract(member, directory, filter=_as_anybodys)


def _wanted(member: tarfile.TarInfo, origin: str) -> bool:
    """Whether a member is a file or directory of a run; an error if it is something else below ``runs/``."""
    parts = PurePosixPath(member.name).parts
    if parts[:1] != ("runs",):
        return False
    check_path(member.name, origin)
    if ".." in parts or not (member.type in (tarfile.REGTYPE, tarfile.AREGTYPE) or member.isdir()) or member.sparse:
        raise tarfile.FilterError(f"{member.name!r} is no file of a run")
    # What belongs to the processes at work on a run, or is not in its place yet, does not travel.
    return parts[-1] not in TRANSIENT and not any(part.startswith(".") for part in parts)


def _as_anybodys(member: tarfile.TarInfo, _: str) -> tarfile.TarInfo:
    """Plain rights: stricter than Python's filters, and quicker."""
    mode = 0o755 if member.isdir() else 0o644
    return member.replace(mode=mode, uid=None, gid=None, uname=None, gname=None, deep=False)  # type: ignore[arg-type]
