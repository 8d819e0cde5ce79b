"""Read plain files up to a limit, whatever lies in their place."""

import os
import stat
from pathlib import Path

from cgplab.errors import InputError
from cgplab.system_errors import explained

MOST_BYTES = 16 << 20
"""Bytes of a JSON or TOML document at most, unless its reader allows more."""


def open_plain(path: Path) -> int:
    """Open a plain file for reading; its descriptor.

    A pipe, a device, a directory or a loop of links in its place neither blocks nor is read.

    Raises
    ------
    FileNotFoundError
        There is nothing.
    InputError
        There is something else, or it cannot be read.
    """
    try:
        # Without waiting: opening a pipe that nobody writes into would never return.
        descriptor = os.open(path, os.O_RDONLY | os.O_NONBLOCK | os.O_NOCTTY | os.O_CLOEXEC)
    except FileNotFoundError:
        raise
    except OSError as error:
        raise explained(f"{path} cannot be read", error) from error
    except ValueError as error:  # the name holds a NUL
        raise InputError(f"{str(path)!r} cannot be read: {error}") from error
    if not stat.S_ISREG(os.fstat(descriptor).st_mode):
        os.close(descriptor)
        raise InputError(f"{path} cannot be read: it is not a regular file")
    return descriptor


def read_bounded(path: Path, most: int = MOST_BYTES) -> bytes:
    """Bytes of a plain file.

    Parameters
    ----------
    path : Path
    most : int
        Bytes allowed; a larger file is not read at all.

    Raises
    ------
    FileNotFoundError
        There is nothing.
    InputError
        It is no plain file, cannot be read, or is larger.
    """
    descriptor = open_plain(path)
    try:
        size = os.fstat(descriptor).st_size
        if size <= most:
            # One byte more than its size tells the end, and that it has not grown meanwhile.
            data = os.read(descriptor, size + 1)
            while len(data) <= most and (more := os.read(descriptor, most + 1 - len(data))):
                data += more
            size = len(data)
        if size > most:
            raise InputError(f"{path} has more than the {most:,} bytes that are allowed")
        return data
    except OSError as error:
        raise explained(f"{path} cannot be read", error) from error
    finally:
        os.close(descriptor)
