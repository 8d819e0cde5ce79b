"""Readers of a run's files, each damaged by itself in a finished run that is sound otherwise."""

import io
import json
import tarfile
import warnings
from collections.abc import Callable
from pathlib import Path

import numpy as np

from cgplab.errors import InputError
from tests.fuzz import mutation
from tests.fuzz.harness import Reader
from tests.fuzz.mutation import Seeds
from tests.fuzz.text_readers import CHROMOSOME

_NAME = "01" * 13
_ROW = {"generation": 1, "error": 3, "energy": 0.5, "area": 12.0, "delay": 1.5, "depth": 2, "gate_count": 2,
        "phase": "energy", "seconds": 0.5}  # fmt: skip
_FILES = {
    "manifest.json": (mutation.document, "manifest:Manifest.read"),
    "status.json": (mutation.document, "status:Status.read"),
    "checksums.json": (mutation.document, "checksums:read_checked_as"),
    "metrics.json": (mutation.document, "checksums:read_checked_as"),
    "annotations.json": (mutation.document, "checksums:read_checked_as"),
    "synthesis.json": (mutation.document, "checksums:read_checked_as"),
    "events.jsonl": (mutation.text, "events:read_events"),
    "progress.parquet": (mutation.text, "progress:read_sealed"),
    "progress.1.jsonl": (mutation.text, "progress:read_lines progress:read_progress progress:decode"),
    "best.npz": (mutation.packed, "circuit_arrays:read_circuit"),
    "history.npz": (mutation.packed, "history:read_history"),
    "weights.npz": (mutation.packed, ""),
    "costs.csv": (mutation.text, "carried:read_costs"),
    "problem.npz": (mutation.packed, "carried:read_problem"),
}
"""How each file is damaged, and which functions of :mod:`cgplab.store` read it."""
_SCHEMA = (
    "cgplab.plain_files:read_bounded", "cgplab.schema.arrays:read_arrays", "cgplab.schema.documents:decode_as",
    "cgplab.schema.documents:read_as", "cgplab.schema.documents:read_json",
)  # fmt: skip
"""What nearly all of them are read with."""


def whole_run(root: Path, *, sealed: bool = True):  # type: ignore[no-untyped-def]
    """A run, finished or not, made without any search."""
    from cgplab.cgp import Circuit, Problem
    from cgplab.hardware import load_costs
    from cgplab.store import Manifest, State, Status, Store
    from cgplab.store.carried import write_costs, write_problem
    from cgplab.store.history import Snapshot, write_history
    from cgplab.store.names import HISTORY
    from cgplab.store.status import now

    manifest = Manifest(
        id=_NAME, batch=_NAME, created=now(), model="unknown", model_sha256="", layer="unknown", selection="unknown",
        parameters={}, strategy=1.0, threshold=2, metric="SE", grid="1x2", l_back=3, seed=1, method="original",
        settings={
            "children": 4, "mutation_rate": 0.1, "generations": None, "patience": None, "time_limit": None,
            "order": ["energy"], "wiring": "evolved", "multiplex": False, "stops": {"error": 0}, "start": None,
        },
        costs="thesis45", costs_sha256="0" * 64, n_inputs=2, n_outputs=2,
        missing_weights=1, versions={"cgplab": "1"}, git=None, host="x",
    )  # fmt: skip
    run = Store(root).create(manifest)
    write_problem(run, Problem([[1, 2]], [[3, 4]]))
    write_costs(run, load_costs())
    circuit = Circuit.from_text(CHROMOSOME)
    run.write_best(circuit)
    write_history(run.directory / HISTORY, [Snapshot(n, 3 - n, 0.5 * n or None, circuit) for n in range(2)])
    netlist = {"area": 1.0, "delay": 1.0, "power": 1.0, "leakage": 1.0, "energy_per_op": 1.0, "energy": 1.0,
               "cells": 3, "recipe": "abc"}  # fmt: skip
    estimate = {"area": 1.0, "delay": 1.0, "energy": 1.0, "energy_per_op": None}
    synthesised = {"library": "osu018", "costs": "thesis45", "estimate": estimate, "ports": netlist, "tied": netlist}
    run.write_synthesis({"osu018": synthesised})
    run.write_weights(np.zeros((1, 2), np.int8), {"l": np.zeros((2, 2), np.int8)})
    progress = run.open_progress(1)
    progress.write([_ROW])
    progress.close()
    run.annotate(add=("good",), note="a note")
    run.add_event("imported", run=1)
    measured = {
        "n": 10,
        "reference_top1": 99.0,
        "reference_loss": 0.1,
        "accuracy_loss": 0.0,
        "dataset_sha256": "0" * 64,
    }
    run.write_metrics({"mnist/test": {"top1": 99.0, "top5": 100.0, "loss": 0.1, "measured": now(), **measured}})
    if sealed:
        run.finish(
            Status(State.FINISHED, updated=now(), error=2, energy=0.5, area=12.0, delay=1.5, depth=2, gate_count=2)
        )
    return run


