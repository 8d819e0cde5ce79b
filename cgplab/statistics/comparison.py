"""Compare the levels of a factor: one call, one frozen result that explains itself."""

from collections.abc import Hashable
from dataclasses import dataclass, replace
from itertools import combinations
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
from scipy import stats

from cgplab.errors import InputError
from cgplab.statistics import effects, overall, pairs
from cgplab.statistics.assumptions import normality
from cgplab.statistics.bars import bars
from cgplab.statistics.effects import Effect
from cgplab.statistics.exact import PERMUTATIONS
from cgplab.statistics.overall import Checks, Test
from cgplab.statistics.pairs import PostHoc
from cgplab.statistics.samples import Samples, gather
from cgplab.words import digits

if TYPE_CHECKING:
    from matplotlib.axes import Axes

    from cgplab.statistics.diagram import Diagram
    from cgplab.statistics.shared_images import SharedImages
    from cgplab.statistics.success import Success

ALPHA = 0.05


@dataclass(frozen=True)
class Comparison:
    """What :func:`compare` found.

    Attributes
    ----------
    samples : Samples
        The values compared.
    alpha : float
        Level of every test.
    best : str
        Which values get rank 1, ``lowest`` or ``highest``.
    checks : Checks
        Normality and equality of variances.
    test : Test
        The overall test and why it was chosen.
    effect : Effect
        Overall effect size.
    posthoc : PostHoc
        Decisions by pair.
    levels : pandas.DataFrame
        Per level: ``n``, ``median``, ``q1``, ``q3``, ``mean``, ``sd``, ``low``, ``high`` in the response's unit,
        ``normal_p`` (Shapiro-Wilk; NaN: cannot be told) and ``average_rank`` (within blocks, else among all).
    pairs : pandas.DataFrame
        Per pair ``a``, ``b``: ``difference`` (of medians; with blocks the median difference), ``p``,
        ``p_adjusted``, ``different``, ``delta`` (Cliff's; with blocks within pairs) with bounds ``delta_low``
        and ``delta_high``, ``a12`` and ``magnitude``.
    bars : tuple of tuple
        Levels joined by each bar of the critical-difference diagram, by average rank.
    success : Success or None
        Success rates of the levels, where only runs within their budget were compared.
    images : SharedImages or None
        Whether differences of accuracies would hold for other images and blocks; see :meth:`over_images`.
    notes : tuple of str
        What a reader has to know of the runs, a sentence or two each.
    """

    samples: Samples
    alpha: float
    best: str
    checks: Checks
    test: Test
    effect: Effect
    posthoc: PostHoc
    levels: pd.DataFrame
    pairs: pd.DataFrame
    bars: tuple[tuple[Hashable, ...], ...]
    success: "Success | None" = None
    images: "SharedImages | None" = None
    notes: tuple[str, ...] = ()

    @property
    def n(self) -> int:
        """Values compared."""
        return sum(map(len, self.samples.values))

    @property
    def significant(self) -> bool:
        """Whether the overall test rejects that all levels are alike."""
        return self.test.p <= self.alpha

    @property
    def average_ranks(self) -> pd.Series:
        """Average ranks by level, lowest first."""
        return self.levels["average_rank"].sort_values(kind="stable")

    @property
    def critical_difference(self) -> float | None:
        """Least distance of average ranks that tells two levels apart; None unless Nemenyi's test decides."""
        return self.posthoc.critical_difference

    def over_images(self, images: "SharedImages") -> "Comparison":
        """The same comparison, in which two levels differ only if their means would with other images too."""
        told = images.pairs[images.pairs["different"]]
        apart = set(zip(told["a"], told["b"], strict=True))
        also = np.array([pair in apart for pair in zip(self.pairs["a"], self.pairs["b"], strict=True)], dtype=bool)
        pairs = self.pairs.assign(different=self.pairs["different"] & also)
        place = {level: i for i, level in enumerate(self.samples.levels)}
        different = np.zeros((len(place), len(place)), dtype=bool)
        for a, b in zip(pairs["a"][pairs["different"]], pairs["b"][pairs["different"]], strict=True):
            different[place[a], place[b]] = different[place[b], place[a]] = True
        order = [place[level] for level in self.average_ranks.index]
        joined = tuple(tuple(self.samples.levels[i] for i in bar) for bar in bars(different, order))
        return replace(self, pairs=pairs, bars=joined, images=images)

    def report(self) -> str:
        """The result in plain words, several lines."""
        from cgplab.statistics.words import report

        return report(self)

    def to_latex(self) -> str:
        """Tables of levels and pairs for LaTeX, with booktabs."""
        from cgplab.statistics.latex import tables

        return tables(self)

    def plot(self, axes: "Axes | None" = None) -> "Diagram":
        """Draw the critical-difference diagram; see :func:`cgplab.statistics.diagram.draw`."""
        from cgplab.statistics.diagram import draw

        return draw(self, axes)


