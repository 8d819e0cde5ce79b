"""Success rates by level: intervals, and tests of whether they differ, within blocks if there are any."""

from collections.abc import Hashable
from dataclasses import dataclass
from itertools import combinations

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy import stats

from cgplab.errors import InputError
from cgplab.statistics.pairs import holm
from cgplab.statistics.proportion import wilson
from cgplab.statistics.samples import ordered
from cgplab.statistics.words import p_text, plain

Counts = NDArray[np.int64]
PERMUTATIONS = 9999
_LEAST = 1 / (PERMUTATIONS + 1)
"""p where no permutation is as extreme."""
_SEED = 1
_SAME = 1e-9
"""Statistics of permutations closer than this, relatively, count as equal: they differ by rounding only."""


@dataclass(frozen=True)
class Success:
    """Success rates of the levels of a factor.

    Attributes
    ----------
    factor : str
    block : str or None
    alpha : float
    levels : pandas.DataFrame
        Per level: ``n`` runs, ``within`` of them within budget, ``rate``, and Wilson's interval (1927) of 95 %,
        ``low`` and ``high``.
    test : str
        How the rates were compared; empty where every rate is 0 or every rate is 1.
    p : float
        1 where there is nothing to compare.
    pairs : pandas.DataFrame
        Per pair ``a``, ``b``: ``p`` of the exact conditional test, ``p_adjusted`` by Holm's method (1979) and
        ``different``.
    """

    factor: str
    block: str | None
    alpha: float
    levels: pd.DataFrame
    test: str
    p: float
    pairs: pd.DataFrame

    @property
    def complete(self) -> bool:
        """Whether all runs are within budget."""
        return bool((self.levels["within"] == self.levels["n"]).all())

    @property
    def rates(self) -> str:
        """The rates of all levels, in a few words."""
        rates = ", ".join(
            f"{int(row['within']):,} of {int(row['n']):,} at {plain(level)}" for level, row in self.levels.iterrows()
        )
        return f"runs within budget by {plain(self.factor)}: {rates}"

    @property
    def caption(self) -> str:
        """What the table tells."""
        tested = f" {self.test}: {self._p}." if self.test else ""
        return f"Runs within budget by {plain(self.factor)}, of all with a circuit; Wilson's interval of 95 %.{tested}"

    def table(self) -> pd.DataFrame:
        """The rates as texts, a row per level."""
        return pd.DataFrame(
            {
                plain(self.factor): [plain(level) for level in self.levels.index],
                "n": self.levels["n"].map("{:,.0f}".format),
                "within budget": self.levels["within"].map("{:,.0f}".format),
                "rate": (100 * self.levels["rate"]).map("{:.0f} %".format),
                "95 % interval": [
                    f"{100 * low:.0f} to {100 * high:.0f} %"
                    for low, high in zip(self.levels["low"], self.levels["high"], strict=True)
                ],
            }
        )

    @property
    def in_short(self) -> str:
        """The rates and their comparison, in one line."""
        return self.rates + (f"; {self.test}: {self._p}" if self.test else "")

    @property
    def _p(self) -> str:
        return f"p ≤ {_LEAST:g}" if self.p == _LEAST else p_text(self.p)

    def report(self) -> str:
        """The rates and what the test says, in plain words."""
        lines = [f"{self.rates[0].upper()}{self.rates[1:]}."]
        if self.test:
            verdict = "differ" if self.p <= self.alpha else "cannot be told apart"
            lines.append(f"Success rates {verdict} at the {self.alpha:g} level ({self.test}: {self._p}).")
            apart = self.pairs[self.pairs["different"]]
            if len(self.levels) > 2 and len(apart):
                named = ", ".join(f"{plain(a)} – {plain(b)}" for a, b in zip(apart["a"], apart["b"], strict=True))
                lines.append(f"Pairs that differ (exact, Holm): {len(apart)} of {len(self.pairs)}: {named}.")
            elif len(self.levels) > 2 and self.p <= self.alpha:
                lines.append("No single pair differs (exact, Holm).")
        return "\n".join(lines)


def compare_success(
    runs: pd.DataFrame, factor: str, block: str | None = None, *, alpha: float = 0.05, seed: int = _SEED
) -> Success:
    """Compare the share of runs within budget between the levels of a factor.

    Two levels are compared by the exact conditional test, given the successes of each block: Fisher's exact test where
    there is one block (Fisher 1935), with several the exact form of the Mantel-Haenszel test (Gart, "Point and interval
    estimation of the common odds ratio in the combination of 2 x 2 tables with fixed marginals", 1970). Three or more
    levels are compared by the score test of conditional logistic regression by block (Birch, "The detection of partial
    association, II", 1965; the generalised Cochran-Mantel-Haenszel statistic), whose p-value comes from permutations
    of the successes within blocks. All hold where levels never or always succeed.

    Parameters
    ----------
    runs : pandas.DataFrame
        With ``factor``, ``block`` and ``within``, bool; rows without any of them are left out.
    factor, block : str
        Columns.
    alpha : float
        Level of the tests.
    seed : int
        Of the permutations.

    Raises
    ------
    InputError
        There is no run with a circuit.
    """
    names = [factor, *([block] if block else [])]
    known = runs.dropna(subset=[*names, "within"])
    if known.empty:
        raise InputError("no run has a circuit; nothing to compare")
    levels = ordered(known[factor])
    tables = _tables(known, factor, block, levels)
    totals = tables.sum(axis=0)
    rates = pd.DataFrame([_rate(int(within), int(n)) for n, within in totals], index=pd.Index(levels, name=factor))
    told = 0 < totals[:, 1].sum() < totals[:, 0].sum() and len(levels) > 1
    test, p = _overall(tables, block, seed) if told else ("", 1.0)
    return Success(factor, block, alpha, rates, test, p, _pairs(tables, levels, alpha))


