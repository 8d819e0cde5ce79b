"""Question, design and how much of it is there."""

from cgplab.report.content import Block, Prose, table
from cgplab.report.subject import Made, Subject, section, shown
from cgplab.study.design_table import design_table
from cgplab.words import counted

_COUNTS = ("running", "unfinished", "failed", "missing")


def completeness_section(subject: Subject) -> Made:
    """The question, the design as a table, and the completeness of every group of cells."""
    found = subject.completeness
    tally = found.tally()
    design = design_table(found)
    open_ = [name for name in _COUNTS if getattr(tally, name)]
    rows = [
        (
            *(shown(line.labels[name]) for name in design.columns),
            f"{line.n_cells:,}",
            f"{line.tally.done:,} of {line.tally.n:,}",
            f"{line.tally.done - line.tally.above:,} of {line.tally.done:,}",
            *(f"{getattr(line.tally, name):,}" for name in open_),
        )
        for line in design.lines
    ]
    same = "; ".join(f"{name} {shown(value)}" for name, value in design.same.items())
    blocks: list[Block] = [
        Prose(f"Question: {subject.document.question}"),
        Prose(
            f"The design has {counted(len(found.design.cells), 'cell')} and {counted(tally.n, 'run')}: a cell is "
            f"everything that determines a run except its seed. {_complete(tally.done, tally.n)} Common to all: {same}."
        ),
        table(
            "Design. Done: finished runs out of those planned. Within budget: finished runs whose error is at most "
            "what the strategy allows.",
            [*design.columns, "cells", "done", "within budget", *open_],
            rows,
            words=range(len(design.columns)),
        ),
    ]
    if found.design.left_out:
        names = ", ".join(found.design.left_out)
        blocks.append(Prose(f"Layers left out, since the selection cannot use them: {names}."))
    return section("Question and design", blocks)


def _complete(done: int, n: int) -> str:
    return "All runs are finished." if done == n else f"{done:,} of them are finished ({100 * done / n:.0f} %)."
