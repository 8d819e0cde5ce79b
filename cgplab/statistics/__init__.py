"""Statistics over tidy frames: comparisons, equivalence, controls, mixed models, power, correlation, robust lines."""

from cgplab.statistics.association import Correlation, Line, correlate, regress
from cgplab.statistics.comparison import Comparison, compare
from cgplab.statistics.control import AgainstControl, against_control
from cgplab.statistics.equivalence import Equivalence, equivalence
from cgplab.statistics.mixed import Mixed, mixed
from cgplab.statistics.one_sample import OneSample, one_sample
from cgplab.statistics.power import Power, power

__all__ = [
    "AgainstControl", "Comparison", "Correlation", "Equivalence", "Line", "Mixed", "OneSample", "Power",
    "against_control", "compare", "correlate", "equivalence", "mixed", "one_sample", "power", "regress",
]  # fmt: skip
