"""C: one header with one function."""

from cgplab.export.operations import Dialect
from cgplab.export.program import identifier, nested
from cgplab.export.source import Source

C = Dialect(
    templates={
        "add": "{0} + {1}",
        "sub": "{0} - {1}",
        "mul": "{0} * {1}",
        "and": "{0} & {1}",
        "or": "{0} | {1}",
        "xor": "{0} ^ {1}",
        "shl": "{0} * {power}",  # C leaves the left shift of a negative number undefined
        "shr": "{0} >> {1}",
        "neg": "-{0}",
        "not": "~{0}",
        "copy": "{0}",
    },
    choose=lambda options: nested(options, "select == {k} ? {this} : {others}"),
)


def c_header(source: Source) -> str:
    """Header-only C99 (and C++): the kept weights as constants, and a function that infers the others.

    Operands are promoted to int, so nothing overflows; the result is cast back to int8_t, which every compiler
    for two's complement machines does by wrapping. Right shifts of negative numbers are taken to be arithmetic.
    """
    program = source.program
    guard = f"{source.name.upper()}_H"
    select = "unsigned select, " if program.selects else ""

    def name(pin: int) -> str:
        return identifier(pin, program.n_inputs)

    def unused(what: str) -> list[str]:
        return [f"    (void){what};"]

    body = [f"    const int8_t x{pin} = x[{pin}];" for pin in program.inputs_read] or unused("x")
    reads_select = any(step.operator.selects for step in program.steps)
    body += unused("select") if program.selects and not reads_select else []
    body += [
        f"    const int8_t {pin} = (int8_t)({formula});  /* {step.operator.name} */"
        for pin, formula, step in program.written(C, name)
    ]
    # Active gates that only an unused pin of a multiplexer reads are computed in vain, and said so.
    read = {pin for step in program.steps for pin in step.pins} | set(program.outputs)
    body += [line for step in program.steps if step.pin not in read for line in unused(name(step.pin))]
    body += [f"    y[{i}] = {name(pin)};" for i, pin in enumerate(program.outputs)]
    rows = ",\n".join("    {" + ", ".join(map(str, row)) + "}" for row in source.kept.tolist())
    return "\n".join(
        [
            source.comment(" * ").replace(" * ", "/* ", 1).rstrip("\n") + " */",
            f"#ifndef {guard}",
            f"#define {guard}",
            "#include <stdint.h>",
            "",
            f"#define {source.name.upper()}_INPUTS {program.n_inputs}",
            f"#define {source.name.upper()}_OUTPUTS {program.n_outputs}",
            f"#define {source.name.upper()}_VECTORS {program.n_vectors}",
            "",
            f"static const int8_t {source.name}_kept[{program.n_vectors}][{program.n_inputs}] = {{",
            rows,
            "};",
            "",
            f"static inline void {source.name}(const int8_t x[{program.n_inputs}], {select}"
            f"int8_t y[{program.n_outputs}])",
            "{",
            *body,
            "}",
            f"#endif /* {guard} */",
            "",
        ]
    )
