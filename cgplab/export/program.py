"""A circuit as a straight-line program: its active gates in an order in which each finds its pins ready."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from cgplab.cgp import Circuit, Operator
from cgplab.cgp.operators import BY_ID, EVERY_PIN, apply_operator
from cgplab.errors import InputError
from cgplab.export.operations import Dialect, write_operation


@dataclass(frozen=True)
class Step:
    """One active gate: the pin it drives, its operator, and the pins it reads."""

    pin: int
    operator: Operator
    pins: tuple[int, ...]


@dataclass(frozen=True)
class Program:
    """What a circuit computes, without its grid.

    Attributes
    ----------
    n_inputs, n_vectors : int
        Kept weights per vector, and vectors of the problem; with more than one, the program also reads which.
    steps : tuple of Step
        Active gates; the pins of each are inputs or gates before it.
    outputs : tuple of int
        Pin of each output.
    """

    n_inputs: int
    n_vectors: int
    steps: tuple[Step, ...]
    outputs: tuple[int, ...]

    @classmethod
    def of(cls, circuit: Circuit, n_vectors: int = 1) -> "Program":
        """Program of a circuit made for a problem of ``n_vectors`` vectors.

        Raises
        ------
        InputError
            An active ``mux`` or ``demux`` finds only one vector, or a ``mux`` has fewer pins than vectors.
        """
        steps = []
        for gate in np.flatnonzero(circuit.active_gates()).tolist():
            *pins, function = circuit.gates[gate].tolist()
            operator = BY_ID[function]
            if operator.selects and n_vectors < 2:
                raise InputError(f"{operator.name} chooses by vector, but the problem has only one")
            if operator.arity == EVERY_PIN and n_vectors > len(pins):
                raise InputError(f"mux with {len(pins)} pins cannot choose among {n_vectors} vectors")
            read = n_vectors if operator.arity == EVERY_PIN else operator.arity
            steps.append(Step(circuit.n_inputs + gate, operator, tuple(pins[:read])))
        return cls(circuit.n_inputs, n_vectors, tuple(steps), tuple(circuit.outputs.tolist()))

    @property
    def n_outputs(self) -> int:
        """Inferred weights per vector."""
        return len(self.outputs)

    @property
    def selects(self) -> bool:
        """Whether the problem has several vectors, so that the index of one is an input too."""
        return self.n_vectors > 1

    @property
    def inputs_read(self) -> list[int]:
        """Inputs that some active gate or output reads, ascending."""
        pins = {pin for step in self.steps for pin in step.pins} | set(self.outputs)
        return sorted(pin for pin in pins if pin < self.n_inputs)

    def written(self, dialect: Dialect, name: Callable[[int], str]) -> Iterator[tuple[str, str, Step]]:
        """Walk the gates: name, formula in a language, and step of each.

        Parameters
        ----------
        dialect : Dialect
        name : callable
            Text of a pin by its number.
        """
        for step in self.steps:
            yield name(step.pin), write_operation(step.operator, [name(pin) for pin in step.pins], dialect), step

    def run(self, inputs: NDArray[np.int8], selects: NDArray[np.intp] | None = None) -> dict[int, NDArray[np.int8]]:
        """Values of all pins.

        Parameters
        ----------
        inputs : (n, n_in) int8
        selects : (n,) int, optional
            Which vector of the problem each row stands for. Default: the first.

        Returns
        -------
        {pin: (n,) int8}
        """
        values = {pin: inputs[:, pin] for pin in range(self.n_inputs)}
        chosen = np.zeros(len(inputs), dtype=np.intp) if selects is None else selects
        for step in self.steps:
            pins = [values[pin] for pin in step.pins] or [np.zeros(len(inputs), dtype=np.int8)]
            result = np.empty(len(inputs), dtype=np.int8)
            for select in np.unique(chosen).tolist() if step.operator.selects else [0]:
                rows = chosen == select if step.operator.selects else slice(None)
                result[rows] = apply_operator(step.operator, [pin[rows] for pin in pins], select)
            values[step.pin] = result
        return values

    def infer(self, inputs: NDArray[np.int8], selects: NDArray[np.intp] | None = None) -> NDArray[np.int8]:
        """Outputs, (n, n_out) int8; see :meth:`run`."""
        values = self.run(inputs, selects)
        return np.stack([values[pin] for pin in self.outputs], axis=1)


def identifier(pin: int, n_inputs: int) -> str:
    """Name of a pin in texts: ``x3`` for an input, ``g12`` for the gate that drives pin 12."""
    return f"x{pin}" if pin < n_inputs else f"g{pin}"


def nested(options: Sequence[str], template: str) -> str:
    """Conditional that takes the k-th option, the last one beyond.

    ``template`` gets ``{k}``, ``{this}`` and ``{others}``.
    """
    text = options[-1]
    for k in range(len(options) - 2, -1, -1):
        text = template.format(k=k, this=options[k], others=text)
    return text
