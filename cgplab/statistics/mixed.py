"""A linear mixed model: levels as fixed effects, layers and kernels as random ones."""

import warnings
from collections.abc import Hashable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from scipy import stats

from cgplab.errors import InputError
from cgplab.statistics.assumptions import normality
from cgplab.statistics.pairs import holm
from cgplab.statistics.samples import numbers, ordered
from cgplab.statistics.words import p_cell, p_text, plain
from cgplab.words import counted, digits

RANDOM = ("layer", "kernel")
"""Columns of random effects, the second within the first."""
_MOST_ROWS = 20_000
_METHODS = ("lbfgs", "bfgs", "cg", "powell", "nm")
"""Ways to climb the likelihood; the last two need no slope, which is not always to be had at the border."""
_AT_BORDER = 1e-3
"""Share of all variance below which a variance is at its border, 0."""


@dataclass(frozen=True)
class Mixed:
    """What :func:`mixed` found.

    Attributes
    ----------
    response, factor : str
    random : tuple of str
        Columns of the random effects, each within the one before.
    n, dropped : int
        Rows used, and left out because a value is missing.
    alpha : float
    base : hashable
        Level that the others are compared with.
    statistic, df, p : float
        Likelihood-ratio test that the levels are alike: chi-squared, its degrees of freedom, and the p-value.
    levels : pandas.DataFrame
        Per ``level``: ``n``, ``difference`` from the base with its 95 % interval ``low`` to ``high``, ``p`` (Wald) and
        ``p_adjusted`` (Holm).
    variances : pandas.DataFrame
        Per ``component`` (columns of ``random`` and ``residual``): ``groups``, ``sd`` in the response's unit, ``share``
        of the variance.
    messages : tuple of str
        What speaks against the model.
    """

    response: str
    factor: str
    random: tuple[str, ...]
    n: int
    dropped: int
    alpha: float
    base: Hashable
    statistic: float
    df: int
    p: float
    levels: pd.DataFrame
    variances: pd.DataFrame
    messages: tuple[str, ...]

    def report(self) -> str:
        """The result in plain words, several lines."""
        lines = [
            f"Mixed model of {plain(self.response)}: {plain(self.factor)} fixed, "
            f"{' and '.join(map(plain, self.random))} random; n = {self.n:,}"
            + (f", {self.dropped:,} rows without a value left out." if self.dropped else "."),
            f"In these data the levels {'differ' if self.p <= self.alpha else 'cannot be told apart'}: "
            f"likelihood ratio chi-squared({self.df}) = {digits(self.statistic)}, {p_text(self.p, 'asymptotic')}.",
            f"Differences from {plain(self.factor)} {plain(self.base)}, with 95 % intervals; p of Wald's test, "
            "adjusted by Holm's method:",
        ]
        lines += [
            f"  {plain(row['level'])}: {digits(row['difference'])} ({digits(row['low'])} to {digits(row['high'])}), "
            f"{p_text(row['p_adjusted'])}, n = {row['n']:,}"
            for row in self.levels.to_dict("records")
        ]
        spread = (
            f"{plain(row['component'])} {digits(row['sd'])} ({100 * row['share']:.0f} % of the variance"
            + (f", {row['groups']:,} groups)" if row["groups"] else ")")
            for row in self.variances.to_dict("records")
        )
        lines.append(f"Standard deviations: {'; '.join(spread)}.")
        return "\n".join([*lines, *self.messages])

    def to_latex(self) -> str:
        """Tables for LaTeX; their first line names the packages that they need."""
        from cgplab.latex import table

        random = " and ".join(map(plain, self.random))
        head = (
            f"Mixed model of {plain(self.response)}, n = {self.n:,}, {random} random. Likelihood ratio "
            f"chi-squared({self.df}) = {digits(self.statistic)}, {p_text(self.p)}."
        )
        fixed = pd.DataFrame(
            {
                plain(self.factor): self.levels["level"].map(plain),
                "n": self.levels["n"].map("{:,}".format),
                f"difference from {plain(self.base)}": self.levels["difference"].map(digits),
                "95 % interval": [
                    f"{digits(a)} to {digits(b)}" for a, b in zip(self.levels["low"], self.levels["high"], strict=True)
                ],
                "adjusted p": self.levels["p_adjusted"].map(p_cell),
            }
        )
        spread = pd.DataFrame(
            {
                "component": self.variances["component"].map(plain),
                "groups": [f"{n:,}" if n else "–" for n in self.variances["groups"]],
                "standard deviation": self.variances["sd"].map(digits),
                "share of variance": self.variances["share"].map("{:.0%}".format),
            }
        )
        name = f"tab:mixed-{self.response}-{self.factor}"
        variances = f"Variance of {plain(self.response)} by component. {' '.join(self.messages)}"
        return "\n".join([table(fixed, head, name), table(spread, variances.strip(), f"{name}-variances")])