def compare(
    frame: pd.DataFrame,
    response: str,
    factor: str,
    block: str | None = None,
    *,
    best: str = "lowest",
    posthoc: str | None = None,
    drop_incomplete: bool = False,
    alpha: float = ALPHA,
    resamples: int = PERMUTATIONS,
    seed: int = 1,
) -> Comparison:
    """Compare a response between the levels of a factor, with the test that fits the data.

    Without blocks the samples are independent: t or Welch's t, ANOVA or Welch's ANOVA where every level looks
    normal, else Mann-Whitney or Kruskal-Wallis. With blocks (layers, data sets) two levels are compared by a
    paired t or Wilcoxon's signed-rank test, three or more by Friedman's test and Nemenyi's.

    Parameters
    ----------
    frame : pandas.DataFrame
        One row per observation; rows without response, factor or block are left out and counted.
    response, factor : str
        Columns of the values and of the levels.
    block : str, optional
        Column of what every level was tried on. Several rows of one block and level become their median.
    best : str
        Which values get rank 1: ``lowest`` or ``highest``.
    posthoc : str, optional
        ``conover`` (default) or ``dunn`` after Kruskal-Wallis; ``nemenyi`` (default) or ``wilcoxon`` after
        Friedman.
    drop_incomplete : bool
        Leave out blocks with missing cells rather than refuse.
    alpha : float
        Level of every test.
    resamples : int
        Permutations drawn for a p-value where samples are small and their exact distribution takes too long to count;
        0 to take the asymptotic p-value there.
    seed : int
        Of the permutations.

    Raises
    ------
    InputError
        The columns do not fit, cells are missing, or there is too little to compare.

    Examples
    --------
    >>> result = compare(runs, "energy", "strategy", block="layer")  # doctest: +SKIP
    >>> print(result.report())  # doctest: +SKIP
    """
    if best not in ("lowest", "highest"):
        raise InputError(f"best is {best!r}; it must be lowest or highest")
    if not 0 < alpha < 1:
        raise InputError(f"alpha is {alpha:g}; it must lie between 0 and 1")
    allowed = pairs.BLOCKED if block is not None else pairs.INDEPENDENT
    if posthoc is not None and posthoc not in allowed:
        where = "with blocks" if block is not None else "without blocks"
        raise InputError(f"no post-hoc test {posthoc!r} {where}; allowed: {', '.join(allowed)}")
    samples = gather(frame, response, factor, block, drop_incomplete)
    checks = overall.check(samples.values, block is not None, alpha)
    ranks = _ranks(samples, best)
    test, found = _decide(samples, checks, ranks, posthoc or allowed[0], alpha, resamples, seed)
    average = np.array([r.mean() for r in ranks])
    order = [int(i) for i in np.argsort(average, kind="stable")]
    return Comparison(
        samples,
        alpha,
        best,
        checks,
        test,
        _overall_effect(samples, test, ranks),
        found,
        _levels(samples, average),
        _pairs(samples, found),
        tuple(tuple(samples.levels[i] for i in bar) for bar in bars(found.different, order)),
    )


