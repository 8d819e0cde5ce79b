"""Readers of what the product keeps beside its runs and models, and of checkpoints."""

import contextlib
import io
import json
from collections.abc import Callable
from pathlib import Path
from random import Random
from types import SimpleNamespace
from typing import Any

import numpy as np

from tests.fuzz import mutation
from tests.fuzz.harness import Reader
from tests.fuzz.mutation import Seeds

_SHA = "0" * 64


def _search(wiring: str) -> Any:
    """A small search, as a run's work holds it."""
    from cgplab.cgp import Geometry, Problem, Settings
    from cgplab.hardware import load_costs

    problem = Problem([3, -7, 40], [12, 80, -33, 5])
    settings = Settings(generations=10**6, mutation_rate=0.1, wiring=wiring)
    return SimpleNamespace(
        problem=problem, geometry=Geometry.from_grid("4x5", 3, 4), costs=load_costs(), settings=settings
    )


def _evolution(work: Any) -> Any:
    from cgplab.cgp import Evolution

    evolution = Evolution(work.problem, work.geometry, work.costs, work.settings, seed=1)
    evolution._advance(20)
    return evolution


def _resealed(wiring: str) -> Callable[[Random, Seeds], bytes]:
    """Damage to a checkpoint's arrays; its seal fits again in most cases."""

    def mutate(random: Random, seeds: Seeds) -> bytes:
        from cgplab.cgp.checkpoint import fingerprint, seal

        data = mutation.packed(random, seeds)
        if random.random() < 0.2:
            return data
        try:
            with np.load(io.BytesIO(data), allow_pickle=False) as archive:
                arrays = dict(archive)
        except Exception:
            return data  # damaged so that nobody can open it
        if any(isinstance(array, bytes) for array in arrays.values()):
            return data
        before = arrays.pop("before", None)
        for name in ("checksum", "fingerprint"):
            arrays.pop(name, None)
        work = _search(wiring)
        arrays = seal(arrays, fingerprint(work.problem, work.geometry, work.costs, work.settings))
        target = io.BytesIO()
        np.savez(target, **arrays, **({} if before is None else {"before": before}))
        return target.getvalue()

    return mutate


def _checkpoint(wiring: str) -> Callable[[Path], tuple[Seeds, Callable[[bytes], object]]]:
    def prepare(directory: Path) -> tuple[Seeds, Callable[[bytes], object]]:
        from cgplab.errors import InputError
        from cgplab.running.saved import Before, restore, save
        from cgplab.store import Run

        work, run = _search(wiring), Run(directory / "run")
        run.directory.mkdir()
        path = run.directory / "checkpoint.npz"
        save(run, _evolution(work), Before(0.5, None, None))

        def read(data: bytes) -> None:
            path.write_bytes(data)
            (run.directory / "events.jsonl").unlink(missing_ok=True)
            found = restore(run, work)
            if found is None:
                raise InputError("left out")
            evolution, _ = found
            evolution._advance(evolution.generation + 3)
            evolution.best.active_gates()

        return [path.read_bytes()], read

    return prepare


def _document(name: str, covers: str, seed: object, make: Callable[[Path], Callable[[bytes], object]]) -> Reader:
    return Reader(name, tuple(covers.split()), lambda directory: ([_encoded(seed)], make(directory)),
                  mutation.document, 8)  # fmt: skip


def _encoded(value: object) -> bytes:
    return value if isinstance(value, bytes) else json.dumps(value).encode()


def _checked(content: object) -> dict[str, object]:
    from cgplab.store.checksums import value_checksum

    return {"sha256": value_checksum(content), "content": content}


def _writing(path: Path, read: Callable[[], object]) -> Callable[[bytes], object]:
    def once(data: bytes) -> object:
        path.write_bytes(data)
        return read()

    return once


def _sensitivity(directory: Path) -> Callable[[bytes], object]:
    from cgplab.store.sensitivity import read_table

    path = directory / "table.json"
    return _writing(path, lambda: read_table(path))


def _baselines(directory: Path) -> Callable[[bytes], object]:
    from cgplab.store.baselines import read_baselines_file

    path = directory / "baselines.json"
    return _writing(path, lambda: read_baselines_file(path))


def _submission(directory: Path) -> Callable[[bytes], object]:
    from cgplab.running.cluster.submission import FILE, Submission

    return _writing(directory / FILE, lambda: Submission.read(directory))


def _provenance(directory: Path) -> Callable[[bytes], object]:
    from cgplab.models.provenance import dataset_of, load_provenance

    (directory / "m.npz").write_bytes(b"model")

    def read() -> None:
        dataset_of(directory / "m.npz")
        load_provenance(directory / "m.npz")

    return _writing(directory / "m.json", read)


_PARTS = {"model": "m", "model_sha256": _SHA, "dataset": "mnist/test"}
_QUALITY = {"reference_top1": 99.0, "reference_top5": 100.0, "reference_loss": 0.1}
_TABLE = {
    "key": {**_PARTS, "split": "test", "dataset_sha256": _SHA, "images": 10, "overflow": "wrap"},
    **_QUALITY,
    "rows": {"layer": ["l"], "part": ["core"], "error": [-3], "top1": [98.0], "top5": [99.0], "loss": [0.2]},
}
_SUBMITTED = {
    "system": "slurm",
    "settings": {"walltime": "1:00:00", "cores": 2, "mem": "4gb"},
    "batches": [["01" * 13], ["01" * 13]],
    "accuracy": {"dataset": None, "split": "test", "images": 100},
    "arrays": [{"job": "17", "batches": [0, 1]}],
}
_RECORD = {
    "format": 1,
    "npz_sha256": "9372c470eeadd5ecd9c3c74c2b3cb633f8e2f2fad799250a0f70d652b6b825e4",
    "test": {"data": {"name": "mnist", "images": 10}},
}


