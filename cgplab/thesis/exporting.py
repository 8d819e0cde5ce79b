"""Write stored runs as the original's files.

An imported run gives back the files it came with. Any other run is written anew, in the directory
``SELECTION/LAYER_mse_T_ROWS_COLS`` with the other runs of the same setting.
"""

import re
import shutil
import tempfile
import zlib
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import Any
from zipfile import BadZipFile, ZipFile

from cgplab.cgp import Problem
from cgplab.errors import InputError
from cgplab.hardware.quantized import PLAIN_ENTRIES, to_quantized_text
from cgplab.store import Run
from cgplab.system_errors import explained
from cgplab.thesis.accounting import Accounting
from cgplab.thesis.config import FINAL, final_line, write_config
from cgplab.thesis.directory import CONFIG, DATA, PARAMETERS, STATISTICS
from cgplab.thesis.gate_parameters import GateParameters
from cgplab.thesis.gate_statistics import write_gate_statistics
from cgplab.thesis.importing import FILES, METHOD, read_record
from cgplab.thesis.model_metrics import Metrics, metrics_name, write_metrics
from cgplab.thesis.statistics import Row, write_statistics
from cgplab.thesis.train_data import write_train_data
from cgplab.thesis.weights import write_weights
from cgplab.unpacked_size import check_zip
from cgplab.work import run_problem

CONFIG_STOPS = {
    "error": "mse_early_stop",
    "energy": "energy_early_stop",
    "delay": "delay_early_stop",
    "depth": "depth_early_stop",
    "gate_count": "gate_count_early_stop",
}


@dataclass(frozen=True)
class Exported:
    """Where a run was written: the experiment's directory below the target, and the number it has there."""

    id: str
    experiment: str
    run: int


def export_runs(
    runs: Sequence[Run], out: Path, archive: bool = False, done: Callable[[Exported], None] | None = None
) -> list[Exported]:
    """Write runs as experiments of the original; everything, or nothing.

    Parameters
    ----------
    runs : sequence of Run
        Each with a circuit, or imported.
    out : Path
        Must not exist, or be empty.
    archive : bool
        Write statistics as ``.csv.zip``.
    done : callable, optional
        Called after every run.

    Raises
    ------
    InputError
        The target is in use, a run has no circuit yet, or its model has changed.
    """
    if out.exists() and (not out.is_dir() or any(out.iterdir())):
        raise InputError(f"{out} exists and is not an empty directory; name another with --out")
    try:
        out.parent.mkdir(parents=True, exist_ok=True)
        temporary = Path(tempfile.mkdtemp(dir=out.parent, prefix=f".{out.name}."))
    except OSError as error:
        raise explained(f"cannot write {out}", error) from error
    try:
        results = []
        for run, experiment, number in _places(runs):
            directory = temporary / experiment
            if run.manifest.method == METHOD:
                _give_back(run, directory, number, archive)
            else:
                _write(run, directory, number, archive)
            results.append(Exported(run.id, experiment, number))
            if done is not None:
                done(results[-1])
        temporary.chmod(0o755)
        if out.exists():
            out.rmdir()
        temporary.rename(out)
    except BaseException:
        shutil.rmtree(temporary, ignore_errors=True)
        raise
    return results


def _places(runs: Iterable[Run]) -> Iterable[tuple[Run, str, int]]:
    """Experiment and number of every run; runs of one setting share an experiment."""
    names: dict[str, str] = {}
    taken: set[tuple[str, int]] = set()
    for run in runs:
        m = run.manifest
        if m.method == METHOD:
            record = read_record(run)
            base, number = record["experiment"], record["run"]
            setting = f"{base} {m.threshold} {m.grid} {m.l_back} {m.costs_sha256} {m.batch}"
        else:
            rows, cols = m.grid.split("x")
            base, number = f"{_part(m.selection)}/{_part(m.layer)}_mse_{m.strategy}_{rows}_{cols}", 1
            setting = repr(
                (base, m.model_sha256, m.parameters, m.method, m.metric, m.l_back, m.settings, m.costs_sha256)
            )
        if PurePosixPath(base).is_absolute() or ".." in PurePosixPath(base).parts:
            raise InputError(f"run {m.id} names its experiment {base!r}, outside of the export; leave it out")
        if setting not in names:
            names[setting] = _free(base, set(names.values()))
        experiment = names[setting]
        while (experiment, number) in taken:
            number += 1
        taken.add((experiment, number))
        yield run, experiment, number


def _part(name: str) -> str:
    """A name as one part of a path, whatever it holds."""
    return re.sub(r"[^\w.+-]", "_", name)[:100].lstrip(".") or "_"


def _free(base: str, taken: set[str]) -> str:
    name, count = base, 1
    while name in taken:
        count += 1
        name = f"{base}_{count}"
    return name


