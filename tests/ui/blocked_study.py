"""A small sealed study that plans a comparison in blocks: what its strategies lose, kernel by kernel."""

from cgplab.running import run_all
from cgplab.sealed.writing import seal_runs
from cgplab.store import Store
from tests.study.studies import ACCURACY, design_of, text_of

NAME = "blocked"
CHANGES = {
    "name": NAME,
    "question": "What does a kernel lose?",
    "selection": "grid_size",
    "parameters": {"kernels": 6},
    "strategies": [0, 5, 11, 20],
    "grids": ["5x5"],
    "budget": {"generations": 50},
    "seeds": [1],
    "comparison": {"response": "accuracy_loss", "factor": "strategy", "block": "kernel"},
}


def blocked_study(root):
    """Make its runs and seal them; returns the file. The accuracies are made up: more where more error is allowed."""
    store = Store(root / "blocked")
    design = design_of(**CHANGES)
    runs = store.create_all(list(design.manifests((cell.key, seed) for cell in design.cells for seed in cell.seeds)))
    run_all(runs, lambda *_: None)
    for number, run in enumerate(store.runs()):
        loss = run.manifest.strategy / 10 + number / 1000
        run.write_metrics({"mnist/test[:100]": ACCURACY | {"accuracy_loss": loss}})
    path = root / f"{NAME}.cgplab"
    seal_runs(list(store.runs()), store, path, text_of(**CHANGES).decode())
    return path
