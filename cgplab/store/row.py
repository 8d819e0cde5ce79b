"""Row of the table of runs."""

from collections.abc import Mapping
from typing import Any, Literal, TypedDict, get_type_hints

from cgplab.schema import Count, Finite, LongText, Text
from cgplab.store.contents import Accuracy
from cgplab.store.manifest import Manifest
from cgplab.store.states import State
from cgplab.store.status import Status

_ASKED = (
    "model", "layer", "kernel", "selection", "strategy", "grid", "l_back", "method", "wiring", "seed", "costs",
    "n_inputs", "n_outputs", "missing_weights", "metric", "threshold",
)  # fmt: skip
_DERIVED = ("search", "budget", "cell")
WITHIN = "within"
"""Column that follows from two others: :func:`within_budget`."""
_FOUND = (
    "generation", "seconds", "error", "energy", "area", "delay", "depth", "gate_count", "sink_muxes",
    "sink_mux_energy", "bound", "proved",
)  # fmt: skip
ACCURACIES = {"accuracy": "top1", "top5": "top5", "loss": "loss", "accuracy_loss": "accuracy_loss", "images": "n"}
"""Columns that depend on the data set, and what metrics call them."""


def accuracies_of(metrics: Mapping[str, Accuracy], dataset: str | None = None) -> dict[str, Any]:
    """Columns that depend on the data set; None where it was not measured.

    Parameters
    ----------
    metrics : dict
        By ``dataset/split``.
    dataset : str, optional
        ``dataset/split``; default: the one measured last.
    """
    chosen = dataset if dataset is not None else max(metrics, key=lambda n: metrics[n]["measured"], default=None)
    found: Mapping[str, Any] = metrics.get(chosen, {}) if chosen is not None else {}
    columns = {column: found.get(name) for column, name in ACCURACIES.items()}
    return {**columns, "dataset": chosen if found else None}


def within_budget(error: int | None, threshold: float) -> bool | None:
    """Whether an error is within what the strategy allows; None without a circuit."""
    return None if error is None else error <= threshold


def row_of(
    manifest: Manifest,
    status: Status,
    metrics: Mapping[str, Accuracy],
    tags: list[str],
    note: str,
    dataset: str | None = None,
) -> dict[str, Any]:
    """Row with the columns of :data:`cgplab.store.columns.RUN_COLUMNS`."""
    from cgplab.store.columns import RUN_COLUMNS

    values = {
        "id": manifest.id,
        "batch": manifest.batch,
        "state": status.state.value,
        "reason": status.reason,
        "tags": " ".join(tags),
        "note": note,
        **{name: getattr(manifest, name) for name in (*_ASKED, *_DERIVED)},
        **{name: getattr(status, name) for name in _FOUND},
        WITHIN: within_budget(status.error, manifest.threshold),
        **accuracies_of(metrics, dataset),
    }
    return {column.name: values[column.name] for column in RUN_COLUMNS}


def _stored_row() -> Any:
    """Type of a row as the index remembers it, from the types of what it is made of."""
    asked, found = (get_type_hints(kind, include_extras=True) for kind in (Manifest, Status))
    types: dict[str, Any] = {
        "id": asked["id"],
        "batch": asked["batch"],
        "state": Literal[tuple(state.value for state in State)],
        "reason": found["reason"],
        "tags": LongText,
        "note": LongText,
        **{name: asked.get(name, Text | None) for name in _ASKED},
        **dict.fromkeys(_DERIVED, Text),
        **{name: found[name] for name in _FOUND},
        WITHIN: bool | None,
        **dict.fromkeys(ACCURACIES, Finite | None),
        "images": Count | None,
        "dataset": Text | None,
    }
    return TypedDict("StoredRow", types)  # type: ignore[operator]


STORED_ROW = _stored_row()
