"""LaTeX: the circuit's equations."""

import re

from cgplab.cgp.operators import OPERATORS, Operator
from cgplab.export.operations import Dialect, write_operation
from cgplab.export.program import Program, Step
from cgplab.export.source import Source

LATEX = Dialect(
    templates={
        "add": r"{0} + {1}",
        "sub": r"{0} - {1}",
        "mul": r"{0} \cdot {1}",
        "and": r"{0} \land {1}",
        "or": r"{0} \lor {1}",
        "xor": r"{0} \oplus {1}",
        "shl": r"{power} \cdot {0}",
        "shr": r"\lfloor {0} / {power} \rfloor",
        "neg": r"-{0}",
        "not": r"\lnot {0}",
        "copy": "{0}",
    },
    choose=lambda options: "[" + r",\, ".join(options) + "]_k",
)
_EQUATION = re.compile(
    r"^(?P<left>[gy]_\{\d++\}) &\\equiv (?P<right>.*?) (?:&& \\text\{[^}\\]*+\} )?\\\\", re.MULTILINE
)
_NAME = r"[xg]_\{\d+\}"


def latex(source: Source) -> str:
    """Complete document: one congruence modulo 256 per gate and per output; needs the package amsmath.

    With several vectors, ``[a, b]_k`` is the value for vector k.
    """
    program = source.program

    def name(pin: int) -> str:
        return f"{'x' if pin < program.n_inputs else 'g'}_{{{pin}}}"

    lines = [
        rf"{pin} &\equiv {formula} && \text{{{step.operator.name.replace('_', ' ')}}} \\"
        for pin, formula, step in program.written(LATEX, name)
    ]
    lines += [rf"y_{{{i}}} &\equiv {name(pin)} \\" for i, pin in enumerate(program.outputs)]
    return "\n".join(
        [
            source.comment("% ").rstrip("\n"),
            r"\documentclass{article}",
            r"\usepackage{amsmath}",
            r"\allowdisplaybreaks",
            r"\begin{document}",
            r"All values are bytes in two's complement, $-128$ to $127$; every line is a congruence modulo 256;",
            r"$\land$, $\lor$, $\oplus$ and $\lnot$ work bit by bit.",
            r"\begin{align*}",
            *lines,
            r"\end{align*}",
            r"\end{document}",
            "",
        ]
    )


def read_latex(text: str, n_inputs: int, n_vectors: int) -> Program:
    """Program that the equations state: the inverse of :func:`latex`, by which an export is checked."""
    forms = _forms(n_vectors)
    steps, outputs = [], []
    for match in _EQUATION.finditer(text):
        pin, right = _number(match["left"]), match["right"]
        if match["left"].startswith("y"):
            outputs.append(_number(right))
            continue
        operator, pins = next((o, m.groups()) for o, form in forms if (m := form.fullmatch(right)))
        steps.append(Step(pin, operator, tuple(map(_number, pins))))
    return Program(n_inputs, n_vectors, tuple(steps), tuple(outputs))


def _forms(n_vectors: int) -> list[tuple[Operator, re.Pattern[str]]]:
    forms = []
    for operator in OPERATORS:
        n_pins = n_vectors if operator.name == "mux" else operator.arity
        if n_pins > 0 and (n_vectors > 1 or not operator.selects):
            marks = [f"PIN{k}." for k in range(n_pins)]
            form = re.escape(write_operation(operator, marks, LATEX))
            for mark in marks:
                form = form.replace(re.escape(mark), f"({_NAME})")
            forms.append((operator, re.compile(form)))
        elif n_pins == 0:
            forms.append((operator, re.compile(re.escape(write_operation(operator, [], LATEX)))))
    return forms


def _number(name: str) -> int:
    return int(re.sub(r"\D", "", name))
