"""What a frame of runs says about published figures: rates, medians, ranges and means.

Each function makes a :data:`Measure` from what was published. Runs above their strategy's error never count, unless the
original's own were above it too: then the text says so.
"""

from collections.abc import Callable

import numpy as np
import pandas as pd

from cgplab.reproduction.answers import (
    NO,
    NOTHING,
    OPEN,
    YES,
    Answer,
    Check,
    Measure,
    agreement,
    measured,
    require,
    short,
    span,
)
from cgplab.reproduction.published import (
    ALPHA,
    FEWEST,
    Interval,
    mean_interval,
    median_interval,
    median_p,
    range_p,
    rate_interval,
    rate_p,
)
from cgplab.statistics import one_sample
from cgplab.statistics.words import p_text

UNITS = {"energy": " pJ", "area": " µm²", "delay": " ns", "gate_count": " gates"}


def reference_accuracy(dataset: str, published: float, images: int, how: str) -> tuple[Measure, Measure]:
    """Top-1 of the network itself on ``dataset``, per cent of ``images``; ``how`` says how to have it measured."""

    def ours(runs: pd.DataFrame) -> tuple[str, float, float, int]:
        column = f"reference {dataset}"
        known = runs.dropna(subset=[column]) if column in runs else runs.iloc[:0]
        require(len(known), f"accuracy on {dataset}; {how}")
        top1, n = float(known[column].iloc[0]), int(known[f"images {dataset}"].iloc[0])
        hits = round(top1 * n / 100)
        interval = rate_interval(hits, n)
        text = f"{top1:.2f} % ({100 * interval.low:.2f} to {100 * interval.high:.2f}) of {n:,} images"
        return text, top1, rate_p(hits, n, round(published * images / 100), images), n

    def replicates(runs: pd.DataFrame) -> Answer:
        text, _, p, n = ours(runs)
        verdict, why = agreement([Check(p, "Fisher's exact test")], n)
        return Answer(text, verdict, why)

    def improves(runs: pd.DataFrame) -> Answer:
        text, top1, p, _ = ours(runs)
        verdict = OPEN if p > ALPHA else YES if top1 > published else NO
        return Answer(text, verdict, f"Fisher's exact test: {p_text(p)}")

    return replicates, improves


def cannot_tell(why: str) -> Measure:
    """A figure that nothing here can be held against."""
    return lambda _: Answer("", OPEN, why)


def success_rate(exact: int, of: int) -> Measure:
    """How many runs at t = 0 are exact; ``exact`` of ``of`` were."""

    def measure(runs: pd.DataFrame) -> Answer:
        require(len(runs), "runs")
        ours, n = int(runs["within"].sum()), len(runs)
        interval = rate_interval(ours, n)
        text = f"{ours} of {n} exact ({100 * interval.low:.0f} to {100 * interval.high:.0f} %)"
        if ours < n:
            errors = runs.loc[~runs["within"], "error"].astype(float)
            text += f"; error of the others {span(errors)}"
        verdict, why = agreement([Check(rate_p(ours, n, exact, of), "Fisher's exact test")], n)
        return Answer(text, verdict, why)

    return measure


def reliable(runs: pd.DataFrame) -> Answer:
    """Whether every run is within its budget: of something that never failed there is no better."""
    require(len(runs), "runs")
    ours = int(runs["within"].sum())
    verdict, why = (NOTHING, "the original never failed") if ours == len(runs) else (NO, "the original never failed")
    return Answer(f"{ours} of {len(runs)} exact", verdict, why)


