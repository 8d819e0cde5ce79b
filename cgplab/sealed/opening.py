"""Open what holds runs, a directory or a sealed study, for reading."""

from pathlib import Path

from cgplab.paths import default_store
from cgplab.store import Store
from cgplab.store.names import SEALED_STUDY


def is_sealed(path: Path) -> bool:
    """Whether a path names a sealed study rather than a directory."""
    return path.suffix == SEALED_STUDY and not path.is_dir()


def open_store(root: str | Path | None = None) -> Store:
    """Store to read from.

    Parameters
    ----------
    root : str or Path, optional
        Directory, or the file of a sealed study, which ends with ``.cgplab``; default: the user's store.

    Returns
    -------
    Store
        Of a sealed study a :class:`cgplab.sealed.store.SealedStore`.

    Raises
    ------
    InputError
        The directory is not a store, see :meth:`cgplab.store.Store.open`; or the file is not a sealed study, was
        truncated or altered, or is of a newer version.
    """
    path = Path(root).expanduser() if root is not None else default_store()
    if not is_sealed(path):
        return Store.open(path)
    from cgplab.sealed.store import SealedStore  # reads Parquet, which takes a tenth of a second to load

    return SealedStore(path)
