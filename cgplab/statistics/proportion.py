"""Interval of a share: of images classified correctly, of runs within budget."""

from scipy import stats

CONFIDENCE = 0.95


def wilson(k: int, n: int) -> tuple[float, float]:
    """Wilson's interval of a proportion with 95 % confidence ("Probable inference, the law of succession", 1927).

    Parameters
    ----------
    k, n : int
        Successes, and trials, at least 1.
    """
    interval = stats.binomtest(k, n).proportion_ci(CONFIDENCE, method="wilson")
    return float(interval.low), float(interval.high)
