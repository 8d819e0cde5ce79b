"""A store with every kind of finished run, and the same runs sealed."""

from dataclasses import replace
from types import SimpleNamespace

import numpy as np

from cgplab.cgp import Problem
from cgplab.sealed.writing import seal_runs
from cgplab.store import State
from cgplab.store.baselines import BaselineKey, write_baselines
from cgplab.store.history import Snapshot, write_history
from cgplab.store.names import HISTORY
from cgplab.store.sensitivity import SensitivityKey, SensitivityRow, SensitivityTable, write_sensitivity
from cgplab.store.status import now
from tests.fuzz.store_readers import whole_run
from tests.store.three_runs import three_runs

STUDY = 'name = "every kind"\nquestion = "is it read as it was? é"\n'


def finished(store):
    return [run for run in store.runs() if run.status.state is State.FINISHED]


def take_history(run):
    """Give a run a history of three circuits that ends with its best one."""
    best = run.best()
    first, second = (best.outputs.copy() for _ in range(2))
    first[:3], second[1] = second[3], second[0]
    circuits = [replace(best, outputs=outputs) for outputs in (first, second, best.outputs)]
    snapshots = [Snapshot(5 * n, 30 - n, None if n == 0 else 0.25 * n, one) for n, one in enumerate(circuits)]
    write_history(run.directory / HISTORY, snapshots)
    run.seal(run.status)


def every_kind(root):
    """Make the store and the file of its finished runs; to be copied, never changed."""
    store = three_runs(root / "s")
    first, second = finished(store)
    take_history(first)
    measured = {"top1": 98.5, "measured": now(), "accuracy_loss": 1.0}
    second.write_metrics({"mnist/test": measured, "mnist/train": {**measured, "top1": 99.0, "accuracy_loss": 0.5}})
    second.annotate(add=("good", "été"), note="a note\nof two lines")
    whole_run(store.root)
    model = first.manifest.model_sha256
    for images in (100, 200):
        key = SensitivityKey("lenet5-qat", model, "mnist", "test", "0" * 64, images, "wrap")
        write_sensitivity(
            store, SensitivityTable(key, 99.0, 100.0, 0.1, [SensitivityRow("conv1", "core", 8, 9.0, 90.0, 1.5)])
        )
    other = BaselineKey("another", "1" * 64, "2" * 64, "mnist/test")
    for key in (BaselineKey("lenet5-qat", model, "2" * 64, "mnist/test"), other):
        write_baselines(store, key, {"int4": (97.0, 2.0)})
    path = root / "study.cgplab"
    seal_runs(finished(store), store, path, STUDY)
    return SimpleNamespace(root=store.root, path=path, other=other)


def alike(one, other):
    """Whether two values agree in every bit."""
    if isinstance(one, dict):
        return one.keys() == other.keys() and all(alike(value, other[name]) for name, value in one.items())
    if isinstance(one, np.ndarray):
        return one.dtype == other.dtype and np.array_equal(one, other)
    if isinstance(one, Problem):
        return all(alike(getattr(one, n), getattr(other, n)) for n in ("inputs", "targets", "mask", "weights"))
    return one == other