def _tables(known: pd.DataFrame, factor: str, block: str | None, levels: tuple[Hashable, ...]) -> Counts:
    """(blocks, levels, 2) int64: runs, and runs within budget."""
    counted = known.assign(within=known["within"].astype(bool))
    groups = [group for _, group in counted.groupby(block, observed=True)] if block else [counted]
    found = []
    for group in groups:
        by_level = group.groupby(factor, observed=True)["within"].agg(["size", "sum"]).reindex(list(levels)).fillna(0)
        found.append(by_level.to_numpy(dtype=np.int64))
    return np.stack(found)


def _rate(within: int, n: int) -> dict[str, float]:
    low, high = wilson(within, n)
    return {"n": n, "within": within, "rate": within / n, "low": low, "high": high}


def _overall(tables: Counts, block: str | None, seed: int) -> tuple[str, float]:
    if tables.shape[1] == 2:
        name = "Fisher's exact test" if block is None else f"exact conditional test by {plain(block)}"
        return name, exact_p(tables)
    by = "" if block is None else f" within {plain(block)}"
    return f"score test, {PERMUTATIONS:,} permutations{by}", permutation_p(tables, seed)


def exact_p(tables: Counts) -> float:
    """Two-sided p-value of two levels, given the runs and successes of each block.

    The successes of the first level are the sum of a hypergeometric number per block; all sums that are no more
    likely than the one observed count.

    Parameters
    ----------
    tables : (blocks, 2, 2) int64
        Runs and successes of both levels.
    """
    likely, seen = np.ones(1), 0
    for (n_a, s_a), (n_b, s_b) in tables:
        successes = int(s_a + s_b)
        low, high = max(0, successes - int(n_b)), min(successes, int(n_a))
        if low == high:  # the successes leave no choice
            continue
        support = np.arange(low, high + 1)
        likely = np.convolve(likely, stats.hypergeom.pmf(support, int(n_a + n_b), successes, int(n_a)))
        seen += int(s_a) - low
    return float(min(1.0, likely[likely <= likely[seen] * (1 + 1e-7)].sum()))


def permutation_p(tables: Counts, seed: int) -> float:
    """p-value of three or more levels, from permutations of the successes within blocks; see :func:`compare_success`.

    Parameters
    ----------
    tables : (blocks, levels, 2) int64
    seed : int
    """
    random = np.random.default_rng(seed)
    informative = [table for table in tables if 0 < table[:, 1].sum() < table[:, 0].sum()]
    if not informative:
        return 1.0
    k = tables.shape[1]
    expected, spread = np.zeros(k), np.zeros((k, k))
    observed = np.zeros(k)
    drawn = np.zeros((PERMUTATIONS, k))
    for table in informative:
        n, successes = table[:, 0], int(table[:, 1].sum())
        total, share = int(n.sum()), n / n.sum()
        expected += successes * share
        spread += successes * (total - successes) / (total - 1) * (np.diag(share) - np.outer(share, share))
        observed += table[:, 1]
        drawn += random.multivariate_hypergeometric(n, successes, size=PERMUTATIONS)
    inverse = np.linalg.pinv(spread, hermitian=True)
    scores = _quadratic(np.vstack([observed, drawn]) - expected, inverse)
    return float((scores >= scores[0] * (1 - _SAME)).sum() / (PERMUTATIONS + 1))


def _quadratic(deviations: NDArray[np.float64], inverse: NDArray[np.floating]) -> NDArray[np.float64]:
    return np.asarray(np.einsum("ri,ij,rj->r", deviations, inverse, deviations))


def _pairs(tables: Counts, levels: tuple[Hashable, ...], alpha: float) -> pd.DataFrame:
    chosen = list(combinations(range(len(levels)), 2))
    p = np.array([exact_p(tables[:, pair]) for pair in chosen])
    adjusted = holm(p) if len(p) else p
    return pd.DataFrame(
        {
            "a": [levels[i] for i, _ in chosen], "b": [levels[j] for _, j in chosen],
            "p": p, "p_adjusted": adjusted, "different": adjusted <= alpha,
        }
    )  # fmt: skip