def _ranks(samples: Samples, best: str) -> list[effects.Array]:
    sign = 1 if best == "lowest" else -1
    if samples.block is not None:
        return list(stats.rankdata(sign * samples.matrix, axis=1).T)
    ends = np.cumsum([len(values) for values in samples.values])[:-1]
    return list(np.split(stats.rankdata(sign * np.concatenate(samples.values)), ends))


def _decide(
    samples: Samples, checks: Checks, ranks: list[effects.Array], posthoc: str, alpha: float, draws: int, seed: int
) -> tuple[Test, PostHoc]:
    k = len(samples.levels)
    if samples.constant:
        why = f"every value is {digits(samples.values[0][0])}, so no two levels differ"
        test = Test("none", "", np.nan, (), 1.0, why)
        return test, PostHoc("", np.full((k, k), np.nan), np.ones((k, k)), np.zeros((k, k), dtype=bool))
    if k == 2:
        test = (overall.paired if samples.block is not None else overall.independent)(samples.values, checks)
        return test, pairs.only_pair(test.p, alpha)
    if samples.block is not None:
        test = overall.friedman(samples.matrix, draws, seed)
        if posthoc == "wilcoxon":
            return test, pairs.signed_ranks(samples.matrix, alpha)
        return test, pairs.nemenyi(np.column_stack(ranks), alpha)
    test = overall.independent(samples.values, checks, draws, seed)
    if checks.normal:
        return test, pairs.after_anova(samples.values, checks.homogeneous, alpha)
    return test, pairs.after_kruskal(samples.values, posthoc, alpha, test.p)


def _overall_effect(samples: Samples, test: Test, ranks: list[effects.Array]) -> Effect:
    if len(samples.levels) == 2:
        return _delta(samples, 0, 1)
    if samples.block is not None:
        return effects.concordance(ranks)
    if test.symbol == "F":
        between, within = test.df
        return effects.omega_squared(test.statistic, between, within, sum(map(len, samples.values)))
    return effects.epsilon_squared_of(samples.values)


def _delta(samples: Samples, i: int, j: int) -> Effect:
    measure = effects.delta_within if samples.block is not None else effects.delta
    return measure(samples.values[i], samples.values[j])


def _levels(samples: Samples, average: effects.Array) -> pd.DataFrame:
    rows = []
    for values, rank in zip(samples.values, average, strict=True):
        q1, median, q3 = np.quantile(values, [0.25, 0.5, 0.75])
        rows.append(
            {
                "n": len(values), "median": median, "q1": q1, "q3": q3, "mean": values.mean(),
                "sd": values.std(ddof=1) if len(values) > 1 else np.nan, "low": values.min(), "high": values.max(),
                "normal_p": normality(values), "average_rank": rank,
            }
        )  # fmt: skip
    return pd.DataFrame(rows, index=pd.Index(samples.levels, name=samples.factor))


def _pairs(samples: Samples, found: PostHoc) -> pd.DataFrame:
    paired = samples.block is not None
    rows = []
    for i, j in combinations(range(len(samples.levels)), 2):
        a, b = samples.values[i], samples.values[j]
        delta = _delta(samples, i, j)
        rows.append(
            {
                "a": samples.levels[i], "b": samples.levels[j],
                "difference": np.median(a - b) if paired else np.median(a) - np.median(b),
                "p": found.p[i, j], "p_adjusted": found.adjusted[i, j], "different": bool(found.different[i, j]),
                "delta": delta.value, "delta_low": delta.low, "delta_high": delta.high,
                "a12": (delta.value + 1) / 2, "magnitude": effects.magnitude(delta.value),
            }
        )  # fmt: skip
    return pd.DataFrame(rows)
