"""Readers of single texts and small files: circuits, options, cost tables, reports, libraries, models, data sets."""

import gzip
import io
import json
from collections.abc import Callable
from pathlib import Path
from random import Random

import numpy as np

from tests.fuzz import mutation
from tests.fuzz.harness import Reader
from tests.fuzz.mutation import Seeds
from tests.study.studies import text_of

CHROMOSOME = "{2,2,2,1,2,3,1}([2]0,1,1)([3]2,1,3)(3,2)"
COSTS = Path("data/costs/thesis45.csv")


def of_text(name: str, covers: str, read: Callable[[str], object], *seeds: str, weight: int = 20) -> Reader:
    """Reader of a text; bytes that are no UTF-8 come as lone surrogates, as in arguments and names of files."""

    def prepare(_: Path) -> tuple[Seeds, Callable[[bytes], object]]:
        return [seed.encode() for seed in seeds], lambda data: read(data.decode(errors="surrogateescape"))

    return Reader(name, tuple(covers.split()), prepare, mutation.text, weight)


def of_file(
    name: str,
    covers: str,
    file: str,
    read: Callable[[Path], object],
    seeds: Callable[[], Seeds],
    mutate: Callable[..., bytes] = mutation.text,
    weight: int = 20,
) -> Reader:
    """Reader of a file of a given name."""

    def prepare(directory: Path) -> tuple[Seeds, Callable[[bytes], object]]:
        path = directory / file
        path.parent.mkdir(parents=True, exist_ok=True)

        def once(data: bytes) -> object:
            path.write_bytes(data)
            return read(path)

        return seeds(), once

    return Reader(name, tuple(covers.split()), prepare, mutate, weight)


def _circuit(text: str) -> None:
    from cgplab.cgp import Circuit

    circuit = Circuit.from_text(text)
    circuit.active_gates()
    assert Circuit.from_text(circuit.to_text()) == circuit


def _chromosome(text: str) -> None:
    from cgplab.thesis.accounting import read_chromosome

    read_chromosome(text)


def _multiplexed() -> str:
    gates = "".join(f"([{2 + gate}]0,1,1)" for gate in range(256))
    return f"{{2,257,1,256,2,2,1}}{gates}({','.join(map(str, [*range(2, 258), 2147483647]))})"


def _grid(text: str) -> None:
    from cgplab.cgp import Geometry

    Geometry.from_grid(text, 2, 3).pin_low  # noqa: B018


def _stops(text: str) -> None:
    from cgplab.cgp import Settings
    from cgplab.cgp.settings import parse_stops

    Settings(stops=parse_stops([text])).stop_quanta  # noqa: B018


def _where(text: str) -> None:
    import pandas as pd

    from cgplab.analysis.filtering import where

    where(pd.DataFrame({"strategy": [0.0, 1.0, 5.0], "selection": ["a", "b", None]}), text.split())


def _address(text: str) -> None:
    from types import SimpleNamespace

    from cgplab.dashboard.address import Address

    location = SimpleNamespace(search=text)
    address = Address()
    address._read(location)
    address._write(location)


def _words(text: str) -> None:
    from cgplab.models.quantizing import parse_granularity
    from cgplab.running.sensitivity import parse_overflow

    for parse in (parse_granularity, parse_overflow):
        try:
            parse(text)
        except ValueError:
            continue


def _import_options(text: str) -> None:
    from cgplab.cli.model_import import _arguments, _normalization, _shape
    from cgplab.errors import InputError

    for read in (_arguments, _shape, lambda value: _normalization(value, value)):
        try:
            read(text)
        except InputError:
            continue


def _function(text: str) -> None:
    from cgplab.hardware.synthesis.boolean import parse_function

    parse_function(text)({name: np.zeros(2, bool) for name in "ABC"})


def _quantized_text(text: str) -> None:
    from cgplab.hardware.quantized import from_quantized_text

    from_quantized_text(text, "x")


def _gate_lines() -> str:
    from cgplab.hardware import load_costs
    from cgplab.hardware.quantized import to_quantized_text

    return to_quantized_text(load_costs(), 5, 5)


def _costs(path: Path) -> None:
    from cgplab.hardware.tables import load_costs

    load_costs.__wrapped__(str(path)).column("energy")


def _reports(path: Path) -> None:
    from cgplab.hardware.reports import read_reports

    for kind, text in _REPORTS.items():
        if not path.name.endswith(f"{kind}.txt"):
            (path.parent / f"add_{kind}.txt").write_text(text)
    read_reports(path.parent)