def _of_run(name: str) -> Callable[[Path], tuple[Seeds, Callable[[bytes], object]]]:
    def prepare(directory: Path) -> tuple[Seeds, Callable[[bytes], object]]:
        from cgplab.store import Store

        run = whole_run(directory, sealed=name != "progress.1.jsonl")
        path = run.directory / name
        store = Store(directory)

        def read(data: bytes) -> None:
            path.write_bytes(data)
            fresh = type(run)(run.directory)
            readers = (
                lambda: fresh.manifest, lambda: fresh.status, fresh.observed, fresh.events, fresh.progress, fresh.best,
                fresh.history, fresh.weights, fresh.weight_layers, fresh.metrics, fresh.synthesis, lambda: fresh.tags,
                lambda: fresh.note, fresh.row, fresh.carried_problem, fresh.carried_costs, store.table, store.verify,
                lambda: store.find(_NAME[:5]),
            )  # fmt: skip
            with warnings.catch_warnings():
                warnings.simplefilter("ignore")
                refused = [error for reader in readers if (error := _error(reader)) is not None]
            if refused:
                raise refused[0]

        return [path.read_bytes()], read

    return prepare


def _error(reader: Callable[[], object]) -> InputError | None:
    try:
        reader()
    except InputError as error:
        return error
    return None


def _archive(directory: Path) -> tuple[Seeds, Callable[[bytes], object]]:
    import shutil

    from cgplab.store import Store

    run = whole_run(directory / "theirs")
    target = io.BytesIO()
    with tarfile.open(fileobj=target, mode="w:gz") as archive:
        archive.add(run.directory, f"runs/{run.id}")
    path, own = directory / "runs.tar.gz", directory / "own"

    def read(data: bytes) -> None:
        path.write_bytes(data)
        shutil.rmtree(own, ignore_errors=True)
        Store(own).merge(path)

    return [target.getvalue()], read


def _passwords(directory: Path) -> tuple[Seeds, Callable[[bytes], object]]:
    from cgplab.dashboard.serving.users import Users

    path = directory / "passwords.json"

    def read(data: bytes) -> None:
        path.write_bytes(data)
        Users(path).read()

    return [b'{"user": "secret"}'], read


def _record(directory: Path) -> tuple[Seeds, Callable[[bytes], object]]:
    from cgplab.store import Run
    from cgplab.thesis.importing import RECORD, read_record

    def read(data: bytes) -> None:
        (directory / RECORD).write_bytes(data)
        read_record(Run(directory))

    found = {"place": "a", "column": "error", "theirs": "1", "ours": "2"}
    record = {"experiment": "x", "run": 1, "imported": "2026-01-01", "metric": "SE", "chromosomes": 2}
    return [json.dumps({**record, "differences": [found]}).encode()], read


def _cluster(directory: Path) -> tuple[Seeds, Callable[[bytes], object]]:
    from cgplab.running.cluster.settings import ClusterSettings

    path = directory / "cluster.toml"

    def read(data: bytes) -> None:
        path.write_bytes(data)
        settings = ClusterSettings.read("slurm", path)
        _ = (settings.clock, settings.megabytes, settings.search_seconds)

    text = '[slurm]\nwalltime = "1-02:00:00"\nmem = "4gb"\ncores = 2\ncopy_back = 1.5\nprologue = ["module load x"]\n'
    return [text.encode()], read


STORE = (
    *(
        Reader(
            f"run {name}", (*_SCHEMA, *(f"cgplab.store.{each}" for each in covers.split())), _of_run(name), mutate, 2
        )
        for name, (mutate, covers) in _FILES.items()
    ),
    Reader(
        "archive of runs",
        ("cgplab.store.unpack:unpack", "cgplab.unpacked_size:read_member"),
        _archive,
        mutation.taped,
        1,
    ),
    Reader("passwords", ("cgplab.dashboard.serving.users:Users.read",), _passwords, mutation.document, 8),
    Reader("record of an import", ("cgplab.thesis.importing:read_record",), _record, mutation.document, 8),
    Reader("cluster settings", ("cgplab.running.cluster.settings:ClusterSettings.read",), _cluster, mutation.text, 8),
)
