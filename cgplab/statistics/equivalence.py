"""Whether levels differ by less than what matters: two one-sided tests, and a Bayesian signed-rank test."""

from collections.abc import Hashable
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from scipy import stats

from cgplab.errors import InputError
from cgplab.statistics.assumptions import normality
from cgplab.statistics.effects import Array
from cgplab.statistics.pairs import holm
from cgplab.statistics.samples import Samples, level_of
from cgplab.statistics.shared_images import SharedImages
from cgplab.statistics.words import named, p_cell, p_text, plain, scope, with_unit
from cgplab.words import digits, fixed

DRAWS = 10_000
"""Draws from the posterior distribution."""
_MOST_PRODUCTS = 2_000_000_000
"""Draws times squared values, beyond which there are fewer draws: a draw looks at all pairs of values."""
_FEWEST_DRAWS = 1000


@dataclass(frozen=True)
class Equivalence:
    """What :func:`equivalence` found.

    Attributes
    ----------
    samples : Samples
    margin : float
        Differences below it do not matter, in the response's unit.
    control : hashable or None
        Level that the others are compared with; None: values are compared with 0.
    alpha : float
        Level of the tests; intervals have 1 - 2 ``alpha``.
    draws : int
        Of each posterior distribution; 0 where there is none.
    levels : pandas.DataFrame
        Per ``level``: ``n``, ``difference`` (mean), ``low``, ``high``, ``p_below`` (the mean is not below the margin),
        ``p_above`` (not above minus the margin), ``p`` (either), all three adjusted by Holm's method; NaN where no
        value varies; ``p_beyond`` (the mean does not lie beyond the margins). ``below``, ``within``, ``above``:
        posterior probabilities that the difference lies below, within or above the margins. ``normal_p`` of the
        differences. ``images_low``, ``images_high``, ``p_images``, ``p_images_below``, ``p_images_beyond``: the same
        over other images and blocks; NaN without them. ``verdict``.
    images : SharedImages or None
        Accuracies over other images, which have to bear out a verdict too.
    """

    samples: Samples
    margin: float
    control: Hashable | None
    alpha: float
    draws: int
    levels: pd.DataFrame
    images: SharedImages | None

    def report(self) -> str:
        """The result in plain words, several lines."""
        share = f"{100 * (1 - 2 * self.alpha):g}"
        lines = [
            f"{self._title()} ±{with_unit(self.margin, self.samples)}: {scope(self.samples)}.",
            f"Two one-sided t tests at the {self.alpha:g} level, p adjusted by Holm's method; intervals of {share} %.",
        ]
        if self.images is not None:
            lines.append(
                f"A verdict holds only if the bootstrap over {self.images.drawn} bears it out "
                f"(n = {self.images.n_images:,} images)."
            )
        rows = self.levels.to_dict("records")
        for row in rows:
            low, high = digits(row["low"]), with_unit(row["high"], self.samples)
            if np.isnan(row["p"]):
                tested = f"n = {row['n']:,}; no t test, as nothing varies"
            else:
                tested = (
                    f"{share} % interval {low} to {high}, n = {row['n']:,}; equivalence: {p_text(row['p'])}, "
                    f"below the margin: {p_text(row['p_below'])}"
                )
            if self.images is not None:
                tested += (
                    f"; bootstrap over {self.images.drawn}: {share} % interval {digits(row['images_low'])} to "
                    f"{with_unit(row['images_high'], self.samples)}, "
                    f"equivalence: {p_text(row['p_images'])}, below the margin: {p_text(row['p_images_below'])}"
                )
            lines.append(
                f"  {named(self.samples, row['level'])}: mean difference "
                f"{with_unit(row['difference'], self.samples)}, {tested}; {row['verdict']}."
            )
        if self.draws:
            lines.append(
                f"Bayesian signed-rank test, {self.draws:,} draws: probability that the difference lies below, within, "
                "above the margins:"
            )
            lines += [
                f"  {named(self.samples, row['level'])}: "
                + ", ".join(fixed(row[name], 3) for name in ("below", "within", "above"))
                for row in rows
            ]
        else:
            lines.append("No Bayesian signed-rank test: it needs blocks, or 0 to compare with.")
        skewed = [plain(row["level"]) for row in rows if row["normal_p"] < self.alpha]
        if skewed:
            lines.append(
                f"Differences do not look normal at {', '.join(skewed)}: with few values rely on the signed-rank test."
            )
        return "\n".join(lines)

    def _title(self) -> str:
        beside = "0" if self.control is None else named(self.samples, self.control)
        return f"Equivalence of {plain(self.samples.response)} with {beside} within"

    def to_latex(self) -> str:
        """Table for LaTeX; its first line names the packages that it needs."""
        from cgplab.latex import table

        shown = pd.DataFrame(
            {
                plain(self.samples.factor): self.levels["level"].map(plain),
                "n": self.levels["n"].map("{:,}".format),
                "mean difference": self.levels["difference"].map(digits),
                "interval": [
                    "–" if np.isnan(a) else f"{digits(a, 3)} to {digits(b, 3)}"
                    for a, b in zip(self.levels["low"], self.levels["high"], strict=True)
                ],
                "adjusted p": [("–" if np.isnan(p) else p_cell(p)) for p in self.levels["p"]],
                **({} if self.images is None else {"p over images": self.levels["p_images"].map(p_cell)}),
                "within": self.levels["within"].map(lambda share: fixed(share, 3)),
                "verdict": self.levels["verdict"],
            }
        )
        caption = (
            f"{self._title()} ±{with_unit(self.margin, self.samples)}, {scope(self.samples)}: two one-sided t tests "
            f"with {100 * (1 - 2 * self.alpha):g} % intervals"
        )
        if self.draws:
            caption += "; within: posterior probability by the Bayesian signed-rank test"
        if self.images is not None:
            caption += f"; p over images: bootstrap over {self.images.drawn}, n = {self.images.n_images:,} images"
        return table(shown, f"{caption}.", f"tab:equivalence-{self.samples.response}-{self.samples.factor}")


