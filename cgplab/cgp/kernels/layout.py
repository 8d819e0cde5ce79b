"""Meaning of the numbers that kernels and their driver share."""

from typing import Final

# Measures of a circuit, int64 (N_MEASURES,); costs in quanta, -1 where not computed.
ERROR: Final = 0
ENERGY: Final = 1
ENERGY_PER_OP: Final = 2
AREA: Final = 3
DELAY: Final = 4
DEPTH: Final = 5
GATE_COUNT: Final = 6
N_MEASURES: Final = 7
MEASURES: Final = ("error", "energy", "energy_per_op", "area", "delay", "depth", "gate_count")

# Counters of a run, int64 (N_COUNTERS,); they only grow, except STALLED and LOGGED.
GENERATION: Final = 0  # generations done
STALLED: Final = 1  # generations since the last improvement
CHILDREN: Final = 2  # children proposed
ACCEPTED: Final = 3  # generations whose parent was replaced
IMPROVED: Final = 4  # of these, by a strictly better child
NEUTRAL: Final = 5  # children that compute and cost just what their parent does, by construction
REJECTED_EARLY: Final = 6  # children dropped before their error was complete
LOGGED: Final = 7  # rows in the log of improvements
STOPPED: Final = 8  # 1 once every early-stop limit is met
N_COUNTERS: Final = 9

# A row of the log of improvements: generation, then the measures.
LOG_COLUMNS: Final = 1 + N_MEASURES
LOG_ROWS: Final = 4096

# Error metrics.
SE: Final = 0
MSE: Final = 1
AE: Final = 2
METRIC_CODES: Final = {"SE": SE, "MSE": MSE, "AE": AE}

UNLIMITED: Final = 2**62
