"""What a frame of runs says about published figures: rates, medians, ranges and means.

Each function makes a :data:`Measure` from what was published. Runs above their strategy's error never count, unless the
original's own were above it too: then the text says so. Where too many are above it the answer stays open, see
:mod:`cgplab.reproduction.censoring`.
"""

from collections.abc import Callable
from decimal import Decimal

import numpy as np
import pandas as pd
from scipy import stats

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
    unit,
)
from cgplab.reproduction.censoring import censored, guarded
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

SHARED_IMAGES = "all runs share their images, but the test treats the runs as independent"
"""What a reader has to know of accuracies that are compared as one sample of runs."""


def reference_accuracy(dataset: str, published: float, images: int, how: str) -> Measure:
    """Top-1 of the network itself on ``dataset``, per cent of ``images``; ``how`` says how to have it measured."""

    def measure(runs: pd.DataFrame) -> Answer:
        column = f"reference {dataset}"
        known = runs.dropna(subset=[column]) if column in runs else runs.iloc[:0]
        require(len(known), f"accuracy on {dataset}; {how}")
        top1, n = float(known[column].iloc[0]), int(known[f"images {dataset}"].iloc[0])
        hits = round(top1 * n / 100)
        interval = rate_interval(hits, n)
        text = f"{top1:.2f} % ({100 * interval.low:.2f} to {100 * interval.high:.2f}) of {n:,} images"
        p = rate_p(hits, n, round(published * images / 100), images)
        return Answer(text, *agreement([Check(p, "Fisher's test")], n))

    return measure


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
        verdict, why = agreement([Check(rate_p(ours, n, exact, of), "Fisher's test")], n)
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
    low: str | None,
    high: str,
    *,
    median: str | None = None,
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
    low, high : str
        Published range as it is printed; ``low`` is None where only a maximum was published.
    median : str, optional
        Published as well, as printed.
    mean : float, optional
        Published as well.
    strategy : float, optional
        Only runs at this one.
    inexact : bool
        Whether the original's runs were above their budget, so that ours count all the same.
    """

    def measure(runs: pd.DataFrame) -> Answer:
        counted, of, reason = _counted(runs, strategy, inexact)
        values = counted[column].astype(float)
        text = f"{_centre(values, 'mean' if mean is not None else 'median', column)}; {of}"
        checks: list[Check] = []
        if median is not None:
            checks.append(_median_check(values, median, n))
        checks.append(_range_check(values, low, high, n))
        verdict, why = agreement(checks, len(values))
        if mean is not None:
            interval = mean_interval(values)
            verdict, why = _with_mean(verdict, why, mean, interval)
        return guarded(Answer(text, verdict, why), reason)

    return measure


def mean_of(column: str, published: float, *, inexact: bool = False) -> Measure:
    """Mean of a column, of which nothing else was published."""

    def measure(runs: pd.DataFrame) -> Answer:
        counted, of, reason = _counted(runs, None, inexact)
        values = counted[column].astype(float)
        verdict, why = _mean_alone(published, mean_interval(values))
        return guarded(Answer(f"{_centre(values, 'mean', column)}; {of}", verdict, why), reason)

    return measure


def mean_accuracy(published_loss: float) -> Measure:
    """Mean top-1 of inexact searches, of which only the mean loss, percentage points, was published."""

    def measure(runs: pd.DataFrame) -> Answer:
        known = measured(runs, "accuracy", "accuracy_loss")
        loss = known["accuracy_loss"]
        text = (
            f"mean {known['accuracy'].mean():.2f} %, range {span(known['accuracy'], '.2f')} %; accuracy loss: "
            f"{_centre(loss, 'mean', 'accuracy_loss')}; n = {len(known)}, {int(known['within'].sum())} within budget, "
            "none of the original's"
        )
        verdict, why = _mean_alone(published_loss, mean_interval(loss))
        return Answer(text, verdict, f"published loss {published_loss:g} pp: {why}; {SHARED_IMAGES}")

    return measure


def squared_error(published: float) -> Measure:
    """Mean squared error per weight, LSB², of searches that did not get to 0."""

    def measure(runs: pd.DataFrame) -> Answer:
        require(len(runs), "runs")
        squared = runs["error"].astype(float) / runs["n_outputs"].astype(float)
        interval = mean_interval(squared)
        verdict, why = _mean_alone(published, interval)
        return Answer(f"mean {_interval_text(interval)} LSB², n = {len(runs)}", verdict, why)

    return measure


def squared_error_less(published: float) -> Measure:
    """Whether the largest squared error per weight is below the published mean."""

    def measure(runs: pd.DataFrame) -> Answer:
        require(len(runs), "runs")
        squared = runs["error"].astype(float) / runs["n_outputs"].astype(float)
        return Answer(f"{span(squared)} LSB², {_how_many(len(runs))}", *_below(squared, published, "mean"))

    return measure


def less(column: str, published: float, of: str, *, strategy: float | None = None) -> Measure:
    """Whether our best method's is below a published figure: every run is within its budget, and the largest below it.

    ``of`` says what the figure is of those published: ``median``, ``mean``, ``smallest`` or ``largest``.
    """

    def measure(runs: pd.DataFrame) -> Answer:
        asked = runs if strategy is None else runs[runs["strategy"] == strategy]
        inside = asked[asked["within"]]
        require(len(inside), "runs within their budget")
        values = inside[column].astype(float)
        text = f"{span(values)}{unit(column)}; {len(inside)} of {len(asked)} within budget"
        if len(inside) < len(asked):
            return Answer(text, NO, "not every run is within its budget")
        return Answer(text, *_below(values, published, of))

    return measure


def generations(runs: pd.DataFrame) -> Answer:
    """Generations of a run, which ours are given."""
    require(len(runs), "runs")
    return Answer(f"{span(runs['generation'].astype(float))} generations, set; n = {len(runs)}", NOTHING)


def seconds_per_run(runs: pd.DataFrame) -> Answer:
    """Time of a search, which another machine cannot replicate."""
    require(len(runs), "runs")
    interval = median_interval(runs["seconds"].astype(float))
    return Answer(f"median {_interval_text(interval)} s; n = {len(runs)}", NOTHING)


def zero_median(n: int, high: str) -> Measure:
    """Energies of all strategies, of which half or more were 0 pJ; the largest of ``n`` was ``high``."""

    def measure(runs: pd.DataFrame) -> Answer:
        inside = runs[runs["within"]]
        require(len(inside), "runs within their budget")
        energy = inside["energy"].astype(float)
        free, of = int((energy == 0).sum()), len(energy)
        text = f"0 pJ in {free} of {of}, largest {short(energy.max())} pJ; {of} of {len(runs)} runs within budget"
        checks = [
            Check(float(stats.binomtest(free, of, 0.5, alternative="less").pvalue), "half or more are free, sign test"),
            _range_check(energy, None, high, n),
        ]
        return guarded(Answer(text, *agreement(checks, of)), censored(runs))

    return measure


def mostly_free(strategy: float) -> Measure:
    """Whether most runs at strategies from ``strategy`` on cost nothing.

    Runs above their budget do not, which can make a no but no yes.
    """

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
        found = Answer(text, verdict, "most: the exact interval of the share lies above one half")
        return found if verdict == YES else guarded(found, censored(loose))

    return measure


def nearly_free(strategy: float) -> Measure:
    """Whether the median energy at a strategy is 0 to two decimals, pJ."""

    def measure(runs: pd.DataFrame) -> Answer:
        counted, of, reason = _counted(runs, strategy, inexact=False)
        interval = median_interval(counted["energy"].astype(float))
        text = f"median {_interval_text(interval)} pJ; {of}"
        if np.isnan(interval.high):
            return guarded(Answer(text, OPEN, f"n = {interval.n}, 6 are needed for an interval"), reason)
        few = interval.n < FEWEST
        verdict = OPEN if few else YES if interval.high < 0.005 else NO if interval.low >= 0.005 else OPEN
        lies = {YES: "lies below", NO: "does not reach below"}.get(verdict)
        why = f"n = {interval.n}, {FEWEST} are needed" if few else f"the interval {lies} 0.005 pJ" if lies else ""
        return guarded(Answer(text, verdict, why), reason)

    return measure


def unchanged_accuracy(n: int, worst: str, best: str) -> Measure:
    """Top-1 with inferred weights against the network's own: ``n`` losses from ``best`` to ``worst`` points."""

    def measure(runs: pd.DataFrame) -> Answer:
        known = measured(runs, "accuracy", "accuracy_loss")
        inside = known[known["within"]]
        require(len(inside), "measured run within its budget")
        loss = inside["accuracy_loss"]
        text = (
            f"{span(inside['accuracy'], '.2f')} %, loss {span(loss, '+.2f')} pp; "
            f"{len(inside)} of {len(known)} within budget"
        )
        verdict, why = agreement([_range_check(loss, best, worst, n)], len(loss))
        return guarded(Answer(text, verdict, f"{why}; {SHARED_IMAGES}"), censored(known))

    return measure


