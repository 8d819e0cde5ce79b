"""Cost tables from the reports of Synopsys Design Compiler, ``<operator>_{power,area,timing}.txt``."""

import re
from decimal import Decimal
from pathlib import Path

from cgplab.cgp.operators import BY_NAME
from cgplab.errors import InputError
from cgplab.numbers import decimal_number
from cgplab.texts import read_text

# Each line is looked at by itself. Of the last row of `report_power` (internal, switching, leakage and total power,
# each with its own unit) the end counts.
_POWER_END = re.compile(r"([0-9.eE+-]*+)\s*+([munpk]?+W)")
_AREA = "Total cell area:"
_ARRIVAL = "data arrival time"
_NO_PATHS = "No paths."

MILLIWATTS: dict[str, Decimal] = {
    "kW": Decimal("1e6"),
    "W": Decimal("1e3"),
    "mW": Decimal(1),
    "uW": Decimal("1e-3"),
    "nW": Decimal("1e-6"),
    "pW": Decimal("1e-9"),
}
KINDS: tuple[str, ...] = ("power", "area", "timing")


def power_of(text: str) -> Decimal | None:
    """Total power in mW of a power report; None where there is no total."""
    for line in reversed(_lines(text)):
        words = line.split()
        if words[0] == "Total" and len(words) > 1:
            end = _POWER_END.fullmatch(" ".join(words[-2:] if words[-1] in MILLIWATTS else words[-1:]))
            if end is not None:
                return decimal_number(end[1], "the total power") * MILLIWATTS[end[2]]
    return None


def area_of(text: str) -> Decimal | None:
    """Total cell area of an area report, in the library's unit (um2); None where there is none."""
    found = _after(_AREA, text)
    return decimal_number(found[-1], "the total cell area") if found else None


def delay_of(text: str) -> Decimal | None:
    """Longest path of a timing report in ns, 0 for "No paths."; None where there is neither.

    Each path of the report gives its arrival time twice, the second time negated below the slack.
    """
    found = _after(_ARRIVAL, text)
    if found:
        return max(abs(decimal_number(number, "the data arrival time")) for number in found)
    return Decimal(0) if any(line.startswith(_NO_PATHS) for line in _lines(text)) else None


def _lines(text: str) -> list[str]:
    return [line for raw in text.splitlines() if (line := raw.strip())]


def _after(words: str, text: str) -> list[str]:
    """What follows some words at the beginning of lines, where that is one word."""
    rests = [line.removeprefix(words).strip() for line in _lines(text) if line.startswith(words)]
    return [rest for rest in rests if rest and len(rest.split()) == 1]


_READERS = {"power": power_of, "area": area_of, "timing": delay_of}
_WANTED = {
    "power": "a line 'Total … <value> <unit>'",
    "area": "a line 'Total cell area: <value>'",
    "timing": "'data arrival time <value>' or 'No paths.'",
}


def read_reports(directory: Path) -> list[dict[str, str]]:
    """Rows of a cost table from a directory of reports.

    Parameters
    ----------
    directory : Path
        Holds ``<operator>_power.txt``, ``<operator>_area.txt`` and ``<operator>_timing.txt`` for each
        operator, multiplexers by size (``mux_2to1``); other files are ignored.

    Returns
    -------
    list of dict
        Columns ``name``, ``energy_pj`` (power x delay), ``area_um2``, ``delay_ns``, ``power_mw``, ``source``; the
        order of the operator table, multiplexers last.

    Raises
    ------
    InputError
        The directory is absent or holds no report, a report of three is missing, or a value is not found.
    """
    if not directory.is_dir():
        raise InputError(f"no such directory of reports: {directory}")
    found = {path.name.removesuffix(f"_{kind}.txt") for kind in KINDS for path in directory.glob(f"*_{kind}.txt")}
    if not found:
        raise InputError(f"{directory} holds no report named <operator>_power.txt, _area.txt or _timing.txt")
    order = list(BY_NAME)
    names = sorted(found, key=lambda name: (order.index(name) if name in BY_NAME else len(order), len(name), name))
    return [_row(directory, name) for name in names]


def _row(directory: Path, name: str) -> dict[str, str]:
    values = {}
    for kind in KINDS:
        path = directory / f"{name}_{kind}.txt"
        try:
            value = _READERS[kind](read_text(path, replace=True))
        except InputError as error:
            raise InputError(f"cannot read the {kind} report of {name}, {path}: {error}") from error
        if value is None:
            raise InputError(f"{path} is not a {kind} report of Design Compiler: it lacks {_WANTED[kind]}")
        values[kind] = value
    return {
        "name": name,
        "energy_pj": _plain(values["power"] * values["timing"]),
        "area_um2": _plain(values["area"]),
        "delay_ns": _plain(values["timing"]),
        "power_mw": _plain(values["power"]),
        "source": "Design Compiler",
    }


def _plain(number: Decimal) -> str:
    text = format(number, "f")
    return text.rstrip("0").rstrip(".") if "." in text else text
