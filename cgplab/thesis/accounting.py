"""A circuit's measures as the original program counts them.

They differ from :func:`cgplab.cgp.evaluate` in two ways: energy and delay also exist as whole numbers (quantized for
the grid), and the real delay of a path is doubled when it ends at a constant, a defect of the original.
"""

import re
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from cgplab.cgp import Circuit, CostTable, Problem, evaluate
from cgplab.cgp.circuit import MOST_TEXT
from cgplab.cgp.evaluation import METRICS, output_error
from cgplab.cgp.multiplex import N_VALUES, multiplexed_problem
from cgplab.cgp.operators import BY_ID
from cgplab.errors import InputError
from cgplab.thesis.gate_parameters import GateParameters


@dataclass(frozen=True, eq=False)
class Measures:
    """What our core makes of a chromosome.

    Attributes
    ----------
    errors : dict of str to int
        Error by metric.
    quantized_energy, quantized_delay : int
    energy, area, delay : float
        pJ, um2, ns.
    original_delay : float
        ns, doubled before constants.
    depth, gate_count : int
    usage : dict of str to int
        Active gates by operator.
    outputs : (d, n_out) int8
    multiplexed : bool
        Whether the circuit still serves the 256 values instead of the targets; then ``errors`` are weighted by how
        often a value is needed.
    """

    errors: dict[str, int]
    quantized_energy: int
    energy: float
    area: float
    quantized_delay: int
    delay: float
    original_delay: float
    depth: int
    gate_count: int
    usage: dict[str, int]
    outputs: NDArray[np.int8]
    multiplexed: bool


class Accounting:
    """Measures chromosomes of one experiment.

    Parameters
    ----------
    problem : Problem
    parameters : GateParameters
    """

    def __init__(self, problem: Problem, parameters: GateParameters) -> None:
        self.problem = problem
        self.costs: CostTable = parameters.cost_table(problem.n_vectors)
        self._lines = parameters.by_function(problem.n_vectors)
        self._multiplexed: Problem | None = None

    def measure(self, circuit: Circuit, multiplexed: bool = False) -> Measures:
        """Measure a circuit.

        Parameters
        ----------
        circuit : Circuit
        multiplexed : bool
            Whether its 256 outputs are the value gates.

        Raises
        ------
        InputError
            The circuit does not fit the problem, or needs costs that the gate parameters lack.
        """
        problem = self._value_problem() if multiplexed else self.problem
        evaluation = evaluate(circuit, problem, self.costs)
        active = np.flatnonzero(circuit.active_gates())
        functions = circuit.gates[active, -1].tolist()
        quantized_delay, original_delay = self._delays(circuit, active)
        return Measures(
            errors={metric: output_error(evaluation.outputs, problem, metric) for metric in METRICS},
            quantized_energy=sum(self._lines[function].quantized_energy for function in functions),
            energy=evaluation.energy,
            area=evaluation.area,
            quantized_delay=quantized_delay,
            delay=evaluation.delay,
            original_delay=original_delay,
            depth=evaluation.depth,
            gate_count=evaluation.gate_count,
            usage=evaluation.gate_usage,
            outputs=evaluation.outputs,
            multiplexed=multiplexed,
        )

    def _value_problem(self) -> Problem:
        if self._multiplexed is None:
            self._multiplexed = multiplexed_problem(self.problem)
        return self._multiplexed

    def _delays(self, circuit: Circuit, active: NDArray[np.int64]) -> tuple[int, float]:
        """Quantized delay, and the real delay as the original sums it, over all paths from an output.

        The original walks from the outputs: a path of delay d that ends at an input counts d, one that ends at a
        constant of cost c counts 2 d + c.
        """
        n_in = circuit.n_inputs
        reads = circuit.pins_read()
        quantized = dict.fromkeys(circuit.outputs.tolist(), 0)
        real = dict.fromkeys(quantized, 0.0)
        longest_quantized, longest = 0, 0.0
        for gate in reversed(active.tolist()):
            pin = n_in + gate
            line = self._lines[int(circuit.gates[gate, -1])]
            before, walked = real[pin], quantized[pin] + line.quantized_delay
            if BY_ID[int(circuit.gates[gate, -1])].arity == 0:
                longest_quantized = max(longest_quantized, walked)
                longest = max(longest, 2 * before + float(line.delay))
                continue
            for source in circuit.gates[gate, :-1][reads[gate]].tolist():
                quantized[source] = max(quantized.get(source, 0), walked)
                real[source] = max(real.get(source, 0.0), before + float(line.delay))
        inputs = [pin for pin in quantized if pin < n_in]
        longest_quantized = max([longest_quantized, *(quantized[pin] for pin in inputs)])
        longest = max([longest, *(real[pin] for pin in inputs)])
        return longest_quantized, longest


_SIZE = re.compile(r"\s*+[0-9]{1,18}\s*+")


def read_chromosome(text: str) -> tuple[Circuit, bool]:
    """Circuit of a logged chromosome, and whether it is still multiplexed.

    While the original multiplexes, only the first 256 outputs mean anything: they are the last 256 gates of the grid,
    and what follows them may be no pins at all. Such a circuit is cut to its 256 outputs.

    Raises
    ------
    InputError
        Malformed, or a gene is illegal.
    """
    if len(text) > MOST_TEXT:
        raise InputError(f"a chromosome has at most {MOST_TEXT:,} characters, this text has {len(text):,}")
    opening = text.rfind("(")
    body, words = text[:opening], text[opening + 1 :].rstrip(" )\n").split(",")
    header, _, gates = body.partition("}")
    sizes = header.lstrip(" {").split(",")
    if opening > 0 and len(sizes) == 7 and len(words) >= N_VALUES and all(map(_SIZE.fullmatch, sizes)):
        n_inputs, n_outputs, cols, rows = (int(size) for size in sizes[:4])
        end = n_inputs + rows * cols
        wanted = [str(pin) for pin in range(end - N_VALUES, end)]
        if n_outputs == len(words) and [word.strip() for word in words[:N_VALUES]] == wanted:
            sizes[1] = str(N_VALUES)
            cut = f"{{{','.join(sizes)}}}{gates}({','.join(wanted)})"
            return Circuit.from_text(cut), True
    return Circuit.from_text(text), False


def check_fit(circuit: Circuit, multiplexed: bool, expected: tuple[int, ...], place: str) -> None:
    """Raise InputError unless a chromosome has the sizes of its experiment.

    Parameters
    ----------
    circuit : Circuit
    multiplexed : bool
    expected : tuple of int
        n_inputs, n_outputs, rows, cols, dataset_size.
    place : str
        Named in the message.
    """
    g = circuit.geometry
    found = (g.n_inputs, N_VALUES if multiplexed else g.n_outputs, g.rows, g.cols, circuit.dataset_size)
    wanted = (expected[0], N_VALUES if multiplexed else expected[1], *expected[2:])
    for what, has, needs in zip(("inputs", "outputs", "rows", "columns", "vectors"), found, wanted, strict=True):
        if has != needs:
            raise InputError(f"{place}: the chromosome has {has} {what}; the configuration asks for {needs}")
