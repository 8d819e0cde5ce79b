"""What every kernel does around a generation."""

from cgplab.cgp.kernels.jit import part
from cgplab.cgp.kernels.layout import (
    ACCEPTED,
    CHILDREN,
    ERROR,
    GENERATION,
    IMPROVED,
    LOGGED,
    N_MEASURES,
    STALLED,
)


@part
def within_stops(task, measures, threshold):  # type: ignore[no-untyped-def]
    """Whether the error is within the threshold and no measure exceeds its early stop."""
    if measures[ERROR] > threshold:
        return False
    for i in range(N_MEASURES):
        if measures[i] > task.stops[i]:
            return False
    return True


@part
def log_improvement(measures, counters, log):  # type: ignore[no-untyped-def]
    """Count and log that this generation made the parent better; arrays as in :func:`count_generation`."""
    counters[IMPROVED] += 1
    counters[STALLED] = 0
    row = log[counters[LOGGED]]
    row[0] = counters[GENERATION]
    for i in range(N_MEASURES):
        row[1 + i] = measures[i]
    counters[LOGGED] += 1


@part
def count_generation(task, counters, log, measures, found):  # type: ignore[no-untyped-def]
    """Count a generation and log an improvement.

    Parameters
    ----------
    task : Task
    counters : (N_COUNTERS,) int64
    log : (LOG_ROWS, LOG_COLUMNS) int64
    measures : (N_MEASURES,) int64
        Of the parent after the generation.
    found : int64
        1 if it is a better child, 0 if one that ties, negative if none was accepted.
    """
    counters[CHILDREN] += task.children
    counters[GENERATION] += 1
    counters[STALLED] += 1
    if found >= 0:
        counters[ACCEPTED] += 1
    if found == 1:
        log_improvement(measures, counters, log)
