"""Which operators the stored circuits use, and what these cost."""

from collections import Counter
from collections.abc import Iterable
from typing import TYPE_CHECKING

from cgplab.analysis.columns import names
from cgplab.analysis.progress import identity
from cgplab.analysis.sound import each_sound
from cgplab.cgp.costs import CostTable
from cgplab.cgp.operators import BY_ID
from cgplab.errors import InputError
from cgplab.store import Run

if TYPE_CHECKING:
    import pandas as pd


def gate_usage(runs: Iterable[Run]) -> "pd.DataFrame":
    """Active gates by operator of each run's best circuit.

    Parameters
    ----------
    runs : iterable of Run
        Those without a circuit are left out.

    Returns
    -------
    pandas.DataFrame
        Columns of the frame ``gate_usage``, a row for each run and operator it uses; energy and area are missing
        when the cost table of the run cannot be had any more.
    """
    import pandas as pd

    rows = []
    for run, circuit in each_sound((run for run in runs if run.has_weights()), lambda run: run.best()):
        which, costs = identity(run), _costs(run)
        active = circuit.gates[circuit.active_gates(), -1].tolist()
        for function, count in sorted(Counter(active).items()):
            name = BY_ID[function].name
            cost = None if costs is None else costs.cost(name, max(2, circuit.dataset_size))
            rows.append(
                {
                    **which,
                    "function": name,
                    "count": count,
                    "energy": None if cost is None else count * cost.energy,
                    "area": None if cost is None else count * cost.area,
                }
            )
    return pd.DataFrame(rows, columns=names("gate_usage")).astype({"energy": float, "area": float})


def _costs(run: Run) -> CostTable | None:
    try:
        costs = run.costs()
    except InputError:
        return None
    return costs if costs.sha256 == run.manifest.costs_sha256 else None
