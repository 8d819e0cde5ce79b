"""What a frame of runs says about the published relations: grids, growth, the order of strategies, sensitive layers.

Costs of runs above their budget are not comparable: relations are of the runs within it, and where many are left out
the answer stays open, since they would be the expensive ones.
"""

from collections.abc import Callable, Hashable, Mapping

import numpy as np
import pandas as pd
from scipy import stats

from cgplab.analysis.comparable import MEANS_OF_IMAGES
from cgplab.analysis.comparing import compare_table
from cgplab.analysis.image_losses import cells_of
from cgplab.models import load_model
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
    unit,
)
from cgplab.reproduction.censoring import COMPLETE, censored, guarded
from cgplab.reproduction.published import ALPHA, FEWEST, correlation_p, epsilon_squared
from cgplab.statistics import Comparison, correlate
from cgplab.statistics.association import FEWEST as FEWEST_PAIRS
from cgplab.statistics.exact import PERMUTATIONS
from cgplab.statistics.exact import kruskal as exact_kruskal
from cgplab.statistics.overall import rank_sum
from cgplab.statistics.shared_images import over_shared_images
from cgplab.statistics.words import p_text

NOT_BY_IMAGE = "all runs share their images, and how each image was classified is not stored for all of them"
"""Why a difference of accuracies cannot be told from one of the images."""


def larger_grid(column: str, small: str, large: str, *, lower: bool, most: float = np.inf) -> Measure:
    """Whether a column is lower (or higher) on the larger grid, among exact runs, and nowhere ``most`` or above."""

    def measure(runs: pd.DataFrame) -> Answer:
        asked = runs[runs["grid"].isin([small, large])]
        inside = asked[asked["within"]]
        a, b = (inside.loc[inside["grid"] == grid, column].to_numpy(float) for grid in (small, large))
        require(min(len(a), len(b)), "exact runs on both grids")
        told = unit(column)
        text = (
            f"median {short(np.median(b))}{told} on {large} (n = {len(b)}), {short(np.median(a))}{told} on {small} "
            f"(n = {len(a)})"
        )
        if np.isfinite(most):
            text += f"; at most {short(b.max())} on {large}"
        reason = censored(asked, "grid")
        if min(len(a), len(b)) < FEWEST:
            return guarded(Answer(text, OPEN, f"{FEWEST} exact runs on each grid are needed"), reason)
        # U counts the pairs in which the larger grid has the higher value.
        u, p = rank_sum(b, a)
        higher = u / (len(a) * len(b))
        why = (
            f"Mann-Whitney: {p_text(p.value, p.how)}; {100 * (1 - higher if lower else higher):.0f} % of pairs "
            f"{'lower' if lower else 'higher'} on {large}"
        )
        shown = p.value <= ALPHA and ((higher < 0.5) if lower else (higher > 0.5))
        if b.max() >= most:
            why += f"; not all below {most:g}"
        return guarded(Answer(text, YES if shown and b.max() < most else NO, why), reason)

    return measure


def time_ratio(small: str, large: str, published: float) -> Measure:
    """Time per run on the larger grid over that on the smaller, of all runs: one that ends above budget took its time.

    It is of our program, which another does not share, so that nothing is decided.
    """

    def measure(runs: pd.DataFrame) -> Answer:
        a, b = (runs.loc[runs["grid"] == grid, "seconds"].to_numpy(float) for grid in (small, large))
        require(min(len(a), len(b)), "runs on both grids")
        text = f"{np.median(b) / np.median(a):.2f} x the time (n = {len(b)} and {len(a)}, all runs)"
        if min(len(a), len(b)) < FEWEST:
            return Answer(text, NOTHING)
        found = stats.bootstrap(
            (b, a), lambda x, y, axis: np.median(x, axis=axis) / np.median(y, axis=axis), n_resamples=2000,
            vectorized=True, method="percentile", rng=np.random.default_rng(1),
        ).confidence_interval  # fmt: skip
        holds = "holds" if found.low <= published <= found.high else "does not hold"
        return Answer(
            text, NOTHING, f"95 % bootstrap interval {found.low:.2f} to {found.high:.2f} {holds} {published:g}"
        )

    return measure


