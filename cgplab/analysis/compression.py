"""What a run really compresses: bits, memory accesses and energy, beside other ways to store the same weights.

Definitions and limits: docs/memory.md.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from math import ceil, log2, nan
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from cgplab.analysis.baselines import Baseline, baselines
from cgplab.analysis.columns import names
from cgplab.analysis.scope import Scope, scope_of
from cgplab.analysis.sound import left_out
from cgplab.cgp import Circuit, CostTable
from cgplab.cgp.operators import CODE_OF_ID, CODED
from cgplab.errors import InputError
from cgplab.hardware.memory import DEFAULT_LEVEL, Level, MemoryModel, load_memory, saving
from cgplab.store import Run
from cgplab.store.row import within_budget

if TYPE_CHECKING:
    import pandas as pd

WEIGHT_BITS = 8
WIRED, CONFIGURED = "circuit wired", "circuit configured"

Accuracies = Mapping[tuple[object, ...], tuple[float, float]]
"""By (scope key, scheme): top-1 in per cent, and accuracy loss in percentage points."""


@dataclass(frozen=True)
class Description:
    """Bits that configure a circuit.

    Attributes
    ----------
    selector : int
        Outputs x ceil(log2 of the distinct pins they take).
    circuit : int
        For every active gate ceil(log2 of the operators) and, for every pin it reads, ceil(log2 of inputs and
        active gates).
    """

    selector: int
    circuit: int


def describe(circuit: Circuit) -> Description:
    """Bits that would configure a circuit if its gates and wires were not fixed."""
    active = np.flatnonzero(circuit.active_gates())
    sources = len(np.unique(circuit.outputs))
    reads = int(circuit.pins_read()[active].sum())
    return Description(
        selector=circuit.n_outputs * _bits(sources),
        circuit=len(active) * _bits(len(CODED)) + reads * _bits(circuit.n_inputs + len(active)),
    )


def energy_per_operation(circuit: Circuit, costs: CostTable, n_vectors: int = 1) -> float:
    """Energy of one evaluation of a circuit, pJ: energy per operation of its active gates; NaN if unknown."""
    if not costs.gives("energy_per_op"):
        return nan
    active = np.flatnonzero(circuit.active_gates())
    codes = [CODE_OF_ID[function] for function in circuit.gates[active, -1].tolist()]
    quanta: NDArray[np.int64] = costs.column("energy_per_op", n_vectors)[codes]
    return float(quanta.sum()) * 1e-12


def compression(
    runs: Sequence[Run],
    memory: MemoryModel | None = None,
    level: str = DEFAULT_LEVEL,
    reads: float = 1.0,
    datasets: Mapping[str, str] | None = None,
    accuracies: Accuracies | None = None,
) -> "pd.DataFrame":
    """One row per run and way of building its circuit, and per baseline of the same weights.

    Parameters
    ----------
    runs : sequence of Run
        Each with a circuit and a known model.
    memory : MemoryModel, optional
    level : str
        Level of it that weights are read from.
    reads : float
        How often an inference reads, or makes, a weight.
    datasets : mapping, optional
        ``dataset/split`` of the accuracies by name of the model; default: what a run was measured on last.
    accuracies : mapping, optional
        Of the baselines, see :data:`Accuracies`.

    Returns
    -------
    pandas.DataFrame
        Runs with a damaged file are left out with a warning.
        Columns of the frame ``compression``, energies zero-based, per inference; baselines of a scope come before its
        runs.

    Raises
    ------
    InputError
        A run has no circuit, or its model is unknown, absent or has changed.
    """
    import pandas as pd

    model = memory or load_memory()
    reader = _Reader(model, model.level(level), level, reads, datasets or {})
    rows: list[dict[str, Any]] = []
    for number, (scope, members) in enumerate(group_by_scope(runs), 1):
        labels = {"scope": number, **_labels(members[0][0])}
        for baseline in baselines(scope):
            found = (accuracies or {}).get((scope.key, baseline.scheme))
            rows.append({**labels, **reader.baseline(scope, members[0][0].manifest.model, baseline, found)})
        for run, own in members:
            try:
                found_rows = reader.run(run, own)
            except InputError as error:
                if not run.has_best():
                    raise
                left_out(run, error)
                continue
            rows += [{**labels, **_labels(run), **row} for row in found_rows]
    return pd.DataFrame(rows, columns=names("compression"))


def group_by_scope(runs: Iterable[Run]) -> list[tuple[Scope, list[tuple[Run, Scope]]]]:
    """Runs about the same weights together, in the order of their first run.

    The weights of a group are the same; which of them are kept can differ from run to run.
    """
    groups: dict[tuple[object, ...], list[tuple[Run, Scope]]] = {}
    for run in runs:
        scope = scope_of(run)
        groups.setdefault(scope.key, []).append((run, scope))
    return [(members[0][1], members) for members in groups.values()]


@dataclass(frozen=True)
class _Reader:
    """Fills in rows for one memory."""

    memory: MemoryModel
    level: Level
    level_name: str
    reads: float
    datasets: Mapping[str, str]

    def baseline(
        self, scope: Scope, model: str, baseline: Baseline, accuracy: tuple[float, float] | None
    ) -> dict[str, Any]:
        lookups = baseline.lookups * WEIGHT_BITS * self._register_energy_per_bit()
        lossless = baseline.values is None
        top1, loss = accuracy if accuracy is not None else (None, None)
        return {
            "scheme": baseline.scheme,
            "id": None,
            "kernel": None,
            "strategy": None,
            "within": None,
            "n_kept": None,
            "area": None,
            **self._bits(scope, baseline.bits, table=baseline.side_bits),
            **_errors(scope, None if lossless else baseline.values),
            **self._energies(scope, baseline.bits, lookups, baseline.side_bits),
            "accuracy": top1,
            "accuracy_loss": loss,
            "dataset": self.datasets.get(model) if accuracy is not None else None,
        }

    def run(self, run: Run, scope: Scope) -> list[dict[str, Any]]:
        circuit = run.best()
        description = describe(circuit)
        decoding = energy_per_operation(circuit, run.costs(), circuit.dataset_size)
        measured = run.metrics()
        last = max(measured, key=lambda key: measured[key]["measured"], default=None)
        name = self.datasets.get(run.manifest.model, last)
        accuracy: Mapping[str, Any] = measured.get(name, {}) if name is not None else {}
        kept = float(WEIGHT_BITS * scope.n_kept)
        common = {
            "id": run.id,
            "kernel": run.manifest.kernel,
            "strategy": run.manifest.strategy,
            "within": within_budget(run.status.error, run.manifest.threshold),
            "n_kept": scope.n_kept,
            "area": run.status.area,
            **_errors(scope, scope.values_in(run.weights())),
            "accuracy": accuracy.get("top1"),
            "accuracy_loss": accuracy.get("accuracy_loss"),
            "dataset": name if accuracy else None,
        }
        selector, gates = float(description.selector), float(description.circuit)
        return [
            {
                **common,
                "scheme": WIRED,
                **self._bits(scope, kept),
                **self._energies(scope, kept, decoding, 0.0),
            },
            {
                **common,
                "scheme": CONFIGURED,
                **self._bits(scope, kept, selector, gates),
                **self._energies(scope, kept, decoding, selector + gates),
            },
        ]

    def _bits(
        self, scope: Scope, kept: float, selector: float = 0.0, gates: float = 0.0, table: float = 0.0
    ) -> dict[str, Any]:
        return {
            "n_weights": scope.n_weights,
            "kept_bits": kept,
            "selector_bits": selector,
            "circuit_bits": gates,
            "table_bits": table,
            "bits_per_weight": (kept + selector + gates + table) / scope.n_weights,
        }

    def _energies(self, scope: Scope, bits: float, decoding: float, configuration: float) -> dict[str, Any]:
        before = WEIGHT_BITS * scope.n_weights * self.reads
        saved = saving(
            before,
            bits * self.reads,
            decoding,
            self.level.energy_per_bit,
            evaluations=self.reads,
            configuration_bits=configuration,
        )
        return {
            "memory": f"{self.memory.name}/{self.level_name}",
            "read_energy": saved.after,
            "decode_energy": saved.decoding,
            "saved_energy": saved.net,
            "saved_share": saved.share,
            # Where nothing is saved nor spent, there is nothing to break even.
            "break_even_evaluations": saved.break_even_evaluations if saved.net else None,
            "break_even_pj_per_bit": saved.break_even_pj_per_bit if saved.net else None,
            "break_even_inferences": saved.break_even_inferences if saved.net else None,
        }

    def _register_energy_per_bit(self) -> float:
        return self.memory.levels["rf"].energy_per_bit if "rf" in self.memory.levels else 0.0


def _labels(run: Run) -> dict[str, Any]:
    return {"model": run.manifest.model, "layer": run.manifest.layer, "selection": run.manifest.selection}


def _errors(scope: Scope, values: Mapping[str, NDArray[np.int8]] | None) -> dict[str, Any]:
    if values is None:
        return {"mse": 0.0, "max_error": 0}
    own = scope.weights()
    difference = np.concatenate([values[name].astype(np.int64) - own[name] for name in values])
    return {"mse": float((difference**2).sum()) / scope.n_weights, "max_error": int(np.abs(difference).max())}


def _bits(choices: int) -> int:
    """Bits that tell one of some choices."""
    return ceil(log2(choices)) if choices > 1 else 0
