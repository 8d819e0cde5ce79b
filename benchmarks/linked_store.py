"""Fill a store with very many finished runs that share what they found: only what names a run is a file of its own.

A hundred thousand runs would otherwise take three gigabytes and half an hour of a disk's time.
"""

import os
from dataclasses import asdict, replace

import numpy as np
from ulid import ULID

from benchmarks.synthetic_store import fill
from cgplab.files import disposable, write_json
from cgplab.store import Run, State, Store
from cgplab.store.checksums import file_checksum, write_checked_json
from cgplab.store.names import BEST, CHECKSUMS, MANIFEST, PROGRESS, STATUS, WEIGHTS

SHARED = (BEST, WEIGHTS, PROGRESS)
PATTERNS = 40
"""Runs with circuits and histories of their own; a file may have 65,000 names on ext4."""


def fill_linked(store: Store, runs: int, rows: int) -> None:
    """Finished runs with seeds, batches (of 1,000) and energies of their own, and every file that a run has."""
    patterns = fill(store, min(runs, PATTERNS), rows)
    sums = [{name: file_checksum(run.directory / name) for name in SHARED} for run in patterns]
    statuses = [run.status for run in patterns]
    random = np.random.default_rng(2)
    with disposable():
        batch = patterns[0].manifest.batch
        for number in range(len(patterns), runs):
            if number % 1000 == 0:
                batch = str(ULID())
            pattern, known = patterns[number % len(patterns)], sums[number % len(patterns)]
            manifest = replace(pattern.manifest, id=str(ULID()), batch=batch, seed=number)
            run = Run(store.runs_directory / manifest.id)
            os.mkdir(run.directory)
            for name in SHARED:
                os.link(pattern.directory / name, run.directory / name)
            manifest.write(run.directory / MANIFEST)
            state = State.FAILED if number % 50 == 49 else State.FINISHED
            status = replace(statuses[number % len(patterns)], state=state, energy=round(float(random.random()), 6))
            write_json(run.directory / STATUS, asdict(status))
            files = {MANIFEST: file_checksum(run.directory / MANIFEST), **known}
            write_checked_json(run.directory / CHECKSUMS, {"files": files, "status": asdict(status)})