_REPORTS = {
    "power": "Report : power\nTotal          1.6013e-02 mW     1.3109e-02 mW       342.7999 nW     2.9e-2 mW\n1\n",
    "area": "Number of cells:      17\nTotal cell area:         67.579200\nTotal area:    undefined\n",
    "timing": "  data arrival time               0.59\n  data arrival time      -0.59\nNo paths.\n",
}
_LIBERTY = """library (tiny) { /* a comment */
  time_unit : "1ps"; leakage_power_unit : "1uW"; capacitive_load_unit (10, ff); nom_voltage : 2;
  lu_table_template (t) { variable_1 : total_output_net_capacitance; index_1 ("0, 10"); index_2 ("0, 1"); }
  cell (INV) { area : 3; cell_leakage_power : 5;
    pin (A) { direction : input; capacitance : 2; internal_power () { rise_power (t) { values ("1, 2", "3, 4"); } } }
    pin (Y) { direction : output; function : "(A + !A)' ^ 1";
      timing () { related_pin : "A"; cell_rise (t) { values ("1, 2", \\
          "11, 12"); } } } } }"""


def _liberty(path: Path) -> None:
    from cgplab.errors import InputError
    from cgplab.hardware.synthesis.adders import find_adder
    from cgplab.hardware.synthesis.library import read_liberty

    library = read_liberty(path)
    find_adder(library, 2)
    for cell in library.cells.values():
        for pin in cell.pins.values():
            for read in (
                lambda pin=pin: pin.arcs,
                lambda pin=pin: pin.internal_powers,
                lambda pin=pin: pin.function and pin.evaluate,
            ):
                try:
                    read()
                except InputError:
                    continue


def _memory(path: Path) -> None:
    from cgplab.hardware.memory import load_memory

    load_memory.__wrapped__(str(path))


def _idx(data: bytes) -> None:
    from cgplab.models.idx import decode_idx

    decode_idx(data, origin="x")


def _idx_seeds() -> Seeds:
    raw = b"\0\0\x08\x03" + b"".join(n.to_bytes(4, "big") for n in (2, 3, 4)) + bytes(24)
    numbers = b"\0\0\x0c\x01" + (3).to_bytes(4, "big") + bytes(12)
    return [gzip.compress(raw), gzip.compress(numbers)]


def _gzipped(random: Random, seeds: Seeds) -> bytes:
    return gzip.compress(mutation.text(random, [gzip.decompress(seed) for seed in seeds]), 1)


def _npz(**arrays: np.ndarray) -> bytes:
    target = io.BytesIO()
    np.savez(target, **arrays)  # type: ignore[arg-type]
    return target.getvalue()


def _dataset(path: Path) -> None:
    from cgplab.models.datasets import load_dataset_file

    load_dataset_file(path)


def _model(path: Path) -> None:
    from cgplab.models.stored import load_model

    load_model(path).image  # noqa: B018


def _model_seeds() -> Seeds:
    weights = {"conv1": (6, 1, 5, 5), "conv2": (16, 6, 5, 5), "fc1": (120, 256), "fc2": (84, 120), "fc3": (10, 84)}
    options = {
        "image": [1, 4, 4],
        "classes": 2,
        "program": [["f", "flatten", {"input": "%image"}], ["l", "layer", {"input": "%f"}]],
    }
    small: dict[str, np.ndarray] = {
        "architecture": np.array("imported"), "options": np.array(json.dumps(options)),
        "l.weights": np.zeros((2, 16), np.int8), "l.bias": np.zeros(2, np.float32),
        "l.scale": np.array(1, np.float32), "l.zero_point": np.array(0, np.int32),
        "l.input": np.array([1, 0], np.float32),
    }  # fmt: skip
    lenet: dict[str, np.ndarray] = {"architecture": np.array("lenet5")}
    for name, shape in weights.items():
        lenet["conv1.input"] = np.array([1 / 255, 0], np.float32)
        lenet |= {f"{name}.weights": np.zeros(shape, np.float32), f"{name}.bias": np.zeros(shape[0], np.float32)}
    return [_npz(**small), _npz(**lenet)]


def _state(path: Path) -> None:
    from cgplab.models.importing import load_state

    load_state(path)


def _state_seeds() -> Seeds:
    import torch

    target = io.BytesIO()
    torch.save({"state_dict": {"a.weight": torch.zeros(2, 3), "a.bias": torch.zeros(2)}}, target)
    return [target.getvalue()]


def _study(path: Path) -> None:
    from cgplab.study.design import Design
    from cgplab.study.document import read_document

    Design.of(read_document(path), 1000)


