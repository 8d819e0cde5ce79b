"""Whether a sample is centred at a given value."""

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy import stats

from cgplab.errors import InputError
from cgplab.statistics.assumptions import normality
from cgplab.statistics.effects import Effect, with_interval
from cgplab.statistics.overall import signed_rank
from cgplab.statistics.words import p_text
from cgplab.words import digits


def finite(values: Iterable[float], what: str, fewest: int) -> tuple[NDArray[np.float64], int]:
    """Values without the missing ones as (n,) float64, and how many were missing.

    Raises
    ------
    InputError
        A value is infinite or no number, or fewer than ``fewest`` are left.
    """
    try:
        everything = np.asarray(list(values), dtype=float)
    except (TypeError, ValueError) as error:
        raise InputError(f"{what} must be numbers") from error
    kept = everything[~np.isnan(everything)]
    if np.isinf(kept).any():
        raise InputError(f"{what} hold infinite values; leave them out first")
    if len(kept) < fewest:
        raise InputError(f"{len(kept)} {what}; {fewest} or more are needed")
    return kept, len(everything) - len(kept)


@dataclass(frozen=True)
class OneSample:
    """What :func:`one_sample` found.

    ``effect`` is the mean (t test) or median (signed-rank test) with its 95 % bootstrap interval; ``how`` is as in
    :class:`cgplab.statistics.overall.Test`.
    """

    n: int
    dropped: int
    reference: float
    test: str
    statistic: float
    p: float
    why: str
    effect: Effect
    alpha: float
    how: str = ""

    @property
    def different(self) -> bool:
        """Whether the sample is centred elsewhere than at the reference."""
        return self.p <= self.alpha

    def report(self) -> str:
        """The result in plain words."""
        side = "above" if self.effect.value > self.reference else "below"
        verdict = f"lies {side}" if self.different else "cannot be told apart from"
        e = self.effect
        interval = "" if np.isnan(e.low) else f" (95 % bootstrap interval {digits(e.low)} to {digits(e.high)})"
        tested = f"statistic {digits(self.statistic)}, {p_text(self.p, self.how)}"
        missing = f" {self.dropped} missing values are left out." if self.dropped else ""
        return (
            f"The {e.name} {digits(e.value)}{interval} of n = {self.n} {verdict} {digits(self.reference)}: "
            f"{self.test}, chosen because {self.why}, {tested}.{missing}"
        )


def one_sample(
    values: Iterable[float], reference: float, *, alpha: float = 0.05, resamples: int = 2000, seed: int = 1
) -> OneSample:
    """Compare a sample with a fixed value: by Student's t if it looks normal, else by Wilcoxon's signed ranks.

    Parameters
    ----------
    values : iterable of float
        NaN are left out and counted.
    reference : float
        In the values' unit.
    alpha : float
        Level of the test.
    resamples, seed : int
        Of the bootstrap interval.

    Raises
    ------
    InputError
        Fewer than two values, or infinite ones.
    """
    sample, dropped = finite(values, "values", 2)
    p_normal = normality(sample)
    if p_normal >= alpha:
        result = stats.ttest_1samp(sample, reference)
        effect = with_interval("mean", np.mean, [sample], False, resamples, seed)
        why = "the values look normal"
        return OneSample(
            len(sample), dropped, reference, "Student's t test", float(result.statistic), float(result.pvalue), why,
            effect, alpha,
        )  # fmt: skip
    statistic, p = signed_rank(sample - reference)
    effect = with_interval("median", np.median, [sample], False, resamples, seed)
    why = "normality cannot be told" if np.isnan(p_normal) else "the values do not look normal"
    return OneSample(
        len(sample), dropped, reference, "Wilcoxon's signed-rank test", statistic, p.value, why, effect, alpha, p.how
    )  # fmt: skip
