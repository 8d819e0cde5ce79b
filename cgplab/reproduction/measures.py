"""What a frame of runs says about each published finding."""

from collections.abc import Callable
from dataclasses import dataclass

import pandas as pd

from cgplab.errors import InputError
from cgplab.statistics import compare, one_sample
from cgplab.statistics.words import p_text
from cgplab.words import counted

ALPHA = 0.05


@dataclass(frozen=True)
class Answer:
    """Our number for a finding.

    Attributes
    ----------
    text : str
        Figures with units and n.
    holds : bool
        Whether the finding holds in these runs.
    beats : bool
        Whether the runs are better than what was published.
    """

    text: str
    holds: bool
    beats: bool = False


Measure = Callable[[pd.DataFrame], Answer]


def reference_accuracy(published: float) -> Measure:
    """Top-1 of the model itself, per cent."""

    def measure(runs: pd.DataFrame) -> Answer:
        known = measured(runs, "accuracy", "accuracy_loss")
        top1 = float((known["accuracy"] + known["accuracy_loss"]).median())
        named = ", ".join(sorted(known["dataset"].unique()))
        return Answer(f"{top1:.2f} % on {named}", top1 >= published - 0.5, top1 > published)

    return measure


def exact_energy(lowest: float, highest: float) -> Measure:
    """Share of exact runs, and their energy; ``lowest`` to ``highest`` pJ was published."""

    def measure(runs: pd.DataFrame) -> Answer:
        exact = runs[runs["error"] == 0]
        share = f"{len(exact)} of {len(runs)} exact"
        if exact.empty:
            return Answer(f"{share}; median error {_short(runs['error'].median())}", False)
        middle = float(exact["energy"].median())
        every = len(exact) == len(runs)
        text = f"{share}; energy median {_short(middle)} pJ{_range(exact['energy'])}"
        return Answer(text, every and middle <= highest, every and middle < lowest)

    return measure


def gates_and_time(seconds: float) -> Measure:
    """Active gates, and search time per run; ``seconds`` were published."""

    def measure(runs: pd.DataFrame) -> Answer:
        own = float(runs["seconds"].median())
        gates = runs["gate_count"]
        text = f"{_span(gates)} gates; {_short(own)} s per run (n = {len(runs)})"
        return Answer(text, bool(gates.max() <= 25), bool(gates.max() <= 25) and own < seconds)

    return measure


def larger_grid(small: str, large: str) -> Measure:
    """Energy and gates of the exact runs of the larger grid against those of the smaller."""

    def measure(runs: pd.DataFrame) -> Answer:
        exact = runs[runs["error"] == 0]
        one, other = (exact[exact["grid"] == grid] for grid in (small, large))
        require(min(len(one), len(other)), "exact runs on both grids")
        a, b = float(one["energy"].median()), float(other["energy"].median())
        parts = [
            f"{grid}: {_short(energy)} pJ, {rows['gate_count'].median():g} gates"
            for grid, energy, rows in ((large, b, other), (small, a, one))
        ]
        text = f"{'; '.join(parts)}; {other['seconds'].median() / one['seconds'].median():.2g} x the time"
        if len(one) < 2 or len(other) < 2:
            return Answer(f"{text}; too few runs for a test", False)
        found = compare(exact, "energy", "grid", resamples=0)
        return Answer(f"{text}; {found.test.name} {p_text(found.test.p)}, n = {found.n}", b < a and found.significant)

    return measure


def spread_over_strategies(median: float, largest: float) -> Measure:
    """Energy of runs within their budgets, all strategies together, pJ."""

    def measure(runs: pd.DataFrame) -> Answer:
        inside = runs[runs["within"]]
        require(len(inside), "runs within their budgets")
        middle, top = float(inside["energy"].median()), float(inside["energy"].max())
        text = f"median {_short(middle)}, max {_short(top)} pJ; {len(inside)} of {len(runs)} within budget"
        return Answer(text, middle <= median and top <= largest, middle <= median and top < largest)

    return measure


