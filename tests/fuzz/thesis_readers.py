"""Readers of the original program's files, each damaged by itself in an experiment that is sound otherwise."""

import io
import zipfile
from collections.abc import Callable
from pathlib import Path

from tests.fuzz import mutation
from tests.fuzz.harness import Reader
from tests.fuzz.mutation import Seeds
from tests.fuzz.text_readers import CHROMOSOME, _gate_lines

_MEASURES = f'"0.5",3,7,0.5,12.0,9,1.5,2,2,"{CHROMOSOME}"\n'
_STATISTICS = f"1,1,{_MEASURES}1,20,{_MEASURES}" + '1,30,"0.7",inf,inf,inf,inf,inf,inf,nan,nan,""\n'
_METRICS = (
    "run,generation,timestamp,error,quantized_energy,energy,area,quantized_delay,delay,depth,gate_count,chromosome,"
    "Top-1,Top-5,Loss,Run ID\n" + f'1,1,0.5,3.0,1.2e+19,0.5,12.0,9,1.5,,2,"{CHROMOSOME}",99.1,100,0.03,1\n'
)
_FILES = {
    "train_cgp.config": (
        "function_input_arity: 2\nfunction_output_arity: 1\noutput_count: 2\ninput_count: 2\npopulation_max: 8\n"
        "mutation_max: 0.15\nrow_count: 1\ncol_count: 2\nlook_back_parameter: 3\ngeneration_count: 50000000\n"
        "number_of_runs: 1\nmse_threshold: 100\ndataset_size: 1\npatience: 125000\nenergy_early_stop: 0.000000\n"
        "delay_early_stop: inf\ndepth_early_stop: nan\n"
    ),
    "train.data": "-3 120\n4 x\n",
    "gate_parameters.txt": "",
    "train_statistics/fitness/statistics.1.csv": _STATISTICS,
    "weights/weights.1.txt": "4 -7\n",
    "gate_statistics/statistics.1.1.txt": "1: 1\nmul = 1\n3  1\n",
    "model_metrics/mnist.test.experiment.1.csv": _METRICS,
    "cgp_configs/cgp.1.config": (
        "row_count: 1\nbest_solution: error:3 quantized_energy:7 energy:0.5 area:12 quantized_delay:9 delay:1.5 "
        f"depth:2 gate_count:2 chromosome:{CHROMOSOME}\n"
    ),
}


def _sound() -> dict[str, bytes]:
    return {name: (text or _gate_lines()).encode() for name, text in _FILES.items()}


def _experiment(name: str, *, packed: bool = False) -> Callable[[Path], tuple[Seeds, Callable[[bytes], object]]]:
    def prepare(directory: Path) -> tuple[Seeds, Callable[[bytes], object]]:
        from cgplab.store import Store
        from cgplab.thesis import find_experiments, find_origin, read_experiment
        from cgplab.thesis.importing import _manifest

        place = directory / "experiment"
        files = _sound()
        for file, data in files.items():
            (place / file).parent.mkdir(parents=True, exist_ok=True)
            (place / file).write_bytes(data)
        target = place / f"{name}.zip" if packed else place / name
        if packed:
            (place / name).unlink()
        Store(directory / "store")

        def read(data: bytes) -> None:
            target.write_bytes(data)
            [experiment] = find_experiments(place)
            found = read_experiment(experiment)
            origin = find_origin(found.problem, "experiment")
            for run in found.runs:
                _manifest(found, run, origin, "01" * 13, "0" * 16)

        return ([_archive(files[name])] if packed else [files[name]]), read

    return prepare


def _archive(data: bytes) -> bytes:
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("statistics.1.csv", data)
    return target.getvalue()


def _parameters_csv(directory: Path) -> tuple[Seeds, Callable[[bytes], object]]:
    from cgplab.thesis.gate_parameters import LINE, GateParameters

    path = directory / "gate_parameters.csv"
    text = ",".join(LINE) + "\n" + "".join(",".join(line.split()) + "\n" for line in _gate_lines().splitlines())

    def read(data: bytes) -> None:
        path.write_bytes(data)
        GateParameters.read_csv(path).cost_table(2)

    return [text.encode()], read


_COVERS = {
    "train_cgp.config": ("config:Config.read", "reading:read_experiment", "directory:find_experiments"),
    "train.data": ("train_data:read_train_data",),
    "gate_parameters.txt": ("gate_parameters:GateParameters.read", "gate_parameters:GateParameters.from_fields"),
    "train_statistics/fitness/statistics.1.csv": ("statistics:read_statistics", "statistics:parse_row"),
    "weights/weights.1.txt": ("weights:read_weights", "text:read_lines"),
    "gate_statistics/statistics.1.1.txt": ("gate_statistics:read_gate_statistics",),
    "model_metrics/mnist.test.experiment.1.csv": ("model_metrics:read_metrics",),
    "cgp_configs/cgp.1.config": ("config:Config.read",),
}
THESIS = (
    *(
        Reader(
            f"original {name}",
            tuple(f"cgplab.thesis.{covered}" for covered in _COVERS[name]),
            _experiment(name),
            mutation.text,
            6,
        )
        for name in _FILES
    ),
    Reader(
        "original statistics.csv.zip", ("cgplab.thesis.statistics:read_statistics",),
        _experiment("train_statistics/fitness/statistics.1.csv", packed=True), mutation.packed, 4,
    ),
    Reader(
        "original gate_parameters.csv", ("cgplab.thesis.gate_parameters:GateParameters.read_csv",), _parameters_csv,
        mutation.text, 10,
    ),
)  # fmt: skip
