"""Read an experiment of the original and hold every logged chromosome against our core."""

import hashlib
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from cgplab.cgp import Circuit, Problem
from cgplab.cgp.geometry import MAX_GENES
from cgplab.errors import InputError
from cgplab.thesis.accounting import Accounting, Measures, check_fit, read_chromosome
from cgplab.thesis.check import Difference, differences, metric_of
from cgplab.thesis.config import SIZES, Config
from cgplab.thesis.directory import Experiment
from cgplab.thesis.gate_parameters import GateParameters
from cgplab.thesis.gate_statistics import read_gate_statistics
from cgplab.thesis.model_metrics import Metrics, find_metrics, read_metrics
from cgplab.thesis.statistics import Row, read_statistics
from cgplab.thesis.train_data import read_train_data
from cgplab.thesis.weights import read_weights

Progress = Callable[[str, int, int], None]
"""Called with the file being read, its rows so far, and chromosomes evaluated so far."""


@dataclass(eq=False)
class ReadRun:
    """One run of an experiment.

    Attributes
    ----------
    run : int
        Number in the file names.
    statistics : Path
    rows : list of Row
        Without their chromosomes.
    logged : list of (Row, Measures)
        Rows that have a chromosome, and what our core makes of it.
    final : Row or None
        From the final configuration; None for a run that never ended.
    best : Circuit or None
        Final circuit, else the last one logged; None where no chromosome was logged.
    measures : Measures or None
        Of ``best``.
    metrics : dict
        Rows of accuracies by data set and split.
    files : dict of str to Path
        Every file of the run by its name in the original's layout.
    digest : bytes
        Of the run's content.
    differences : list of Difference
    """

    run: int
    statistics: Path
    rows: list[Row] = field(default_factory=list)
    logged: list[tuple[Row, Measures]] = field(default_factory=list)
    final: Row | None = None
    best: Circuit | None = None
    measures: Measures | None = None
    metrics: dict[tuple[str, str], list[Metrics]] = field(default_factory=dict)
    files: dict[str, Path] = field(default_factory=dict)
    digest: bytes = b""
    differences: list[Difference] = field(default_factory=list)


@dataclass(eq=False)
class ReadExperiment:
    """An experiment with its runs, checked."""

    experiment: Experiment
    config: Config
    problem: Problem
    parameters: GateParameters
    accounting: Accounting
    threshold: int
    metric: str
    runs: list[ReadRun]


def read_experiment(
    experiment: Experiment, metric: str | None = None, progress: Progress | None = None
) -> ReadExperiment:
    """Read and check an experiment; nothing is written.

    Parameters
    ----------
    experiment : Experiment
    metric : {"SE", "MSE", "AE"}, optional
        Error metric of the program; default: the one that agrees with most rows.
    progress : callable, optional

    Raises
    ------
    InputError
        A file is missing, cut off or damaged; the message names file and line.
    """
    config = Config.read(experiment.config)
    if config.whole("function_output_arity", 1) != 1:
        raise InputError(
            f"{config.place('function_output_arity')}: only circuits with one output per gate can be imported"
        )
    for key in SIZES:
        config.whole(key, least=1, most=MAX_GENES)
    problem = read_train_data(
        experiment.data,
        config.whole("input_count"),
        config.whole("output_count"),
        config.whole("dataset_size", 1, 1, MAX_GENES),
    )
    text = experiment.parameters
    table = text.with_suffix(".csv")
    parameters = GateParameters.read_csv(table) if not text.is_file() and table.is_file() else GateParameters.read(text)
    threshold = config.whole("mse_threshold")
    accounting = Accounting(problem, parameters)
    shared = {experiment.config: "", experiment.data: "", (text if text.is_file() else table): ""}
    runs = []
    for number, path in experiment.statistics().items():
        read = _Reader(experiment, config, accounting, number, path, progress).read()
        read.files |= {file.name: file for file in shared}
        runs.append(read)
    pairs = [(row.error, measures.errors) for read in runs for row, measures in read.logged]
    chosen = metric or metric_of(pairs)
    for read in runs:
        found = [d for row, measures in read.logged for d in differences(row, measures, chosen)]
        read.differences = [*found, *read.differences]
    return ReadExperiment(experiment, config, problem, parameters, accounting, threshold, chosen, runs)


