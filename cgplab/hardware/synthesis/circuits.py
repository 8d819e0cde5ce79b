"""Whole circuits: what remains after logic optimisation, beside the sum of the gates' costs."""

from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass
from functools import lru_cache
from typing import Any

import numpy as np

from cgplab.cgp import CostTable, Problem, evaluate
from cgplab.cgp.costs import SELECTOR_WIDTHS
from cgplab.cgp.evaluation import infer
from cgplab.export import Source
from cgplab.export.program import nested
from cgplab.export.verilog import verilog
from cgplab.hardware.synthesis.boolean import Bits
from cgplab.hardware.synthesis.derive import derive_costs
from cgplab.hardware.synthesis.gates import GATES
from cgplab.hardware.synthesis.library import Library
from cgplab.hardware.synthesis.mapping import Synthesised, synthesise
from cgplab.hardware.synthesis.netlist import Net, Netlist, words
from cgplab.hardware.tables import COLUMNS

VECTORS = 2048
"""Random vectors for the check and the energy per operation of a circuit."""


@dataclass(frozen=True)
class Estimate:
    """Cost of a circuit as the sum over its active gates; delay is the longest path.

    ``area`` in um2, ``delay`` in ns, ``energy`` (power x delay of each gate, summed) and ``energy_per_op`` in pJ.
    """

    area: float
    delay: float
    energy: float
    energy_per_op: float | None


@dataclass(frozen=True)
class CircuitSynthesis:
    """A circuit's estimate beside its synthesis.

    Attributes
    ----------
    library, costs : str
        Library mapped to, and the cost table of the estimate.
    estimate : Estimate
    ports : Synthesised
        Kept weights come in through ports: hardware for any weights.
    tied : Synthesised
        Kept weights are constants: hardware for these weights only.
    """

    library: str
    costs: str
    estimate: Estimate
    ports: Synthesised
    tied: Synthesised

    def to_json(self) -> dict[str, Any]:
        """Plain values for a file, power x delay included."""
        synthesised = {
            name: {**asdict(result), "energy": result.energy}
            for name, result in (("ports", self.ports), ("tied", self.tied))
        }
        return {"library": self.library, "costs": self.costs, "estimate": asdict(self.estimate), **synthesised}


def synthesise_circuit(
    library: Library, source: Source, costs: CostTable | None = None, report: Callable[[str], None] = lambda what: None
) -> CircuitSynthesis:
    """Synthesise a circuit with its inputs as ports and tied to constants.

    Parameters
    ----------
    library : Library
    source : Source
    costs : CostTable, optional
        For the estimate; default: the operators that the circuit uses, derived from the same library.
    report : callable
        Called with what is about to be done.

    Raises
    ------
    MissingToolError, InputError, WrongResultError
        See :func:`cgplab.hardware.synthesis.mapping.synthesise`.
    """
    if costs is None:
        costs = _library_costs(library, source, report)
    report("circuit with inputs as ports")
    ports = synthesise(library, verilog(source), source.name, _check(source, tied=False), VECTORS)
    report("circuit with inputs tied to constants")
    tied = synthesise(library, _tied(source), f"{source.name}_tied", _check(source, tied=True), VECTORS)
    return CircuitSynthesis(library.name, costs.name, estimate(source, costs), ports, tied)


def estimate(source: Source, costs: CostTable) -> Estimate:
    """Sum of the gates' costs by a table."""
    problem = Problem(source.kept, np.zeros((source.n_vectors, source.circuit.n_outputs), dtype=np.int8))
    found = evaluate(source.circuit, problem, costs)
    used = [(costs.cost(name, source.n_vectors).energy_per_op, n) for name, n in found.gate_usage.items()]
    known = [each * n for each, n in used if each is not None]
    return Estimate(found.area, found.delay, found.energy, sum(known) if len(known) == len(used) else None)


def _library_costs(library: Library, source: Source, report: Callable[[str], None]) -> CostTable:
    """Costs of the operators in use; the others stand at 0, for the circuit never asks for them."""
    width = next((w for w in SELECTOR_WIDTHS if w >= source.n_vectors), SELECTOR_WIDTHS[-1])
    used = {step.operator for step in source.program.steps}
    names = [f"{o.name}_{width}to1" if o.selects else o.name for o in used]
    mapping = {name: dict.fromkeys(COLUMNS, 0.0) for name in GATES}
    for name in sorted(names):
        report(f"gate {name}")
        mapping[name] = _gate_costs(library, name)
    return CostTable.from_mapping(mapping, f"derived from {library.name}")


@lru_cache(maxsize=256)  # the circuits of a batch share operators
def _gate_costs(library: Library, name: str) -> dict[str, float]:
    (row,) = derive_costs(library, [name])
    return {quantity: float(row[column]) for quantity, column in COLUMNS.items()}


def _check(source: Source, tied: bool) -> Callable[[Netlist, Mapping[Net, Bits]], bool]:
    def check(netlist: Netlist, values: Mapping[Net, Bits]) -> bool:
        found = words(netlist.bits("y"), values)
        selects = np.zeros(len(found), dtype=np.intp)
        for i, net in enumerate(netlist.bits("select")):
            selects += values[net].astype(np.intp) << i
        # Beyond the last vector the circuit may do anything; as exported it takes the last one.
        selects = np.minimum(selects, source.n_vectors - 1)
        inputs = source.kept[selects] if tied else words(netlist.bits("x"), values)
        return bool(np.array_equal(found, infer(source.circuit, inputs, selects)))

    return check


def _tied(source: Source) -> str:
    """The circuit inside a module that knows the kept weights."""
    program = source.program
    rows = [f"{8 * program.n_inputs}'h{row[::-1].tobytes().hex()}" for row in source.kept]
    kept = nested(rows, "(select == {k}) ? {this} : {others}")
    select = f"input [{source.select_bits - 1}:0] select, " if program.selects else ""
    connection = ".select(select), " if program.selects else ""
    return (
        f"{verilog(source)}"
        f"module {source.name}_tied({select}output [{8 * program.n_outputs - 1}:0] y);\n"
        f"  {source.name} circuit(.x({kept}), {connection}.y(y));\nendmodule\n"
    )