def _give_back(run: Run, directory: Path, number: int, archive: bool) -> None:
    """Files of an imported run, under the number it has now."""
    source = run.directory / FILES
    was = read_record(run)["run"]
    for path in sorted(source.rglob("*")):
        if not path.is_file():
            continue
        name = path.relative_to(source)
        if number != was and len(name.parts) > 1:
            name = name.with_name(_renumbered(name.name, was, number))
        target = directory / name
        target.parent.mkdir(parents=True, exist_ok=True)
        if path.parent.name == "fitness" and not archive:
            try:
                with ZipFile(path) as packed:
                    check_zip(packed, path.stat().st_size, str(path), "export with --zip")
                    with packed.open(packed.namelist()[0]) as member, target.with_suffix("").open("wb") as unpacked:
                        shutil.copyfileobj(member, unpacked)
            except OSError as error:
                raise explained(f"cannot unpack {path}", error) from error
            except (BadZipFile, zlib.error, EOFError, NotImplementedError, IndexError) as error:
                raise InputError(f"{path} is damaged ({error}); import the run again") from error
        else:
            shutil.copyfile(path, target)


def _renumbered(name: str, was: int, number: int) -> str:
    parts = name.split(".")
    # The run's number is the last one, save in statistics.RUN.ID.txt of the gates.
    index = 1 if parts[0] == "statistics" else max(i for i, part in enumerate(parts) if part == str(was))
    parts[index] = str(number)
    return ".".join(parts)


def _write(run: Run, directory: Path, number: int, archive: bool) -> None:
    """A run of our own in the original's files."""
    if not run.has_weights():
        raise InputError(f"run {run.id} has no circuit yet ({run.status.state.value}); wait for it, or leave it out")
    problem = run_problem(run)
    circuit, manifest = run.best(), run.manifest
    costs = run.costs()
    directory.mkdir(parents=True, exist_ok=True)
    (directory / PARAMETERS).write_text(to_quantized_text(costs, circuit.rows, circuit.cols), encoding="utf-8")
    parameters = GateParameters.read(directory / PARAMETERS)
    settings = _settings(run, problem)
    write_config(directory / CONFIG, settings)
    write_train_data(directory / DATA, problem)
    measures = Accounting(problem, parameters).measure(circuit)
    final = Row(
        place="",
        run=number,
        generation=max(run.status.generation, 1),
        timestamp=run.status.seconds,
        error=measures.errors[manifest.metric],
        quantized_energy=measures.quantized_energy,
        energy=measures.energy,
        area=measures.area,
        quantized_delay=measures.quantized_delay,
        delay=measures.delay,
        depth=measures.depth,
        gate_count=measures.gate_count,
        chromosome=circuit.to_text(),
    )
    suffix = ".csv.zip" if archive else ".csv"
    write_statistics(
        directory / STATISTICS / f"statistics.{number}{suffix}",
        [*(_row(row, number) for row in run.progress()), final],
    )
    write_weights(directory / "weights" / f"weights.{number}.txt", measures.outputs)
    write_config(directory / "cgp_configs" / f"cgp.{number}.config", {**settings, FINAL: final_line(final)})
    write_gate_statistics(directory / "gate_statistics" / f"statistics.{number}.1.txt", measures.usage)
    for name, metrics in run.metrics().items():
        dataset, _, split = name.rpartition("/")
        write_metrics(
            directory / "model_metrics" / metrics_name(_part(dataset), _part(split), directory.name, number),
            [Metrics(final, metrics["top1"], metrics.get("top5"), metrics.get("loss"))],
        )


def _settings(run: Run, problem: Problem) -> dict[str, Any]:
    manifest = run.manifest
    given = manifest.settings
    rows, cols = manifest.grid.split("x")
    known = {
        "function_input_arity": max(2, problem.n_vectors),
        "function_output_arity": 1,
        "output_count": problem.n_outputs,
        "input_count": problem.n_inputs,
        # The original makes half as many children.
        "population_max": None if given["children"] is None else 2 * given["children"],
        "mutation_max": given["mutation_rate"],
        "row_count": rows,
        "col_count": cols,
        "look_back_parameter": manifest.l_back,
        "generation_count": given["generations"],
        "number_of_runs": 1,
        "function_count": len(PLAIN_ENTRIES) + 2 * (problem.n_vectors > 1),
        "input_file": DATA,
        "output_file": "cgp_configs/cgp.{run}.config",
        "cgp_statistics_file": f"{STATISTICS.as_posix()}/statistics.{{run}}.csv",
        "gate_parameters_file": PARAMETERS,
        "train_weights_file": "weights/weights.{run}.txt",
        "mse_threshold": manifest.threshold,
        "dataset_size": problem.n_vectors,
        "patience": given["patience"],
        **{key: given["stops"].get(measure, "inf") for measure, key in CONFIG_STOPS.items()},
        "expected_value_min": -128,
        "expected_value_max": 127,
    }
    return {key: value for key, value in known.items() if value is not None}


def _row(row: dict[str, Any], number: int) -> Row:
    return Row(
        place="",
        run=number,
        generation=max(row["generation"], 1),
        timestamp=row["seconds"],
        quantized_energy=None,
        quantized_delay=None,
        chromosome=None,
        **{name: row.get(name) for name in ("error", "energy", "area", "delay", "depth", "gate_count")},
    )
