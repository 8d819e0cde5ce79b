"""The example runs that ship with cgplab: real runs in small archives, unpacked once for each user."""

import os
import shutil
import tempfile
from collections.abc import Callable
from functools import lru_cache
from hashlib import sha256
from pathlib import Path

from platformdirs import user_cache_path

from cgplab.errors import InputError
from cgplab.files import disposable
from cgplab.paths import shipped_data
from cgplab.running.lean import complete
from cgplab.store import Store
from cgplab.store.checksums import file_checksum
from cgplab.store.locks import held
from cgplab.store.unpack import unpack
from cgplab.system_errors import explained

_LONGEST_UNPACKING = 600.0
_UNFINISHED = ".examples-"

Tell = Callable[[int, int], None]
"""Called with the number of runs that are ready and that of all runs, 0 until the archives are read."""


def example_archives() -> list[Path]:
    """Archives of the example runs; none where they were left out."""
    return sorted((shipped_data() / "examples").glob("*.tar.xz"))


def unpacked_examples() -> Store | None:
    """Store of the example runs if it was made before."""
    archives = example_archives()
    place = _place(archives)
    return Store(place) if archives and place.is_dir() else None


def example_store(tell: Tell = lambda done, total: None) -> Store:
    """Store of the example runs, in the user's cache; made when it is asked for the first time.

    Parameters
    ----------
    tell : callable
        Hears how far the unpacking has come, see :data:`Tell`.

    Raises
    ------
    InputError
        This installation has no example runs, or the cache cannot be written.
    """
    archives = example_archives()
    if not archives:
        raise InputError("this installation of cgplab has no example runs; make them with: make examples")
    place = _place(archives)
    if not place.is_dir():
        try:
            place.parent.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise _unwritable(place.parent, error) from error
        with held(place.parent / "examples.lock", _LONGEST_UNPACKING):
            if not place.is_dir():
                _unpack(archives, place, tell)
    return Store(place)


def _place(archives: list[Path]) -> Path:
    """Where the runs of these archives are kept: other archives have another place."""
    sums = (_checksum(path, path.stat().st_mtime_ns, path.stat().st_size) for path in archives)
    return user_cache_path("cgplab") / f"examples-{sha256(''.join(sums).encode()).hexdigest()[:16]}"


@lru_cache(maxsize=16)
def _checksum(path: Path, _modified: int, _size: int) -> str:
    return file_checksum(path)


def _unpack(archives: list[Path], place: Path, tell: Tell) -> None:
    """Fill the store beside its place and put it there whole."""
    tell(0, 0)
    for left in place.parent.glob(f"{_UNFINISHED}*"):
        # Nobody else is at it: whoever was, was killed.
        shutil.rmtree(left, ignore_errors=True)
    try:
        temporary = Path(tempfile.mkdtemp(dir=place.parent, prefix=_UNFINISHED))
    except OSError as error:
        raise _unwritable(place.parent, error) from error
    try:
        for archive in archives:
            unpack(archive, temporary)
        runs = list(Store(temporary).runs())
        with disposable():
            for done, run in enumerate(runs):
                tell(done, len(runs))
                complete(run)
        tell(len(runs), len(runs))
        temporary.chmod(0o755)
        os.rename(temporary, place)
    except BaseException:
        shutil.rmtree(temporary, ignore_errors=True)
        raise


def _unwritable(directory: Path, error: OSError) -> InputError:
    return explained(f"cannot write {directory}", error, "set XDG_CACHE_HOME to another place")
