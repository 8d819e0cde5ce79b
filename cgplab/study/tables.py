"""Tables that notebooks show: what was searched, what came out, the best."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

from cgplab.analysis import best, solved
from cgplab.analysis.best import counting
from cgplab.analysis.mixture import EVERYWHERE, SETUP, SUBJECT, telling
from cgplab.errors import InputError
from cgplab.natural_order import natural
from cgplab.store import COLUMN_BY_NAME, Run
from cgplab.study.completeness import Completeness
from cgplab.study.design_table import design_table

if TYPE_CHECKING:
    import pandas as pd

_BEST = ("search", "grid", "seed", "missing_weights", "error", "energy", "area", "delay", "gate_count",
         "accuracy_loss", "id")  # fmt: skip


def overview(runs: Sequence[Run], table: "pd.DataFrame") -> "pd.DataFrame":
    """What was searched: selections, methods and wirings, each with its grids, strategies, seeds and limits.

    Parameters
    ----------
    runs : sequence of Run
    table : pandas.DataFrame
        The table of the same runs.
    """
    import pandas as pd

    limits: dict[str, int] = {run.id: run.manifest.settings.get("generations") or 0 for run in runs}
    rows = []
    for (selection, search), group in table.groupby(["selection", "search"], sort=False):
        most = max(limits[name] for name in group["id"])
        rows.append(
            {
                "selection": selection,
                "search": search,
                "models": _shown(group["model"]),
                "layers": _shown(group["layer"]),
                "kernels": group["kernel"].nunique() or "–",
                "grids": _shown(group["grid"]),
                "strategies": _shown(f"{value:g}" for value in group["strategy"]),
                "seeds": group["seed"].nunique(),
                "most generations": f"{most:,}" if most else "–",
                "runs": len(group),
            }
        )
    return pd.DataFrame(rows)


def summary(runs: "pd.DataFrame", by: str, measures: Sequence[str] | None = None) -> "pd.DataFrame":
    """Median and quartiles of measures by the values of a column, as text; costs and accuracies of runs within budget.

    Runs of several experiments or strategies get rows of their own. Layers and kernels are counted together, and a
    column tells how many there are.

    Parameters
    ----------
    runs : pandas.DataFrame
        Table of runs; those without a circuit do not count.
    by : str
    measures : sequence of str, optional
        Default: every measure that at least one run has.

    Raises
    ------
    InputError
        There is no such column.
    """
    import pandas as pd

    from cgplab.figures.measures import MEASURES

    for name in (by, *(measures or ())):
        if name not in runs.columns:
            raise InputError(f"no column {name!r}; there are: {', '.join(runs.columns)}")
    found = solved(runs)
    chosen = measures or [name for name in (*MEASURES, "accuracy_loss") if found[name].notna().any()]
    apart = telling(found, [name for name in (*SETUP, "strategy") if name != by], [by])
    many = [name for name in SUBJECT if name not in (by, *apart) and found[name].nunique() > 1]
    rows: dict[tuple[str, ...], dict[str, str]] = {}
    for key, group in found.groupby([*apart, by], dropna=False, sort=False):
        cells = {f"{name}s": str(group[name].nunique()) for name in many}
        cells |= {"runs": str(len(group)), "within budget": f"{group['within'].sum()} of {len(group)}"}
        cells |= {
            COLUMN_BY_NAME[name].label: _quartiles(counting(group, name)[name].dropna().astype(float))
            for name in chosen
        }
        rows[tuple(map(_value, key))] = cells
    places = [_places(found[name]) for name in (*apart, by)]
    order = sorted(rows, key=lambda key: [place[value] for place, value in zip(places, key, strict=True)])
    labels = [COLUMN_BY_NAME[name].label for name in (*apart, by)]
    shown = [dict(zip(labels, key, strict=True)) | rows[key] for key in order]
    return pd.DataFrame(shown).set_index(labels)


def best_table(runs: "pd.DataFrame", by: Sequence[str]) -> "pd.DataFrame":
    """Best run of each group, with the main columns; empty columns are left out.

    Groups never mix runs whose costs or errors are not comparable, see
    :data:`cgplab.analysis.mixture.EVERYWHERE`. Column ``best of`` tells how many runs a group has.
    """
    groups = [*by, *telling(runs, [name for name in EVERYWHERE if name not in by], by)]
    found = best(runs, groups)
    shown = found[[*groups, "runs", *(name for name in _BEST if name not in groups), "within"]]
    return shown.dropna(axis="columns", how="all").rename(columns={"runs": "best of", "within": "within budget"})


def _value(value: object) -> str:
    return f"{value:g}" if isinstance(value, float) else str(value)


def _places(column: "pd.Series") -> dict[str, int]:
    """Where the values of a column stand in a table, by their texts: numbers by size, texts as people expect."""
    values = column.drop_duplicates()
    numeric = values.dtype.kind in "iuf"
    texts = list(map(_value, values.sort_values())) if numeric else natural(map(_value, values))
    return {text: place for place, text in enumerate(texts)}


def _quartiles(values: "pd.Series") -> str:
    if values.empty:
        return "–"
    low, middle, high = values.quantile([0.25, 0.5, 0.75])
    return f"{middle:.4g}" if low == high else f"{middle:.4g} [{low:.4g}, {high:.4g}]"


def _shown(values: object) -> str:
    names = natural({str(value) for value in values})  # type: ignore[attr-defined]
    return ", ".join(names) if len(names) <= 4 else f"{names[0]} … {names[-1]} ({len(names)})"


def design_frame(found: Completeness) -> "pd.DataFrame":
    """A design, layers and kernels together: cells, runs done, and runs within budget."""
    import pandas as pd

    table = design_table(found)
    rows = [
        {
            **{name: _value(value) for name, value in line.labels.items()},
            "cells": line.n_cells,
            "done": f"{line.tally.done:,} of {line.tally.n:,}",
            "within budget": f"{line.tally.done - line.tally.above:,} of {line.tally.done:,}",
        }
        for line in table.lines
    ]
    return pd.DataFrame(rows)