def _studies() -> Seeds:
    return [
        text_of(costs="freepdk45", metric="AE", objective="area", accuracy={"dataset": "mnist", "split": "test"}),
        text_of(layers=["conv1"], budget={"generations": 300, "seconds": 2.5}, stops={"error": 0.5}),
        text_of(selection="grid_size", grids=None, parameters={"kernels": 2}, searches=[{"wiring": "evolved"}]),
    ]


def _latest_study(path: Path) -> None:
    from cgplab.store import Store
    from cgplab.study.library import Library

    Library(Store(path.parents[1])).latest()


def _pictures(path: Path) -> None:
    from cgplab.models.image_folder import ImageFolder

    folder = ImageFolder(path.parents[1], side=8)
    folder.pixels(0, len(folder))


def _picture_seeds() -> Seeds:
    from PIL import Image

    found = []
    for kind in ("PNG", "JPEG"):
        target = io.BytesIO()
        Image.fromarray(np.arange(300, dtype=np.uint8).reshape(10, 10, 3)).save(target, kind)
        found.append(target.getvalue())
    return found


def _shipped(path: str) -> Callable[[], Seeds]:
    def seeds() -> Seeds:
        from cgplab.paths import shipped_data

        return [(shipped_data() / path).read_bytes()]

    return seeds


TEXTS = (
    of_text("circuit", "cgplab.cgp.circuit:Circuit.from_text", _circuit, CHROMOSOME, "{1,1,1,1,3,2,3}([1]0,0,0,27)(1)"),
    of_text(
        "chromosome", "cgplab.thesis.accounting:read_chromosome", _chromosome, CHROMOSOME, _multiplexed(), weight=8
    ),
    of_text("grid", "cgplab.cgp.geometry:parse_grid cgplab.cgp.geometry:Geometry.from_grid", _grid, "50x10", "1X2"),
    of_text("early stop", "cgplab.cgp.settings:parse_stops", _stops, "gate_count=20", "energy=1e-3"),
    of_text("filter", "cgplab.analysis.filtering:where", _where, "strategy=0,5", "selection=a strategy=0", weight=2),
    of_text("address", "", _address, "?tab=runs&where=strategy%3D0&study=kernels", "?runs=a,b&x=%ff", weight=8),
    of_text(
        "words",
        "cgplab.models.quantizing:parse_granularity cgplab.running.sensitivity:parse_overflow",
        _words,
        "tensor",
        "wrap",
        weight=2,
    ),
    of_text("import options", "", _import_options, '{"width": 0.5}', "3x224x224", "0.5,0.5"),
    of_text("cell function", "cgplab.hardware.synthesis.boolean:parse_function", _function, "(A+!B)' C", "A^B*(C|1)"),
)
FILES = (
    of_file("cost csv", "cgplab.hardware.tables:load_costs cgplab.hardware.tables:read_rows cgplab.texts:read_text",
            "a.csv", _costs, _shipped("costs/thesis45.csv")),
    of_file("cost text", "cgplab.hardware.quantized:from_quantized_text", "a.txt", _costs,
            lambda: [_gate_lines().encode()]),
    *(
        of_file(f"report {kind}", "cgplab.hardware.reports:read_reports", f"{kind}/add_{kind}.txt", _reports,
                lambda kind=kind: [_REPORTS[kind].encode()])
        for kind in _REPORTS
    ),
    of_file("liberty", "cgplab.hardware.synthesis.library:read_liberty "
            "cgplab.hardware.synthesis.liberty_text:parse_groups", "a.lib", _liberty, lambda: [_LIBERTY.encode()]),
    of_file("memory", "cgplab.hardware.memory:load_memory", "a.json", _memory, _shipped("memory/horowitz45.json"),
            mutation.document),
    Reader("idx", ("cgplab.models.idx:decode_idx",), lambda _: (_idx_seeds(), _idx), _gzipped),
    of_file("data set", "cgplab.models.datasets:load_dataset_file cgplab.models.datasets:read_images", "a.npz",
            _dataset, lambda: [_npz(x=np.zeros((3, 4, 4), np.uint8), y=np.arange(3, dtype=np.uint8))],
            mutation.packed, 8),
    of_file("model", "cgplab.models.stored:load_model "
            "cgplab.models.program:from_json", "a.npz", _model, _model_seeds, mutation.packed, 4),
    of_file("state dict", "cgplab.models.importing:load_state", "a.pt", _state, _state_seeds, mutation.packed, 4),
    of_file("study", "cgplab.study.document:read_document", "a.toml", _study, _studies),
    of_file("latest study", "", "studies/latest.json", _latest_study,
            lambda: [b'{"study": "kernels", "at": "2026-01-01T00:00:00.000+00:00"}'], mutation.document),
    of_file("pictures", "", "0/a.png", _pictures, _picture_seeds, weight=4),
)  # fmt: skip
