"""What happened to a run, in order: one line per event, only ever appended to."""

import json
import os
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from cgplab.errors import InputError
from cgplab.files import write_atomic
from cgplab.plain_files import read_bounded
from cgplab.schema import convert_as, parsed_json
from cgplab.store.contents import Event
from cgplab.store.names import EVENTS
from cgplab.store.status import now
from cgplab.system_errors import explained

MOST_EVENT_BYTES = 64 << 20


def add_event(directory: Path, event: str, **details: Any) -> None:
    """Append an event; several processes may do so at a time."""
    line = _line({"time": now(), "event": event, **details})
    path = directory / EVENTS
    try:
        descriptor = os.open(path, os.O_RDWR | os.O_APPEND | os.O_CREAT | os.O_CLOEXEC, 0o666)
        try:
            end = os.lseek(descriptor, 0, os.SEEK_END)
            torn = end > 0 and os.pread(descriptor, 1, end - 1) != b"\n"
            os.write(descriptor, ("\n" * torn + line).encode(errors="backslashreplace"))
        finally:
            os.close(descriptor)
    except OSError as error:
        raise explained(f"cannot write {path}", error) from error


def write_events(directory: Path, events: Sequence[Mapping[str, Any]]) -> None:
    """Write the events of a run that has none yet."""
    if events:
        write_atomic(directory / EVENTS, "".join(map(_line, events)).encode(errors="backslashreplace"))


def read_events(directory: Path) -> list[dict[str, Any]]:
    """Events in order, each with ``time`` and ``event``; a line torn by a crash is left out.

    Raises
    ------
    InputError
        The file is no plain file, too large, or a whole line of it is no event.
    """
    path = directory / EVENTS
    try:
        lines = read_bounded(path, MOST_EVENT_BYTES).splitlines()
    except FileNotFoundError:
        return []
    return [event for number, line in enumerate(lines, 1) if (event := _event(line, f"{path} line {number}"))]


def _line(event: Mapping[str, Any]) -> str:
    return json.dumps(event, separators=(",", ":"), ensure_ascii=False) + "\n"


def _event(line: bytes, where: str) -> dict[str, Any] | None:
    # A torn line begins like any other and lacks its end, even if more lines follow.
    if not line.strip() or (line.startswith(b"{") and not line.rstrip().endswith(b"}")):
        return None
    try:
        value = parsed_json(line, where)
    except InputError as error:
        if isinstance(error.__cause__, json.JSONDecodeError) and error.__cause__.msg.startswith("Unterminated string"):
            return None  # torn within a text, behind a brace
        raise
    return event_of(value, where)


def event_of(value: Any, where: str) -> dict[str, Any]:
    """Event of plain values; InputError, which names their place, where they are none."""
    event = convert_as(value, Event, where)
    for name in ("time", "event"):
        if not isinstance(event.get(name), str):
            raise InputError(f"{where} is damaged: it needs the text `$.{name}`")
    return event


def was_refused(directory: Path, attempt: int) -> bool:
    """Whether what was asked for, not a fault of the program, failed that attempt: too small a grid, say."""
    try:
        events = read_events(directory)
    except InputError:
        return False  # damaged events say nothing of it
    return any(event.get("attempt") == attempt and event.get("refused") is True for event in events)
