"""What is exported: a circuit, the kept weights it is fed with, and how people call it."""

import re
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from cgplab.cgp import Circuit
from cgplab.errors import InputError
from cgplab.export.program import Program
from cgplab.terminal import one_line

_IDENTIFIER = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")


@dataclass(frozen=True, eq=False)
class Source:
    """A circuit to export.

    Parameters
    ----------
    circuit : Circuit
    kept : (d, n_in) int8
        Kept weights, one row per vector of the problem.
    name : str
        Name of the module or function; letters, digits and underscores.
    about : tuple of str
        Lines of the comment on top: where the circuit comes from.

    Raises
    ------
    InputError
        The name is no identifier, or the kept weights do not fit the circuit.
    """

    circuit: Circuit
    kept: NDArray[np.int8]
    name: str = "circuit"
    about: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        if not _IDENTIFIER.fullmatch(self.name):
            raise InputError(f"name {self.name!r} must be letters, digits and underscores, not starting with a digit")
        if self.kept.ndim != 2 or self.kept.shape[1] != self.circuit.n_inputs or self.kept.dtype != np.int8:
            raise InputError(
                f"kept weights must be int8, shaped (vectors, {self.circuit.n_inputs}), "
                f"not {self.kept.dtype} {self.kept.shape}"
            )

    @property
    def n_vectors(self) -> int:
        """Vectors of the problem."""
        return len(self.kept)

    @cached_property
    def program(self) -> Program:
        """The circuit's active gates in order."""
        return Program.of(self.circuit, self.n_vectors)

    @property
    def select_bits(self) -> int:
        """Bits of the input that says which vector is meant."""
        return max(1, (self.n_vectors - 1).bit_length())

    def comment(self, prefix: str) -> str:
        """The comment on top, each line behind ``prefix``; what is stored of the run cannot end it in any language."""
        program = self.program
        lines = [
            f"{self.name}: {program.n_inputs} kept weights in, {program.n_outputs} inferred weights out, "
            f"{len(program.steps)} gates; all int8, wrapping modulo 256.",
            *map(_in_comment, self.about),
            "Written by cgplab.",
        ]
        return "".join(f"{prefix}{line}\n" for line in lines)


def _in_comment(text: str) -> str:
    """One line without what ends a comment or a literal somewhere: quotes, backslashes, ``*/``."""
    return one_line(text).replace("\\", "/").replace('"', "'").replace("*/", "* /").replace("/*", "/ *")


def chromosome(source: Source) -> str:
    """The original program's text form, on one line."""
    return source.circuit.to_text() + "\n"
