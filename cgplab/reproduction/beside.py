"""Published findings beside any runs, for notebooks."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from cgplab.analysis import solved
from cgplab.errors import InputError
from cgplab.reproduction.findings import FINDINGS, Finding
from cgplab.reproduction.outcome import answer
from cgplab.reproduction.page import markdown_table

if TYPE_CHECKING:
    import pandas as pd


@dataclass(frozen=True)
class Beside:
    """Findings, one row each, with what was published and what some runs say; notebooks show it as a table.

    Attributes
    ----------
    columns : tuple of str
    rows : tuple of tuple of str
    """

    columns: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]

    def _repr_markdown_(self) -> str:
        return "\n".join(markdown_table(self.columns, self.rows))


def beside(findings: Sequence[str], runs: Mapping[str, "pd.DataFrame"]) -> Beside:
    """Set what was published beside what runs say.

    Parameters
    ----------
    findings : sequence of str
        Names of :data:`cgplab.reproduction.FINDINGS`.
    runs : {label: pandas.DataFrame}
        Tables of runs, each of which gets a column.

    Raises
    ------
    InputError
        There is no such finding.
    """
    by_name = {finding.name: finding for finding in FINDINGS}
    if unknown := [name for name in findings if name not in by_name]:
        raise InputError(f"no finding {unknown[0]!r}; there are: {', '.join(by_name)}")
    rows = [_row(by_name[name], list(runs.values())) for name in findings]
    return Beside(("finding", "published", *runs), tuple(rows))


def _row(finding: Finding, tables: Sequence["pd.DataFrame"]) -> tuple[str, ...]:
    texts = []
    for table in tables:
        found = answer(finding.replicates, finding.grids, solved(table))
        texts.append(found.text or f"– ({found.why})")
    return (f"{finding.section}: {finding.title}", finding.published, *texts)
