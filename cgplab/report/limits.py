"""What the data of a study cannot show."""

from collections.abc import Iterator

from cgplab.report.content import Prose
from cgplab.report.subject import Made, Subject, section
from cgplab.words import counted

_FEWEST_SEEDS = 5
"""Below this, quartiles of a cell are hardly more than its values."""


def limits_section(subject: Subject) -> Made:
    """Paragraphs, each a limit that holds for these runs."""
    return section("Limits", [Prose(text) for text in _limits(subject)])


def _limits(subject: Subject) -> Iterator[str]:
    found, runs = subject.completeness, subject.solved
    tally = found.tally()
    if tally.done < tally.n:
        yield f"The study is not complete: {tally.n - tally.done:,} of {counted(tally.n, 'run')} are not finished."
    lone = [cell for cell in found.design.cells if len(cell.seeds) == 1 and cell.template.method != "construct"]
    few = [cell for cell in found.design.cells if 1 < len(cell.seeds) < _FEWEST_SEEDS]
    if lone:
        yield (
            f"{counted(len(lone), 'evolved cell')} of {len(found.design.cells):,} have one seed only: how much chance "
            "decides there is not known."
        )
    if few:
        yield f"{counted(len(few), 'cell')} have fewer than {_FEWEST_SEEDS} seeds; their quartiles say little."
    hopeless = [cell for cell in found.design.cells if (own := found.tally([cell])).done and own.above == own.done]
    if hopeless:
        yield (
            f"In {counted(len(hopeless), 'cell')} no run is within budget. Costs of such runs are not comparable with "
            "those of others, and whether a circuit exists there is not known unless it was proved."
        )
    timed = {cell.template.search for cell in found.design.cells if cell.template.settings["time_limit"] is not None
             and cell.template.method != "construct"}  # fmt: skip
    if timed:
        yield f"Limited by seconds ({', '.join(sorted(timed))}): such runs come out differently on another machine."
    if tally.unmeasured:
        yield f"{counted(tally.unmeasured, 'finished run')} have no accuracy on the study's images."
    if subject.document.accuracy.images is not None:
        yield (
            f"Accuracy was measured on the first {subject.document.accuracy.images:,} images only; differences of a "
            "few images are within chance."
        )
    if len(subject.document.models) == 1:
        yield f"One model, {subject.document.models[0]}: nothing here says how far the findings carry to others."
    if len(subject.parts) > 1:
        yield (
            f"{len(subject.parts)} experiments (searches, budgets or grids) are shown side by side and never pooled; "
            "their budgets differ, so a difference between them is one of search and budget together."
        )
    if runs["energy"].notna().any():
        yield (
            "Energy adds up the gates of a circuit by power × delay. Wires, the selection of weights over time and "
            "whatever delivers them to the arithmetic are not in it."
        )
