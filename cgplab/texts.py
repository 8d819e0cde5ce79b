"""Text files that people and other programs wrote, read whole within a bound of their size."""

from pathlib import Path

from cgplab.errors import InputError
from cgplab.plain_files import read_bounded

MOST_BYTES = 64 * 2**20
"""Liberty libraries have some tens of megabytes; reports and tables have kilobytes."""


def read_text(path: Path, most: int = MOST_BYTES, *, replace: bool = False) -> str:
    """Text of a file in UTF-8.

    Parameters
    ----------
    path : Path
    most : int
        Bytes that the file may have; no more is read.
    replace : bool
        Whether bytes that are no UTF-8 become U+FFFD, for files whose comments may be in any encoding.

    Raises
    ------
    InputError
        Absent, unreadable, too large, or no UTF-8; the message names the file.
    """
    try:
        data = read_bounded(path, most)
    except FileNotFoundError as error:
        raise InputError(f"no such file: {path}") from error
    try:
        return data.decode("utf-8", errors="replace" if replace else "strict")
    except UnicodeDecodeError as error:
        raise InputError(f"cannot read {path}: {error}") from error
