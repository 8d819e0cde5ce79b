"""One run's directory: what is in it and how it is written and read."""

import json
from collections.abc import Iterable
from dataclasses import asdict, dataclass, replace
from datetime import UTC, datetime
from functools import cached_property
from pathlib import Path
from typing import Any, Self

import numpy as np
from numpy.typing import NDArray

from cgplab.cgp import Circuit
from cgplab.errors import InputError
from cgplab.files import read_json, read_npz, write_json, write_npz
from cgplab.store.manifest import Manifest
from cgplab.store.states import State

MANIFEST = "manifest.json"
STATUS = "status.json"
BEST = "best.npz"
WEIGHTS = "weights.npz"
METRICS = "metrics.json"


def now() -> str:
    """Time of day in UTC, ISO 8601 with milliseconds."""
    return datetime.now(UTC).isoformat(timespec="milliseconds")


@dataclass(frozen=True)
class Status:
    """Where a run stands; replaced as a whole.

    ``energy``, ``area`` and ``delay`` are in pJ, um2 and ns; ``seconds`` are spent searching. Measures are
    None until the run has a circuit. ``bound`` is a cost no circuit can beat, in the objective's unit, and
    ``proved`` says whether the constructive solver met it; None for methods without it.
    """

    state: State
    updated: str
    reason: str | None = None
    pid: int | None = None
    attempt: int = 0
    kernel: str | None = None
    phase: str | None = None
    generation: int = 0
    children: int = 0
    accepted: int = 0
    improved: int = 0
    neutral: int = 0
    rejected_early: int = 0
    seconds: float = 0.0
    error: int | None = None
    energy: float | None = None
    area: float | None = None
    delay: float | None = None
    depth: int | None = None
    gate_count: int | None = None
    bound: float | None = None
    proved: bool | None = None

    @classmethod
    def from_json(cls, fields: Any, path: Path) -> Self:
        """Status from decoded JSON; InputError when it is not one."""
        try:
            return cls(**{**fields, "state": State(fields["state"])})
        except (TypeError, KeyError, ValueError) as error:
            raise InputError(f"{path} is not a run status: {error}") from error