def lossless_energy(bound: float, published: float) -> tuple[Measure, Measure]:
    """Mean energy of the runs that lose no accuracy, all works together, against a mean and a bound in pJ."""

    def ours(runs: pd.DataFrame) -> tuple[str, pd.Series, pd.DataFrame]:
        known = measured(runs, "accuracy_loss")
        lossless = known[(known["accuracy_loss"] <= 0) & known["within"]]
        require(len(lossless), "run within its budget that loses no accuracy")
        energy = lossless["energy"].astype(float)
        works = ", ".join(f"{count} of {name}" for name, count in lossless["selection"].value_counts().items())
        text = f"mean {_interval_text(mean_interval(energy))} pJ; n = {len(energy)} ({works})"
        return text, energy, known

    def replicates(runs: pd.DataFrame) -> Answer:
        text, energy, known = ours(runs)
        found = one_sample(energy, bound)
        far = float(energy.mean()) < bound and found.p <= ALPHA
        verdict = OPEN if len(energy) < FEWEST else YES if far else NO
        verdict, why = _with_mean(verdict, "", published, mean_interval(energy))
        why += (
            f"; below {bound:g}, {found.test}: {p_text(found.p, found.how)}; "
            "which solutions the published mean is of is not known"
        )
        return guarded(Answer(text, verdict, why), censored(known))

    def improves(runs: pd.DataFrame) -> Answer:
        text, energy, known = ours(runs)
        if not known["within"].all():
            return Answer(text, NO, "not every run is within its budget")
        return Answer(text, *_below(energy, published, "mean"))

    return replicates, improves