def spread(
    column: str,
    n: int,
    low: float,
    high: float,
    *,
    median: float | None = None,
    mean: float | None = None,
    strategy: float | None = None,
    inexact: bool = False,
) -> Measure:
    """Distribution of a column over runs within their budget.

    Parameters
    ----------
    column : str
    n : int
        Published runs.
    low, high : float
        Published range.
    median, mean : float, optional
        Published as well.
    strategy : float, optional
        Only runs at this one.
    inexact : bool
        Whether the original's runs were above their budget, so that ours count all the same.
    """

    def measure(runs: pd.DataFrame) -> Answer:
        counted, of = _counted(runs, strategy, inexact)
        values = counted[column].astype(float)
        text = f"{_centre(values, 'mean' if mean is not None else 'median', column)}; {of}"
        checks: list[Check] = []
        if median is not None:
            below = int((values < median).sum() + (values == median).sum() // 2)
            checks.append(Check(median_p(below, len(values), n), "median, Mathisen's test"))
        outside = int(((values < low) | (values > high)).sum())
        name = f"{outside} of {len(values)} outside the published range"
        checks.append(Check(range_p(outside, len(values), n), name))
        verdict, why = agreement(checks, len(values))
        if mean is not None:
            interval = mean_interval(values)
            verdict, why = _with_mean(verdict, why, mean, interval)
        return Answer(text, verdict, why)

    return measure


def mean_of(column: str, published: float, *, inexact: bool = False) -> Measure:
    """Mean of a column, of which nothing else was published."""

    def measure(runs: pd.DataFrame) -> Answer:
        counted, of = _counted(runs, None, inexact)
        interval = mean_interval(counted[column].astype(float))
        verdict = YES if interval.n >= FEWEST else OPEN
        verdict, why = _with_mean(verdict, "", published, interval)
        return Answer(f"{_centre(counted[column].astype(float), 'mean', column)}; {of}", verdict, why)

    return measure


def squared_error(published: float) -> Measure:
    """Mean squared error per weight, LSB², of searches that did not get to 0."""

    def measure(runs: pd.DataFrame) -> Answer:
        require(len(runs), "runs")
        squared = runs["error"].astype(float) / runs["n_outputs"].astype(float)
        interval = mean_interval(squared)
        verdict, why = _with_mean(YES if interval.n >= FEWEST else OPEN, "", published, interval)
        return Answer(f"mean {_interval_text(interval)} LSB², n = {len(runs)}", verdict, why)

    return measure


def squared_error_less(published: float) -> Measure:
    """Whether the largest squared error per weight is below the published mean."""

    def measure(runs: pd.DataFrame) -> Answer:
        require(len(runs), "runs")
        squared = runs["error"].astype(float) / runs["n_outputs"].astype(float)
        return Answer(f"{span(squared)} LSB², {_how_many(len(runs))}", *_below(squared, published))

    return measure


def less(
    column: str, published: float, *, scale: float = 1.0, unit: str | None = None, strategy: float | None = None
) -> Measure:
    """Whether our best method's is below a published figure: every run is within its budget, and the largest below it.

    ``scale`` multiplies the column, and ``unit`` is of the product.
    """

    def measure(runs: pd.DataFrame) -> Answer:
        asked = runs if strategy is None else runs[runs["strategy"] == strategy]
        inside = asked[asked["within"]]
        require(len(inside), "runs within their budget")
        values = inside[column].astype(float) * scale
        of = f"{len(inside)} of {len(asked)} within budget"
        text = f"{span(values)}{UNITS.get(column, '') if unit is None else unit}; {of}"
        if len(inside) < len(asked):
            return Answer(text, NO, "not every run is within its budget")
        return Answer(text, *_below(values, published))

    return measure


def generations(published: float) -> Measure:
    """Generations of a run: ours are given as many, so that nothing is found about them."""

    def measure(runs: pd.DataFrame) -> Answer:
        require(len(runs), "runs")
        text = f"{span(runs['generation'].astype(float))} generations, set; n = {len(runs)}"
        return Answer(text, OPEN, f"our runs are given the {published:,.0f}; the original's patience is not known")

    return measure


def seconds_per_run(runs: pd.DataFrame) -> Answer:
    """Time of a search, which another machine cannot replicate."""
    require(len(runs), "runs")
    interval = median_interval(runs["seconds"].astype(float))
    text = f"median {_interval_text(interval)} s; n = {len(runs)}"
    return Answer(text, OPEN, "another program on another machine")


def zero_median(n: int, high: float) -> Measure:
    """Energies of all strategies, of which half or more were 0 pJ; the largest of ``n`` was ``high``."""

    def measure(runs: pd.DataFrame) -> Answer:
        inside = runs[runs["within"]]
        require(len(inside), "runs within their budget")
        energy = inside["energy"].astype(float)
        free, of = int((energy == 0).sum()), len(energy)
        outside = int((energy > high).sum())
        text = f"0 pJ in {free} of {of}, largest {short(energy.max())} pJ; {of} of {len(runs)} runs within budget"
        if of < 0.95 * len(runs):
            return Answer(
                text, OPEN, "runs above their budget have no energy to compare, and they would be the expensive ones"
            )
        from scipy import stats

        checks = [
            Check(float(stats.binomtest(free, of, 0.5, alternative="less").pvalue), "half or more are free, sign test"),
            Check(range_p(outside, of, n), f"{outside} of {of} above the published largest"),
        ]
        return Answer(text, *agreement(checks, of))

    return measure


def mostly_free(strategy: float) -> Measure:
    """Whether most runs at strategies from ``strategy`` on cost nothing; runs above their budget do not."""

    def measure(runs: pd.DataFrame) -> Answer:
        loose = runs[runs["strategy"] >= strategy]
        require(len(loose), f"runs at t ≥ {strategy:g}")
        free = int(((loose["energy"] == 0) & loose["within"]).sum())
        interval = rate_interval(free, len(loose))
        inside = int(loose["within"].sum())
        text = (
            f"0 pJ in {free} of {len(loose)} runs at t ≥ {strategy:g} ({100 * interval.low:.0f} to "
            f"{100 * interval.high:.0f} %); {inside} within budget"
        )
        verdict = YES if interval.low > 0.5 else NO if interval.high < 0.5 else OPEN
        return Answer(text, verdict, "most: the exact interval of the share lies above one half")

    return measure


def nearly_free(strategy: float) -> Measure:
    """Whether the median energy at a strategy is 0 to two decimals, pJ."""

    def measure(runs: pd.DataFrame) -> Answer:
        counted, of = _counted(runs, strategy, inexact=False)
        interval = median_interval(counted["energy"].astype(float))
        text = f"median {_interval_text(interval)} pJ; {of}"
        if np.isnan(interval.high):
            return Answer(text, OPEN, f"n = {interval.n}, 6 are needed for an interval")
        verdict = YES if interval.high < 0.005 else NO if interval.low >= 0.005 else OPEN
        return Answer(text, verdict, "the interval of the median lies below 0.005 pJ" if verdict == YES else "")

    return measure


def unchanged_accuracy(n: int, worst: float, best: float) -> Measure:
    """Top-1 with inferred weights against the network's own: ``n`` losses from ``best`` to ``worst`` points."""

    def measure(runs: pd.DataFrame) -> Answer:
        known = measured(runs, "accuracy", "accuracy_loss")
        inside = known[known["within"]]
        require(len(inside), "measured run within its budget")
        loss = inside["accuracy_loss"]
        outside = int(((loss > worst + _HALF_STEP) | (loss < best - _HALF_STEP)).sum())
        text = (
            f"{span(inside['accuracy'], '.2f')} %, loss {span(loss, '+.2f')} pp; "
            f"{len(inside)} of {len(known)} within budget"
        )
        checks = [Check(range_p(outside, len(loss), n), f"{outside} of {len(loss)} losses outside the published range")]
        return Answer(text, *agreement(checks, len(loss)))

    return measure


def lossless_energy(bound: float, published: float) -> tuple[Measure, Measure]:
    """Mean energy of the runs that lose no accuracy, all works together, against a bound in pJ."""

    def ours(runs: pd.DataFrame) -> tuple[str, pd.Series]:
        known = measured(runs, "accuracy_loss")
        lossless = known[(known["accuracy_loss"] <= 0) & known["within"]]
        require(len(lossless), "run within its budget that loses no accuracy")
        energy = lossless["energy"].astype(float)
        works = ", ".join(f"{count} of {name}" for name, count in lossless["selection"].value_counts().items())
        return f"mean {_interval_text(mean_interval(energy))} pJ; n = {len(energy)} ({works})", energy

    def replicates(runs: pd.DataFrame) -> Answer:
        text, energy = ours(runs)
        found = one_sample(energy, bound)
        far = float(energy.mean()) < bound and found.p <= ALPHA
        verdict = YES if far and len(energy) >= FEWEST else OPEN if len(energy) < FEWEST else NO
        why = f"below {bound:g}, {found.test}: {p_text(found.p)}; which solutions the published mean is of is not known"
        return Answer(text, verdict, why)

    def improves(runs: pd.DataFrame) -> Answer:
        text, energy = ours(runs)
        return Answer(text, *_below(energy, published))

    return replicates, improves


_HALF_STEP = 0.005
"""Percentage points: accuracies are published to two decimals."""


def _counted(runs: pd.DataFrame, strategy: float | None, inexact: bool) -> tuple[pd.DataFrame, str]:
    """Runs that count, and how many of how many they are."""
    asked = runs if strategy is None else runs[runs["strategy"] == strategy]
    require(len(asked), "runs" if strategy is None else f"runs at t = {strategy:g}")
    inside = asked[asked["within"]]
    if inexact:
        with_costs = asked.dropna(subset=["energy"])
        require(len(with_costs), "runs with costs")
        return with_costs, f"n = {len(with_costs)}, {len(inside)} within budget, the original's none"
    require(len(inside), f"run within its budget, of {len(asked)}")
    return inside, f"n = {len(inside)} of {len(asked)} runs, those within budget"


def _centre(values: pd.Series, name: str, column: str) -> str:
    """Median or mean with its interval and the range."""
    interval = (mean_interval if name == "mean" else median_interval)(values)
    return f"{name} {_interval_text(interval)}{UNITS.get(column, '')}, range {span(values)}"


def _interval_text(interval: Interval) -> str:
    """``0.077 (95 % interval 0.055 to 0.11)``."""
    if np.isnan(interval.low):
        return short(interval.value)
    return f"{short(interval.value)} (95 % interval {short(interval.low)} to {short(interval.high)})"


def _with_mean(verdict: str, why: str, published: float, interval: Interval) -> tuple[str, str]:
    """Verdict that also asks for the published mean to lie in our interval of it."""
    joined: Callable[[str], str] = lambda text: f"{why}; {text}" if why else text
    if np.isnan(interval.low):
        same = interval.n >= FEWEST and interval.value == published
        return (verdict if same else OPEN if interval.n < FEWEST else NO), joined("no interval of the mean")
    inside = interval.low <= published <= interval.high
    if inside:
        return verdict, joined("the published mean lies in our interval")
    return (NO if interval.n >= FEWEST else OPEN), joined("the published mean lies outside our interval")


def _below(values: pd.Series, published: float) -> tuple[str, str]:
    """Whether all values are below a published figure."""
    sized = _how_many(len(values))
    if values.max() < published:
        return YES, f"below {short(published)}, {sized}"
    if values.min() >= published:
        return NO, f"not below {short(published)}, {sized}"
    return OPEN, f"some below {short(published)}, some not, {sized}"


def _how_many(n: int) -> str:
    return "1 circuit: the solver is deterministic" if n == 1 else f"all of {n} circuits"
