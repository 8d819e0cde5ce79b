"""The file itself: members one behind the other in a zip, every byte of it covered by a checksum.

``index.json``, the last member, names for each member the bytes from its header to its end and their SHA-256. The
comment at the very end of the file tells the version, where the index begins, and the SHA-256 of all bytes from there
to the checksum itself: of the index, the directory of the zip and the rest of the comment. So opening a file reads its
end, and a member is compared with its checksum before it is first used.
"""

import io
import json
import os
import re
from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass
from hashlib import sha256
from pathlib import Path
from threading import Lock
from typing import Annotated
from weakref import finalize
from zipfile import ZIP_STORED, ZipFile, ZipInfo

from msgspec import Meta

from cgplab.errors import InputError
from cgplab.plain_files import open_plain
from cgplab.schema import Checksum, Count, FileName, decode_as
from cgplab.system_errors import explained

VERSION = 1
"""Of the format; it grows with every change that an older cgplab could not read."""
_INDEX = "index.json"
_MOST_INDEX = 1 << 20
"""Bytes of everything behind the members; there are about ten of them."""
_COMMENT = "cgplab sealed study, format {version:4d}, index at {start:15d}, sha256 {checksum}"
_END = re.compile(rb"cgplab sealed study, format +(\d{1,4}), index at +(\d{1,15}), sha256 ([0-9a-f]{64})\Z")
_NO_CHECKSUM = "0" * 64
_END_BYTES = len(_COMMENT.format(version=0, start=0, checksum=_NO_CHECKSUM))
_LOCAL, _LOCAL_BYTES = b"PK\3\4", 30
_FETCH = "copy or seal it again"


@dataclass(frozen=True)
class Entry:
    """A member: its ``header`` bytes at ``start``, its ``size`` bytes behind them, and the SHA-256 of both."""

    name: FileName
    start: Count
    header: Count
    size: Count
    sha256: Checksum


@dataclass(frozen=True)
class _Index:
    members: Annotated[list[Entry], Meta(max_length=100)]


def packed(members: Mapping[str, bytes]) -> bytes:
    """Bytes of a file with these members, in this order; the same members give the same bytes."""
    buffer = io.BytesIO()
    entries = []
    with ZipFile(buffer, "w", ZIP_STORED) as archive:
        for name, data in members.items():
            start = buffer.tell()
            archive.writestr(_info(name), data)
            whole = buffer.getbuffer()[start:]
            entries.append(Entry(name, start, len(whole) - len(data), len(data), sha256(whole).hexdigest()))
            del whole  # a buffer that is looked at cannot grow
        start = buffer.tell()
        archive.writestr(_info(_INDEX), json.dumps(asdict(_Index(entries)), indent=1))
        archive.comment = _COMMENT.format(version=VERSION, start=start, checksum=_NO_CHECKSUM).encode()
    data = buffer.getvalue()[: -len(_NO_CHECKSUM)]
    return data + sha256(memoryview(data)[start:]).hexdigest().encode()


def _info(name: str) -> ZipInfo:
    info = ZipInfo(name)  # of 1980, so that the time of sealing is not in it
    info.create_system, info.external_attr = 3, 0o644 << 16
    return info


class Container:
    """A file, opened for reading; it stays open, so that its members stay those of one file even if it is replaced.

    Parameters
    ----------
    path : Path

    Raises
    ------
    InputError
        The file is missing, not a sealed study, truncated or altered at its end, or of a newer version.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        try:
            self._file = open_plain(path)
        except FileNotFoundError as error:
            raise InputError(f"no such file: {path}") from error
        finalize(self, os.close, self._file)
        self._lock = Lock()
        self._known: dict[str, bytes] = {}
        self._entries = {entry.name: entry for entry in self._index()}

    @property
    def names(self) -> list[str]:
        """Names of the members."""
        return list(self._entries)

    def read(self, name: str) -> bytes:
        """Bytes of a member; they are compared with their checksum the first time, and kept.

        Raises
        ------
        InputError
            There is no such member, or it was altered.
        """
        with self._lock:
            found = self._known.get(name)
            if found is None:
                found = self._known[name] = self._checked(name)
            return found

    def damages(self) -> Iterator[tuple[str, str]]:
        """Names of the members that were altered since they were written, and what is wrong with each."""
        for name in self._entries:
            try:
                self._checked(name)
            except InputError as error:
                yield name, str(error)

    def where(self, name: str) -> str:
        """What messages call a member."""
        return f"{self.path}/{name}"

    def _checked(self, name: str) -> bytes:
        entry = self._entries.get(name)
        if entry is None:
            raise InputError(f"{self.path} has no member {name}; {_FETCH}")
        data = self._read(entry.start, entry.header + entry.size)
        if sha256(data).hexdigest() != entry.sha256:
            raise InputError(f"{self.where(name)} is damaged: its checksum does not match; {_FETCH}")
        return data[entry.header :]

    def _read(self, start: int, size: int) -> bytes:
        parts = []
        try:
            while size:
                part = os.pread(self._file, size, start)
                if not part:
                    raise InputError(f"{self.path} has become shorter while it was open; {_FETCH}")
                parts.append(part)
                start, size = start + len(part), size - len(part)
        except OSError as error:
            raise explained(f"cannot read {self.path}", error) from error
        return b"".join(parts)

    def _index(self) -> list[Entry]:
        """Members as the index names them, held against the size of the file."""
        size = os.fstat(self._file).st_size
        end = self._read(size - _END_BYTES, _END_BYTES) if size > _END_BYTES else b""
        found = _END.search(end)
        if found is None:
            raise InputError(f"{self.path} is not a sealed study, or was truncated or altered at its end; {_FETCH}")
        version, start, checksum = int(found[1]), int(found[2]), found[3].decode()
        if not 0 < size - start - _END_BYTES < _MOST_INDEX:
            raise self._altered()
        tail = self._read(start, size - start)
        if sha256(memoryview(tail)[: -len(checksum)]).hexdigest() != checksum:
            raise self._altered()
        if version != VERSION:
            raise InputError(
                f"{self.path} has format {version} of sealed studies; this version of cgplab reads format {VERSION}"
                f"{': install a newer one' if version > VERSION else ''}"
            )
        return self._chained(decode_as(_content(tail), _Index, self.where(_INDEX)).members, start)

    def _chained(self, entries: list[Entry], end: int) -> list[Entry]:
        """Entries, if they cover all bytes before the index and none twice."""
        place = 0
        for entry in entries:
            if entry.start != place:
                raise self._altered()
            place += entry.header + entry.size
        if place != end or len({entry.name for entry in entries}) < len(entries):
            raise self._altered()
        return entries

    def _altered(self) -> InputError:
        return InputError(f"{self.path} is damaged: its index was altered; {_FETCH}")


def _content(tail: bytes) -> bytes:
    """Bytes of the member that begins here."""
    if not tail.startswith(_LOCAL):
        return b""
    size = int.from_bytes(tail[22:26], "little")
    begin = _LOCAL_BYTES + int.from_bytes(tail[26:28], "little") + int.from_bytes(tail[28:30], "little")
    return tail[begin : begin + size]
