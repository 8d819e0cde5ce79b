"""A standard-cell library as timing and power analysis need it, read from a Liberty file (NLDM)."""

import re
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from cgplab.errors import InputError
from cgplab.hardware.synthesis.boolean import Function, parse_function
from cgplab.hardware.synthesis.liberty_text import Group, numbers, parse_groups
from cgplab.numbers import real_number
from cgplab.texts import read_text

_NANOSECONDS = {"1ns": 1.0, "1ps": 1e-3, "10ps": 1e-2, "100ps": 0.1}
_PICOFARADS = {"pf": 1.0, "ff": 1e-3}
_UNIT = re.compile(r"([0-9.]++)(\w+)")
_MILLIWATTS = {"nW": 1e-6, "pW": 1e-9, "uW": 1e-3, "mW": 1.0, "W": 1e3}


class Table:
    """Look-up table over input slew and output load, linear between and beyond its points.

    Raises
    ------
    InputError
        It has another number of values than its axes ask for.
    """

    def __init__(self, group: Group, templates: dict[str, Group]) -> None:
        template = templates.get(group.arguments[0])

        def index(key: str) -> list[float]:
            source = group if key in group.lists else template
            return numbers(source.lists[key]) if source is not None and key in source.lists else [0.0]

        self._axes = [np.array(index("index_1")), np.array(index("index_2"))]
        self._load_first = template is not None and "capacitance" in template.attributes.get("variable_1", "")
        values = np.array(numbers(group.lists.get("values", "")))
        if values.size == 1:
            self._axes = [np.zeros(1), np.zeros(1)]
        if not values.size or values.size != len(self._axes[0]) * len(self._axes[1]):
            sizes = " x ".join(str(len(axis)) for axis in self._axes)
            raise InputError(f"a table {group.kind} of the library has {values.size} values; its axes have {sizes}")
        self._values: NDArray[np.float64] = values.reshape(len(self._axes[0]), len(self._axes[1]))

    def __call__(self, slew: float, load: float) -> float:
        """Value at a slew and a load, both in the library's units."""
        x, y = (load, slew) if self._load_first else (slew, load)
        a, b, f = _between(self._axes[0], x)
        c, d, g = _between(self._axes[1], y)
        v = self._values
        return float((v[a, c] * (1 - f) + v[b, c] * f) * (1 - g) + (v[a, d] * (1 - f) + v[b, d] * f) * g)


def _between(axis: NDArray[np.float64], x: float) -> tuple[int, int, float]:
    if len(axis) == 1:
        return 0, 0, 0.0
    k = min(max(int(np.searchsorted(axis, x)) - 1, 0), len(axis) - 2)
    return k, k + 1, float((x - axis[k]) / (axis[k + 1] - axis[k]))


@dataclass(frozen=True)
class Arc:
    """How a pin follows another: delays and slews by ``cell_rise``, ``rise_transition`` and the like."""

    source: str
    sense: str
    tables: dict[str, Table]


@dataclass(frozen=True)
class InternalPower:
    """Energy inside a cell per transition of a pin; ``sources`` are the pins it depends on."""

    sources: tuple[str, ...]
    rise: Table | None
    fall: Table | None


@dataclass
class Pin:
    """Pin of a cell; ``capacitance`` in pF, ``function`` as text or None.

    Function, arcs and powers are read when they are asked for, and raise InputError where they are damaged.
    """

    direction: str
    capacitance: float
    function: str | None
    _group: Group = field(repr=False)
    _templates: dict[str, Group] = field(repr=False)

    @cached_property
    def evaluate(self) -> Function:
        """The output's function of the cell's inputs."""
        assert self.function is not None
        return parse_function(self.function)

    @cached_property
    def arcs(self) -> list[Arc]:
        """Timing arcs that end here."""
        kinds = ("cell_rise", "cell_fall", "rise_transition", "fall_transition")
        found = []
        for timing in self._group.all("timing"):
            tables = {group.kind: Table(group, self._templates) for group in timing.all(*kinds)}
            if "cell_rise" in tables or "cell_fall" in tables:
                sense = timing.attributes.get("timing_sense", "non_unate")
                found += [Arc(pin, sense, tables) for pin in timing.attributes.get("related_pin", "").split()]
        return found

    @cached_property
    def internal_powers(self) -> list[InternalPower]:
        """Energies of this pin's transitions."""
        found = []
        for power in self._group.all("internal_power"):
            tables = {g.kind: Table(g, self._templates) for g in power.all("rise_power", "fall_power", "power")}
            both = tables.get("power")
            sources = tuple(power.attributes.get("related_pin", "").split())
            found.append(InternalPower(sources, tables.get("rise_power", both), tables.get("fall_power", both)))
        return found


