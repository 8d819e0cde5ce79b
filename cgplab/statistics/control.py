"""Every level against a control: fewer comparisons than all pairs, and so more power."""

from collections.abc import Hashable
from dataclasses import dataclass

import numpy as np
import pandas as pd
from scipy import stats

from cgplab.statistics import effects
from cgplab.statistics.effects import Array
from cgplab.statistics.exact import FEW
from cgplab.statistics.overall import Checks, check, rank_sum, signed_rank
from cgplab.statistics.pairs import holm
from cgplab.statistics.samples import Samples, level_of
from cgplab.statistics.shared_images import SharedImages
from cgplab.statistics.words import named, p_cell, p_text, plain, scope, with_unit
from cgplab.words import digits, fixed, signed

_OF_MEANS = ("Dunnett", "Welch")
"""Tests of means."""


@dataclass(frozen=True)
class AgainstControl:
    """What :func:`against_control` found.

    Attributes
    ----------
    samples : Samples
    control : hashable
        The level that the others are compared with.
    alpha : float
    test, why : str
        The test, and why it was chosen.
    critical_difference : float or None
        Of average ranks by Bonferroni and Dunn; None unless the test is of average ranks.
    levels : pandas.DataFrame
        Per ``level``: ``n``, ``difference`` (of means for Dunnett's and Welch's tests, else of medians; within blocks
        the median difference), ``statistic``, ``p`` (NaN for Dunnett's, which adjusts by itself), ``p_adjusted``,
        ``different``, and Cliff's ``delta`` with ``delta_low`` and ``delta_high``.
    images : SharedImages or None
        Accuracies over other images; levels are then different only if these tell them apart too.
    """

    samples: Samples
    control: Hashable
    alpha: float
    test: str
    why: str
    critical_difference: float | None
    levels: pd.DataFrame
    images: SharedImages | None

    @property
    def _kind(self) -> str:
        """What the differences are."""
        if self.samples.block is not None:
            return "median difference"
        return f"difference of {'means' if self.test.startswith(_OF_MEANS) else 'medians'}"

    def report(self) -> str:
        """The result in plain words, several lines."""
        lines = [
            f"{plain(self.samples.response).capitalize()} against the control, {named(self.samples, self.control)}: "
            f"{scope(self.samples)}.",
            f"{self.test}, chosen because {self.why}.",
        ]
        if self.critical_difference is not None:
            lines.append(f"Critical difference of average ranks (Bonferroni-Dunn): {digits(self.critical_difference)}.")
        if self.images is not None:
            lines.append(f"A level differs only if the bootstrap over {self.images.drawn} tells it apart too.")
        for row in self.levels.to_dict("records"):
            verdict = "differs" if row["different"] else "cannot be told apart"
            lines.append(
                f"  {named(self.samples, row['level'])}: {verdict}, {p_text(row['p_adjusted'])}; "
                f"{self._kind} {with_unit(row['difference'], self.samples)}; Cliff's delta {signed(row['delta'])} "
                f"(95 % interval {fixed(row['delta_low'])} to {fixed(row['delta_high'])})"
            )
        return "\n".join(lines)

    def to_latex(self) -> str:
        """Table for LaTeX; its first line names the packages that it needs."""
        from cgplab.latex import table

        rows = self.levels
        shown = pd.DataFrame(
            {
                plain(self.samples.factor): rows["level"].map(plain),
                "n": rows["n"].map("{:,}".format),
                "difference": rows["difference"].map(digits),
                "adjusted p": rows["p_adjusted"].map(p_cell),
                "Cliff's delta": rows["delta"].map(signed),
                "95 % interval": [
                    f"{fixed(a)} to {fixed(b)}" for a, b in zip(rows["delta_low"], rows["delta_high"], strict=True)
                ],
                "differs": rows["different"].map({True: "yes", False: "no"}),
            }
        )
        caption = (
            f"{plain(self.samples.response).capitalize()} against {plain(self.samples.factor)} {plain(self.control)}, "
            f"{scope(self.samples)}. {self.test}."
        )
        if self.images is not None:
            caption += f" A level differs only if the bootstrap over {self.images.drawn} tells it apart too."
        return table(shown, caption, f"tab:control-{self.samples.response}-{self.samples.factor}")


