"""``train_cgp.config`` and ``cgp_configs/cgp.{run}.config``: lines of ``key: value``.

The second is what the program writes when a run has ended: all settings, then ``best_solution:`` with the measures
and the chromosome of the final circuit. A repeated run appends another such block; the last one counts.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Self

from cgplab.errors import InputError
from cgplab.numbers import real_number, shortened, whole_number
from cgplab.thesis.statistics import Row, parse_row
from cgplab.thesis.text import read_lines

FINAL = "best_solution"
SIZES = ("input_count", "output_count", "row_count", "col_count")
MEASURES = ("error", "quantized_energy", "energy", "area", "quantized_delay", "delay", "depth", "gate_count")


@dataclass(frozen=True)
class Config:
    """Settings in the order of the file.

    Attributes
    ----------
    path : Path
    values : dict of str to str
        Of a key that stands several times, the last value.
    lines : dict of str to int
        Line of each key.
    """

    path: Path
    values: Mapping[str, str]
    lines: Mapping[str, int]

    @classmethod
    def read(cls, path: Path) -> Self:
        """Read a file.

        Raises
        ------
        InputError
            Absent, or a line is not ``key: value``.
        """
        values: dict[str, str] = {}
        lines: dict[str, int] = {}
        for number, line in read_lines(path):
            key, colon, value = line.partition(":")
            if not colon or not key.strip():
                raise InputError(f"{path}, line {number}: {shortened(line)!r} is not 'key: value'")
            values[key.strip()] = value.strip()
            lines[key.strip()] = number
        return cls(path, values, lines)

    def place(self, key: str) -> str:
        """Where a key stands, for messages."""
        return f"{self.path}, line {self.lines[key]}" if key in self.lines else str(self.path)

    def whole(self, key: str, default: int | None = None, least: int = 0, most: int = 2**63 - 1) -> int:
        """Whole number of a key.

        Raises
        ------
        InputError
            The key is absent and there is no default, or its value is no whole number from ``least`` to ``most``.
        """
        if key not in self.values:
            if default is None:
                raise InputError(f"{self.path} lacks {key!r}; add a line '{key}: NUMBER'")
            return default
        return whole_number(self.values[key], f"{self.place(key)}: {key}", least, most)

    def number(self, key: str) -> float | None:
        """Number of a key; None where it is absent, ``inf`` or ``nan``."""
        text = self.values.get(key, "inf")
        if text in ("inf", "nan"):
            return None
        return real_number(text, f"{self.place(key)}: {key}")

    def final(self) -> Row | None:
        """The final circuit and its measures; None where the file does not tell them."""
        if FINAL not in self.values:
            return None
        place = self.place(FINAL)
        fields = {}
        rest = self.values[FINAL]
        for word in rest.split():
            name, colon, value = word.partition(":")
            if not colon:
                raise InputError(f"{place}: {shortened(word)!r} in {FINAL} is not 'name:value'")
            fields[name] = value
        lacking = [name for name in (*MEASURES, "chromosome") if name not in fields]
        if lacking:
            raise InputError(f"{place}: {FINAL} lacks {lacking[0]}; the line may be cut off")
        return parse_row({"run": "1", "generation": "1", "timestamp": "", **fields}, place)


def write_config(path: Path, values: Mapping[str, object]) -> None:
    """Write settings as ``key: value`` lines."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text("".join(f"{key}: {value}\n" for key, value in values.items()), encoding="utf-8")


def final_line(row: Row) -> str:
    """Value of ``best_solution`` for a final circuit."""
    texts = row.texts()
    return " ".join([*(f"{name}:{texts[name]}" for name in MEASURES), f"chromosome:{row.chromosome or 'null'}"])
