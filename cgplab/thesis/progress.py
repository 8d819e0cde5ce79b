"""The original's statistics as progress rows of a run."""

from collections.abc import Iterable
from typing import Any

from cgplab.thesis.statistics import Row


def progress_rows(rows: Iterable[Row]) -> list[dict[str, Any]]:
    """Progress rows, in the order of the file.

    The original's clock starts anew with each of its two phases, and rows written when a phase or the run has ended
    repeat the last circuit with yet another clock. ``seconds`` goes on through both phases and stands still in
    repeated rows.
    """
    result: list[dict[str, Any]] = []
    before: Row | None = None
    offset = seconds = 0.0
    for row in rows:
        repeats = before is not None and _repeats(row, before)
        if row.timestamp is not None and not repeats:
            if offset + row.timestamp < seconds:
                offset = seconds
            seconds = offset + row.timestamp
        result.append(
            {
                "generation": row.generation,
                "error": row.error,
                "energy": row.energy,
                "area": row.area,
                "delay": row.delay,
                "depth": row.depth,
                "gate_count": row.gate_count,
                "phase": "error" if row.energy is None else "energy",
                "seconds": round(seconds, 6),
            }
        )
        before = row
    return result


def run_seconds(rows: list[Row], progress: list[dict[str, Any]], earlier: float | None) -> float:
    """Seconds that a run took.

    Parameters
    ----------
    rows, progress : list
        The same rows, as read and as progress.
    earlier : float, optional
        Clock at the end of the run before in the same process: the clock of the last row goes on from run to run.
    """
    searched: float = progress[-1]["seconds"]
    end = rows[-1].timestamp
    if end is None or len(rows) < 2 or not _repeats(rows[-1], rows[-2]):
        return searched
    if earlier is not None and end - earlier >= searched:
        end -= earlier
    return round(max(end, searched), 6)


def _repeats(row: Row, before: Row) -> bool:
    """Whether a row is no improvement: nothing changed, but for costs that are now computed."""
    if row.error != before.error:
        return False
    return before.quantized_energy is None or (row.quantized_energy, row.quantized_delay, row.gate_count) == (
        before.quantized_energy,
        before.quantized_delay,
        before.gate_count,
    )