def mixed(
    frame: pd.DataFrame,
    response: str,
    factor: str,
    random: Sequence[str] = RANDOM,
    *,
    alpha: float = 0.05,
    notes: Sequence[str] = (),
) -> Mixed:
    """Fit a linear mixed model: every row counts, and rows of one layer or kernel may be alike.

    Estimates are those of restricted likelihood, the test of the factor compares models by full likelihood (Pinheiro
    and Bates, "Mixed-effects models in S and S-PLUS", 2000; statsmodels MixedLM).

    Parameters
    ----------
    frame : pandas.DataFrame
        One row per observation.
    response, factor : str
        Columns.
    random : sequence of str
        One column or two, of which the second is within the first; those with one value only are left out.
    alpha : float
        Level of the tests.
    notes : sequence of str
        What else speaks against the model, for its messages.

    Raises
    ------
    InputError
        A column is missing, there is too little to fit, or the model cannot be fitted at all.
    """
    for name in (response, factor):
        if name not in frame.columns:
            raise InputError(f"no column {name!r}; there are: {', '.join(map(str, frame.columns))}")
    groups = [
        name for name in dict.fromkeys(random)
        if name in frame.columns and name not in (response, factor) and frame[name].nunique() > 1
    ]  # fmt: skip
    if not groups:
        raise InputError(
            f"a mixed model needs two or more values of {' or '.join(random)}; these runs have fewer: include "
            "more of them, or leave out --mixed"
        )
    kept = frame[[response, factor, *groups]].dropna()
    levels = ordered(kept[factor]) if len(kept) else ()
    if len(levels) < 2:
        raise InputError(f"{factor} has {counted(len(levels), 'level')} with a value; a mixed model needs two or more")
    y = numbers(kept[response]).to_numpy(dtype=float)
    if len(kept) > _MOST_ROWS:
        raise InputError(f"{len(kept):,} rows; a mixed model takes {_MOST_ROWS:,} at most; restrict them (--where)")
    outer, inner = kept[groups[0]].astype(str), kept[groups[-1]].astype(str)
    known = (outer + "\x1f" + inner).nunique() if len(groups) > 1 else outer.nunique()
    if len(kept) <= len(levels) + known:
        raise InputError(
            f"{len(kept):,} rows for {counted(len(levels), 'level')} and {counted(known, 'group')} of "
            f"{' and '.join(groups)}; a mixed model needs more rows than levels and groups together; "
            "repeat the runs with other seeds"
        )
    if np.ptp(y) == 0:
        raise InputError(f"every {response} is {digits(y[0])}; a mixed model needs values that vary")
    scale = float(y.std())
    data = pd.DataFrame({"y": (y - y.mean()) / scale, "outer": outer, "inner": inner})
    data["level"] = [levels.index(level) for level in kept[factor]]
    found, trouble = _fit(data, "y ~ C(level)", nested=len(groups) > 1, restricted=True)
    (full, a), (none, b) = (_fit(data, formula, len(groups) > 1, False) for formula in ("y ~ C(level)", "y ~ 1"))
    statistic = max(0.0, 2 * float(full.llf - none.llf))
    names = [f"C(level)[T.{i}]" for i in range(1, len(levels))]
    bounds = found.conf_int().loc[names]
    p = found.pvalues.loc[names].to_numpy(dtype=float)
    counts = np.bincount(data["level"])
    table = pd.DataFrame(
        {
            "level": list(levels[1:]), "n": [int(n) for n in counts[1:]],
            "difference": scale * found.fe_params.loc[names].to_numpy(dtype=float),
            "low": scale * bounds[0].to_numpy(dtype=float), "high": scale * bounds[1].to_numpy(dtype=float),
            "p": p, "p_adjusted": holm(p),
        }
    )  # fmt: skip
    parts = [float(found.cov_re.iloc[0, 0]), *(float(v) for v in np.atleast_1d(found.vcomp)), float(found.scale)]
    total = sum(parts)
    variances = pd.DataFrame(
        {
            "component": [*groups, "residual"],
            "groups": [outer.nunique(), *([known] if len(groups) > 1 else []), 0],
            "sd": [scale * np.sqrt(part) for part in parts], "share": [part / total for part in parts],
        }
    )  # fmt: skip
    messages = list(notes)
    if trouble or a or b:
        messages.append("The fit did not converge: take estimates and p-values as leads, not as findings.")
    messages += [
        f"The variance of {plain(name)} is at its border, 0: {plain(name)} adds nothing to the other components."
        for name, part in zip(groups, parts, strict=False)
        if part / total < _AT_BORDER
    ]
    if normality(np.asarray(found.resid, dtype=float)) < alpha:
        messages.append("The residuals do not look normal: compare the result with the rank tests.")
    return Mixed(
        response, factor, tuple(groups), len(kept), len(frame) - len(kept), alpha, levels[0], statistic,
        len(levels) - 1, float(stats.chi2.sf(statistic, len(levels) - 1)), table, variances, tuple(messages),
    )  # fmt: skip


def _fit(data: pd.DataFrame, formula: str, nested: bool, restricted: bool) -> tuple[Any, bool]:
    """Fitted model, and whether the fit did not converge."""
    import statsmodels.formula.api as smf

    within = {"inner": "0 + C(inner)"} if nested else None
    best, why = None, ""
    with warnings.catch_warnings(), np.errstate(all="ignore"):
        warnings.simplefilter("ignore")  # what they say is looked at: convergence, and variances at the border
        for method in _METHODS:
            try:
                model = smf.mixedlm(formula, data, groups="outer", re_formula="1", vc_formula=within)
                found = model.fit(reml=restricted, method=method)
            except (np.linalg.LinAlgError, ValueError) as error:
                why = str(error)
                continue
            if not (np.isfinite(found.llf) and np.isfinite(found.bse_fe).all()):
                continue
            if found.converged:
                return found, False
            best = found if best is None or found.llf > best.llf else best
    if best is None:
        raise InputError(
            f"the mixed model cannot be fitted to these values{f' ({why})' * bool(why)}; compare with --block instead"
        )
    return best, True
