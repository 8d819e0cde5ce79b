"""How large packed files may become: an archive of a few megabytes can promise any number of gigabytes.

What research makes shrinks to a fifteenth or so; the limits lie far beyond, and grow with the packed file, so that no
store and no data set is too large for them.
"""

import os
from pathlib import PurePosixPath
from zipfile import ZIP_DEFLATED, ZIP_STORED, BadZipFile, ZipFile, ZipInfo

from cgplab.errors import InputError

FREE_BYTES = 128 * 2**20
"""What any packed file may become."""
MOST_PER_BYTE = 100
"""What each of its bytes may become beyond that."""
FREE_FILES = 10_000
FEWEST_BYTES_PER_FILE = 16
"""Packed bytes required for each file beyond the free ones; files of runs have over 200."""
LONGEST_PATH = 255
DEEPEST_PATH = 8
_ENCRYPTED = 1
_END, _END_BYTES = b"PK\5\6", 22
_MANY = 0xFFFF
"""More files than that field can tell."""


def most_bytes(packed: int) -> int:
    """Largest size, in bytes, that a file of ``packed`` bytes may unpack to."""
    return FREE_BYTES + MOST_PER_BYTE * packed


def most_files(packed: int) -> int:
    """Largest number of files that an archive of ``packed`` bytes may hold."""
    return FREE_FILES + packed // FEWEST_BYTES_PER_FILE


def check_size(unpacked: int, packed: int, origin: str, way_out: str) -> None:
    """Raise InputError where something unpacks to more than it may.

    Parameters
    ----------
    unpacked, packed : int
        Bytes.
    origin : str
        What the message calls it.
    way_out : str
        What to do if it is genuine.
    """
    most = most_bytes(packed)
    if unpacked > most:
        raise InputError(
            f"{origin} has {packed:,} bytes and unpacks to more than {most // 2**20:,} MiB, far more than such files "
            f"do; {way_out}"
        )


def check_count(files: int, packed: int, origin: str, way_out: str) -> None:
    """Raise InputError where an archive holds more files than it may; parameters as of :func:`check_size`."""
    if files > most_files(packed):
        raise InputError(
            f"{origin} has {packed:,} bytes and holds more than {most_files(packed):,} files, far more than such "
            f"archives do; {way_out}"
        )


def check_path(name: str, origin: str) -> None:
    """Raise InputError for a path in an archive that is longer or deeper than any that cgplab writes."""
    if len(name.encode(errors="replace")) > LONGEST_PATH or len(PurePosixPath(name).parts) > DEEPEST_PATH:
        raise InputError(
            f"{origin} holds the path {name[:60]!r}..., longer than {LONGEST_PATH} bytes or deeper than "
            f"{DEEPEST_PATH} directories; no run has such files"
        )


def check_zip(archive: ZipFile, packed: int, origin: str, way_out: str) -> None:
    """Raise InputError where the members of a zip archive are too many or too large, or packed in an unusual way.

    BadZipFile where its directory has lost some.

    The archive's directory tells their sizes, and :func:`read_member` never gives more than that, so that nothing
    needs to be unpacked for this; parameters as of :func:`check_size`.
    """
    members = archive.infolist()
    told = _count_told(archive)
    if told not in (len(members), _MANY):
        # An altered length in an entry hides the entries behind it.
        raise BadZipFile(f"its directory names {len(members)} of {told} files")
    check_count(len(members), packed, origin, way_out)
    check_size(sum(member.file_size for member in members), packed, origin, way_out)
    for member in members:
        # The others unpack a whole member at once, whatever its size.
        if member.compress_type not in (ZIP_STORED, ZIP_DEFLATED) or member.flag_bits & _ENCRYPTED:
            raise InputError(f"{origin} is packed in a way that cgplab does not read; {way_out}")


def _count_told(archive: ZipFile) -> int:
    """Number of members as told at the very end of a zip archive."""
    assert archive.fp is not None
    archive.fp.seek(-_END_BYTES - len(archive.comment), os.SEEK_END)
    end = archive.fp.read(_END_BYTES)
    return int.from_bytes(end[10:12], "little") if end.startswith(_END) else -1


def read_member(archive: ZipFile, member: ZipInfo) -> bytes:
    """Bytes of a member, at most as many as its directory states; reading to its end verifies the checksum."""
    with archive.open(member) as file:
        return file.read(member.file_size + 1)
