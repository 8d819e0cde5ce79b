"""What it costs to read weights from memory, and what a circuit saves of it.

Formulas and their limits: docs/memory.md.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from math import ceil, inf, isfinite
from pathlib import Path
from typing import Any

from cgplab.errors import InputError
from cgplab.numbers import real_number
from cgplab.paths import shipped_data
from cgplab.schema import read_json

DEFAULT_MEMORY = "horowitz45"
DEFAULT_LEVEL = "dram"


@dataclass(frozen=True)
class Level:
    """A level of the memory hierarchy: one access moves ``bits`` and takes ``energy`` pJ."""

    energy: float
    bits: int
    note: str = ""

    @property
    def energy_per_bit(self) -> float:
        """Energy of one bit, pJ."""
        return self.energy / self.bits


@dataclass(frozen=True)
class MemoryModel:
    """Energy of accesses by level.

    Attributes
    ----------
    name : str
    meaning, source : str
        What the numbers are and where they come from.
    operation : float
        Energy of one 8-bit arithmetic operation, pJ.
    levels : dict of str to Level
        From the nearest to the farthest.
    """

    name: str
    meaning: str
    source: str
    operation: float
    levels: Mapping[str, Level]

    def level(self, name: str) -> Level:
        """Level by name; InputError when the model has none such."""
        if name not in self.levels:
            raise InputError(f"memory model {self.name} has no level {name!r}; allowed: {', '.join(self.levels)}")
        return self.levels[name]


@dataclass(frozen=True)
class Saving:
    """What inferring weights saves per inference, against reading them all; energies in pJ.

    Attributes
    ----------
    before, after : float
        Reading all weights; reading those that are kept.
    decoding : float
        Making the others from them.
    net : float
        before - after - decoding; negative where inferring costs more than it saves.
    share : float
        net / before.
    break_even_evaluations : float
        Evaluations of the circuit per inference at which nothing is saved; inf for a circuit that costs nothing.
    break_even_pj_per_bit : float
        Energy of moving a bit above which inferring pays: decoding / bits not moved; inf where none are saved.
    break_even_inferences : float
        Inferences after which loading the circuit's description and wiring has paid; 0 without any, inf where
        nothing is saved.
    """

    before: float
    after: float
    decoding: float
    net: float
    share: float
    break_even_evaluations: float
    break_even_pj_per_bit: float
    break_even_inferences: float


def memory_names() -> list[str]:
    """Names of the shipped memory models, the default first."""
    names = sorted(path.stem for path in (shipped_data() / "memory").glob("*.json"))
    return sorted(names, key=lambda name: name != DEFAULT_MEMORY)


@lru_cache(maxsize=16)
def load_memory(name: str = DEFAULT_MEMORY, operation: float | None = None) -> MemoryModel:
    """Memory model by name, or from a file.

    Parameters
    ----------
    name : str
        A shipped model, or the path of a ``.json`` like those in ``data/memory``: for every level ``bits`` of an
        access, and its energy as ``pj`` or as ``operations``, a multiple of ``operation_pj``.
    operation : float, optional
        Energy of one arithmetic operation in pJ, in place of the file's; scales the levels given in operations.

    Raises
    ------
    InputError
        No such model, or the file is not one.
    """
    path = shipped_data() / "memory" / f"{name}.json"
    if name not in memory_names():
        path = Path(name).expanduser()
        if path.suffix != ".json":
            raise InputError(
                f"unknown memory model {name!r}; allowed: {', '.join(memory_names())}, or the path of a .json file"
            )
    if operation is not None and not 0 < operation < inf:
        raise InputError(f"the energy of an operation must be finite and above 0 pJ, not {operation:g}")
    fields = read_json(path)
    try:
        unit = operation if operation is not None else _positive(fields["operation_pj"])
        levels = {
            level: Level(
                _positive(entry["pj"]) if "pj" in entry else _positive(entry["operations"]) * unit,
                _bits(entry["bits"]),
                str(entry.get("note", "")),
            )
            for level, entry in fields["levels"].items()
        }
        model = MemoryModel(path.stem, str(fields["meaning"]), str(fields["source"]), unit, levels)
    except (KeyError, TypeError, ValueError, OverflowError, AttributeError) as error:
        raise InputError(
            f"{path} is not a memory model ({type(error).__name__}: {error}); see data/memory/{DEFAULT_MEMORY}.json"
        ) from error
    if not levels:
        raise InputError(f"{path} names no level; see data/memory/{DEFAULT_MEMORY}.json")
    return model


def saving(
    bits_before: float,
    bits_after: float,
    decoding: float,
    energy_per_bit: float,
    *,
    evaluations: float = 1.0,
    configuration_bits: float = 0.0,
) -> Saving:
    """Net saving of one inference.

    Parameters
    ----------
    bits_before, bits_after : float
        Moved per inference without and with inferring.
    decoding : float
        Energy of making the inferred weights once, pJ: energy per operation of the circuit, not power x delay.
    energy_per_bit : float
        Of the memory level that is read, pJ.
    evaluations : float
        How often an inference makes the weights.
    configuration_bits : float
        Read once, before the first inference.
    """
    before, after = bits_before * energy_per_bit, bits_after * energy_per_bit
    spent = decoding * evaluations
    net, moved = before - after - spent, bits_before - bits_after
    loading = configuration_bits * energy_per_bit
    return Saving(
        before=before,
        after=after,
        decoding=spent,
        net=net,
        share=net / before if before else 0.0,
        break_even_evaluations=(before - after) / decoding if decoding else (inf if moved > 0 else 0.0),
        break_even_pj_per_bit=spent / moved if moved > 0 else inf,
        break_even_inferences=ceil(loading / net) if net > 0 else inf if loading else 0.0,
    )


def _positive(value: Any) -> float:
    number = float(value) if isinstance(value, (int, float)) else real_number(str(value), "an energy")
    if not (isfinite(number) and number > 0):
        raise ValueError(f"an energy is {value!r}; it must be finite and above 0")
    return number


def _bits(value: Any) -> int:
    if not isinstance(value, int) or isinstance(value, bool) or value < 1:
        raise ValueError(f"the bits of an access are {value!r}; they must be a whole number of at least 1")
    return value
