"""Made-up frames that figures draw."""

import numpy as np
import pandas as pd

from cgplab.analysis.columns import IDENTITY, names
from cgplab.store import RUN_COLUMNS

STRATEGIES = (0.0, 1.0, 5.0, 11.0)


def frame_for(plot, made):
    """Frame of a figure; one that sets searches side by side gets two of them."""
    frame = made[plot.frame]
    if "search" not in plot.shows:
        return frame
    factors = {"construct": 1.0, "evolved wiring": 2.0}
    two = [frame.assign(id=frame["id"] + name, search=name, energy=k * frame["energy"]) for name, k in factors.items()]
    return pd.concat(two, ignore_index=True)


def table(n=12, layers=1, **values):
    """Table of made-up runs of four strategies."""
    random = np.random.default_rng(1)
    rows = []
    for i in range(n):
        strategy = STRATEGIES[i % 4]
        missing = 40 + 30 * (i // 4 % layers)
        rows.append(
            {
                **dict.fromkeys(column.name for column in RUN_COLUMNS),
                "id": f"{i:04}", "model": "m", "layer": "conv2", "grid": ("5x5", "10x10")[i % 2], "generation": 10 * i,
                "selection": "layer_bypass", "strategy": strategy, "metric": "SE", "n_inputs": 9, "n_outputs": 50,
                "dataset": "mnist/test", "missing_weights": missing, "threshold": 100, "error": 90 + 2 * i,
                "energy": 0.0 if strategy == 11 else missing * 0.01 * (1 + random.random()), "gate_count": 20 + i,
                "accuracy_loss": random.normal(0, 0.1), **values,
            }
        )  # fmt: skip
    return pd.DataFrame(rows)


def many(strategies, layers, seeds=3):
    """Table of made-up runs of any number of strategies and layers; of each, some are above budget and some free."""
    random = np.random.default_rng(strategies * 100 + layers)
    levels = np.arange(strategies, dtype=float) if strategies != 4 else np.array(STRATEGIES)
    rows = [
        {
            **dict.fromkeys(column.name for column in RUN_COLUMNS),
            "id": f"{layer:03}{index:03}{seed}", "model": "mobilenetv2-fashion", "layer": f"block{layer}.depthwise",
            "grid": ("5x5", "10x10")[seed % 2], "generation": 10 ** (3 + seed % 3), "selection": "mobilenet",
            "strategy": float(t), "metric": "SE", "n_inputs": 9, "n_outputs": 50, "dataset": "fashion/test",
            "missing_weights": 40 + 7 * layer + seed, "threshold": 100, "error": 90 + 6 * random.integers(0, 4),
            "energy": 0.0 if random.random() < 0.2 else 10 ** random.uniform(-7, 1), "area": random.uniform(1e3, 2e5),
            "delay": random.uniform(0, 2), "gate_count": int(random.integers(3, 500)), "seconds": random.uniform(1, 99),
            "accuracy": random.uniform(80, 99.5), "top5": 99.99 + random.uniform(0, 0.005), "seed": seed,
            "accuracy_loss": random.normal(0, 10 ** random.uniform(-1, 1)), "search": "nearest wiring",
        }
        for layer in range(layers)
        for index, t in enumerate(levels)
        for seed in range(seeds)
    ]  # fmt: skip
    made = pd.DataFrame(rows)
    return made.assign(accuracy=99.52 - made["accuracy_loss"], images=10_000)


def over_layers():
    """Runs of four layers."""
    runs = table(32, threshold=142)
    return runs.assign(layer=[f"conv{i // 4 % 4}" for i in range(len(runs))])


def _improvements(runs):
    identity = runs[list(IDENTITY)]
    parts = [
        identity.assign(
            generation=generation, seconds=0.1 * step, phase="error" if step < 2 else "cost",
            error=1000.0 / 10**step, energy=np.nan if step < 2 else runs["energy"] / step,
            area=1.0, delay=1.0, depth=1, gate_count=9,
        )
        for step, generation in enumerate((0, 10, 100, 1000))
    ]  # fmt: skip
    found = pd.concat(parts).sort_values(["id", "generation"], ignore_index=True)
    told = _told(found, runs).assign(threshold=1.0, generations=2000, searched=200.0)
    # Costs of a run are known once it is within its budget.
    return told.assign(energy=told["energy"].where(told["within"]))[names("progress")]


def _told(frame, runs):
    """Frame with what its rows take from the table of runs."""
    within = (runs["error"] <= runs["threshold"]).set_axis(runs["id"])
    kernels = runs["kernel"].set_axis(runs["id"])
    return frame.assign(within=frame["id"].map(within), **({"kernel": frame["id"].map(kernels)}))


def _accuracies(runs):
    identity = runs[list(IDENTITY)]
    parts = [
        identity.assign(
            dataset=dataset, accuracy=99 - runs["accuracy_loss"] - shift, top5=100.0, loss=0.1,
            accuracy_loss=runs["accuracy_loss"] + shift, images=10_000,
        )
        for dataset, shift in (("mnist/test", 0.0), ("qmnist/test50k", 0.2), ("qmnist/nist", -0.1))
    ]  # fmt: skip
    return _told(pd.concat(parts, ignore_index=True), runs).reindex(columns=names("accuracies"))


def _gates(runs):
    identity = runs[list(IDENTITY)]
    parts = [
        identity.assign(function=function, count=count, energy=energy, area=1.0)
        for function, count, energy in (("half", 5, 0.0), ("add", 2, 0.01), ("mul", 1, 0.4))
    ]
    return _told(pd.concat(parts, ignore_index=True), runs)[names("gate_usage")]


def _syntheses(runs):
    identity = runs[list(IDENTITY)]
    parts = [
        identity.assign(
            library="cells", costs="derived", quantity=quantity, inputs=inputs, estimate=size * runs["energy"],
            synthesis=size * share * runs["energy"], cells=12,
        )
        for quantity, size in (("energy", 1.0), ("energy_per_op", 2.0), ("area", 1e4), ("delay", 0.1))
        for inputs, share in (("ports", 0.9), ("tied", 0.0))
    ]  # fmt: skip
    return _told(pd.concat(parts, ignore_index=True), runs)[names("synthesis")]


def _compressions(runs):
    common = {**dict.fromkeys(names("compression")), "scope": 1, "model": "m", "layer": "conv2", "n_weights": 59}
    stored = [
        {**common, "scheme": scheme, "bits_per_weight": bits, "accuracy_loss": loss, "saved_share": 1 - bits / 8}
        for scheme, bits, loss in (
            ("int8", 8.0, None), ("int4", 4.2, 0.5), ("k-means 3 bit", 3.1, 0.9), ("k-means 4 bit", 4.1, 0.2),
            ("k-means 5 bit", 5.3, 0.05), ("entropy bound", 5.9, None),
        )
    ]  # fmt: skip
    circuits = [
        {
            **common, **{name: run[name] for name in ("id", "selection", "strategy", "accuracy_loss")},
            "scheme": scheme, "bits_per_weight": bits, "saved_share": 0.8,
        }
        for run in runs.to_dict("records")
        for scheme, bits in (("circuit wired", 1.6), ("circuit configured", 1.6 + 0.02 * run["gate_count"]))
    ]  # fmt: skip
    return _told(pd.DataFrame(stored + circuits, columns=names("compression")), runs)[names("compression")]


def sensitivity(layers=("conv1", "conv2")):
    """Losses that grow with the error, steeply in the first layer, in three parts."""
    errors = np.arange(-128, 128, 4)
    rows = [
        {
            "model": "m", "model_sha256": "0" * 64, "dataset": "mnist", "split": "test", "images": 1000,
            "overflow": "saturate", "layer": layer, "part": part, "error": int(error), "top1": 99 - scale * abs(error),
            "top5": 100.0, "loss": 0.1, "reference_top1": 99.0, "accuracy_loss": scale * abs(error),
        }
        for layer, steep in zip(layers, (0.5, *(0.01,) * (len(layers) - 1)), strict=True)
        for part, scale in (("core", steep / 2), ("outside", steep / 4), ("everywhere", steep))
        for error in errors
    ]  # fmt: skip
    return pd.DataFrame(rows)


def frames(runs):
    """Every frame that a figure can take, over these runs."""
    return {
        "runs": runs,
        # Of one grid, since grids are not pooled, and within budget, so that no block lacks a cell.
        "image_losses": runs.assign(image_loss=None, grid="5x5", error=0),
        "progress": _improvements(runs),
        "accuracies": _accuracies(runs),
        "gate_usage": _gates(runs),
        "synthesis": _syntheses(runs),
        "compression": _compressions(runs),
        "sensitivity": sensitivity(
            tuple(runs["layer"].unique()) if runs["layer"].nunique() > 1 else ("conv1", "conv2")
        ),
    }
