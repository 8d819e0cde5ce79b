"""Statistics over tidy frames: comparisons, one sample, correlation, robust regression."""

from cgplab.statistics.association import Correlation, Line, correlate, regress
from cgplab.statistics.comparison import Comparison, compare
from cgplab.statistics.one_sample import OneSample, one_sample

__all__ = ["Comparison", "Correlation", "Line", "OneSample", "compare", "correlate", "one_sample", "regress"]