def equivalence(
    samples: Samples,
    margin: float,
    control: Hashable | None = None,
    *,
    alpha: float = 0.05,
    images: SharedImages | None = None,
    seed: int = 1,
) -> Equivalence:
    """Test whether differences are smaller than a margin.

    Two one-sided t tests (Schuirmann, "A comparison of the two one-sided tests procedure and the power approach", 1987;
    statsmodels), Welch's for independent samples. The Bayesian signed-rank test has a region of practical equivalence
    (Benavoli, Corani, Demsar and Zaffalon, "Time for a change: a tutorial for comparing multiple classifiers through
    Bayesian analysis", 2017; baycomp). These take blocks as independent. Accuracies of layers are not, as all layers
    share the images, so with ``images`` the same two one-sided tests are also made with the standard error that the
    bootstrap over images and blocks gives, and both have to reject.

    Parameters
    ----------
    samples : Samples
        Such as ``compare(...).samples``.
    margin : float
        Above 0, in the response's unit.
    control : hashable, optional
        Level to compare the others with; default: compare all levels with 0, as for losses against a reference.
    alpha : float
        Level of the tests.
    images : SharedImages, optional
        Such as ``compare(...).images``.
    seed : int
        Of the draws.

    Raises
    ------
    InputError
        ``alpha`` is not below 0.5, the margin is not above 0, the level is unknown, or a level has one value only.
    """
    if not 0 < alpha < 0.5:
        raise InputError(f"alpha is {alpha:g}; for equivalence it must lie between 0 and 0.5")
    if not (np.isfinite(margin) and margin > 0):
        raise InputError(f"the margin of equivalence is {margin:g}; it must be a finite number above 0")
    base = None if control is None else level_of(samples, control)
    single = [level for level, values in zip(samples.levels, samples.values, strict=True) if len(values) < 2]
    if single:
        raise InputError(
            f"one value of {samples.response} at {plain(single[0])}; equivalence needs two or more per level"
        )
    rows = []
    for i, level in enumerate(samples.levels):
        if i == base:
            continue
        other = None if base is None else samples.values[base]
        rows.append({"level": level, **_one(samples.values[i], other, samples.block is not None, margin, alpha, seed)})
    levels = pd.DataFrame(rows)
    beside = None if base is None else samples.levels[base]
    over = [_over_images(images, level, beside, margin, alpha) for level in levels["level"]]
    levels[["images_low", "images_high", "p_images_below", "p_images", "p_images_beyond"]] = np.reshape(over, (-1, 5))
    levels["p_beyond"] = 2 * np.minimum(1 - levels["p_below"], 1 - levels["p_above"])
    for name in ("p_below", "p_above", "p", "p_beyond", "p_images_below", "p_images", "p_images_beyond"):
        known = levels[name].notna()
        levels.loc[known, name] = holm(levels.loc[known, name].to_numpy())
    levels["verdict"] = [_verdict(row, alpha) for row in levels.to_dict("records")]
    return Equivalence(samples, margin, beside, alpha, int(levels.pop("draws").max()), levels, images)


