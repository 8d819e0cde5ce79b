"""Fill a store with made-up finished runs, and measure what listing and reading them costs.

python benchmarks/synthetic_store.py DIR --runs 3000 --rows 100
"""

import argparse
import json
import os
import resource
import shutil
import time
from dataclasses import asdict, replace
from pathlib import Path

import numpy as np
from ulid import ULID

from cgplab.cgp import Circuit, Geometry
from cgplab.running import Request, plan
from cgplab.store import Run, State, Store
from cgplab.store.frames import last_progress, progress_frame
from cgplab.store.status import now


def fill(store: Store, runs: int, rows: int) -> list[Run]:
    """Finished runs of a small problem, each with ``rows`` rows of progress."""
    request = Request(model="lenet5-qat", selection="single_filter", strategies=[0.0, 1.0, 5.0, 11.0], runs=1)
    templates = plan(request)
    circuit = Circuit.random(Geometry(9, 16, 5, 5, 5), 1)
    random = np.random.default_rng(1)
    weights = random.integers(-128, 128, (6, 1, 5, 5), dtype=np.int8)
    made = []
    for number in range(runs):
        manifest = replace(templates[number % len(templates)], id=str(ULID()), seed=number)
        run = store.create(manifest)
        falls = np.sort(random.integers(1, 10**7, rows)).tolist()
        energies = np.sort(random.random(rows))[::-1].round(6).tolist()
        progress = run.open_progress(1)
        progress.write(
            {
                "generation": generation, "error": 0, "energy": energy, "area": 300.0, "delay": 0.8, "depth": 4,
                "gate_count": 18, "phase": "energy", "seconds": round(generation / 1e6, 3),
            }
            for generation, energy in zip(falls, energies, strict=True)
        )  # fmt: skip
        progress.close()
        run.write_best(circuit)
        run.write_weights(np.zeros((1, 16), np.int8), {"conv1": weights})
        status = replace(
            run.status, state=State.FINISHED, updated=now(), reason="generations", attempt=1, generation=10**7,
            seconds=10.0, error=0, energy=energies[-1], area=300.0, delay=0.8, depth=4, gate_count=18,
        )  # fmt: skip
        run.finish(status)
        made.append(run)
    return made


def timed(what: str, function, *arguments):
    """Result of a call; its times are printed, of which only the CPU's is the same on a busy machine."""
    begun, cpu = time.perf_counter(), time.process_time()
    result = function(*arguments)
    print(f"{what:48s} {time.perf_counter() - begun:8.3f} s, {time.process_time() - cpu:8.3f} s of CPU")
    return result


def main() -> None:
    """Fill and measure."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("directory", type=Path)
    parser.add_argument("--runs", type=int, default=3000)
    parser.add_argument("--rows", type=int, default=100)
    options = parser.parse_args()
    shutil.rmtree(options.directory, ignore_errors=True)
    store = Store(options.directory)
    runs = timed("create and seal", fill, store, options.runs, options.rows)
    apparent = sum(path.stat().st_size for path in options.directory.rglob("*") if path.is_file())
    blocks = sum(path.stat().st_blocks * 512 for path in options.directory.rglob("*") if path.is_file())
    print(f"per run: {apparent / len(runs):.0f} bytes, {blocks / len(runs):.0f} bytes of disk")
    timed("list, no index yet", store.table)
    table = timed("list, through the index", store.table)
    timed("filter (energy < 0.001)", lambda: [row for row in table.rows if row["energy"] < 1e-3])
    runs[0].annotate(add=("x",))
    timed("list after one change", store.table)
    timed("verify every file", store.verify)
    last_progress(runs[:1], ("energy",))  # what loads once
    timed("last energies from Parquet", last_progress, runs, ("energy",))
    timed("energy by generation from Parquet", progress_frame, runs, ("generation", "energy"))
    print(
        f"index {os.path.getsize(store.root / 'index.sqlite') / len(runs):.0f} bytes per run; "
        f"peak memory {resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024:.0f} MB; "
        f"status {len(json.dumps(asdict(runs[0].status)))} bytes"
    )


if __name__ == "__main__":
    main()
