"""Which overall test fits the samples, and its outcome."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy import stats

from cgplab.statistics import exact
from cgplab.statistics.assumptions import equal_variances, normality
from cgplab.statistics.exact import PERMUTATIONS, P, asymptotic

Array = NDArray[np.float64]


@dataclass(frozen=True)
class Test:
    """Outcome of an overall test.

    ``symbol`` and ``statistic`` name and give the test statistic, ``df`` its degrees of freedom (empty where
    it has none), ``why`` the reason for this test, ``also`` further figures by name. ``how`` says of a test of ranks
    where its p-value comes from: ``exact``, ``permutation, n = 99,999`` or ``asymptotic``; ``note`` is a remark.
    """

    __test__ = False  # not a test case for pytest

    name: str
    symbol: str
    statistic: float
    df: tuple[float, ...]
    p: float
    why: str
    also: tuple[tuple[str, float], ...] = ()
    how: str = ""
    note: str = ""


@dataclass(frozen=True)
class Checks:
    """p-values of the checks: normality per level (NaN: cannot be told), equal variances of all."""

    normality: tuple[float, ...]
    variance: float
    alpha: float

    @property
    def normal(self) -> bool:
        """Whether no level speaks against a normal distribution."""
        return all(p >= self.alpha for p in self.normality)

    @property
    def homogeneous(self) -> bool:
        """Whether nothing speaks against equal variances."""
        return self.variance >= self.alpha


def check(samples: Sequence[Array], paired: bool, alpha: float) -> Checks:
    """Check what parametric tests assume; of two paired samples, the normality of their differences."""
    subjects = [samples[0] - samples[1]] if paired and len(samples) == 2 else samples
    return Checks(tuple(normality(values) for values in subjects), equal_variances(samples), alpha)


def independent(samples: Sequence[Array], checks: Checks, draws: int = PERMUTATIONS, seed: int = 1) -> Test:
    """Test of independent samples: parametric where nothing speaks against it, else by ranks.

    ``draws`` and ``seed`` are those of :func:`cgplab.statistics.exact.kruskal`.
    """
    k, n = len(samples), sum(map(len, samples))
    if not checks.normal:
        why = _not_normal(checks)
        if k == 2:
            u, p = rank_sum(samples[0], samples[1])
            return Test("Mann-Whitney U", "U", u, (), p.value, why, how=p.how)
        h = stats.kruskal(*samples)
        p, also = _preferred(exact.kruskal(samples, draws, seed), float(h.pvalue))
        return Test("Kruskal-Wallis", "H", float(h.statistic), (k - 1,), p.value, why, also, p.how)
    equal = checks.homogeneous
    why = "every level looks normal, " + ("with equal variances" if equal else "with unequal variances")
    if k == 2:
        t = stats.ttest_ind(samples[0], samples[1], equal_var=equal)
        name = "Student's t" if equal else "Welch's t"
        return Test(name, "t", float(t.statistic), (float(t.df),), float(t.pvalue), why)
    f = stats.f_oneway(*samples, equal_var=equal)
    name, within = ("one-way ANOVA", float(n - k)) if equal else ("Welch's ANOVA", _welch_df(samples))
    return Test(name, "F", float(f.statistic), (k - 1, within), float(f.pvalue), why)


def paired(samples: Sequence[Array], checks: Checks) -> Test:
    """Test of two samples matched by blocks."""
    if checks.normal:
        result = stats.ttest_rel(samples[0], samples[1])
        why = "the differences within blocks look normal"
        return Test("paired t", "t", float(result.statistic), (float(result.df),), float(result.pvalue), why)
    statistic, p = signed_rank(samples[0] - samples[1])
    why = _not_normal(checks, "the differences within blocks")
    return Test("Wilcoxon signed-rank", "T", statistic, (), p.value, why, how=p.how)


def rank_sum(x: Array, y: Array) -> tuple[float, P]:
    """U of ``x`` and the two-sided p-value of the Wilcoxon-Mann-Whitney test, exact if both have below 50 values."""
    found = stats.mannwhitneyu(x, y, method="asymptotic")
    return float(found.statistic), exact.rank_sum(x, y) or asymptotic(float(found.pvalue))


def signed_rank(differences: Array) -> tuple[float, P]:
    """Statistic and p-value of Wilcoxon's signed-rank test, exact below 50 differences.

    Zeros count half for either side, as in Demsar 2006.
    """
    if not differences.any():
        return 0.0, P(1.0, "exact")
    ranks = np.sign(differences) * stats.rankdata(np.abs(differences))
    found = stats.wilcoxon(differences, zero_method="zsplit", method="approx")
    return float(found.statistic), exact.signed_rank(ranks[differences != 0]) or asymptotic(float(found.pvalue))


def friedman(matrix: Array, draws: int = PERMUTATIONS, seed: int = 1) -> Test:
    """Friedman's test corrected for ties, with Iman and Davenport's F (1980).

    Parameters
    ----------
    matrix : (blocks, levels) float64
        Values; three levels or more.
    draws, seed : int
        As in :func:`cgplab.statistics.exact.friedman`.
    """
    n, k = matrix.shape
    ranks = stats.rankdata(matrix, axis=1)
    untied = 12 * n / (k * (k + 1)) * float(((ranks.mean(axis=0) - (k + 1) / 2) ** 2).sum())
    why = "every block holds every level, so levels are compared within blocks by ranks"
    if np.all(matrix == matrix[:, :1]):  # every block ties: no rank differs from another
        return Test("Friedman", "chi-squared", 0.0, (k - 1,), 1.0, why, how="exact")
    result = stats.friedmanchisquare(*matrix.T)
    p, also = _preferred(exact.friedman(ranks, draws, seed), float(result.pvalue))
    w = float(result.statistic) / (n * (k - 1))
    note = ""
    if w < 1 - 1e-12:
        f = (n - 1) * w / (1 - w)
        also = (
            *also,
            ("Iman-Davenport F", f),
            ("Iman-Davenport p", float(stats.f.sf(f, k - 1, (n - 1) * (k - 1)))),
        )
    else:
        note = "All blocks order the levels alike (W = 1), where Iman and Davenport's F has no finite value."
    also = (*also, ("chi-squared without the correction for ties", untied))
    return Test("Friedman", "chi-squared", float(result.statistic), (k - 1,), p.value, why, also, p.how, note)


def _preferred(counted: P | None, p: float) -> tuple[P, tuple[tuple[str, float], ...]]:
    """The p-value that was counted or drawn, with the asymptotic one beside it; else the asymptotic one."""
    return (asymptotic(p), ()) if counted is None else (counted, (("asymptotic p", p),))


def _not_normal(checks: Checks, what: str = "") -> str:
    untold = sum(np.isnan(p) for p in checks.normality)
    against = sum(p < checks.alpha for p in checks.normality)
    if what:
        return f"{what} do not look normal" if against else f"{what} are too few or too equal to tell normality"
    verb = "does" if against == 1 else "do"
    parts = [f"{against} of {len(checks.normality)} levels {verb} not look normal"] if against else []
    if untold:
        parts.append(f"of {untold} it cannot be told (constant, or fewer than 3 values)")
    return ", ".join(parts)


def _welch_df(samples: Sequence[Array]) -> float:
    """Degrees of freedom of the denominator (Welch, "On the comparison of several mean values", 1951)."""
    weights = np.array([len(s) / s.var(ddof=1) for s in samples])
    lengths = np.array([len(s) for s in samples])
    return float((len(samples) ** 2 - 1) / (3 * ((1 - weights / weights.sum()) ** 2 / (lengths - 1)).sum()))