@dataclass
class Cell:
    """Cell of the library: area in the library's unit (um2), leakage in mW, pins by name."""

    name: str
    area: float
    leakage: float
    pins: dict[str, Pin]

    def inputs(self) -> list[str]:
        """Names of the input pins."""
        return [name for name, pin in self.pins.items() if pin.direction == "input"]

    def outputs(self) -> list[str]:
        """Names of the output pins."""
        return [name for name, pin in self.pins.items() if pin.direction == "output"]


@dataclass(eq=False)
class Library:
    """Standard-cell library; times in ns, capacitances in pF, energies in pJ are the library's times these factors."""

    name: str
    path: Path
    voltage: float
    nanoseconds: float
    picofarads: float
    cells: dict[str, Cell]


def read_liberty(path: Path) -> Library:
    """Read a Liberty file with table look-up models (NLDM).

    Raises
    ------
    InputError
        The file is absent, no Liberty library, or in units unknown to us.
    """
    try:
        text = read_text(path, replace=True)
    except InputError as error:
        raise InputError(f"cannot read the Liberty file {path}: {error}") from error
    root = parse_groups(text)
    if root is None or root.kind != "library":
        raise InputError(f"{path} is not a Liberty file: it holds no complete group 'library (...) {{ ... }}'")
    templates = {group.arguments[0]: group for group in root.groups if group.kind.endswith("template")}
    try:
        leakage_unit = _UNIT.fullmatch(root.attributes.get("leakage_power_unit", "1nW").replace(" ", ""))
        if leakage_unit is None:
            raise InputError("leakage_power_unit is not a number with a unit")
        milliwatts = real_number(leakage_unit[1], "leakage_power_unit") * _MILLIWATTS[leakage_unit[2]]
        factor, unit = root.lists.get("capacitive_load_unit", "1,pf").replace(" ", "").replace('"', "").split(",")
        library = Library(
            name=root.arguments[0],
            path=path,
            voltage=real_number(root.attributes.get("nom_voltage", "1.1"), "nom_voltage"),
            nanoseconds=_NANOSECONDS[root.attributes.get("time_unit", "1ns").replace(" ", "")],
            picofarads=real_number(factor, "capacitive_load_unit") * _PICOFARADS[unit.lower()],
            cells={},
        )
        for group in root.all("cell"):
            cell = _cell(group, templates, milliwatts, library.picofarads)
            library.cells[cell.name] = cell
    except (KeyError, ValueError) as error:
        raise InputError(f"{path} has units or values that cannot be read: {error}") from error
    if not library.cells:
        raise InputError(f"{path} holds no cells")
    return library


def _cell(group: Group, templates: dict[str, Group], milliwatts: float, picofarads: float) -> Cell:
    leakage = group.attributes.get("cell_leakage_power")
    if leakage is None:
        states = [
            real_number(g.attributes["value"], "leakage_power")
            for g in group.all("leakage_power")
            if "value" in g.attributes
        ]
        leakage = str(sum(states) / len(states) if states else 0)
    pins = {
        name: Pin(
            direction=pin.attributes.get("direction", ""),
            capacitance=real_number(pin.attributes.get("capacitance", "0"), "capacitance") * picofarads,
            function=pin.attributes.get("function"),
            _group=pin,
            _templates=templates,
        )
        for pin in group.all("pin")
        for name in pin.arguments
    }
    area = real_number(group.attributes.get("area", "0"), "area")
    return Cell(group.arguments[0], area, real_number(leakage, "cell_leakage_power") * milliwatts, pins)