class _Reader:
    """Reads the files of one run."""

    def __init__(
        self,
        experiment: Experiment,
        config: Config,
        accounting: Accounting,
        run: int,
        statistics: Path,
        progress: Progress | None,
    ) -> None:
        self.experiment = experiment
        self.accounting = accounting
        self.problem = accounting.problem
        self.sizes = (
            self.problem.n_inputs, self.problem.n_outputs, config.whole("row_count"), config.whole("col_count"),
            self.problem.n_vectors,
        )  # fmt: skip
        self.progress = progress
        self.read_run = ReadRun(run, statistics)
        self._last: tuple[str, Circuit, Measures] | None = None
        self._digest = hashlib.sha256(repr(sorted(config.values.items())).encode())
        self._digest.update(self.problem.inputs.tobytes() + self.problem.targets.tobytes())

    def read(self) -> ReadRun:
        """Everything there is about the run."""
        self._statistics()
        self._final()
        self._weights()
        self._gate_statistics()
        self._metrics()
        self.read_run.digest = self._digest.digest()
        return self.read_run

    def _measure(self, row: Row) -> Measures:
        """Measures of a row's chromosome; the circuit becomes the best so far."""
        assert row.chromosome is not None
        if self._last is None or self._last[0] != row.chromosome:
            try:
                circuit, multiplexed = read_chromosome(row.chromosome)
                check_fit(circuit, multiplexed, self.sizes, row.place)
                self._last = (row.chromosome, circuit, self.accounting.measure(circuit, multiplexed))
            except InputError as error:
                text = str(error)
                raise InputError(text if text.startswith(row.place) else f"{row.place}: {text}") from error
        _, self.read_run.best, self.read_run.measures = self._last
        return self.read_run.measures

    def _statistics(self) -> None:
        path = self.read_run.statistics
        name = f"train_statistics/fitness/{path.name}"
        for row in read_statistics(path):
            self._digest.update("\0".join(row.texts().values()).encode())
            if row.chromosome is not None:
                measures = self._measure(row)
                self.read_run.logged.append((_light(row), replace(measures, outputs=_NOTHING)))
            self.read_run.rows.append(_light(row))
            if self.progress is not None:
                self.progress(str(path), len(self.read_run.rows), len(self.read_run.logged))
        if not self.read_run.rows:
            raise InputError(f"{path} has no rows; remove the file, or fetch it again")
        self.read_run.files[name] = path

    def _final(self) -> None:
        path = self.experiment.final_config(self.read_run.run)
        if not path.is_file():
            return
        self.read_run.files[f"cgp_configs/{path.name}"] = path
        final = Config.read(path).final()
        if final is None:
            return
        last = self.read_run.rows[-1]
        final = replace(final, run=last.run, generation=last.generation)
        self.read_run.final = _light(final)
        if final.chromosome is not None:
            measures = self._measure(final)
            self.read_run.logged.append((_light(final), replace(measures, outputs=_NOTHING)))

    def _weights(self) -> None:
        path = self.experiment.weights(self.read_run.run)
        if not path.is_file():
            return
        self.read_run.files[f"weights/{path.name}"] = path
        theirs = read_weights(path, self.problem.n_vectors, self.problem.n_outputs)
        measures = self.read_run.measures
        if measures is None or measures.multiplexed:
            return
        wrong = np.argwhere(theirs != measures.outputs)
        for vector, output in wrong[:5].tolist():
            self.read_run.differences.append(
                Difference(
                    f"{path}, vector {vector + 1}",
                    f"weight {output + 1}",
                    str(theirs[vector, output]),
                    str(measures.outputs[vector, output]),
                )
            )
        if len(wrong) > 5:
            self.read_run.differences.append(
                Difference(str(path), "weights", f"{len(wrong)} weights that differ", "the first 5 are listed")
            )

    def _gate_statistics(self) -> None:
        known = [measures.usage for _, measures in self.read_run.logged]
        for path in self.experiment.gate_statistics(self.read_run.run):
            usage = read_gate_statistics(path)
            self.read_run.files[f"gate_statistics/{path.name}"] = path
            # The file's id counts chromosomes of a list that is not kept; it has to fit one that was logged.
            if known and usage not in known:
                self.read_run.differences.append(
                    Difference(
                        str(path), "gates", _listed(usage), f"no logged chromosome like it; last: {_listed(known[-1])}"
                    )
                )

    def _metrics(self) -> None:
        name = Path(self.experiment.name).name
        for key, path in find_metrics(self.experiment.metrics_directories(), name, self.read_run.run).items():
            rows = read_metrics(path)
            self.read_run.files[f"model_metrics/{path.name}"] = path
            self.read_run.metrics[key] = [replace(metrics, row=_light(metrics.row)) for metrics in rows]
            for metrics in rows:
                if metrics.row.chromosome is not None:
                    circuit, multiplexed = read_chromosome(metrics.row.chromosome)
                    check_fit(circuit, multiplexed, self.sizes, metrics.row.place)
                    measures = self.accounting.measure(circuit, multiplexed)
                    self.read_run.logged.append((_light(metrics.row), replace(measures, outputs=_NOTHING)))


_NOTHING: NDArray[np.int8] = np.zeros((0, 0), dtype=np.int8)


def _light(row: Row) -> Row:
    """Row without its chromosome, which can be large."""
    return replace(row, chromosome=None)


def _listed(usage: dict[str, int]) -> str:
    return ", ".join(f"{name} {count}" for name, count in usage.items()) or "none"