def _over_images(
    images: SharedImages | None, level: Hashable, control: Hashable | None, margin: float, alpha: float
) -> tuple[float, float, float, float, float]:
    """Interval of the mean over other images and blocks; p that it is not below, not within, not beyond the margins."""
    if images is None:
        return np.nan, np.nan, np.nan, np.nan, np.nan
    difference, error = images.beside(level, control)
    t = stats.t(images.df)
    half = float(t.isf(alpha)) * error
    with np.errstate(divide="ignore", invalid="ignore"):  # where no image tells anything both are 0
        at = np.nan_to_num(np.divide([difference - margin, difference + margin], error), nan=0.0, posinf=np.inf)
    below, above = float(t.cdf(at[0])), float(t.sf(at[1]))
    return difference - half, difference + half, below, max(below, above), min(1.0, 2 * min(1 - below, 1 - above))


def _one(x: Array, y: Array | None, paired: bool, margin: float, alpha: float, seed: int) -> dict[str, float]:
    from statsmodels.stats.weightstats import CompareMeans, DescrStatsW

    nothing = dict.fromkeys(("low", "high", "p_below", "p_above", "p"), np.nan)
    if y is not None and not paired:
        row = {
            "n": len(x) + len(y),
            "difference": float(x.mean() - y.mean()),
            "normal_p": min(normality(x), normality(y)),
        }
        row |= dict.fromkeys(("below", "within", "above"), np.nan) | {"draws": 0}
        if np.ptp(x) == 0 and np.ptp(y) == 0:
            return row | nothing
        means = CompareMeans(DescrStatsW(x), DescrStatsW(y))
        p, (above, below) = means.ttost_ind(-margin, margin, usevar="unequal")
        low, high = means.tconfint_diff(alpha=2 * alpha, usevar="unequal")
    else:
        differences = x if y is None else x - y
        row = {"n": len(differences), "difference": float(differences.mean()), "normal_p": normality(differences)}
        row |= _posterior(differences, margin, seed)
        if np.ptp(differences) == 0:
            return row | nothing
        one = DescrStatsW(differences)
        p, above, below = one.ttost_mean(-margin, margin)
        low, high = one.tconfint_mean(alpha=2 * alpha)
    found = {"low": low, "high": high, "p_below": below[1], "p_above": above[1], "p": p}
    return row | {name: float(value) for name, value in found.items()}


def _posterior(differences: Array, margin: float, seed: int) -> dict[str, float]:
    """Probabilities that the difference lies below, within and above the margins; see baycomp."""
    from baycomp import SignedRankTest

    draws = int(np.clip(_MOST_PRODUCTS // (len(differences) + 1) ** 2, _FEWEST_DRAWS, DRAWS))
    below, within, above = SignedRankTest.probs(
        np.zeros(len(differences)), differences, margin, nsamples=draws, random_state=seed
    )
    return {"below": float(below), "within": float(within), "above": float(above), "draws": draws}


def _verdict(row: dict[Hashable, Any], alpha: float) -> str:
    if np.isnan(row["p"]):
        return f"every difference is {digits(row['difference'])}"
    if _rejects(row, "p", "p_images", alpha):
        return "equivalent"
    if _rejects(row, "p_below", "p_images_below", alpha):
        return "below the margin"
    if _rejects(row, "p_beyond", "p_images_beyond", alpha):
        return "beyond the margin"
    return "equivalence not shown"


def _rejects(row: dict[Hashable, Any], test: str, over_images: str, alpha: float) -> bool:
    return bool(row[test] <= alpha and not row[over_images] > alpha)
