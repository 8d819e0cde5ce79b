"""Names of a run's files, each in one place."""

import re

MANIFEST = "manifest.json"
STATUS = "status.json"
CHECKSUMS = "checksums.json"
BEST = "best.npz"
HISTORY = "history.npz"
WEIGHTS = "weights.npz"
PROBLEM = "problem.npz"
COSTS = "costs.csv"
METRICS = "metrics.json"
SYNTHESIS = "synthesis.json"
ANNOTATIONS = "annotations.json"
EVENTS = "events.jsonl"
PROGRESS = "progress.parquet"
CHECKPOINTS = ("checkpoint.npz", "checkpoint.old.npz")
"""The newer comes first."""
RESULT = (BEST, WEIGHTS)
"""Files that a run's measurements are made from."""
SEALED = (MANIFEST, *RESULT, PROGRESS)
"""What every finished run has, and its seal names."""
SEALED_IF_PRESENT = (HISTORY, PROBLEM, COSTS)
"""What its seal names as well if it has it."""
LOCK = "lock"
EDIT_LOCK = "edit.lock"
CONTROL = "control"
RESERVE = "reserve"
TRANSIENT = (LOCK, EDIT_LOCK, CONTROL, RESERVE)
"""What belongs to the processes at work on a run, and is not copied with it."""
_KNOWN = {
    *SEALED, *SEALED_IF_PRESENT, *CHECKPOINTS, *TRANSIENT, STATUS, CHECKSUMS, METRICS, SYNTHESIS, ANNOTATIONS, EVENTS,
}  # fmt: skip
_ATTEMPT = re.compile(r"progress\.[1-9][0-9]{0,8}\.jsonl")

SENSITIVITY = "sensitivity"
"""Directory of a store with its models' tables of sensitivity, ``<model>/<key>.json``."""
BASELINES = "baselines"
"""Directory of a store with accuracies of weights stored in other ways, ``<model>/<key>.json``."""
SUBMISSIONS = "submissions"
"""Directory of a store with what was submitted to batch systems, ``<id>/``."""
SEALED_STUDY = ".cgplab"
"""How a file with a sealed study ends, see :mod:`cgplab.sealed`."""
NEW = ".new-"
"""How directories in a store begin whose runs are still being filled."""


def attempt_file(attempt: int | str) -> str:
    """Progress of one attempt."""
    return f"progress.{attempt}.jsonl"


def is_known(name: str) -> bool:
    """Whether a run can have a file of this name."""
    return name in _KNOWN or _ATTEMPT.fullmatch(name) is not None
