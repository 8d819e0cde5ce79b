"""A mapped, flat, combinational netlist: what yosys writes as JSON."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Self

import numpy as np
from numpy.typing import NDArray

from cgplab.hardware.synthesis.boolean import Bits
from cgplab.hardware.synthesis.library import Library

Net = int | str
"""Number of a net, or ``"0"``, ``"1"``, ``"x"``."""


@dataclass(frozen=True)
class Instance:
    """One cell: its type and the nets at its input and output pins."""

    cell: str
    inputs: dict[str, Net]
    outputs: dict[str, Net]


@dataclass(frozen=True)
class Netlist:
    """Cells in an order in which each finds its inputs ready.

    Attributes
    ----------
    ports : {name: Net}
        Each bit of a port by itself, ``x[3]``.
    inputs, outputs : tuple of str
        Names of the ports by direction, in yosys's order.
    instances : tuple of Instance
    """

    ports: dict[str, Net]
    inputs: tuple[str, ...]
    outputs: tuple[str, ...]
    instances: tuple[Instance, ...]

    @classmethod
    def from_json(cls, module: Mapping[str, Any]) -> Self:
        """Netlist of one module of yosys's JSON, with ports split into bits."""
        ports = {name: port["bits"][0] for name, port in module["ports"].items()}
        by_direction = {
            direction: tuple(name for name, port in module["ports"].items() if port["direction"] == direction)
            for direction in ("input", "output")
        }
        known: set[Net] = {"0", "1", "x", *(ports[name] for name in by_direction["input"])}
        todo = [_instance(cell) for cell in module["cells"].values()]
        ordered: list[Instance] = []
        while todo:
            ready = [i for i in todo if known.issuperset(i.inputs.values())]
            if not ready:
                raise ValueError("the netlist has a combinational loop")
            ordered += ready
            todo = [i for i in todo if not known.issuperset(i.inputs.values())]
            known.update(net for i in ready for net in i.outputs.values())
        return cls(ports, by_direction["input"], by_direction["output"], tuple(ordered))

    def bits(self, name: str) -> list[Net]:
        """Nets of a port, least significant first; empty when there is no such port."""
        if name in self.ports:
            return [self.ports[name]]
        found: list[Net] = []
        while (bit := f"{name}[{len(found)}]") in self.ports:
            found.append(self.ports[bit])
        return found

    def simulate(self, library: Library, stimulus: Mapping[Net, Bits], length: int) -> dict[Net, Bits]:
        """Values of all nets over ``length`` vectors, given those of the input ports."""
        values: dict[Net, Bits] = {"0": np.zeros(length, bool), "1": np.ones(length, bool), "x": np.zeros(length, bool)}
        values |= stimulus
        for instance in self.instances:
            pins = {pin: values[net] for pin, net in instance.inputs.items()}
            for pin, net in instance.outputs.items():
                values[net] = library.cells[instance.cell].pins[pin].evaluate(pins)
        return values


def words(nets: list[Net], values: Mapping[Net, Bits]) -> NDArray[np.int8]:
    """Bytes (n, len(nets) / 8) int8 that a port carries; 8 bits each, least significant first."""
    bits = np.stack([values[net] for net in nets], axis=1)
    return np.packbits(bits, axis=1, bitorder="little").view(np.int8)


def _instance(cell: Mapping[str, Any]) -> Instance:
    def nets(direction: str) -> dict[str, Net]:
        return {
            pin: cell["connections"][pin][0]
            for pin, way in cell["port_directions"].items()
            if way == direction and cell["connections"].get(pin)
        }

    return Instance(cell["type"], nets("input"), nets("output"))
