"""Cost tables from the reports of Synopsys Design Compiler, ``<operator>_{power,area,timing}.txt``."""

import re
from decimal import Decimal
from pathlib import Path

from cgplab.cgp.operators import BY_NAME
from cgplab.errors import InputError
from cgplab.system_errors import explained

_NUMBER = r"[-+]?(?:\d+\.?\d*|\.\d+)(?:[eE][-+]?\d+)?"
# The last row of `report_power`: internal, switching, leakage and total power, each with its own unit.
_POWER = re.compile(rf"^\s*Total\s.*?({_NUMBER})\s*([munpk]?W)\s*$", re.MULTILINE)
_AREA = re.compile(rf"^\s*Total cell area:\s*({_NUMBER})\s*$", re.MULTILINE)
_ARRIVAL = re.compile(rf"^\s*data arrival time\s+({_NUMBER})\s*$", re.MULTILINE)
_NO_PATHS = re.compile(r"^\s*No paths\.", re.MULTILINE)

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
    found = _POWER.findall(text)
    return Decimal(found[-1][0]) * MILLIWATTS[found[-1][1]] if found else None


def area_of(text: str) -> Decimal | None:
    """Total cell area of an area report, in the library's unit (um2); None where there is none."""
    found = _AREA.findall(text)
    return Decimal(found[-1]) if found else None


def delay_of(text: str) -> Decimal | None:
    """Longest path of a timing report in ns, 0 for "No paths."; None where there is neither.

    Each path of the report gives its arrival time twice, the second time negated below the slack.
    """
    found = _ARRIVAL.findall(text)
    if found:
        return max(abs(Decimal(number)) for number in found)
    return Decimal(0) if _NO_PATHS.search(text) else None


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
            value = _READERS[kind](path.read_text(encoding="utf-8", errors="replace"))
        except OSError as error:
            raise explained(f"cannot read the {kind} report of {name}, {path}", error) from error
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
