"""Where the parts of a circuit stand when it is drawn on its grid, what each computes, and its critical path."""

from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from cgplab.cgp import Circuit
from cgplab.cgp.costs import CostTable, to_real
from cgplab.cgp.evaluation import pin_values
from cgplab.cgp.operators import BY_ID, CODE_OF_ID


@dataclass(frozen=True, eq=False)
class CircuitLayout:
    """A circuit as tables, ready to be drawn.

    Attributes
    ----------
    gates : pandas.DataFrame
        Active gates: ``pin``, ``x`` (column, from 1), ``y`` (row, from 0), ``operator``, ``symbol``, ``reads``
        (what it computes from which values), ``value`` (of every vector), ``energy`` (pJ), ``area`` (um2),
        ``delay`` (ns), ``arrival`` (ns, when its value is ready), ``serves`` (outputs that take it),
        ``critical`` (bool).
    inputs : pandas.DataFrame
        Inputs that some active gate or output reads: ``pin``, ``x`` (0), ``y``, ``value``, ``serves``,
        ``critical``.
    edges : pandas.DataFrame
        ``x0``, ``y0`` (pin that is read), ``x1``, ``y1`` (gate that reads), ``critical``.
    rows, cols : int
        Of the grid.
    """

    gates: pd.DataFrame
    inputs: pd.DataFrame
    edges: pd.DataFrame
    rows: int
    cols: int


def circuit_layout(circuit: Circuit, inputs: NDArray[np.int8], costs: CostTable) -> CircuitLayout:
    """Lay a circuit out on its grid.

    Parameters
    ----------
    circuit : Circuit
    inputs : (d, n_in) int8
        Kept weights, one row per vector.
    costs : CostTable

    Returns
    -------
    CircuitLayout
        The critical path is the one of the longest delay; among equals, of the most gates.
    """
    active = np.flatnonzero(circuit.active_gates())
    values = pin_values(circuit, inputs, active)
    n_in, n_vectors = circuit.n_inputs, len(inputs)
    reads = circuit.pins_read()
    sources = {gate: circuit.gates[gate, :-1][reads[gate]].tolist() for gate in active.tolist()}
    arrival, path = _critical_path(circuit, sources, costs.column("delay", n_vectors).tolist())
    serves = np.bincount(circuit.outputs, minlength=circuit.geometry.n_pins)

    used = {pin for pins in sources.values() for pin in pins if pin < n_in}
    used |= {pin for pin in circuit.outputs.tolist() if pin < n_in}
    heights = _spread(len(used), circuit.rows)
    place = {pin: (0.0, y) for pin, y in zip(sorted(used), heights, strict=True)}
    place |= {n_in + g: (1.0 + g // circuit.rows, float(g % circuit.rows)) for g in active.tolist()}

    gate_rows: list[dict[str, Any]] = []
    edge_rows: list[dict[str, Any]] = []
    for gate in active.tolist():
        operator, pin = BY_ID[int(circuit.gates[gate, -1])], n_in + gate
        cost = costs.cost(operator.name, n_vectors)
        x, y = place[pin]
        gate_rows.append(
            {
                "pin": pin,
                "x": x,
                "y": y,
                "operator": operator.name,
                "symbol": operator.symbol,
                "reads": ", ".join(
                    f"{name} = {_shown(values[source])}"
                    for name, source in zip("abcdefghijklmnop", sources[gate], strict=False)
                ),
                "value": _shown(values[pin]),
                "energy": cost.energy,
                "area": cost.area,
                "delay": cost.delay,
                "arrival": to_real(arrival[pin][0], "delay"),
                "serves": int(serves[pin]),
                "critical": pin in path,
            }
        )
        for source in dict.fromkeys(sources[gate]):
            x0, y0 = place[source]
            on_path = pin in path and path.get(pin) == source
            edge_rows.append({"x0": x0, "y0": y0, "x1": x, "y1": y, "critical": on_path})
    input_rows = [
        {
            "pin": pin,
            "x": place[pin][0],
            "y": place[pin][1],
            "value": _shown(values[pin]),
            "serves": int(serves[pin]),
            "critical": pin in path,
        }
        for pin in sorted(used)
    ]
    return CircuitLayout(
        gates=pd.DataFrame(gate_rows, columns=list(_GATE_COLUMNS)),
        inputs=pd.DataFrame(input_rows, columns=["pin", "x", "y", "value", "serves", "critical"]),
        edges=pd.DataFrame(edge_rows, columns=["x0", "y0", "x1", "y1", "critical"]),
        rows=circuit.rows,
        cols=circuit.cols,
    )


_GATE_COLUMNS = (
    "pin", "x", "y", "operator", "symbol", "reads", "value", "energy", "area", "delay", "arrival", "serves", "critical",
)  # fmt: skip


def _critical_path(
    circuit: Circuit, sources: dict[int, list[int]], gate_delay: list[int]
) -> tuple[dict[int, tuple[int, int]], dict[int, int | None]]:
    """Arrival (delay quanta, gates) by pin, and the pins of the critical path with the pin each waits for."""
    n_in = circuit.n_inputs
    arrival: dict[int, tuple[int, int]] = dict.fromkeys(range(n_in), (0, 0))
    waits_for: dict[int, int | None] = {}
    for gate, pins in sources.items():
        latest = max(pins, key=lambda pin: arrival[pin], default=None)
        before = (0, 0) if latest is None else arrival[latest]
        code = CODE_OF_ID[int(circuit.gates[gate, -1])]
        arrival[n_in + gate] = (before[0] + gate_delay[code], before[1] + (latest is not None))
        waits_for[n_in + gate] = latest
    path: dict[int, int | None] = {}
    pin: int | None = max(dict.fromkeys(circuit.outputs.tolist()), key=lambda pin: arrival[pin])
    while pin is not None:
        path[pin] = waits_for.get(pin)
        pin = path[pin]
    return arrival, path


def _spread(n: int, rows: int) -> list[float]:
    """Heights of ``n`` inputs beside a grid of ``rows`` rows."""
    if n == 0:
        return []
    if n == 1:
        return [(rows - 1) / 2]
    return [float(y) for y in np.linspace(0, max(rows - 1, 1), n)]


def _shown(values: NDArray[np.int8], most: int = 4) -> str:
    """Value of a pin: one number, or one per vector."""
    texts = [str(int(value)) for value in values[:most]]
    return ", ".join(texts) + (", …" if len(values) > most else "")
