"""What can be compared: measures of runs, and the choices that these are compared between."""

HIGH_IS_GOOD: frozenset[str] = frozenset({"accuracy", "top5"})
"""Measures of which more is better."""
OF_IMAGES: frozenset[str] = frozenset({"accuracy", "accuracy_loss", "top5", "loss"})
"""Measures that depend on the images that they were measured on."""
MEANS_OF_IMAGES: frozenset[str] = frozenset({"accuracy", "accuracy_loss"})
"""Measures that are means over images, each of which is classified correctly or not."""
OF_SOLUTIONS: frozenset[str] = OF_IMAGES | {
    "energy", "area", "delay", "depth", "gate_count", "sink_muxes", "sink_mux_energy",
}  # fmt: skip
"""Measures of a solution: of a run above its budget they say nothing, since its circuit does something else."""
RESPONSES: tuple[str, ...] = (
    "accuracy_loss", "energy", "error", "area", "delay", "depth", "gate_count", "seconds", "generation", "accuracy",
    "top5", "loss",
)  # fmt: skip
"""Columns of the table of runs that can be the response of a comparison."""
FACTORS: tuple[str, ...] = (
    "strategy", "grid", "search", "method", "wiring", "budget", "selection", "layer", "kernel", "model", "costs",
    "l_back",
)  # fmt: skip
"""Columns whose levels can be compared."""
BLOCKS: tuple[str, ...] = (*FACTORS, "seed")
"""Columns that say what every level was tried on."""
