"""Limits of what the runs of a study can show."""

from collections.abc import Iterator
from typing import TYPE_CHECKING

from cgplab.analysis import solved
from cgplab.analysis.mixture import parts
from cgplab.study.completeness import Completeness
from cgplab.study.document import Document
from cgplab.words import counted

if TYPE_CHECKING:
    import pandas as pd

_FEWEST_SEEDS = 5
"""With fewer seeds, the quartiles of a cell say little more than its values."""


class Sentences(tuple[str, ...]):
    """Sentences that notebooks show as a list."""

    def _repr_markdown_(self) -> str:
        return "\n".join(f"* {text}" for text in self)


def limits(document: Document, found: Completeness, runs: "pd.DataFrame") -> Iterator[str]:
    """Yield the limits that apply to the runs of a study, one or two sentences each.

    Parameters
    ----------
    document : Document
    found : Completeness
    runs : pandas.DataFrame
        Table of the study's runs.
    """
    tally = found.tally()
    if tally.done < tally.n:
        yield f"The study is not complete: {tally.n - tally.done:,} of {counted(tally.n, 'run')} are not finished."
    lone = [cell for cell in found.design.cells if len(cell.seeds) == 1 and cell.template.method != "construct"]
    few = [cell for cell in found.design.cells if 1 < len(cell.seeds) < _FEWEST_SEEDS]
    if lone:
        yield (
            f"{len(lone):,} of {counted(len(found.design.cells), 'cell')} are searched with one seed only, so their "
            "variation between seeds is unknown."
        )
    if few:
        yield f"{counted(len(few), 'cell')} have fewer than {_FEWEST_SEEDS} seeds; their quartiles say little."
    hopeless = [cell for cell in found.design.cells if (own := found.tally([cell])).done and own.above == own.done]
    if hopeless:
        yield (
            f"In {counted(len(hopeless), 'cell')} no run is within budget. The costs of these runs are not comparable "
            "with those of other runs, and it is unknown whether a circuit within budget exists unless this was proved."
        )
    timed = {cell.template.search for cell in found.design.cells if cell.template.settings["time_limit"] is not None
             and cell.template.method != "construct"}  # fmt: skip
    if timed:
        yield f"Searches limited by time ({', '.join(sorted(timed))}) can end differently on another machine."
    if (n_programs := _programs(found)) > 1:
        yield (
            f"The runs were made with {n_programs} versions or commits of cgplab; with another version, the same seed "
            "may find another circuit."
        )
    if tally.unmeasured:
        yield f"{counted(tally.unmeasured, 'finished run')} have no accuracy on the study's images."
    if not document.accuracy.measured:
        yield "No accuracy was measured, so the effect of weight errors on the network's accuracy is unknown."
    elif document.accuracy.images is not None:
        yield (
            f"Accuracy was measured on the first {document.accuracy.images:,} images only; differences of a "
            "few images may be due to chance."
        )
    if runs["accuracy"].notna().any() and runs["layer"].nunique() > 1:
        yield (
            "Accuracy was measured with the weights of one run put back at a time; when several layers are inferred at "
            "once, the losses may add up."
        )
    if len(document.models) == 1:
        yield f"There is one model, {document.models[0]}: the findings may not hold for others."
    n_experiments = len(parts(runs))
    if n_experiments > 1:
        yield (
            f"{n_experiments} experiments (searches, budgets or grids) are shown side by side and never pooled. "
            "Where both search and budget differ, a difference in results cannot be attributed to either alone."
        )
    if solved(runs)["energy"].notna().any():
        yield (
            "Energy is the sum of power × delay over the gates of a circuit. It does not include wires, the selection "
            "of weights over time, or their transport to the arithmetic units."
        )


def _programs(found: Completeness) -> int:
    """Versions of cgplab, with commits where they are known, that made the runs."""
    manifests = [member.run.manifest for member in found.members.values() if not member.complaint]
    return len({(made.versions.get("cgplab"), (made.git or {}).get("sha")) for made in manifests})
