"""Estimates and syntheses of stored circuits as a table."""

from collections.abc import Iterable
from typing import TYPE_CHECKING

from cgplab.errors import InputError
from cgplab.store import Run

if TYPE_CHECKING:
    import pandas as pd

QUANTITIES: tuple[str, ...] = ("area", "delay", "energy", "energy_per_op")


def synthesis_frame(runs: Iterable[Run], library: str | None = None) -> "pd.DataFrame":
    """One row per run, library and quantity.

    Parameters
    ----------
    runs : iterable of Run
    library : str, optional
        Only this library.

    Returns
    -------
    pandas.DataFrame
        Columns ``id``, ``library``, ``strategy``, ``gate_count``, ``quantity``, ``estimate`` (sum of gates), ``ports``
        and ``tied`` (synthesis); areas in um2, delays in ns, energies in pJ.

    Raises
    ------
    InputError
        No run was synthesised yet.
    """
    import pandas as pd

    rows = [
        {
            "id": run.id,
            "library": name,
            "strategy": run.manifest.strategy,
            "gate_count": run.status.gate_count,
            "quantity": quantity,
            **{kind: found[kind][quantity] for kind in ("estimate", "ports", "tied")},
        }
        for run in runs
        for name, found in run.synthesis().items()
        if library is None or name == library
        for quantity in QUANTITIES
    ]
    if not rows:
        raise InputError("no run was synthesised yet; do it with: cgplab synth RUN --liberty FILE")
    return pd.DataFrame(rows)
