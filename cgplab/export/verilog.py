"""Verilog: one combinational module."""

from cgplab.export.operations import Dialect
from cgplab.export.program import identifier, nested
from cgplab.export.source import Source

_OUTPUTS_PER_LINE = 16


def _constant(value: int) -> str:
    # -128 has no positive counterpart in 8 bits, so it is written by its bits.
    return "8'sh80" if value == -128 else f"-8'sd{-value}" if value < 0 else f"8'sd{value}"


VERILOG = Dialect(
    templates={
        "add": "{0} + {1}",
        "sub": "{0} - {1}",
        "mul": "{0} * {1}",
        "and": "{0} & {1}",
        "or": "{0} | {1}",
        "xor": "{0} ^ {1}",
        "shl": "{0} <<< {1}",
        "shr": "{0} >>> {1}",
        "neg": "-{0}",
        "not": "~{0}",
        "copy": "{0}",
    },
    choose=lambda options: nested(options, "(select == {k}) ? {this} : {others}"),
    constant=_constant,
)


def verilog(source: Source) -> str:
    """Module with the ports ``x``, ``select`` (several vectors only) and ``y``.

    ``x[8*i +: 8]`` is kept weight i, ``y[8*i +: 8]`` inferred weight i, ``select`` the vector's index. Verilog-2001.
    """
    program = source.program

    def name(pin: int) -> str:
        return identifier(pin, program.n_inputs)

    ports = [f"input [{8 * program.n_inputs - 1}:0] x", f"output [{8 * program.n_outputs - 1}:0] y"]
    if program.selects:
        ports.insert(1, f"input [{source.select_bits - 1}:0] select")
    lines = [f"module {source.name}(", ",\n".join(f"  {port}" for port in ports), ");"]
    lines += [f"  wire signed [7:0] x{pin} = x[{8 * pin} +: 8];" for pin in program.inputs_read]
    lines += [
        f"  wire signed [7:0] {pin} = {formula};  // {step.operator.name}"
        for pin, formula, step in program.written(VERILOG, name)
    ]
    # One concatenation: parts assigned by themselves take Icarus Verilog twice as long.
    outputs = [name(pin) for pin in reversed(program.outputs)]
    rows = [", ".join(outputs[i : i + _OUTPUTS_PER_LINE]) for i in range(0, len(outputs), _OUTPUTS_PER_LINE)]
    lines += ["  assign y = {", ",\n".join(f"    {row}" for row in rows), "  };"]
    return source.comment("// ") + "\n".join([*lines, "endmodule"]) + "\n"
