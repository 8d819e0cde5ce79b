"""The example runs that ship with cgplab: real runs in small archives, unpacked once for each user."""

import os
import shutil
import tempfile
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
from cgplab.store.merge import unpack

_LONGEST_UNPACKING = 600.0


def example_archives() -> list[Path]:
    """Archives of the example runs; none where they were left out."""
    return sorted((shipped_data() / "examples").glob("*.tar.xz"))


def example_store() -> Store:
    """Store of the example runs, in the user's cache; made when it is asked for the first time.

    Raises
    ------
    InputError
        This installation has no example runs, or the cache cannot be written.
    """
    archives = example_archives()
    if not archives:
        raise InputError("this installation of cgplab has no example runs; make them with: make examples")
    mark = sha256("".join(map(file_checksum, archives)).encode()).hexdigest()[:16]
    place = user_cache_path("cgplab") / f"examples-{mark}"
    if not place.is_dir():
        try:
            place.parent.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise InputError(
                f"cannot make {place.parent}: {error.strerror}; set XDG_CACHE_HOME to another place"
            ) from error
        with held(place.with_suffix(".lock"), _LONGEST_UNPACKING):
            if not place.is_dir():
                _unpack(archives, place)
    return Store(place)


def _unpack(archives: list[Path], place: Path) -> None:
    """Fill the store beside its place and put it there whole."""
    temporary = Path(tempfile.mkdtemp(dir=place.parent, prefix=".examples-"))
    try:
        for archive in archives:
            unpack(archive, temporary)
        with disposable():
            for run in Store(temporary).runs():
                complete(run)
        temporary.chmod(0o755)
        os.rename(temporary, place)
    except BaseException:
        shutil.rmtree(temporary, ignore_errors=True)
        raise
