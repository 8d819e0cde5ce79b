"""What came out: success rates and measures, cell by cell."""

from typing import TYPE_CHECKING, Any

from cgplab.analysis.mixture import SETUP, SUBJECT, telling
from cgplab.report.content import Block, DataTable, table
from cgplab.report.subject import Made, Subject, section, shown
from cgplab.store import COLUMN_BY_NAME
from cgplab.words import counted

if TYPE_CHECKING:
    import pandas as pd

_BY_LAYER = ("energy", "accuracy_loss")
"""Measures that every layer or kernel is listed with."""
_MEASURES = ("error", "energy", "gate_count", "seconds", "accuracy_loss")


def outcomes_section(subject: Subject) -> Made:
    """Measures of the runs within budget by experiment and strategy, then by layer; and where runs are above budget."""
    blocks: list[Block] = [_measures(subject)]
    blocks += [found for found in (_by_layer(subject), _rates(subject)) if found is not None]
    return section("Results", blocks)


def _measures(subject: Subject) -> DataTable:
    """Medians and quartiles of the runs within budget; a line per experiment and strategy."""
    runs = subject.solved
    labels = telling(runs, SETUP)
    measures = [name for name in _MEASURES if runs[name].notna().any()]
    rows = []
    for key, group in runs.groupby([*labels, "strategy"], dropna=False, sort=False):
        within = group[group["within"]]
        rows.append(
            (
                *map(shown, key),
                f"{len(within):,} of {len(group):,}",
                *(_quartiles(within[name].dropna().astype(float)) for name in measures),
            )
        )
    rows.sort(key=lambda row: row[: len(labels)])
    titles = [*labels, "t", "within budget", *(COLUMN_BY_NAME[name].label for name in measures)]
    return table(
        "Measures by strategy t: median (quartiles) over the runs within budget. The column before gives their number "
        "and that of all runs with a circuit. Layers and kernels are taken together. Energy is power × delay.",
        titles,
        rows,
        words=range(len(labels) + 1),  # the strategy tells rows apart too: every part of a split table repeats it
    )


def _by_layer(subject: Subject) -> DataTable | None:
    """Median energy of the runs within budget by layer or kernel and strategy; None where there is one of them."""
    runs = subject.solved
    labels = telling(runs, (*SETUP, *SUBJECT))
    if not any(name in labels for name in SUBJECT):
        return None
    strategies = sorted(runs["strategy"].unique())
    measures = [name for name in _BY_LAYER if runs[name].notna().any()]
    rows = []
    for key, group in runs.groupby(labels, dropna=False, sort=False):
        within = group[group["within"]]
        own = (within[within["strategy"] == t] for t in strategies)
        rows.append((*map(shown, key), *(_medians(each, measures) for each in own)))
    named = " / ".join(COLUMN_BY_NAME[name].label for name in measures)
    return table(
        f"Medians over the runs within budget by strategy t: {named}.",
        [*labels, *(f"t={t:g}" for t in strategies)],
        rows,
        words=range(len(labels)),
    )


def _medians(runs: "pd.DataFrame", measures: list[str]) -> str:
    known = [runs[name].dropna().astype(float) for name in measures]
    return " / ".join("–" if values.empty else f"{values.median():.3g}" for values in known)


def _rates(subject: Subject) -> DataTable | None:
    """Runs within budget by layer or kernel and strategy, where not all are; None where there is nothing to tell."""
    runs = subject.solved
    labels = telling(runs, (*SETUP, *SUBJECT))
    if not any(name in labels for name in SUBJECT):
        return None
    strategies = sorted(runs["strategy"].unique())
    grouped: dict[Any, dict[Any, str]] = {}
    for key, group in runs.groupby([*labels, "strategy"], dropna=False, sort=False):
        grouped.setdefault(key[:-1], {})[key[-1]] = f"{int(group['within'].sum())}/{len(group)}"
    missed = {
        key: cells for key, cells in grouped.items() if any(n.split("/")[0] != n.split("/")[1] for n in cells.values())
    }
    rows = [(*map(shown, key), *(cells.get(t, "–") for t in strategies)) for key, cells in missed.items()]
    others = len(grouped) - len(missed)
    left = f" Left out: {counted(others, 'row')} in which every run is within budget." if others else ""
    if not rows:
        return None
    return table(
        f"Success: runs within budget of those with a circuit, by strategy t.{left}",
        [*labels, *(f"t={t:g}" for t in strategies)],
        rows,
        words=range(len(labels)),
    )


def _quartiles(values: "pd.Series") -> str:
    if values.empty:
        return "–"
    low, middle, high = values.quantile([0.25, 0.5, 0.75])
    return f"{middle:.3g}" if low == high else f"{middle:.3g} ({low:.3g} to {high:.3g})"
