"""Each operator as a Verilog module of its own, and what its outputs must be."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from cgplab.cgp.costs import SELECTOR_WIDTHS
from cgplab.cgp.operators import BY_NAME, OPERATORS, apply_operator
from cgplab.errors import InputError
from cgplab.export.operations import write_operation
from cgplab.export.verilog import VERILOG
from cgplab.hardware.synthesis.boolean import Bits
from cgplab.hardware.synthesis.netlist import Net, Netlist, words

GATES: tuple[str, ...] = (
    *(o.name for o in OPERATORS if not o.selects and o.name != "id"),
    *(f"{kind}_{width}to1" for kind in ("mux", "demux") for width in SELECTOR_WIDTHS),
    "id",
)
"""Entries of a full cost table, multiplexers by size."""


@dataclass(frozen=True)
class Gate:
    """An operator to synthesise: its module, and a check of the mapped netlist."""

    name: str
    verilog: str
    check: Callable[[Netlist, Mapping[Net, Bits]], bool]


def gate(name: str) -> Gate:
    """Gate of a cost-table entry; InputError when there is none of this name."""
    if name not in GATES:
        raise InputError(f"unknown operator {name!r}; allowed: {', '.join(GATES)}")
    kind, _, size = name.partition("_")
    if kind in ("mux", "demux"):
        width = int(size.removesuffix("to1"))
        return _mux(name, width) if kind == "mux" else _demux(name, width)
    return _plain(name)


def _plain(name: str) -> Gate:
    operator = BY_NAME[name]
    pins = "ab"[: operator.arity]
    ports = "".join(f"input signed [7:0] {pin}, " for pin in pins)
    formula = write_operation(operator, pins, VERILOG)

    def check(netlist: Netlist, values: Mapping[Net, Bits]) -> bool:
        found = words(netlist.bits("y"), values)[:, 0]
        read = [words(netlist.bits(pin), values)[:, 0] for pin in pins] or [np.zeros_like(found)]
        return bool(np.array_equal(found, apply_operator(operator, read)))

    return Gate(name, f"module {name}({ports}output signed [7:0] y);\n  assign y = {formula};\nendmodule\n", check)


def _mux(name: str, width: int) -> Gate:
    select = _select_port(width)
    ports = f"input [{8 * width - 1}:0] d, {select}, output [7:0] y"
    text = f"module {name}({ports});\n  assign y = d[8*sel +: 8];\nendmodule\n"

    def check(netlist: Netlist, values: Mapping[Net, Bits]) -> bool:
        data = words(netlist.bits("d"), values)
        chosen = np.take_along_axis(data, _selected(netlist, values)[:, None], axis=1)
        return bool(np.array_equal(words(netlist.bits("y"), values), chosen))

    return Gate(name, text, check)


def _demux(name: str, width: int) -> Gate:
    bits = width.bit_length() - 1
    lines = "".join(f"  assign y[{8 * i + 7}:{8 * i}] = (sel == {bits}'d{i}) ? a : 8'd0;\n" for i in range(width))
    text = f"module {name}(input [7:0] a, {_select_port(width)}, output [{8 * width - 1}:0] y);\n{lines}endmodule\n"

    def check(netlist: Netlist, values: Mapping[Net, Bits]) -> bool:
        value = words(netlist.bits("a"), values)
        expected = np.where(_selected(netlist, values)[:, None] == np.arange(width), value, np.int8(0))
        return bool(np.array_equal(words(netlist.bits("y"), values), expected))

    return Gate(name, text, check)


def _select_port(width: int) -> str:
    bits = width.bit_length() - 1
    return "input sel" if bits == 1 else f"input [{bits - 1}:0] sel"


def _selected(netlist: Netlist, values: Mapping[Net, Bits]) -> NDArray[np.intp]:
    selected = np.zeros(len(values["0"]), dtype=np.intp)
    for i, net in enumerate(netlist.bits("sel")):
        selected += values[net].astype(np.intp) << i
    return selected
