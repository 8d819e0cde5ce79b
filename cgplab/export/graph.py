"""Graphviz: active gates where they stand on the grid, kept weights to their left, inferred ones to their right."""

from collections import defaultdict
from collections.abc import Iterable

from cgplab.cgp import Operator
from cgplab.export.program import Program, identifier
from cgplab.export.source import Source
from cgplab.markup import html, joined
from cgplab.terminal import one_line

COLUMN_WIDTH, ROW_HEIGHT = 118, 50
"""Distance between grid columns and rows, in points."""
WHOLE_GRID = 150
"""Up to this many gates the whole grid is shown, the idle gates as dots; of a larger one only used rows and columns."""
OUTPUTS_NAMED = 4
"""Inferred weights named in one box; of more, the first and how many."""

ROUTED_WIRES = 120
"""Up to this many wires are led around the gates, which takes Graphviz long; more are drawn straight."""

# Fill and border; Okabe and Ito's colours, tinted: they can be told apart under every kind of colour blindness.
_KINDS: dict[str, tuple[str, str]] = {
    "input": ("#F2F2F2", "#555555"),
    "output": ("#FFFFFF", "#000000"),
    "arithmetic": ("#CCE3F0", "#0072B2"),
    "bitwise": ("#CCECE3", "#009E73"),
    "free": ("#FAECCC", "#E69F00"),
    "select": ("#F5E4ED", "#CC79A7"),
}
_BITWISE = ("bit_and", "bit_or", "bit_xor", "bit_neg")
_ORDERED = ("sub", "mux")  # the others commute or read one pin


def dot(source: Source) -> str:
    """DOT text with every node placed; ``neato -n2`` draws it."""
    program = source.program
    values = program.run(source.kept) if not program.selects else None
    place = _places(source)
    n_wires = sum(len(step.pins) for step in program.steps) + len(_grouped(program))
    splines = "true" if n_wires <= ROUTED_WIRES else "line"
    lines = [
        source.comment("// ").rstrip("\n"),
        f"digraph {source.name} {{",
        f'  graph [label="{_title(source)}", labelloc=t, labeljust=l, fontname="Helvetica", fontsize=13,'
        f" splines={splines}, bgcolor=white, pad=0.2, outputorder=edgesfirst];",
        '  node [fontname="Helvetica", fontsize=12, shape=box, style="rounded,filled", penwidth=1.2, height=0.42,'
        ' width=0.9, margin="0.05,0.02"];',
        '  edge [color="#7F8C99", penwidth=0.9, arrowsize=0.5, fontname="Helvetica", fontsize=9, fontcolor="#555555"];',
    ]

    def value(pin: int) -> str:
        return f"{int(values[pin][0])}".replace("-", "−") if values is not None else ""

    lines += [
        _node(f"x{pin}", place[f"x{pin}"], "input", f"x{pin}", value(pin), f"pin={pin}") for pin in program.inputs_read
    ]
    for step in program.steps:
        name = f"g{step.pin}"
        extra = f"pin={step.pin}, operator={step.operator.name}"
        lines.append(_node(name, place[name], _kind(step.operator), step.operator.symbol, value(step.pin), extra))
    for pin, indices in _grouped(program).items():
        extra = f'outputs="{" ".join(map(str, indices))}"'
        lines.append(
            _node(f"y{indices[0]}", place[f"y{indices[0]}"], "output", _outputs_label(indices), value(pin), extra)
        )
    lines += [
        f'  {name} [pos="{x:g},{y:g}", shape=point, width=0.05, color="#CCCCCC"];'
        for name, (x, y) in place.items()
        if name.startswith("idle")
    ]
    for step in program.steps:
        for position, pin in enumerate(step.pins):
            label = (
                f', headlabel="{"ab"[position] if len(step.pins) == 2 else position}"'
                if step.operator.name in _ORDERED
                else ""
            )
            lines.append(f"  {identifier(pin, program.n_inputs)}:e -> g{step.pin}:w [position={position}{label}];")
    for pin, indices in _grouped(program).items():
        lines.append(f'  {identifier(pin, program.n_inputs)}:e -> y{indices[0]}:w [color="#333333"];')
    return "\n".join([*lines, "}", ""])