def growth(published: Mapping[float, float], n: int) -> Measure:
    """Pearson's r of energy over missing weights at each strategy, against those published of ``n`` runs each."""

    def measure(runs: pd.DataFrame) -> Answer:
        require(len(runs), "runs")
        parts, checks, missing = [], [], []
        smallest = None
        for strategy, theirs in published.items():
            asked = runs[runs["strategy"] == strategy]
            inside = asked[asked["within"]]
            of = f"n = {len(inside)} of {len(asked)}"
            if len(inside) < FEWEST_PAIRS:
                parts.append(f"t = {strategy:g}: – ({of})")
                missing.append(f"too few runs within budget at t = {strategy:g}")
                continue
            r = correlate(inside["missing_weights"].astype(float), inside["energy"].astype(float)).pearson
            if np.isnan(r.value):
                parts.append(f"t = {strategy:g}: r undefined, all cost the same ({of})")
                missing.append(f"no energy varies at t = {strategy:g}")
                continue
            parts.append(f"t = {strategy:g}: r = {r.value:.3f} ({r.low:.2f} to {r.high:.2f}; {of})")
            p = correlation_p(r.value, len(inside), theirs, n)
            checks.append(Check(p, f"t = {strategy:g}, Fisher's z", "asymptotic"))
            if reason := censored(asked, "strategy"):
                missing.append(reason)
            smallest = len(inside) if smallest is None else min(smallest, len(inside))
        text = "; ".join(parts)
        if missing:
            told = "".join(f"; {check.text}" for check in checks)
            return Answer(text, OPEN, "; ".join(missing) + told)
        assert smallest is not None  # nothing is missing, so every strategy has its runs
        return Answer(text, *agreement(checks, smallest))

    return measure


def differing_strategies(response: str, highest: float, h: float, n: int) -> Measure:
    """Whether strategies differ in a response, all runs together, as much as the published Kruskal-Wallis H says.

    The same hypothesis has to be rejected, ``highest`` to have the highest average rank, and epsilon squared to be
    within a factor of two of the published one, that of ``h`` and ``n`` runs.
    """

    def measure(runs: pd.DataFrame) -> Answer:
        known, left_out = _comparable(runs, response)
        levels = sorted(float(level) for level in known["strategy"].unique())
        groups = [known.loc[known["strategy"] == level, response].to_numpy(float) for level in levels]
        asked = sorted(float(level) for level in runs["strategy"].unique())
        if len(groups) < 2 or np.ptp(np.concatenate(groups)) == 0:
            return Answer(f"n = {len(known)}", OPEN, left_out or "nothing varies")
        found = stats.kruskal(*groups)
        ours, theirs = epsilon_squared(float(found.statistic), len(known)), epsilon_squared(h, n)
        ranks = known.assign(rank=known[response].rank()).groupby("strategy")["rank"].mean()
        text = f"H = {found.statistic:.4g}, ε² = {ours:.2f} (n = {len(known)}); median by t: " + ", ".join(
            f"{level:g}: {short(np.median(group))}" for level, group in zip(levels, groups, strict=True)
        )
        text += unit(response)
        counted = exact_kruskal(groups, PERMUTATIONS, 1)
        p, how = (float(found.pvalue), "asymptotic") if counted is None else (counted.value, counted.how)
        why = f"{p_text(p, how)}; published ε² = {theirs:.2f} (n = {n:,})"
        if left_out or levels != asked:
            return Answer(text, OPEN, f"{left_out or 'not all strategies have runs'}; {why}")
        ordered = bool(ranks.get(highest, np.nan) == ranks.max())
        same = p <= ALPHA and ordered and 0.5 <= ours / theirs <= 2
        if not same or response not in MEANS_OF_IMAGES:
            return Answer(text, YES if same else NO, why)
        losses = cells_of(known, "strategy", levels, "layer", list(known["layer"].unique()))
        if losses is None:
            return Answer(text, OPEN, f"{NOT_BY_IMAGE}; {why}")
        images = over_shared_images(losses, levels, "layer")
        apart = sum(images.tells_apart(level, highest) for level in levels if level != highest)
        why += f"; the bootstrap over images and layers confirms {apart} of {len(levels) - 1} "
        why += f"differences from t = {highest:g}"
        return Answer(text, YES if apart else NO, why)

    return measure