def mean_energy(published: float, largest: float) -> Measure:
    """Mean energy of exact runs at t = 0; mean and maximum in pJ were published."""

    def measure(runs: pd.DataFrame) -> Answer:
        strict = runs[runs["strategy"] == 0]
        exact = strict[strict["error"] == 0]
        if exact.empty:
            squared = strict["error"] / strict["n_outputs"].astype(float)
            return Answer(f"none of {len(strict)} exact; mean squared error {_short(squared.mean())}", False)
        mean, top = float(exact["energy"].mean()), float(exact["energy"].max())
        text = f"{len(exact)} of {len(strict)} exact; energy mean {_short(mean)}, max {_short(top)} pJ"
        every = len(exact) == len(strict)
        return Answer(text, every and top <= largest, every and mean < published)

    return measure


def free_from(strategy: float) -> Measure:
    """Share of runs of no energy at strategies from ``strategy`` on."""

    def measure(runs: pd.DataFrame) -> Answer:
        loose = runs[(runs["strategy"] >= strategy) & runs["within"]]
        tried = int((runs["strategy"] >= strategy).sum())
        require(tried, f"runs at t >= {strategy:g}")
        free = int((loose["energy"] == 0).sum())
        text = f"{free} of {tried} runs at t ≥ {strategy:g} cost 0 pJ ({len(loose)} within budget)"
        return Answer(text, 2 * free > tried)

    return measure


def unchanged_accuracy(margin: float) -> Measure:
    """Top-1 with inferred weights; unchanged when no run within its budget loses more than ``margin`` points."""

    def measure(runs: pd.DataFrame) -> Answer:
        known = measured(runs, "accuracy", "accuracy_loss")
        inside = known[known["within"]]
        outside = len(known) - len(inside)
        above = f"; {counted(outside, 'run')} above their budget left out" if outside else ""
        if inside.empty:
            raise InputError("no measured run is within its budget")
        loss = inside["accuracy_loss"]
        text = f"{_span(inside['accuracy'], '.2f')} %, loss {_span(loss, '+.2f')} pp (n = {len(inside)}){above}"
        return Answer(text, bool(loss.max() <= margin))

    return measure


def inexact_energy(mse: float, energy: float) -> Measure:
    """Mean squared error per weight and mean energy; both were published, in LSB^2 and pJ."""

    def measure(runs: pd.DataFrame) -> Answer:
        squared = runs["error"] / runs["n_outputs"].astype(float)
        own_mse, own = float(squared.mean()), float(runs["energy"].mean())
        gates = _span(runs["gate_count"])
        text = f"MSE {_short(own_mse)}, energy mean {_short(own)} pJ, {gates} gates (n = {len(runs)})"
        return Answer(text, own_mse <= mse, own_mse <= mse and own < energy)

    return measure


def free_of_loss(bound: float, published: float) -> Measure:
    """Mean energy of the runs that lose no accuracy, against a bound in pJ."""

    def measure(runs: pd.DataFrame) -> Answer:
        lossless = measured(runs, "accuracy_loss")
        lossless = lossless[(lossless["accuracy_loss"] <= 0) & lossless["within"]]
        found = one_sample(lossless["energy"].astype(float), bound)
        mean = float(lossless["energy"].mean())
        text = f"mean {_short(mean)} pJ; against {bound:g}: {found.test} {p_text(found.p)}, n = {len(lossless)}"
        below = mean < bound and found.p <= ALPHA
        return Answer(text, below, below and mean < published)

    return measure


def measured(runs: pd.DataFrame, *columns: str) -> pd.DataFrame:
    """Runs that have the columns, as float; InputError when none has."""
    known = runs.dropna(subset=list(columns))
    require(len(known), f"{columns[0].replace('_', ' ')} measured")
    return known.astype(dict.fromkeys(columns, float))


def require(n: int, what: str) -> None:
    """Raise InputError when there is nothing to answer with."""
    if not n:
        raise InputError(f"no {what}")


def _short(value: float) -> str:
    return f"{value:.3g}"


def _span(values: pd.Series, style: str = ".4g") -> str:
    low, high = float(values.min()), float(values.max())
    return f"{low:{style}}" if low == high else f"{low:{style}} to {high:{style}}"


def _range(values: pd.Series) -> str:
    return "" if values.nunique() == 1 else f" ({_short(values.min())} to {_short(values.max())})"
