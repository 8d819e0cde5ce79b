"""A circuit: a grid of gates and the pins its outputs take."""

import re
from dataclasses import dataclass
from functools import cached_property
from typing import Any, Self

import numpy as np
from numpy.typing import ArrayLike, NDArray

from cgplab.cgp.geometry import MAX_GENES, Geometry
from cgplab.cgp.operators import BY_ID, CODED, EVERY_PIN, ID_OF_CODE, OPERATORS, PLAIN_CODES
from cgplab.errors import InputError
from cgplab.numbers import shortened

# Numbers of up to 18 digits fit int64, where they are checked. Nothing is tried twice: each part is possessive.
_NUMBER = r"[0-9]{1,18}+"
_HEADER = re.compile(rf"\{{({_NUMBER}(?:,{_NUMBER}){{6}})\}}")
_GATE = re.compile(rf"\(\[({_NUMBER})\]({_NUMBER}(?:,{_NUMBER})*+)\)")
_OUTPUTS = re.compile(rf"\(({_NUMBER}(?:,{_NUMBER})*+)\)")
MOST_TEXT = 2**24
"""Characters of a chromosome: fifty times those of the original study's largest grid."""

Genes = NDArray[np.int32]


@dataclass(frozen=True, eq=False)
class Circuit:
    """Gates on a grid and the pins the outputs take; immutable and checked.

    Parameters
    ----------
    n_inputs, n_outputs, rows, cols, l_back : int
        See :class:`Geometry`.
    gates : (rows*cols, arity+1) int32
        Column by column; each gate is ``[pin a, pin b, ..., function id]``. ``arity`` is 2 unless a
        ``mux`` has to choose among more vectors.
    outputs : (n_outputs,) int32
        Pin of each output.
    dataset_size : int
        Vectors the circuit was made for; it stands in the text form and has no other effect.

    Raises
    ------
    InputError
        A shape, pin or function id is wrong; the message names the first.
    """

    n_inputs: int
    n_outputs: int
    rows: int
    cols: int
    l_back: int
    gates: Genes
    outputs: Genes
    dataset_size: int = 1

    def __post_init__(self) -> None:
        gates = _as_genes(self.gates, "gates")
        outputs = _as_genes(self.outputs, "outputs")
        if gates.ndim != 2 or gates.shape[1] < 3:
            raise InputError(f"gates must be shaped (rows*cols, 3): pin a, pin b, function id; not {gates.shape}")
        object.__setattr__(self, "gates", gates)
        object.__setattr__(self, "outputs", outputs)
        geometry = self.geometry
        if gates.shape[0] != geometry.n_gates:
            raise InputError(
                f"a grid of {self.rows}x{self.cols} has {geometry.n_gates} gates, but {gates.shape[0]} were given"
            )
        if outputs.shape != (self.n_outputs,):
            raise InputError(f"outputs must be shaped ({self.n_outputs},), not {outputs.shape}")
        if not 1 <= self.dataset_size <= MAX_GENES:
            raise InputError(f"dataset_size must lie between 1 and {MAX_GENES}, not {self.dataset_size}")
        self._check_genes(geometry)

    def _check_genes(self, geometry: Geometry) -> None:
        functions = self.gates[:, -1]
        unknown = ~np.isin(functions, np.array(list(BY_ID)))
        if unknown.any():
            gate = int(np.argmax(unknown))
            raise InputError(
                f"gate {self.n_inputs + gate} has the unknown function id {functions[gate]}; allowed: 0-28 and 100"
            )
        column = np.arange(geometry.n_gates) // self.rows
        low, high = geometry.pin_low[column, None], geometry.pin_high[column, None]
        pins = self.gates[:, :-1]
        illegal = (pins < low) | (pins >= high)
        if illegal.any():
            gate, which = (int(i) for i in np.argwhere(illegal)[0])
            raise InputError(
                f"gate {self.n_inputs + gate} in column {column[gate]} reads pin {pins[gate, which]}; "
                f"legal with l-back {self.l_back} are pins {low[gate, 0]} to {high[gate, 0] - 1}"
            )
        lowest, end = int(geometry.pin_low[-1]), int(geometry.pin_high[-1])
        illegal = (self.outputs < lowest) | (self.outputs >= end)
        if illegal.any():
            output = int(np.argmax(illegal))
            raise InputError(
                f"output {output} takes pin {self.outputs[output]}; "
                f"legal with l-back {self.l_back} are pins {lowest} to {end - 1}"
            )

    @cached_property
    def geometry(self) -> Geometry:
        """Sizes of the circuit."""
        return Geometry(self.n_inputs, self.n_outputs, self.rows, self.cols, self.l_back, int(self.gates.shape[1]) - 1)

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, Circuit):
            return NotImplemented
        return (
            self.geometry == other.geometry
            and self.dataset_size == other.dataset_size
            and bool(np.array_equal(self.gates, other.gates))
            and bool(np.array_equal(self.outputs, other.outputs))
        )

    def __hash__(self) -> int:
        return hash((self.geometry, self.dataset_size, self.gates.tobytes(), self.outputs.tobytes()))

    @classmethod
    def from_genes(cls, geometry: Geometry, gates: ArrayLike, outputs: ArrayLike, dataset_size: int = 1) -> Self:
        """Circuit of a geometry."""
        return cls(
            geometry.n_inputs, geometry.n_outputs, geometry.rows, geometry.cols, geometry.l_back,
            np.asarray(gates), np.asarray(outputs), dataset_size,
        )  # fmt: skip

    @classmethod
    def random(
        cls,
        geometry: Geometry,
        seed: int | np.random.SeedSequence | np.random.Generator,
        dataset_size: int = 1,
    ) -> Self:
        """Circuit with uniformly drawn genes.

        Parameters
        ----------
        geometry : Geometry
            Every column and the outputs must have a legal pin.
        seed : int, SeedSequence or Generator
            The same seed gives the same circuit.
        dataset_size : int
            With more than one vector, ``mux`` and ``demux`` are drawn too.
        """
        random = np.random.default_rng(seed)
        column = np.arange(geometry.n_gates) // geometry.rows
        low, high = geometry.pin_low[column, None], geometry.pin_high[column, None]
        pins = random.integers(low, high, size=(geometry.n_gates, geometry.arity))
        codes = random.integers(0, PLAIN_CODES if dataset_size == 1 else len(CODED), size=geometry.n_gates)
        outputs = random.integers(geometry.pin_low[-1], geometry.pin_high[-1], size=geometry.n_outputs)
        return cls.from_genes(geometry, np.column_stack([pins, ID_OF_CODE[codes]]), outputs, dataset_size)

    @classmethod
    def from_text(cls, text: str) -> Self:
        """Read the original program's text form.

        ``{inputs,outputs,cols,rows,arity,l-back,dataset}([pin]a,b,f)...(o1,o2,...)``, gates column by
        column.

        Raises
        ------
        InputError
            The text is not of this form, or a gene is illegal.
        """
        if len(text) > MOST_TEXT:
            raise InputError(f"a chromosome has at most {MOST_TEXT:,} characters, this text has {len(text):,}")
        compact = "".join(text.split())
        header = _HEADER.match(compact)
        if header is None:
            raise InputError(
                "a chromosome starts with {inputs,outputs,cols,rows,arity,l-back,dataset}, "
                f"not with {shortened(compact)!r}"
            )
        n_inputs, n_outputs, cols, rows, arity, l_back, dataset_size = map(int, header.group(1).split(","))
        # The header can claim any size; nothing of that size is made before the text has shown that many gates.
        geometry = Geometry(n_inputs, n_outputs, rows, cols, l_back, arity)
        position = header.end()
        gates: list[list[int]] = []
        while (match := _GATE.match(compact, position)) is not None:
            genes = [int(gene) for gene in match.group(2).split(",")]
            if len(genes) != arity + 1:
                raise InputError(
                    f"gate {shortened(match.group(0))!r} has {len(genes)} genes; "
                    f"the header's arity asks for {arity + 1}"
                )
            if int(match.group(1)) != n_inputs + len(gates):
                raise InputError(
                    f"gate {shortened(match.group(0))!r} is out of place; expected pin {n_inputs + len(gates)}"
                )
            gates.append(genes)
            position = match.end()
        last = _OUTPUTS.fullmatch(compact, position)
        if last is None:
            raise InputError(f"malformed chromosome after {len(gates)} gates, at {shortened(compact[position:])!r}")
        if len(gates) != geometry.n_gates:
            raise InputError(
                f"a grid of {rows}x{cols} has {geometry.n_gates} gates, but the chromosome lists {len(gates)}"
            )
        return cls.from_genes(geometry, gates, [int(pin) for pin in last.group(1).split(",")], dataset_size)

    def to_text(self) -> str:
        """Text form of the original program; see :meth:`from_text`."""
        g = self.geometry
        header = f"{{{g.n_inputs},{g.n_outputs},{g.cols},{g.rows},{g.arity},{g.l_back},{self.dataset_size}}}"
        gates = "".join(
            f"([{g.n_inputs + index}]{','.join(map(str, genes))})" for index, genes in enumerate(self.gates.tolist())
        )
        return f"{header}{gates}({','.join(map(str, self.outputs.tolist()))})"

    def pins_read(self) -> NDArray[np.bool_]:
        """Which pins each gate's function really reads, (rows*cols, arity) bool."""
        arity = self.geometry.arity
        reads = np.zeros((max(BY_ID) + 1, arity), dtype=bool)
        for operator in OPERATORS:
            reads[operator.id, : arity if operator.arity == EVERY_PIN else operator.arity] = True
        return reads[self.gates[:, -1]]

    def active_gates(self) -> NDArray[np.bool_]:
        """Which gates some output depends on, (rows*cols,) bool."""
        active = np.zeros(self.geometry.n_pins, dtype=bool)
        active[self.outputs] = True
        reads = self.pins_read()
        # Pins point backwards, so one pass over columns from the right marks every ancestor.
        for col in range(self.cols - 1, -1, -1):
            gates = slice(col * self.rows, (col + 1) * self.rows)
            used = reads[gates] & active[self.n_inputs :][gates, None]
            active[self.gates[gates, :-1][used]] = True
        return active[self.n_inputs :]


def _as_genes(value: Any, what: str) -> Genes:
    array = np.asarray(value)
    if array.dtype.kind not in "iu":
        raise InputError(f"{what} must be whole numbers, not {array.dtype}")
    if array.size and (array.min() < 0 or array.max() > np.iinfo(np.int32).max):
        raise InputError(f"{what} must lie between 0 and 2147483647; found {array.min()} to {array.max()}")
    genes = np.array(array, dtype=np.int32, order="C")
    genes.flags.writeable = False
    return genes
