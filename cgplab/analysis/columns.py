"""Columns of every frame: the one place that says what they mean and in which unit."""

from cgplab.store.columns import ARRAY, COLUMN_BY_NAME, FLAG, RUN_COLUMNS, TEXT, Column

IDENTITY: tuple[str, ...] = (
    "id", "batch", "model", "layer", "kernel", "selection", "strategy", "grid", "method", "wiring", "search",
    "seed",
)  # fmt: skip
"""Columns that say which run a row belongs to; every frame by run begins with them."""

PROBLEM: tuple[str, ...] = ("model", "layer", "kernel", "selection", "strategy")
"""Columns that say what a run had to solve."""

_IDENTITY = tuple(COLUMN_BY_NAME[name] for name in IDENTITY)
_PROBLEM = tuple(COLUMN_BY_NAME[name] for name in PROBLEM)
_WITHIN_IN_FRAMES = Column(
    "within", "", "whether the run's error is within what the strategy allows; known to Frames, missing elsewhere", FLAG
)

FRAMES: dict[str, tuple[Column, ...]] = {
    "runs": RUN_COLUMNS,
    "best": (*RUN_COLUMNS, Column("runs", "", "runs that the best was chosen from")),
    "progress": (
        *_IDENTITY,
        Column("generation", "", "generation of the improvement"),
        Column("seconds", "s", "search time at the end of the slice that the improvement fell into"),
        Column("phase", "", "what was lowered: error, then costs", TEXT),
        *(COLUMN_BY_NAME[name] for name in ("error", "energy", "area", "delay", "depth", "gate_count")),
        COLUMN_BY_NAME["threshold"],
        Column("generations", "", "generations that the run had in all; missing where made without Frames"),
        Column("searched", "s", "search time that the run had in all; likewise"),
        _WITHIN_IN_FRAMES,
    ),
    "accuracies": (
        *_IDENTITY,
        COLUMN_BY_NAME["dataset"],
        *(COLUMN_BY_NAME[name] for name in ("accuracy", "top5", "loss", "accuracy_loss")),
        COLUMN_BY_NAME["images"],
        Column("lost", "", "images that only the reference classified correctly; missing if it is not known"),
        Column("gained", "", "images that only the model with the inferred weights classified correctly; likewise"),
        Column("loss_low", "pp", "lower end of the paired 95 % interval of the accuracy loss; likewise"),
        Column("loss_high", "pp", "its upper end"),
        Column("mcnemar_p", "", "p of McNemar's exact test against the reference; likewise"),
        _WITHIN_IN_FRAMES,
    ),
    "image_losses": (
        *RUN_COLUMNS,
        Column("image_loss", "", "per image the reference's correctness minus the run's: -1, 0 or 1; int8", ARRAY),
    ),
    "gate_usage": (
        *_IDENTITY,
        Column("function", "", "operator of the gates", TEXT),
        Column("count", "", "active gates with this operator"),
        Column("energy", "pJ", "sum over these gates, power x delay; missing if the cost table is gone"),
        Column("area", "um2", "sum over these gates; missing if the cost table is gone"),
        _WITHIN_IN_FRAMES,
    ),
    "synthesis": (
        *_IDENTITY,
        Column("library", "", "standard-cell library that the circuit was mapped to", TEXT),
        Column("costs", "", "cost table of the estimate", TEXT),
        Column("quantity", "", "energy (power x delay), energy_per_op, area or delay", TEXT),
        Column("inputs", "", "kept weights come in through ports, or are tied to constants", TEXT),
        Column("estimate", "the quantity's", "sum over the gates, along the longest path for the delay"),
        Column("synthesis", "the quantity's", "of the circuit as a whole after logic optimisation"),
        Column("cells", "", "cells that the whole circuit was mapped to"),
        _WITHIN_IN_FRAMES,
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
    "pareto": RUN_COLUMNS,
    "time_to_target": (
        *_IDENTITY,
        Column("measure", "", "column that had to fall", TEXT),
        Column("target", "the measure's", "value to reach"),
        Column("generation", "", "generation at which the target was reached; missing if it was not"),
        Column("seconds", "s", "search time at which the target was reached; missing if it was not"),
        Column("reached", "", "whether the target was reached", FLAG),
        Column("searched", "s", "search time that the run had in all"),
    ),
    "fixed_budget": (
        *_IDENTITY,
        Column("clock", "", "what the budget counts: seconds or generation", TEXT),
        Column("budget", "the clock's", "how much was spent"),
        Column("measure", "", "column that is looked at", TEXT),
        Column(
            "value",
            "the measure's",
            "least value until then, which a run that has ended keeps; missing before the first",
        ),
    ),
    "sensitivity": (
        COLUMN_BY_NAME["model"],
        Column("model_sha256", "", "content of the model", TEXT),
        Column("dataset", "", "data set of the accuracies", TEXT),
        Column("split", "", "its split", TEXT),
        Column("images", "", "images that the accuracies were measured on"),
        Column("overflow", "", "what a weight beyond int8 becomes: saturate or wrap", TEXT),
        Column("layer", "", "layer whose weights are changed", TEXT),
        Column("part", "", "which of its weights are changed: core, outside or everywhere", TEXT),
        Column("error", "", "what is added to every weight of the part, -128 to 127"),
        Column("top1", "%", "top-1 with the changed weights"),
        Column("top5", "%", "top-5 with the changed weights"),
        Column("loss", "", "mean cross-entropy with the changed weights"),
        Column("reference_top1", "%", "top-1 of the model itself"),
        Column("accuracy_loss", "pp", "reference_top1 minus top1"),
    ),
    "compression": (
        Column("scope", "", "number of the weights in question: rows with one number store the same weights"),
        Column("scheme", "", "how the weights are stored; a circuit is cast in wires or configured from memory", TEXT),
        Column("id", "", "run; None for baselines", TEXT),
        Column("model", "", "model whose weights are stored", TEXT),
        Column("layer", "", "layer whose weights are inferred", TEXT),
        Column("selection", "", "which weights are kept and which are inferred", TEXT),
        Column("strategy", "", "error allowed per weight, t; None for baselines"),
        Column("n_weights", "", "weights in question: kept or inferred, each counted once"),
        Column("n_kept", "", "values that stay in memory"),
        Column("kept_bits", "bit", "of the kept values, or of the weights' codes; read at every inference"),
        Column("selector_bits", "bit", "which source every output takes: outputs x ceil(log2 sources); 0 in wires"),
        Column("circuit_bits", "bit", "function and pins of every active gate; 0 in wires"),
        Column("table_bits", "bit", "look-up tables and scales"),
        Column("bits_per_weight", "bit", "all bits by n_weights"),
        Column("mse", "", "mean squared error over n_weights, in steps of int8"),
        Column("max_error", "", "largest error of a weight, in steps of int8"),
        Column(
            "area", "um2", "of the circuit's gates, without wires: what casting it in silicon takes; None for baselines"
        ),
        Column("memory", "", "memory model and level that weights are read from", TEXT),
        Column("read_energy", "pJ", "reading kept_bits, per inference"),
        Column(
            "decode_energy", "pJ", "making the weights, per inference: energy per operation, or look-ups in registers"
        ),
        Column("saved_energy", "pJ", "against reading int8, per inference"),
        Column("saved_share", "", "saved energy by the energy of reading int8"),
        Column("break_even_evaluations", "", "evaluations per inference at which nothing is saved"),
        Column("break_even_pj_per_bit", "pJ/bit", "energy of moving a bit above which the scheme pays"),
        Column("break_even_inferences", "", "inferences after which loading everything else than kept_bits has paid"),
        Column("accuracy", "%", "top-1 with the weights as they come back"),
        Column("accuracy_loss", "pp", "top-1 of the reference minus accuracy"),
        Column("dataset", "", "data set and split of the accuracy", TEXT),
        COLUMN_BY_NAME["kernel"],
        Column("within", "", "whether the run's error is within what the strategy allows; None for baselines", FLAG),
    ),
}
"""Columns by frame, in order."""


def names(frame: str) -> list[str]:
    """Names of a frame's columns, in order."""
    return [column.name for column in FRAMES[frame]]
