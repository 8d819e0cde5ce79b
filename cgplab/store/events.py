"""What happened to a run, in order: one line per event, only ever appended to."""

import json
import os
from pathlib import Path
from typing import Any

from cgplab.store.names import EVENTS
from cgplab.store.status import now
from cgplab.system_errors import explained


def add_event(directory: Path, event: str, **details: Any) -> None:
    """Append an event; several processes may do so at a time."""
    line = json.dumps({"time": now(), "event": event, **details}, separators=(",", ":"), ensure_ascii=False) + "\n"
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


def read_events(directory: Path) -> list[dict[str, Any]]:
    """Events in order; a line torn by a crash is left out."""
    path = directory / EVENTS
    if not path.is_file():
        return []
    events = []
    for line in path.read_bytes().splitlines():
        try:
            events.append(json.loads(line))
        except ValueError:
            continue
    return events


def was_refused(directory: Path, attempt: int) -> bool:
    """Whether what was asked for, not a fault of the program, failed that attempt: too small a grid, say."""
    return any(event.get("attempt") == attempt and event.get("refused", False) for event in read_events(directory))
