"""Files of small studies, and runs that stand wherever a test wants them, made without a search."""

import json
from dataclasses import replace

from cgplab.store import State
from cgplab.study.completeness import Completeness
from cgplab.study.design import Design
from cgplab.study.document import document_of

SMALL = {
    "name": "kernels",
    "question": "Which strategy?",
    "models": ["lenet5-qat"],
    "selection": "single_filter",
    "strategies": [0, 5],
    "grids": ["3x4"],
    "seeds": "1-2",
    "budget": {"generations": 300},
    "accuracy": {"images": 100},
    "comparison": {"response": "error", "factor": "strategy"},
}
"""Two cells with two seeds each."""
ACCURACY = {
    "top1": 99.0, "top5": 100.0, "loss": 0.1, "n": 100, "reference_top1": 99.5, "reference_loss": 0.1,
    "accuracy_loss": 0.5, "dataset_sha256": "0" * 64, "measured": "2026-01-01T00:00:00.000+00:00",
}  # fmt: skip


def text_of(**changes):
    """File of the small study with other values; None takes a key away."""
    return "".join(
        f"{key} = {_toml(value)}\n" for key, value in (SMALL | changes).items() if value is not None
    ).encode()


def _toml(value):
    """A value on one line; texts, numbers and truths are written as in JSON."""
    if isinstance(value, dict):
        return f"{{{', '.join(f'{key} = {_toml(item)}' for key, item in value.items())}}}"
    return f"[{', '.join(map(_toml, value))}]" if isinstance(value, list) else json.dumps(value)


def study_of(**changes):
    """The same as a document."""
    return document_of(text_of(**changes), "small.toml")


def design_of(**changes):
    """Its design."""
    return Design.of(study_of(**changes))


def completeness_of(store, **changes):
    """Its design held against the runs of a store."""
    document = study_of(**changes)
    return Completeness.of(Design.of(document), store, document.accuracy_data)


def stand(run, state, *, error=0, seconds=10.0, measured=True, **status):
    """Let a run stand somewhere: finished by default within any budget, and measured on the study's images."""
    run.write_status(replace(run.status, state=state, attempt=1, error=error, energy=1.0, seconds=seconds, **status))
    if state is State.FINISHED and measured:
        run.write_metrics({"mnist/test[:100]": ACCURACY})
    return run


def fill(store, design, state=State.FINISHED, **status):
    """A run for every place of a design."""
    places = [(cell.key, seed) for cell in design.cells for seed in cell.seeds]
    return [stand(store.create(manifest), state, **status) for manifest in design.manifests(places)]
