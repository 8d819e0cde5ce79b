"""How many blocks or runs would show a difference: power of the test that fits, from the spread seen."""

from collections.abc import Callable, Hashable, Sequence
from dataclasses import dataclass
from itertools import combinations

import numpy as np
import pandas as pd
from scipy import stats

from cgplab.errors import InputError
from cgplab.statistics import exact
from cgplab.statistics.assumptions import normality
from cgplab.statistics.effects import Array
from cgplab.statistics.samples import Samples
from cgplab.statistics.words import plain, scope
from cgplab.words import digits

SIMULATED = 1000
"""Samples drawn for the power of a test of ranks at one size."""
MOST = 4096
"""Blocks or values up to which a size is sought."""
_FEWEST = 3
_EXACT_BELOW = 12
"""Blocks or values below which simulated tests of ranks are exact; above, the asymptotic ones come near them."""


@dataclass(frozen=True)
class Power:
    """What :func:`power` found.

    Attributes
    ----------
    samples : Samples
    difference : float
        To be shown, in the response's unit.
    alpha, target : float
        Level of the test, and the power wanted.
    pair : tuple of hashable
        Levels of the largest spread, on which the numbers rest.
    sd : float
        Of the differences within blocks, or of values around their level.
    method : str
    now : tuple of int
        Blocks, or values of both levels of the pair, that there are.
    power_now : float
        With these.
    needed : int or None
        Least number that reaches the target; None above :data:`MOST`.
    notes : tuple of str
        What speaks against the numbers.
    """

    samples: Samples
    difference: float
    alpha: float
    target: float
    pair: tuple[Hashable, Hashable]
    sd: float
    method: str
    now: tuple[int, ...]
    power_now: float
    needed: int | None
    notes: tuple[str, ...]

    @property
    def unit(self) -> str:
        """What is counted."""
        s = self.samples
        return f"blocks ({plain(s.block)})" if s.block is not None else f"values per level of {plain(s.factor)}"

    @property
    def _now(self) -> str:
        return " and ".join(f"{n:,}" for n in dict.fromkeys(self.now))

    def report(self) -> str:
        """The result in plain words, several lines."""
        a, b = map(plain, self.pair)
        needed = f"more than {MOST:,}" if self.needed is None else f"{self.needed:,}"
        return "\n".join(
            [
                f"Power to show a difference of {digits(self.difference)} in {plain(self.samples.response)} between "
                f"two levels at the {self.alpha:g} level: {scope(self.samples)}.",
                f"{self.method}; standard deviation {digits(self.sd)}, of {a} and {b}, the largest of all pairs.",
                f"With {self._now} {self.unit} the power is {self.power_now:.2f}; {needed} would give {self.target:g}.",
                *self.notes,
            ]
        )

    def to_latex(self) -> str:
        """Table for LaTeX; its first line names the packages that it needs."""
        from cgplab.latex import table

        needed = f"> {MOST:,}" if self.needed is None else f"{self.needed:,}"
        row = {
            "difference": digits(self.difference), "standard deviation": digits(self.sd), "now": self._now,
            "power now": f"{self.power_now:.2f}", f"needed for {self.target:g}": needed,
        }  # fmt: skip
        caption = (
            f"Power to show a difference in {plain(self.samples.response)} between two levels of "
            f"{plain(self.samples.factor)} at the {self.alpha:g} level, counted in {self.unit}. {self.method}."
        )
        caption = " ".join([caption, *self.notes])
        return table(pd.DataFrame([row]), caption, f"tab:power-{self.samples.response}-{self.samples.factor}")


def power(
    samples: Samples,
    difference: float,
    *,
    alpha: float = 0.05,
    target: float = 0.8,
    notes: Sequence[str] = (),
    seed: int = 1,
) -> Power:
    """How likely the test is to show a difference between two levels, and how many blocks or values would do.

    The spread is that of the pair of levels that vary most. Where the values look normal the power is that of the
    t test (statsmodels); else values are drawn again from those seen, around their medians and within blocks with
    either sign, moved apart by the difference, and tested by ranks.

    Parameters
    ----------
    samples : Samples
        Such as ``compare(...).samples``.
    difference : float
        Other than 0, in the response's unit; its sign does not matter.
    alpha, target : float
        Level of the test, and the power wanted.
    notes : sequence of str
        What speaks against the numbers, for the report.
    seed : int
        Of the simulation.

    Raises
    ------
    InputError
        The difference is 0 or not finite, a number is out of range, or no pair of levels varies.
    """
    if not np.isfinite(difference) or difference == 0:
        raise InputError(f"the difference to show is {difference:g}; it must be a finite number other than 0")
    if not alpha < target < 1:
        raise InputError(f"the power wanted is {target:g}; it must lie between {alpha:g} and 1")
    size = abs(float(difference))
    spread = {pair: _spread(samples, *pair) for pair in combinations(range(len(samples.levels)), 2)}
    (i, j), sd = max(spread.items(), key=lambda item: item[1])
    if not sd > 0:
        raise InputError(
            f"the values of {samples.response} do not vary at any pair of levels of {samples.factor}; power needs a "
            "spread: add runs or choose another measure"
        )
    x, y = samples.values[i], samples.values[j]
    now = (len(x),) if samples.block is not None else (len(x), len(y))
    parts = [x - y] if samples.block is not None else [x, y]
    if all(normality(part) >= alpha for part in parts):
        method, at = _t_power(samples.block is not None, size / sd, alpha)
    else:
        method, at = _rank_power(parts, size, alpha, seed)
    pair = (samples.levels[i], samples.levels[j])
    return Power(samples, size, alpha, target, pair, sd, method, now, at(*now), _least(at, target), tuple(notes))