def _altered(random: Random, value: Any) -> Any:
    """A tensor or an array of another shape, type or content."""
    match random.randrange(8):
        case 0:
            return value[:1] if value.ndim else value
        case 1:
            return value.reshape(-1)
        case 2:
            return value.reshape(-1)[:1].reshape(())
        case 3:
            return value[None]
        case 4:
            return value[:0] if value.ndim else value
        case 5:
            return value * float("nan")
        case 6:
            return value.T if value.ndim == 2 else value.swapaxes(0, 1) if value.ndim > 1 else value
        case _:
            return random.choice((1, "x", None, [value]))


def _state(random: Random, seeds: Seeds) -> bytes:
    """A state dict of which one entry is gone, altered or another's."""
    import torch

    if random.random() < 0.2:
        return mutation.packed(random, seeds)
    state = torch.load(io.BytesIO(random.choice(seeds)), weights_only=True)
    name = random.choice(list(state))
    kind = random.randrange(4)
    if kind == 0:
        del state[name]
    elif kind == 1:
        state[name] = state[random.choice(list(state))]
    elif isinstance(state[name], torch.Tensor):
        with contextlib.suppress(RuntimeError):  # not every change is defined for quantized tensors
            state[name] = _altered(random, state[name])
    target = io.BytesIO()
    torch.save(state, target)
    return target.getvalue()


def _arrays(random: Random, seeds: Seeds) -> bytes:
    """The same with a .npz file."""
    if random.random() < 0.2:
        return mutation.packed(random, seeds)
    with np.load(io.BytesIO(random.choice(seeds))) as archive:
        arrays = dict(archive)
    name = random.choice(list(arrays))
    kind = random.randrange(4)
    if kind == 0:
        del arrays[name]
    elif kind == 1:
        arrays[name] = arrays[random.choice(list(arrays))]
    else:
        changed = _altered(random, arrays[name])
        arrays[name] = changed if isinstance(changed, np.ndarray) else np.array(str(changed))
    target = io.BytesIO()
    np.savez(target, **arrays)
    return target.getvalue()


def _converter(quantized: bool) -> Callable[[Path], tuple[Seeds, Callable[[bytes], object]]]:
    def prepare(directory: Path) -> tuple[Seeds, Callable[[bytes], object]]:
        import torch

        from cgplab.models.importing import load_state
        from cgplab.models.mobilenetv2 import convert
        from cgplab.models.mobilenetv2.module import MobileNetV2
        from tests.models.mobilenetv2.states import PLAN, float_state, quantized_state

        state = quantized_state()[0] if quantized else float_state(MobileNetV2(PLAN))
        target, path = io.BytesIO(), directory / "a.pt"
        torch.save(state, target)

        def read() -> None:
            state = load_state(path)
            convert_ = convert.from_quantized if convert.is_quantized(state) else convert.from_float
            convert_("net", state, origin="x", side=32)

        return [target.getvalue()], _writing(path, read)

    return prepare


def _tensorflow(directory: Path) -> tuple[Seeds, Callable[[bytes], object]]:
    from cgplab.models.mobilenetv2 import convert
    from cgplab.schema import read_arrays
    from tests.models.mobilenetv2.states import tensorflow_arrays

    target, path = io.BytesIO(), directory / "a.npz"
    np.savez_compressed(target, **tensorflow_arrays())
    return [target.getvalue()], _writing(path, lambda: convert.from_tensorflow("net", read_arrays(path), origin="x"))


_RESTORE = ("cgplab.cgp.evolution:Evolution.restore", "cgplab.running.saved:restore",
            "cgplab.store.checkpoints:read_checkpoints", "cgplab.store.checkpoints:read_checkpoint")  # fmt: skip
_CONVERT = "cgplab.models.mobilenetv2.convert"
KEPT = (
    Reader("checkpoint", _RESTORE, _checkpoint("evolved"), _resealed("evolved"), 6),
    Reader("checkpoint, nearest", _RESTORE, _checkpoint("nearest"), _resealed("nearest"), 6),
    _document("table of sensitivity",
              "cgplab.store.sensitivity:read_table cgplab.store.sensitivity:read_sensitivity "
              "cgplab.store.sensitivity:read_tables", _checked(_TABLE),
              _sensitivity),
    _document("baselines", "cgplab.store.baselines:read_baselines_file cgplab.store.baselines:read_baselines "
              "cgplab.store.baselines:read_all_baselines",
              _checked({"key": {**_PARTS, "weights": _SHA}, "accuracies": {"int4": [98.0, 1.0]}}), _baselines),
    _document("submission", "cgplab.running.cluster.submission:Submission.read", _SUBMITTED, _submission),
    _document("record of a model", "cgplab.models.provenance:load_provenance", _RECORD, _provenance),
    Reader("float MobileNetV2", (f"{_CONVERT}:from_float",), _converter(False), _state, 2),
    Reader("quantized MobileNetV2", (f"{_CONVERT}:from_quantized",), _converter(True), _state, 2),
    Reader("TensorFlow's MobileNetV2", (f"{_CONVERT}:from_tensorflow",), _tensorflow, _arrays, 2),
)  # fmt: skip
