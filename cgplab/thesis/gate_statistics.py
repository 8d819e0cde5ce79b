"""``gate_statistics/statistics.{run}.{id}.txt``: how many active gates of a circuit apply each operator.

One operator per line, its id (or name) and a count with a colon, comma, equals sign or blank between.
"""

import re
from collections.abc import Mapping
from pathlib import Path

from cgplab.cgp.geometry import MAX_GENES
from cgplab.cgp.operators import BY_ID, BY_NAME, OPERATORS
from cgplab.errors import InputError
from cgplab.numbers import shortened, whole_number
from cgplab.thesis.text import read_lines

_LINE = re.compile(r"([A-Za-z_0-9]++)(?:\s*+[:=,;]\s*+|\s++)([0-9]++)")

_NAMES = {str(function): operator.name for function, operator in BY_ID.items()}


def read_gate_statistics(path: Path) -> dict[str, int]:
    """Active gates by operator name; operators that no gate applies are left out.

    Raises
    ------
    InputError
        Absent, or a line names no operator or has no count.
    """
    usage: dict[str, int] = {}
    for number, line in read_lines(path):
        match = _LINE.fullmatch(line)
        if match is None:
            raise InputError(f"{path}, line {number}: {shortened(line)!r} is not an operator and a count")
        key, count = match.groups()
        name = _NAMES.get(key, key)
        if name not in BY_NAME:
            raise InputError(f"{path}, line {number}: unknown operator {shortened(key)!r}")
        gates = whole_number(count, f"{path}, line {number}: the count of {name}", 0, MAX_GENES)
        if gates:
            usage[name] = usage.get(name, 0) + gates
    return usage


def write_gate_statistics(path: Path, usage: Mapping[str, int]) -> None:
    """Write active gates by operator name, one line per operator in id order."""
    path.parent.mkdir(parents=True, exist_ok=True)
    text = "".join(f"{operator.id}: {usage.get(operator.name, 0)}\n" for operator in OPERATORS)
    path.write_text(text, encoding="utf-8")