def _node(name: str, at: tuple[float, float], kind: str, label: str, value: str, extra: str) -> str:
    fill, border = _KINDS[kind]
    below = html('<br/><font point-size="10" color="#444444">{}</font>', value) if value else ""
    look = f'label=<{joined((label, below))}>, fillcolor="{fill}", color="{border}"'
    return f'  {name} [pos="{at[0]:g},{at[1]:g}", {look}, {extra}];'


def _kind(operator: Operator) -> str:
    if operator.selects:
        return "select"
    if operator.name in _BITWISE:
        return "bitwise"
    free = operator.arity == 0 or operator.name == "id" or "≫" in operator.symbol or "≪" in operator.symbol
    return "free" if free else "arithmetic"


def _title(source: Source) -> str:
    parts = (source.name, *source.about)
    return "\\l".join(_label(part) for part in parts) + "\\l"


def _label(text: str) -> str:
    """Text in a quoted label; Graphviz reads backslashes, quotes and entities there."""
    return one_line(text).replace("&", "&amp;").replace("\\", "\\\\").replace('"', "'")


def _grouped(program: Program) -> dict[int, list[int]]:
    """Outputs by the pin they take."""
    groups = defaultdict(list)
    for index, pin in enumerate(program.outputs):
        groups[pin].append(index)
    return dict(groups)


def _outputs_label(indices: list[int]) -> str:
    if len(indices) <= OUTPUTS_NAMED:
        return " ".join(f"y{i}" for i in indices)
    return f"y{indices[0]} … y{indices[-1]} ({len(indices)})"


def _places(source: Source) -> dict[str, tuple[float, float]]:
    """Position of each node in points; inputs and outputs in the order in which their wires cross least."""
    program, circuit = source.program, source.circuit
    active = {step.pin: divmod(step.pin - circuit.n_inputs, circuit.rows) for step in program.steps}
    if circuit.geometry.n_gates <= WHOLE_GRID:
        cells = {circuit.n_inputs + i: divmod(i, circuit.rows) for i in range(circuit.geometry.n_gates)}
    else:
        cells = active
    column = {c: i for i, c in enumerate(sorted({c for c, _ in cells.values()}))}
    row = {r: i for i, r in enumerate(sorted({r for _, r in cells.values()}))}
    groups = _grouped(program)
    height = max(len(row), len(program.inputs_read), len(groups)) - 1
    # The grid is stretched towards the tallest column and stands in its middle.
    pitch = max(1.0, 0.85 * height / max(1, len(row) - 1))
    top = (height - pitch * (len(row) - 1)) / 2
    places: dict[str, tuple[float, float]] = {
        f"{'g' if pin in active else 'idle'}{pin}": (
            (column[c] + 1) * COLUMN_WIDTH,
            -(top + row[r] * pitch) * ROW_HEIGHT,
        )
        for pin, (c, r) in cells.items()
    }
    y_of = {pin: places[f"g{pin}"][1] for pin in active}
    readers = defaultdict(list)
    for step in program.steps:
        for pin in step.pins:
            readers[pin].append(y_of[step.pin])
    inputs = sorted(program.inputs_read, key=lambda pin: (-_mean(readers[pin]), pin))
    spread = dict(zip(inputs, _column(len(inputs), height), strict=True))
    places |= {f"x{pin}": (0, y) for pin, y in spread.items()}
    height_of = {**spread, **y_of}
    ordered = sorted(groups, key=lambda pin: (-height_of[pin], groups[pin][0]))
    right = (len(column) + 1.25) * COLUMN_WIDTH
    for pin, y in zip(ordered, _column(len(ordered), height), strict=True):
        places[f"y{groups[pin][0]}"] = (right, y)
    return places


def _column(n: int, height: float) -> list[float]:
    """Heights of ``n`` nodes spread over a column of ``height`` rows."""
    if n == 1:
        return [-height / 2 * ROW_HEIGHT]
    return [-i * height / (n - 1) * ROW_HEIGHT for i in range(n)]


def _mean(values: Iterable[float]) -> float:
    values = list(values)
    return sum(values) / len(values) if values else 0.0
