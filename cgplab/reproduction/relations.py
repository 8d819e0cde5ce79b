"""What a frame of runs says about the published relations: growth, the order of strategies, sensitive layers."""

from collections.abc import Callable, Hashable

import numpy as np
import pandas as pd

from cgplab.models import load_model
from cgplab.reproduction.measures import ALPHA, Answer, Measure, measured, require
from cgplab.statistics import Comparison, compare, correlate
from cgplab.statistics.association import FEWEST, Coefficient
from cgplab.statistics.words import p_text


def growth() -> Measure:
    """Pearson's r of energy over missing weights, by strategy; the finding is a clear r at t = 0 that fades."""

    def measure(runs: pd.DataFrame) -> Answer:
        parts: list[str] = []
        found: dict[float, Coefficient] = {}
        inside = runs[runs["within"]]
        for strategy in sorted(float(t) for t in inside["strategy"].unique()):
            rows = inside[inside["strategy"] == strategy]
            if len(rows) >= FEWEST:
                found[strategy] = correlate(rows["missing_weights"].astype(float), rows["energy"].astype(float)).pearson
                r = found[strategy].value
                parts.append(f"t = {strategy:g}: {'constant' if np.isnan(r) else f'r = {r:.3f}'} (n = {len(rows)})")
        require(len(found), "runs within their budget, or too few")
        strict = found.get(0.0)
        loose = [c.value for t, c in found.items() if t > 0 and not np.isnan(c.value)]
        clear = strict is not None and strict.p <= ALPHA and strict.value > max(0.0, *loose, 0.0)
        return Answer("; ".join(parts), clear)

    return measure


def order_of_strategies(response: str, highest: float) -> Measure:
    """Whether a response differs between strategies, all runs pooled, and is most at ``highest``."""

    def measure(runs: pd.DataFrame) -> Answer:
        known = _comparable(runs, response)
        found = compare(known, response, "strategy", resamples=0)
        return Answer(f"{found.test.name} {_tested(found)}; {_ranked(found)}; n = {found.n}", _in_order(found, highest))

    return measure


def order_over_layers(response: str, highest: float) -> Measure:
    """The same within layers."""

    def measure(runs: pd.DataFrame) -> Answer:
        known = _comparable(runs, response)
        found = compare(known, response, "strategy", "layer", drop_incomplete=True, resamples=0)
        text = f"{found.test.name} {_tested(found)}; {_ranked(found)}; {len(found.samples.blocks)} layers"
        return Answer(text, _in_order(found, highest))

    return measure


def most_sensitive_layer(loose: tuple[float, ...], clear: float) -> Measure:
    """Layer of the largest accuracy loss at loose strategies; ``clear`` percentage points count as sensitive."""

    def measure(runs: pd.DataFrame) -> Answer:
        known = _comparable(runs, "accuracy_loss")
        known = known[known["strategy"].isin(loose)]
        require(len(known), "accuracies at loose strategies")
        losses = known.groupby("layer", sort=False)["accuracy_loss"].max()
        worst = losses.sort_values(ascending=False)
        order = [layer for name in known["model"].unique() for layer in load_model(name).layer_names]
        first = min(known["layer"].unique(), key=order.index)
        below = int((losses < 1).sum())
        text = f"most: {worst.index[0]} {worst.iloc[0]:.2f} pp; first layer ({first}) {losses[first]:.2f} pp; " + (
            f"{below} of {len(losses)} layers lose < 1 pp"
        )
        return Answer(text, worst.index[0] == first and worst.iloc[0] >= clear)

    return measure


def _in_order(found: Comparison, highest: float) -> bool:
    """Whether the strategies differ, and the one that should have the highest values has."""
    ranks = found.average_ranks
    return bool(found.significant and highest in ranks.index and ranks[highest] == ranks.max())


def _comparable(runs: pd.DataFrame, response: str) -> pd.DataFrame:
    """Runs within their budgets that have the response; the others have not done what their strategy asks."""
    known = measured(runs, response)
    known = known[known["within"]]
    require(len(known), "runs within their budgets")
    return known


def _tested(found: Comparison) -> str:
    test = found.test
    return test.why if test.name == "none" else f"{test.symbol} = {test.statistic:.4g}, {p_text(test.p)}"


def _ranked(found: Comparison) -> str:
    """Average ranks of the levels, and how many pairs the post-hoc test tells apart."""
    level_text: Callable[[Hashable], str] = lambda level: f"{level:g}" if isinstance(level, float) else str(level)
    ranks = ", ".join(f"t = {level_text(level)}: {rank:.2f}" for level, rank in found.average_ranks.items())
    pairs = found.pairs
    return f"average ranks {ranks}; {int(pairs['different'].sum())} of {len(pairs)} pairs differ"