def _spread(samples: Samples, i: int, j: int) -> float:
    x, y = samples.values[i], samples.values[j]
    if samples.block is not None:
        return float((x - y).std(ddof=1))
    if len(x) + len(y) < 3:
        return 0.0
    return float(np.sqrt((((x - x.mean()) ** 2).sum() + ((y - y.mean()) ** 2).sum()) / (len(x) + len(y) - 2)))


def _t_power(paired: bool, effect: float, alpha: float) -> tuple[str, Callable[..., float]]:
    from statsmodels.stats.power import TTestIndPower, TTestPower

    if paired:
        return "Paired t test, as the differences look normal", lambda n: float(TTestPower().power(effect, n, alpha))

    def at(n: int, other: int | None = None) -> float:
        return float(TTestIndPower().power(effect, n, alpha, ratio=1.0 if other is None else other / n))

    return "Student's t test, as values look normal", at


def _rank_power(parts: list[Array], size: float, alpha: float, seed: int) -> tuple[str, Callable[..., float]]:
    """Power by values drawn as the test takes them under its null, then moved apart.

    That is from all values around the medians of their levels; within blocks with either sign, as the signed-rank test
    would take a skewed distribution around 0 for a difference.
    """
    seen = np.concatenate([part - np.median(part) for part in parts])
    paired = len(parts) == 1

    def at(n: int, other: int | None = None) -> float:
        rng = np.random.default_rng([seed, n])
        moved = rng.choice(seen, (SIMULATED, n))
        if paired:
            return float(np.mean(_signed_rank_p(moved * rng.choice([-1.0, 1.0], moved.shape) + size) <= alpha))
        return float(np.mean(_rank_sum_p(moved + size, rng.choice(seen, (SIMULATED, other or n))) <= alpha))

    test = "Wilcoxon's signed-rank test" if paired else "Mann-Whitney test"
    return f"{test}, by {SIMULATED:,} samples drawn from the values seen, which do not look normal", at


def _signed_rank_p(rows: Array) -> Array:
    """P-values of signed-rank tests of many samples, zeros split between the sides."""
    ranks = stats.rankdata(np.abs(rows), axis=1) * np.sign(rows)
    if rows.shape[1] < _EXACT_BELOW:
        found = (exact.signed_rank(own[own != 0]) for own in ranks)
        return np.array([1.0 if p is None else p.value for p in found])
    error = np.sqrt((ranks**2).sum(axis=1))
    z = np.divide(np.abs(ranks.sum(axis=1)), error, out=np.zeros(len(rows)), where=error > 0)
    return np.asarray(2 * stats.norm.sf(z))


def _rank_sum_p(x: Array, y: Array) -> Array:
    """P-values of Mann-Whitney tests of many pairs of samples."""
    if max(x.shape[1], y.shape[1]) < _EXACT_BELOW:
        found = (exact.rank_sum(one, other) for one, other in zip(x, y, strict=True))
        return np.array([1.0 if p is None else p.value for p in found])
    with np.errstate(divide="ignore", invalid="ignore"):
        p = stats.mannwhitneyu(x, y, axis=1, method="asymptotic").pvalue
    return np.nan_to_num(np.asarray(p), nan=1.0)


def _least(at: Callable[..., float], target: float) -> int | None:
    """Least size that reaches a power, which grows with it."""
    high = _FEWEST
    while at(high) < target:
        high *= 2
        if high > MOST:
            return None
    low = high // 2
    while high - low > 1:
        middle = (low + high) // 2
        low, high = (low, middle) if at(middle) >= target else (middle, high)
    return max(high, _FEWEST)
