"""Map Verilog to a library with yosys and abc, and measure the result."""

import json
import subprocess
import tempfile
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from cgplab.errors import InputError, WrongResultError
from cgplab.hardware.synthesis.adders import adder_techmap, find_adder
from cgplab.hardware.synthesis.analysis import dynamic_energy, leakage, time_netlist
from cgplab.hardware.synthesis.boolean import Bits
from cgplab.hardware.synthesis.library import Library
from cgplab.hardware.synthesis.netlist import Net, Netlist
from cgplab.tools import find_tool

TOGGLES_PER_NS = 0.1
"""How often each input bit toggles where power is measured (the original study's assumption)."""

Check = Callable[[Netlist, Mapping[Net, Bits]], bool]
"""Whether a netlist's simulated values are what they must be."""


@dataclass(frozen=True)
class Synthesised:
    """Measures of a mapped netlist.

    Attributes
    ----------
    area : float
        um2.
    delay : float
        Longest path, ns.
    power : float
        Dynamic and leakage power at 0.1 toggles/ns per input bit, mW.
    leakage : float
        mW.
    energy_per_op : float
        One evaluation on fresh random inputs, pJ.
    cells : int
        Cells of the netlist.
    recipe : str
        ``abc``, or ``fa`` with the library's adder cells.
    """

    area: float
    delay: float
    power: float
    leakage: float
    energy_per_op: float
    cells: int
    recipe: str

    @property
    def energy(self) -> float:
        """Power x delay, pJ."""
        return self.power * self.delay


def synthesise(library: Library, verilog: str, top: str, check: Check, vectors: int) -> Synthesised:
    """Map a module twice, with and without the library's adder cells, and keep the smaller (then the faster).

    Parameters
    ----------
    library : Library
    verilog : str
        Combinational module.
    top : str
        Its name.
    check : callable
        Called with each netlist and its values over random vectors.
    vectors : int
        Random vectors of the check and of the energy per operation; power takes four times as many.

    Raises
    ------
    MissingToolError
        yosys is not installed.
    InputError
        yosys cannot use the library.
    WrongResultError
        A netlist fails the check.
    """
    full, half = find_adder(library, 3), find_adder(library, 2)
    techmaps = {"abc": None} | ({"fa": adder_techmap(full, half)} if full and half else {})
    found = [_measure(library, verilog, top, check, vectors, recipe, text) for recipe, text in techmaps.items()]
    return min(found, key=lambda result: (round(result.area, 4), result.delay))


def _measure(
    library: Library, verilog: str, top: str, check: Check, vectors: int, recipe: str, techmap: str | None
) -> Synthesised:
    netlist = map_to_cells(library, verilog, top, techmap)
    fresh = netlist.simulate(library, _stimulus(netlist, vectors, 0.5, seed=1), vectors + 1)
    if not check(netlist, fresh):
        raise WrongResultError(f"the netlist of {top} ({recipe}) does not compute what it must; please report this")
    timing = time_netlist(library, netlist)
    slow = netlist.simulate(library, _stimulus(netlist, 4 * vectors, TOGGLES_PER_NS, seed=2), 4 * vectors + 1)
    leaking = leakage(library, netlist)
    if not netlist.instances:
        return Synthesised(0.0, 0.0, 0.0, 0.0, 0.0, 0, recipe)
    return Synthesised(
        area=sum(library.cells[instance.cell].area for instance in netlist.instances),
        delay=timing.delay,
        # One step is 1 ns, so pJ per step are mW.
        power=dynamic_energy(library, netlist, timing, slow, charge_inputs=False) + leaking,
        leakage=leaking,
        energy_per_op=dynamic_energy(library, netlist, timing, fresh, charge_inputs=True) + leaking * timing.delay,
        cells=len(netlist.instances),
        recipe=recipe,
    )


def find_yosys() -> str:
    """Path of yosys; MissingToolError when it is not installed."""
    return find_tool("yosys", "yosys")


def map_to_cells(library: Library, verilog: str, top: str, techmap: str | None = None) -> Netlist:
    """Netlist of a module in the library's cells; see :func:`synthesise` for errors."""
    yosys = find_yosys()
    liberty = library.path.resolve()
    with tempfile.TemporaryDirectory() as name:
        directory = Path(name)
        (directory / "top.v").write_text(verilog)
        (directory / "library.lib").symlink_to(liberty)  # yosys splits commands at blanks in a path
        synth = f"synth -flatten -top {top}"
        if techmap is not None:
            (directory / "adders.v").write_text(techmap)
            synth += " -run begin:fine; maccmap; opt; techmap -map adders.v; opt -full; techmap; opt -full; opt_clean"
        script = (
            f"read_liberty -lib library.lib; read_verilog -sv top.v; hierarchy -top {top}; {synth}; "
            "abc -liberty library.lib; opt_clean -purge; splitnets -ports; opt_clean -purge; write_json top.json"
        )
        done = subprocess.run([yosys, "-q", "-p", script], cwd=directory, capture_output=True, text=True, check=False)
        if done.returncode:
            lines = [line for line in (done.stderr + done.stdout).splitlines() if "ERROR" in line]
            raise InputError(f"yosys cannot map {top} with {library.path}: {lines[0] if lines else done.stderr[-200:]}")
        module = json.loads((directory / "top.json").read_text())["modules"][top]
    netlist = Netlist.from_json(module)
    unknown = sorted({instance.cell for instance in netlist.instances} - library.cells.keys())
    if unknown:
        raise InputError(
            f"yosys left {unknown[0]} in {top}, which is no cell of {library.path}; is the library complete?"
        )
    return netlist


def _stimulus(netlist: Netlist, steps: int, toggling: float, seed: int) -> dict[Net, NDArray[np.bool_]]:
    """Input bits over ``steps + 1`` vectors: each 0 or 1 with equal chance and toggling independently."""
    random = np.random.default_rng(seed)
    values: dict[Net, NDArray[np.bool_]] = {}
    for name in netlist.inputs:
        if toggling == 0.5:
            values[netlist.ports[name]] = random.integers(0, 2, steps + 1).astype(bool)
        else:
            toggles = random.random(steps + 1) < toggling
            toggles[0] = random.random() < 0.5
            values[netlist.ports[name]] = (np.cumsum(toggles) & 1).astype(bool)
    return values
