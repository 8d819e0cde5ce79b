"""NumPy: one Python module with one function."""

from cgplab.export.operations import Dialect
from cgplab.export.program import identifier, nested
from cgplab.export.source import Source

NUMPY = Dialect(
    templates={
        "add": "{0} + {1}",
        "sub": "{0} - {1}",
        "mul": "{0} * {1}",
        "and": "{0} & {1}",
        "or": "{0} | {1}",
        "xor": "{0} ^ {1}",
        "shl": "{0} << {1}",
        "shr": "{0} >> {1}",
        "neg": "-{0}",
        "not": "~{0}",
        "copy": "{0}",
    },
    choose=lambda options: nested(options, "np.where(select == {k}, {this}, {others})"),
)


def numpy_source(source: Source) -> str:
    """Module that needs NumPy only: the kept weights ``KEPT`` and ``infer(x)``, or ``infer(x, select)``."""
    program = source.program

    def name(pin: int) -> str:
        return identifier(pin, program.n_inputs)

    quotes = '"""'
    about = source.comment("").rstrip("\n")
    select = ", select" if program.selects else ""
    shape = "(..., inputs) int8" + (", select: (...) index of each row's vector" if program.selects else "")
    kept = ",\n".join(f"    {row}" for row in source.kept.tolist())
    call = "infer(KEPT, np.arange(len(KEPT)))" if program.selects else "infer(KEPT)"
    body = [f"    x{pin} = x[..., {pin}]" for pin in program.inputs_read]
    body += [
        f"    {pin} = _int8({formula})  # {step.operator.name}" for pin, formula, step in program.written(NUMPY, name)
    ]
    outputs = ", ".join(name(pin) for pin in program.outputs)
    return "\n".join(
        [
            f"{quotes}{about}{quotes}",
            "",
            "import numpy as np",
            "",
            "KEPT = np.array([",
            kept,
            "], dtype=np.int8)",
            f'"""Kept weights, one row per vector; {call} gives the inferred ones."""',
            "",
            "",
            "def _int8(value):",
            '    """Wrap to int8, and widen again so that the next gate cannot overflow."""',
            "    return np.asarray(value).astype(np.int8).astype(np.int32)",
            "",
            "",
            f"def infer(x{select}):",
            f'    """Inferred weights, (..., outputs) int8. x: {shape}."""',
            "    x = np.asarray(x, dtype=np.int8).astype(np.int32)",
            *(["    select = np.asarray(select)"] if program.selects else []),
            *body,
            f"    outputs = [{outputs}]",
            "    return np.stack([np.broadcast_to(value, x.shape[:-1]) for value in outputs], axis=-1).astype(np.int8)",
            "",
        ]
    )
