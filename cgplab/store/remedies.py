"""What helps a run that cannot be read: told wherever a run is left out."""

from pathlib import Path

from cgplab.store import names
from cgplab.store.commands import Command, named

_WORDS = (names.ANNOTATIONS, names.METRICS, names.SYNTHESIS)


def with_remedy(run: str, damage: str) -> str:
    """Message of a damage, and what to do about it, in one line.

    Parameters
    ----------
    run : str
        Id.
    damage : str
        Message that names the damaged file.
    """
    if f"/{names.STATUS}" in damage:
        return f"{damage}; to rebuild it: {named(Command.RESUME, run)}"
    sound = "take over a sound copy with: cgplab runs merge DIR"
    if any(f"/{name}" in damage for name in _WORDS):
        return f"{damage}; remove that file, or {sound}"
    return f"{damage}; {sound}, or give the run up with: {named(Command.DELETE, run)}"


def only_to_be_read(path: Path) -> str:
    """Message for an attempt to change a sealed study, with the way to a copy that can be changed."""
    return f"{path} is sealed and read-only; copy the runs into a store with: cgplab runs merge {path}"
