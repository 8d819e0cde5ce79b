"""Some space set aside while a run goes on, so that it can tell its end on a full disk."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from cgplab.store.commands import Standing, go_on
from cgplab.store.names import RESERVE
from cgplab.system_errors import explained, is_explained

RESERVED_BYTES = 64 * 1024


@contextmanager
def reserved_space(directory: Path) -> Iterator[None]:
    """Hold a small file for the duration; when it is given back, a status and an event fit into its place.

    Raises
    ------
    InputError
        There is no space for it, or what is done meanwhile meets a file that is missing or cannot be read or
        written; names it.
    """
    path = directory / RESERVE
    try:
        path.write_bytes(bytes(RESERVED_BYTES))
        yield
    except OSError as error:
        if not is_explained(error):
            raise
        what = f"cannot go on with {error.filename or directory}"
        raise explained(what, error, f"fix that, or free some space, then: {go_on(Standing.FAILED)}") from error
    finally:
        path.unlink(missing_ok=True)