class Run:
    """A run in a store.

    Parameters
    ----------
    directory : Path
        Named by the run's id.
    """

    def __init__(self, directory: Path) -> None:
        self.directory = directory

    @property
    def id(self) -> str:
        """Identifier of the run."""
        return self.directory.name

    @cached_property
    def manifest(self) -> Manifest:
        """What was asked for."""
        return Manifest.read(self.directory / MANIFEST)

    @property
    def status(self) -> Status:
        """Where the run stands now."""
        path = self.directory / STATUS
        return Status.from_json(read_json(path), path)

    def write_status(self, status: Status) -> None:
        """Replace the status, stamping it with the time."""
        write_json(self.directory / STATUS, asdict(replace(status, updated=now())))

    def open_progress(self, attempt: int) -> "ProgressWriter":
        """Writer of this attempt's progress."""
        return ProgressWriter(self.directory / f"progress.{attempt}.jsonl")

    def progress(self) -> list[dict[str, Any]]:
        """Rows of all attempts in order; a torn last line is left out."""
        rows: list[dict[str, Any]] = []
        for path in sorted(self.directory.glob("progress.*.jsonl"), key=lambda p: int(p.name.split(".")[1])):
            lines = path.read_text(encoding="utf-8").splitlines(keepends=True)
            rows += [json.loads(line) for line in lines if line.endswith("\n")]
        return rows

    def write_best(self, circuit: Circuit) -> None:
        """Store the best circuit."""
        g = circuit.geometry
        write_npz(
            self.directory / BEST,
            {
                "gates": circuit.gates,
                "outputs": circuit.outputs,
                "geometry": np.array([g.n_inputs, g.n_outputs, g.rows, g.cols, g.l_back, circuit.dataset_size]),
            },
        )

    def best(self) -> Circuit:
        """Best circuit; InputError when there is none or it is damaged."""
        path = self.directory / BEST
        arrays = read_npz(path)
        try:
            n_in, n_out, rows, cols, l_back, dataset_size = arrays["geometry"].tolist()
            return Circuit(n_in, n_out, rows, cols, l_back, arrays["gates"], arrays["outputs"], dataset_size)
        except (KeyError, ValueError) as error:
            raise InputError(f"{path} does not hold a circuit ({error}); run again") from error

    def write_weights(self, outputs: NDArray[np.int8], layers: dict[str, NDArray[np.int8]]) -> None:
        """Store inferred weights.

        Parameters
        ----------
        outputs : (d, n_out) int8
            Outputs of the best circuit.
        layers : {layer: int8 array}
            Whole weight arrays with the outputs in place.
        """
        write_npz(self.directory / WEIGHTS, {"outputs": outputs, **{f"layer.{n}": w for n, w in layers.items()}})

    def weights(self) -> dict[str, NDArray[np.int8]]:
        """Whole weight arrays by layer, with the inferred weights in place."""
        arrays = read_npz(self.directory / WEIGHTS)
        return {name.removeprefix("layer."): array for name, array in arrays.items() if name.startswith("layer.")}

    def has_weights(self) -> bool:
        """Whether inferred weights are stored."""
        return (self.directory / WEIGHTS).is_file()

    def write_metrics(self, metrics: dict[str, dict[str, Any]]) -> None:
        """Store accuracies by ``dataset/split``, replacing those of the same name."""
        write_json(self.directory / METRICS, {**self.metrics(), **metrics})

    def metrics(self) -> dict[str, dict[str, Any]]:
        """Accuracies by ``dataset/split``; empty when none were measured."""
        path = self.directory / METRICS
        if not path.is_file():
            return {}
        metrics = read_json(path)
        if not isinstance(metrics, dict):
            raise InputError(f"{path} does not hold metrics; measure them again with: cgplab metrics")
        return metrics

    def row(self, dataset: str | None = None) -> dict[str, Any]:
        """Row of the table of runs; see :data:`cgplab.store.columns.RUN_COLUMNS`.

        Parameters
        ----------
        dataset : str, optional
            ``dataset/split`` whose accuracy to show; default: the one measured last.
        """
        manifest, status, metrics = self.manifest, self.status, self.metrics()
        chosen = dataset if dataset is not None else max(metrics, key=lambda n: metrics[n]["measured"], default=None)
        accuracy = metrics.get(chosen, {}) if chosen is not None else {}
        return {
            "id": self.id,
            "batch": manifest.batch,
            "state": status.state.value,
            "reason": status.reason,
            "model": manifest.model,
            "layer": manifest.layer,
            "kernel": manifest.kernel,
            "selection": manifest.selection,
            "strategy": manifest.strategy,
            "grid": manifest.grid,
            "l_back": manifest.l_back,
            "method": manifest.method,
            "seed": manifest.seed,
            "costs": manifest.costs,
            "generation": status.generation,
            "seconds": status.seconds,
            "n_inputs": manifest.n_inputs,
            "n_outputs": manifest.n_outputs,
            "missing_weights": manifest.missing_weights,
            "threshold": manifest.threshold,
            "error": status.error,
            "energy": status.energy,
            "area": status.area,
            "delay": status.delay,
            "depth": status.depth,
            "gate_count": status.gate_count,
            "bound": status.bound,
            "proved": status.proved,
            "accuracy": accuracy.get("top1"),
            "top5": accuracy.get("top5"),
            "loss": accuracy.get("loss"),
            "accuracy_loss": accuracy.get("accuracy_loss"),
            "dataset": chosen if accuracy else None,
        }


class ProgressWriter:
    """Append-only rows of one attempt; one writer, whole lines."""

    def __init__(self, path: Path) -> None:
        try:
            self._file = path.open("a", encoding="utf-8")
        except OSError as error:
            raise InputError(f"cannot write {path}: {error.strerror}") from error

    def write(self, rows: Iterable[dict[str, Any]]) -> None:
        """Append rows and hand them to the operating system."""
        text = "".join(json.dumps(row, separators=(",", ":")) + "\n" for row in rows)
        if text:
            self._file.write(text)
            self._file.flush()

    def close(self) -> None:
        """Close the file."""
        self._file.close()
