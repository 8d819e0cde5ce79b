"""Columns of every frame: the one place that says what they mean and in which unit."""

from cgplab.store import COLUMN_BY_NAME, RUN_COLUMNS, Column

IDENTITY: tuple[str, ...] = (
    "id", "batch", "model", "layer", "kernel", "selection", "strategy", "grid", "method", "wiring", "seed",
)  # fmt: skip
"""Columns that say which run a row belongs to; every frame by run begins with them."""

PROBLEM: tuple[str, ...] = ("model", "layer", "kernel", "selection", "strategy")
"""Columns that say what a run had to solve."""

_IDENTITY = tuple(COLUMN_BY_NAME[name] for name in IDENTITY)
_PROBLEM = tuple(COLUMN_BY_NAME[name] for name in PROBLEM)
_WITHIN = Column("within", "", "whether the error is within what the strategy allows")

FRAMES: dict[str, tuple[Column, ...]] = {
    "runs": RUN_COLUMNS,
    "best": (*RUN_COLUMNS, _WITHIN, Column("runs", "", "runs that the best was chosen from")),
    "progress": (
        *_IDENTITY,
        Column("generation", "", "generation of the improvement"),
        Column("seconds", "s", "search time at the end of the slice that the improvement fell into"),
        Column("phase", "", "what was lowered: error, then costs"),
        *(COLUMN_BY_NAME[name] for name in ("error", "energy", "area", "delay", "depth", "gate_count")),
    ),
    "accuracies": (
        *_IDENTITY,
        COLUMN_BY_NAME["dataset"],
        *(COLUMN_BY_NAME[name] for name in ("accuracy", "top5", "loss", "accuracy_loss")),
        Column("images", "", "images that the accuracy was measured on"),
    ),
    "gate_usage": (
        *_IDENTITY,
        Column("function", "", "operator of the gates"),
        Column("count", "", "active gates with this operator"),
        Column("energy", "pJ", "sum over these gates, power x delay; missing if the cost table is gone"),
        Column("area", "um2", "sum over these gates; missing if the cost table is gone"),
    ),
    "synthesis": (
        *_IDENTITY,
        Column("library", "", "standard-cell library that the circuit was mapped to"),
        Column("costs", "", "cost table of the estimate"),
        Column("quantity", "", "energy (power x delay), energy_per_op, area or delay"),
        Column("inputs", "", "kept weights come in through ports, or are tied to constants"),
        Column("estimate", "the quantity's", "sum over the gates, along the longest path for the delay"),
        Column("synthesis", "the quantity's", "of the circuit as a whole after logic optimisation"),
        Column("cells", "", "cells that the whole circuit was mapped to"),
    ),
    "missing_weights": (
        *_PROBLEM,
        COLUMN_BY_NAME["n_inputs"],
        COLUMN_BY_NAME["n_outputs"],
        COLUMN_BY_NAME["missing_weights"],
        Column("runs", "", "runs with a circuit"),
        Column("runs_within", "", "runs whose error is within what the strategy allows"),
        Column("lowest_energy", "pJ", "least energy of the runs within; missing if none is"),
        Column("median_energy", "pJ", "median energy of the runs within; missing if none is"),
    ),
    "pareto": (*RUN_COLUMNS, _WITHIN),
    "time_to_target": (
        *_IDENTITY,
        Column("measure", "", "column that had to fall"),
        Column("target", "the measure's", "value to reach"),
        Column("generation", "", "generation at which the target was reached; missing if it was not"),
        Column("seconds", "s", "search time at which the target was reached; missing if it was not"),
        Column("reached", "", "whether the target was reached"),
        Column("searched", "s", "search time that the run had in all"),
    ),
    "fixed_budget": (
        *_IDENTITY,
        Column("clock", "", "what the budget counts: seconds or generation"),
        Column("budget", "the clock's", "how much was spent"),
        Column("measure", "", "column that is looked at"),
        Column(
            "value",
            "the measure's",
            "least value until then, which a run that has ended keeps; missing before the first",
        ),
    ),
    "sensitivity": (
        COLUMN_BY_NAME["model"],
        Column("model_sha256", "", "content of the model"),
        Column("dataset", "", "data set of the accuracies"),
        Column("split", "", "its split"),
        Column("images", "", "images that the accuracies were measured on"),
        Column("overflow", "", "what a weight beyond int8 becomes: saturate or wrap"),
        Column("layer", "", "layer whose weights are changed"),
        Column("part", "", "which of its weights are changed: core, outside or everywhere"),
        Column("error", "", "what is added to every weight of the part, -128 to 127"),
        Column("top1", "%", "top-1 with the changed weights"),
        Column("top5", "%", "top-5 with the changed weights"),
        Column("loss", "", "mean cross-entropy with the changed weights"),
        Column("reference_top1", "%", "top-1 of the model itself"),
        Column("accuracy_loss", "pp", "reference_top1 minus top1"),
    ),
}
"""Columns by frame, in order."""


def names(frame: str) -> list[str]:
    """Names of a frame's columns, in order."""
    return [column.name for column in FRAMES[frame]]
