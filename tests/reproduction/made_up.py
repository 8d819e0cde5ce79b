"""Made-up runs with circuits, and evidence of them."""

from dataclasses import replace
from types import SimpleNamespace

import pandas as pd

from cgplab.reproduction import FINDINGS, WORKS, Evidence
from cgplab.reproduction.evidence import Held
from cgplab.reproduction.works import BEST, ORIGINAL
from cgplab.running import plan


def runs(n=12, **values):
    """Table of runs on one kernel, all exact and alike but for ``values``."""
    frame = pd.DataFrame(
        {
            "id": [f"{i:03}" for i in range(n)], "model": "lenet5-qat", "layer": "conv1", "grid": "5x5",
            "selection": "single_filter", "strategy": 0.0, "error": 0, "energy": 0.1, "area": 500.0, "delay": 0.9,
            "gate_count": 18, "seconds": 2.0, "n_outputs": 16, "missing_weights": 10, "within": True,
            "threshold": 0, "search": "evolved wiring", "method": "evolve", "wiring": "evolved", "budget": "1 s",
            "costs": "default", "metric": "squared", "l_back": 5, "kernel": "0", "seed": range(n),
            "accuracy": 99.5, "accuracy_loss": 0.0, "dataset": "mnist/test", "generation": 1_040_000,
            "children": 4_160_000, "reference mnist/test": 99.52, "images mnist/test": 10_000,
        }
    )  # fmt: skip
    return frame.assign(**values)


def held(side, n=2, work="single_filter", source="your store", **settings):
    """Runs of a side, as a store would hold them."""
    manifests = plan(WORKS[work].request(side, n, 4000))
    return tuple(
        Held(SimpleNamespace(manifest=manifest), {"generation": 1000, "energy": 1.0, "error": 3}, source)
        for manifest in (replace(one, settings={**one.settings, **settings}) for one in manifests)
    )


def evidence(work, original, best):
    """Of both sides of a work."""
    return {
        (work, ORIGINAL): Evidence(WORKS[work], ORIGINAL, (), original),
        (work, BEST): Evidence(WORKS[work], BEST, (), best),
    }


def finding(name):
    """A published finding by name."""
    return next(f for f in FINDINGS if f.name == name)
