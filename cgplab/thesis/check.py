"""Compare what the original logged with what our core makes of the same chromosomes."""

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from cgplab.cgp.evaluation import METRICS
from cgplab.thesis.accounting import Measures
from cgplab.thesis.statistics import Row

EXACT = ("quantized_energy", "quantized_delay", "gate_count", "depth")
PRINTED = ("energy", "area")
TOLERANCE = 1.5e-6
"""Real numbers are printed with six decimals of a sum of floats."""


@dataclass(frozen=True)
class Difference:
    """One value that does not agree.

    Attributes
    ----------
    place : str
        File and line.
    column : str
    theirs, ours : str
    """

    place: str
    column: str
    theirs: str
    ours: str

    def __str__(self) -> str:
        return f"{self.place}: {self.column} is {self.theirs}, our core finds {self.ours}"


@dataclass(frozen=True)
class Checked:
    """A row and what our core finds for its chromosome."""

    row: Row
    measures: Measures


def metric_of(rows: Iterable[tuple[int | None, dict[str, int]]]) -> str:
    """Error metric that agrees with most rows; the original's files do not name it.

    Parameters
    ----------
    rows : iterable of (error, {metric: error})
        Theirs, and ours by metric.

    Returns
    -------
    str
        SE, the original's default, where several agree alike.
    """
    agreeing = Counter(dict.fromkeys(METRICS, 0))
    for theirs, ours in rows:
        agreeing.update(metric for metric, value in ours.items() if value == theirs)
    return max(METRICS, key=lambda metric: agreeing[metric])


def differences(row: Row, measures: Measures, metric: str) -> Iterator[Difference]:
    """Values of a row that our core does not confirm; those that were not computed are left out."""
    ours_whole = {"error": measures.errors[metric], **{name: getattr(measures, name) for name in EXACT}}
    for name, ours in ours_whole.items():
        theirs = getattr(row, name)
        if theirs is not None and theirs != ours:
            yield Difference(row.place, name, str(theirs), str(ours))
    for name in PRINTED:
        theirs, real = getattr(row, name), getattr(measures, name)
        if theirs is not None and not _close(theirs, real):
            yield Difference(row.place, name, f"{theirs:.6f}", f"{real:.6f}")
    # Either the true delay or the original's, which doubles paths that end at a constant, is right.
    if row.delay is not None and not (_close(row.delay, measures.delay) or _close(row.delay, measures.original_delay)):
        ours_text = f"{measures.delay:.6f}"
        if not _close(measures.delay, measures.original_delay):
            ours_text += f" (doubled before constants: {measures.original_delay:.6f})"
        yield Difference(row.place, "delay", f"{row.delay:.6f}", ours_text)


def _close(theirs: float, ours: float) -> bool:
    return abs(theirs - ours) <= TOLERANCE + 1e-12 * abs(ours)
