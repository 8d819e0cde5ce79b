"""Static timing and power of a mapped netlist, from the tables of its library.

Timing: the longest path of rising and falling edges through the cells' delay tables, with the slews that they
produce. Power: switching energy C V^2 / 2 per transition of each net, internal energy from the cells' tables,
and leakage; transitions are counted in a zero-delay simulation, so there are no glitches. Inputs have ideal edges,
outputs no load.
"""

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from cgplab.hardware.synthesis.boolean import Bits
from cgplab.hardware.synthesis.library import InternalPower, Library, Pin
from cgplab.hardware.synthesis.netlist import Instance, Net, Netlist

_EDGES = (("cell_rise", "rise_transition"), ("cell_fall", "fall_transition"))
_BY_SENSE = {"positive_unate": ((0,), (1,)), "negative_unate": ((1,), (0,))}


@dataclass(frozen=True)
class Timing:
    """Result of static timing: ``delay`` in ns, slews (rise, fall) in ns and loads in pF by net."""

    delay: float
    slews: dict[Net, tuple[float, float]]
    loads: dict[Net, float]


def time_netlist(library: Library, netlist: Netlist) -> Timing:
    """Longest path from any input to any output."""
    loads: dict[Net, float] = defaultdict(float)
    for instance in netlist.instances:
        for name, net in instance.inputs.items():
            loads[net] += library.cells[instance.cell].pins[name].capacitance
    arrivals: dict[Net, tuple[float, float]] = {netlist.ports[name]: (0.0, 0.0) for name in netlist.inputs}
    slews = dict(arrivals)
    for instance in netlist.instances:
        for name, net in instance.outputs.items():
            pin = library.cells[instance.cell].pins[name]
            load = loads.get(net, 0.0) / library.picofarads
            arrivals[net], slews[net] = _edges(library, pin, instance, load, arrivals, slews)
    ends = [max(arrivals[net]) for net in (netlist.ports[name] for name in netlist.outputs) if net in arrivals]
    return Timing(max(ends, default=0.0), slews, dict(loads))


def _edges(
    library: Library,
    pin: Pin,
    instance: Instance,
    load: float,
    arrivals: Mapping[Net, tuple[float, float]],
    slews: Mapping[Net, tuple[float, float]],
) -> tuple[tuple[float, float], tuple[float, float]]:
    latest, slew = [0.0, 0.0], [0.0, 0.0]
    for arc in pin.arcs:
        source = instance.inputs.get(arc.source)
        if source is None or source not in arrivals:
            continue
        for edge, (delay_kind, slew_kind) in enumerate(_EDGES):
            if delay_kind not in arc.tables:
                continue
            for cause in _BY_SENSE.get(arc.sense, ((0, 1), (0, 1)))[edge]:
                start = slews[source][cause] / library.nanoseconds
                delay = max(arc.tables[delay_kind](start, load), 0.0) * library.nanoseconds
                latest[edge] = max(latest[edge], arrivals[source][cause] + delay)
                slew[edge] = max(slew[edge], max(arc.tables[slew_kind](start, load), 0.0) * library.nanoseconds)
    return (latest[0], latest[1]), (slew[0], slew[1])


def dynamic_energy(
    library: Library, netlist: Netlist, timing: Timing, values: Mapping[Net, Bits], charge_inputs: bool
) -> float:
    """Mean internal and switching energy per step from one vector to the next, in pJ.

    Parameters
    ----------
    values : {net: bool (n,)}
        Of all nets, see :meth:`Netlist.simulate`.
    charge_inputs : bool
        Whether charging the circuit's own inputs counts.
    """
    rates: dict[Net, tuple[float, float]] = {
        net: (float(np.mean(w[1:] & ~w[:-1])), float(np.mean(~w[1:] & w[:-1])))
        for net, w in values.items()
        if not isinstance(net, str)
    }
    inputs = {netlist.ports[name] for name in netlist.inputs}
    switching = sum(
        0.5 * timing.loads.get(net, 0.0) * library.voltage**2 * sum(rate)
        for net, rate in rates.items()
        if charge_inputs or net not in inputs
    )
    internal = 0.0
    for instance in netlist.instances:
        pins = library.cells[instance.cell].pins
        nets = instance.inputs | instance.outputs
        for name, net in nets.items():
            if net in rates and pins[name].internal_powers:
                load = 0.0 if name in instance.inputs else timing.loads.get(net, 0.0) / library.picofarads
                internal += _internal(library, pins[name], nets, net, name in instance.inputs, load, rates, timing)
    return internal + switching


def _internal(
    library: Library,
    pin: Pin,
    nets: Mapping[str, Net],
    net: Net,
    is_input: bool,
    load: float,
    rates: Mapping[Net, tuple[float, float]],
    timing: Timing,
) -> float:
    """Energy of one pin's transitions, the mean over its causes weighted by how often each toggles."""
    weights = rise = fall = 0.0
    for power in pin.internal_powers:
        weight, slew = _cause(power, nets, net, is_input, rates, timing)
        weights += weight
        rise += weight * (power.rise(slew / library.nanoseconds, load) if power.rise else 0.0)
        fall += weight * (power.fall(slew / library.nanoseconds, load) if power.fall else 0.0)
    rate = rates[net]
    # The unit of internal energy is the library's unit of capacitance times 1 V squared.
    return (rate[0] * rise + rate[1] * fall) / weights * library.picofarads if weights else 0.0


def _cause(
    power: InternalPower,
    nets: Mapping[str, Net],
    net: Net,
    is_input: bool,
    rates: Mapping[Net, tuple[float, float]],
    timing: Timing,
) -> tuple[float, float]:
    sources = [pin for pin in power.sources if pin in nets]
    if sources:
        source = nets[sources[0]]
        return sum(rates.get(source, (0.0, 0.0))) + 1e-12, max(timing.slews.get(source, (0.0, 0.0)))
    return 1.0, max(timing.slews.get(net, (0.0, 0.0))) if is_input else 0.0


def leakage(library: Library, netlist: Netlist) -> float:
    """Leakage power in mW."""
    return sum(library.cells[instance.cell].leakage for instance in netlist.instances)