def order_over_layers(response: str, highest: float) -> Measure:
    """Whether strategies differ within layers, and ``highest`` ranks highest."""

    def measure(runs: pd.DataFrame) -> Answer:
        _, left_out = _comparable(runs, response)
        found = compare_table(runs, response, "strategy", "layer", drop_incomplete=True)
        where = "" if found.images is None else " on these images"
        text = f"{found.test.name}{where}: {_tested(found)}; {_ranked(found)}; {len(found.samples.blocks)} layers"
        unknown = NOT_BY_IMAGE if response in MEANS_OF_IMAGES and found.images is None else ""
        reason = "; ".join(part for part in (left_out, unknown) if part)
        return guarded(Answer(text, YES if _in_order(found, highest) else NO), reason)

    return measure


def most_sensitive_layer(loose: tuple[float, ...], largest: float) -> Measure:
    """Whether the first layer loses most at loose strategies, and most others lose less than one percentage point.

    The published largest loss has to be of like order: within a factor of ten.
    """

    def measure(runs: pd.DataFrame) -> Answer:
        asked = runs[runs["strategy"].isin(loose)]
        known = measured(asked, "accuracy_loss")
        known = known[known["within"]]
        require(len(known), "accuracy at loose strategies of runs within their budget")
        losses = known.groupby("layer", sort=False)["accuracy_loss"].max()
        worst = losses.sort_values(ascending=False)
        order = [layer for name in asked["model"].unique() for layer in load_model(name).layer_names]
        layers = asked["layer"].unique()
        first = min(layers, key=order.index)
        reason = censored(asked)
        if first not in losses or len(losses) < COMPLETE * len(layers):
            text = f"most: {worst.index[0]} {worst.iloc[0]:.2f} pp, of {len(losses)} layers within budget"
            missing = "; the first among them" if first not in losses else ""
            found = Answer(text, OPEN, f"{len(layers) - len(losses)} of {len(layers)} layers have none{missing}")
            return guarded(found, reason)
        below = int((losses < 1).sum())
        text = f"most: {worst.index[0]} {worst.iloc[0]:.2f} pp; first layer ({first}) {losses[first]:.2f} pp; " + (
            f"{below} of {len(losses)} layers lose < 1 pp"
        )
        like = losses[first] >= largest / 10
        same = worst.index[0] == first and 2 * below > len(losses) and like
        why = "first layer worst, most lose < 1 pp, loss within a factor of ten"
        return guarded(Answer(text, YES if same else NO, why), reason)

    return measure


def _comparable(runs: pd.DataFrame, response: str) -> tuple[pd.DataFrame, str]:
    """Runs within their budgets that have the response, and why they do not tell all; empty where they do."""
    known = measured(runs, response)
    inside = known[known["within"]]
    require(len(inside), "runs within their budgets")
    return inside, censored(known, "strategy")


def _in_order(found: Comparison, highest: float) -> bool:
    """Whether the strategies differ, and the one that should have the highest values has."""
    ranks = found.average_ranks
    apart = found.images is None or bool(found.pairs["different"].any())
    return bool(found.significant and apart and highest in ranks.index and ranks[highest] == ranks.max())


def _tested(found: Comparison) -> str:
    test = found.test
    return test.why if test.name == "none" else f"{test.symbol} = {test.statistic:.4g}, {p_text(test.p, test.how)}"


def _ranked(found: Comparison) -> str:
    """Average ranks of the levels, and how many pairs are told apart, of accuracies for other images too."""
    level_text: Callable[[Hashable], str] = lambda level: f"{level:g}" if isinstance(level, float) else str(level)
    ranks = ", ".join(f"t = {level_text(level)}: {rank:.2f}" for level, rank in found.average_ranks.items())
    pairs = found.pairs
    apart = f"average ranks {ranks}; {int(pairs['different'].sum())} of {len(pairs)} pairs differ"
    if found.images is None:
        return f"{apart} on these images alone" if found.samples.response in MEANS_OF_IMAGES else apart
    on_these = int(np.triu(found.posthoc.different, 1).sum())
    name = found.posthoc.name or found.test.name
    return f"{apart} by {name} and the bootstrap over {found.images.drawn} ({on_these} by {name} alone)"
