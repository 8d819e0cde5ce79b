"""Locks that free themselves when their process dies."""

import errno
import fcntl
import os
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from cgplab.errors import InputError
from cgplab.system_errors import explained

_BUSY = (errno.EWOULDBLOCK, errno.EACCES)
_PROBE_SECONDS = 0.2
"""How long a claim outwaits those who only look whether the lock is held."""


class Lock:
    """Exclusive lock on a file (``flock``), held until it is released or the process ends, however it ends."""

    def __init__(self, path: Path, descriptor: int) -> None:
        self.path, self.descriptor = path, descriptor

    @classmethod
    def take(cls, path: Path, wait: float = _PROBE_SECONDS) -> "Lock | None":
        """Lock of ``path``, made if it is absent; None if it is still held after ``wait`` seconds.

        Raises
        ------
        InputError
            The file cannot be opened for writing, or its file system has no locks.
        """
        until = time.monotonic() + wait
        while True:
            try:
                descriptor = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o666)
            except OSError as error:
                raise explained(f"cannot lock {path}", error, "runs need a writable store") from error
            try:
                while not _try(descriptor, path, fcntl.LOCK_EX):
                    if time.monotonic() >= until:
                        os.close(descriptor)
                        return None
                    time.sleep(0.01)
            except InputError:
                os.close(descriptor)
                raise
            if _is_at(descriptor, path):
                return cls(path, descriptor)
            # Its directory was deleted or replaced while this process waited.
            os.close(descriptor)

    def release(self) -> None:
        """Let others take it."""
        os.close(self.descriptor)


def is_held(path: Path) -> bool:
    """Whether some process holds the lock of ``path``; looks, and leaves nothing behind."""
    try:
        descriptor = os.open(path, os.O_RDONLY | os.O_NONBLOCK | os.O_CLOEXEC)
    except FileNotFoundError:
        return False
    except OSError as error:
        raise explained(f"cannot read {path}", error) from error
    try:
        return not _try(descriptor, path, fcntl.LOCK_SH)
    finally:
        os.close(descriptor)


@contextmanager
def held(path: Path, wait: float = 10.0) -> Iterator[None]:
    """Hold the lock of ``path`` for a short while, to change something in two steps."""
    lock = Lock.take(path, wait)
    if lock is None:
        raise InputError(f"{path} has been locked by another process for {wait:g} s; try again")
    try:
        yield
    finally:
        lock.release()


def _is_at(descriptor: int, path: Path) -> bool:
    """Whether an open file still is the one at ``path``."""
    try:
        return os.path.samestat(os.fstat(descriptor), path.stat())
    except FileNotFoundError:
        return False


def _try(descriptor: int, path: Path, kind: int) -> bool:
    try:
        fcntl.flock(descriptor, kind | fcntl.LOCK_NB)
    except OSError as error:
        if error.errno in _BUSY:
            return False
        raise InputError(
            f"{path} cannot be locked: {error.strerror}; keep the store on a file system with locks"
        ) from error
    return True