def against_control(
    samples: Samples,
    control: Hashable,
    *,
    posthoc: str | None = None,
    alpha: float = 0.05,
    images: SharedImages | None = None,
    seed: int = 1,
) -> AgainstControl:
    """Compare every level with one of them.

    Independent samples that look normal with equal variances: Dunnett's test ("A multiple comparison procedure for
    comparing several treatments with a control", 1955). With unequal variances Welch's t, else Mann-Whitney, with
    Holm's method. Within ten blocks and more: z of average ranks (Demsar 2006), with the variance of ranks as tied as
    they are, with Holm's method, and the critical difference of Bonferroni and Dunn. Within fewer blocks, or if asked
    for: Wilcoxon's signed-rank test with Holm's method.

    Parameters
    ----------
    samples : Samples
        Such as ``compare(...).samples``.
    control : hashable
        A level, or its text.
    posthoc : str, optional
        ``wilcoxon`` for signed ranks within blocks.
    alpha : float
        Level of the tests.
    images : SharedImages, optional
        Such as ``compare(...).images``.
    seed : int
        Of the integration behind Dunnett's p-values.

    Raises
    ------
    InputError
        There is no such level.
    """
    base = level_of(samples, control)
    others = [i for i in range(len(samples.levels)) if i != base]
    x = [samples.values[i] for i in others]
    y = samples.values[base]
    critical = None
    if samples.block is None:
        checks = check(samples.values, False, alpha)
        test, why, statistic, p, adjusted = _independent(x, y, checks, seed)
    elif posthoc != "wilcoxon" and len(y) >= FEW and len(others) > 1:
        statistic, critical = _average_ranks(samples.matrix, base, others, alpha)
        p = 2 * stats.norm.sf(np.abs(statistic))
        adjusted = holm(p)
        test, why = "z test of average ranks with Holm's method", f"there are {len(y)} blocks"
    else:
        found = [signed_rank(values - y) for values in x]
        how = found[0][1].how
        statistic, p = np.array([t for t, _ in found]), np.array([p.value for _, p in found])
        adjusted = holm(p)
        asked = (
            "it was asked for" if posthoc == "wilcoxon" else f"there are {len(y)} blocks and {len(others) + 1} levels"
        )
        test, why = f"Wilcoxon signed-rank tests ({how}) with Holm's method", asked
    measure = effects.delta_within if samples.block is not None else effects.delta
    deltas = [measure(values, y) for values in x]
    centre = np.mean if samples.block is None and test.startswith(_OF_MEANS) else np.median
    levels = pd.DataFrame(
        {
            "level": [samples.levels[i] for i in others],
            "n": [len(values) for values in x],
            "difference": [
                float(np.median(values - y) if samples.block is not None else centre(values) - centre(y))
                for values in x
            ],
            "statistic": statistic, "p": p, "p_adjusted": adjusted, "different": adjusted <= alpha,
            "delta": [d.value for d in deltas], "delta_low": [d.low for d in deltas],
            "delta_high": [d.high for d in deltas],
        }
    )  # fmt: skip
    if images is not None:
        apart = [images.tells_apart(level, samples.levels[base]) for level in levels["level"]]
        levels["different"] &= np.array(apart, dtype=bool)
    return AgainstControl(samples, samples.levels[base], alpha, test, why, critical, levels, images)


def _independent(x: list[Array], y: Array, checks: Checks, seed: int) -> tuple[str, str, Array, Array, Array]:
    if checks.normal and checks.homogeneous:
        found = stats.dunnett(*x, control=y, rng=np.random.default_rng(seed))
        why = "every level looks normal, with equal variances"
        return "Dunnett's test", why, found.statistic, np.full(len(x), np.nan), found.pvalue
    if checks.normal:
        tests = [stats.ttest_ind(values, y, equal_var=False) for values in x]
        statistic, p = np.array([t.statistic for t in tests]), np.array([t.pvalue for t in tests])
        return (
            "Welch's t tests with Holm's method",
            "every level looks normal, with unequal variances",
            statistic,
            p,
            holm(p),
        )
    ranked = [rank_sum(values, y) for values in x]
    ways = sorted({p.how for _, p in ranked})
    p = np.array([p.value for _, p in ranked])
    why = "not every level looks normal"
    return (
        f"Mann-Whitney tests ({', '.join(ways)}) with Holm's method",
        why,
        np.array([u for u, _ in ranked]),
        p,
        holm(p),
    )


def _average_ranks(matrix: Array, base: int, others: list[int], alpha: float) -> tuple[Array, float]:
    """Z of each level's average rank less that of the control, and the critical difference of average ranks."""
    n, k = matrix.shape
    ranks = stats.rankdata(matrix, axis=1)
    variance = float(((ranks - (k + 1) / 2) ** 2).sum()) / (n * (k - 1))
    error = np.sqrt(2 * variance / n)
    mean = ranks.mean(axis=0)
    apart = mean[others] - mean[base]
    z = np.divide(apart, error, out=np.zeros_like(apart), where=error > 0)
    return z, float(stats.norm.isf(alpha / (2 * (k - 1))) * error)