def _counted(runs: pd.DataFrame, strategy: float | None, inexact: bool) -> tuple[pd.DataFrame, str, str]:
    """Runs that count, how many of how many they are, and why those above budget leave it open."""
    asked = runs if strategy is None else runs[runs["strategy"] == strategy]
    require(len(asked), "runs" if strategy is None else f"runs at t = {strategy:g}")
    inside = asked[asked["within"]]
    if inexact:
        with_costs = asked.dropna(subset=["energy"])
        require(len(with_costs), "runs with costs")
        return with_costs, f"n = {len(with_costs)}, {len(inside)} within budget, none of the original's", ""
    require(len(inside), f"run within its budget, of {len(asked)}")
    return inside, f"n = {len(inside)} of {len(asked)} runs, those within budget", censored(asked)


def _range_check(values: pd.Series, low: str | None, high: str, n: int) -> Check:
    """Test of how many values lie outside the range of n published ones; those printed alike equal a limit."""
    least, most = _printed(high)
    beyond, reaching = values > most, values >= least
    if low is not None:
        least, most = _printed(low)
        beyond, reaching = beyond | (values < least), reaching | (values <= most)
    where = "above the published largest" if low is None else "outside the published range"
    p = range_p(int(beyond.sum()), int(reaching.sum()), len(values), n, 1 if low is None else 2)
    return Check(p, f"{int(beyond.sum())} of {len(values)} {where}")


def _median_check(values: pd.Series, median: str, n: int) -> Check:
    """Test of how many values lie below the median of n published ones; those printed alike may lie on either side."""
    least, most = _printed(median)
    possible = range(int((values < least).sum()), int((values <= most).sum()) + 1)
    return Check(max(median_p(below, len(values), n) for below in possible), "median, Mathisen's test")


def _printed(figure: str) -> tuple[float, float]:
    """Least and largest value that a figure can stand for, given its decimals."""
    exact = Decimal(figure)
    half = Decimal(5).scaleb(int(exact.as_tuple().exponent) - 1)
    return float(exact - half), float(exact + half)


def _centre(values: pd.Series, name: str, column: str) -> str:
    """Median or mean with its interval and the range."""
    interval = (mean_interval if name == "mean" else median_interval)(values)
    return f"{name} {_interval_text(interval)}{unit(column)}, range {span(values)}{unit(column)}"


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


def _mean_alone(published: float, interval: Interval) -> tuple[str, str]:
    """Verdict of a mean of which nothing else was published."""
    verdict, why = _with_mean(YES if interval.n >= FEWEST else OPEN, "", published, interval)
    return verdict, why if interval.n >= FEWEST else f"n = {interval.n}, {FEWEST} are needed; {why}"


def _below(values: pd.Series, published: float, of: str) -> tuple[str, str]:
    """Whether all values are below a published figure; ``of`` says which figure it is."""
    figure = f"the published {of} {short(published)}"
    sized = _how_many(len(values))
    if values.max() < published:
        return YES, f"below {figure}, {sized}"
    if values.min() >= published:
        return NO, f"not below {figure}, {sized}"
    return OPEN, f"some below {figure}, some not, {sized}"


def _how_many(n: int) -> str:
    return "1 circuit: the solver is deterministic" if n == 1 else f"all of {n} circuits"
