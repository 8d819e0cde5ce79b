"""How ``cgplab study`` shows studies and designs."""

from collections.abc import Sequence

from cgplab.cli.output import PlainConsole, say, styled
from cgplab.cli.plain_table import print_table
from cgplab.running import usable_cores
from cgplab.study.completeness import Completeness
from cgplab.study.design import Design
from cgplab.study.design_table import design_table
from cgplab.study.library import Entry, Library
from cgplab.terminal import one_line
from cgplab.words import counted, duration

_COUNTS = ("done", "above", "running", "unfinished", "failed", "missing", "unmeasured")
_OPEN = ("running", "unfinished", "failed", "missing")
_TITLES = {"above": "of these\nabove budget", "unmeasured": "without\naccuracy"}


def told(design: Design) -> str:
    """A design in a few words."""
    return f"{counted(design.n_runs, 'run')} in {counted(len(design.cells), 'cell')}"


def print_design(found: Completeness, by_cell: bool = False) -> None:
    """Print the table of a design, the missing runs, and the time left."""
    table = design_table(found, by_cell)
    console = PlainConsole()
    if table.same:
        console.print(
            styled("  ").join(styled(f"{name} ", "dim") + styled(_text(value)) for name, value in table.same.items())
        )
    # What no line counts needs no column; runs that are done always have one.
    counts = [name for name in _COUNTS if name == "done" or any(getattr(line.tally, name) for line in table.lines)]
    print_table(
        "",
        [
            *((name, "") for name in table.columns),
            ("cells", ""),
            ("runs", ""),
            *((_TITLES.get(c, c), "") for c in counts),
        ],
        [
            (
                *(_text(line.labels[name]) for name in table.columns),
                f"{line.n_cells:,}",
                f"{line.tally.n:,}",
                *(f"{count:,}" if (count := getattr(line.tally, name)) else "·" for name in counts),
            )
            for line in table.lines
        ],
        left=range(len(table.columns)),
    )
    say(summary(found))
    if found.repeated:
        say(f"{counted(found.repeated, 'further run')} of the same cells and seeds are ignored")


def summary(found: Completeness) -> str:
    """Missing runs and time left, in one line."""
    tally = found.tally()
    parts = [f"{tally.done:,} of {counted(tally.n, 'run')} done"]
    parts += [
        f"{getattr(tally, name):,} {name}"
        for name in ("running", "unfinished", "failed", "missing")
        if getattr(tally, name)
    ]
    if tally.unmeasured:
        parts.append(f"{tally.unmeasured:,} without accuracy")
    if tally.left:
        seconds, cores = found.seconds_left(), usable_cores()
        rest = "time left unknown"
        if seconds is not None:
            rest = f"about {duration(seconds / min(cores, tally.left))} left on {counted(cores, 'core')}"
        parts.append(rest)
    return ", ".join(parts)


def print_studies(library: Library, entries: Sequence[Entry]) -> None:
    """Print studies, one line each."""
    if not entries:
        say(f"no study in {library.store.root} yet; make one with: cgplab study new")
        return
    latest = library.latest()
    rows = [
        (
            f"{entry.name}{' *' * (latest is not None and latest[0] == entry.name)}",
            entry.kind,
            one_line(entry.complaint if entry.document is None else entry.document.question),
        )
        for entry in entries
    ]
    print_table("", [("study", ""), ("kind", ""), ("question", "")], rows, left=(0, 1, 2))


def _text(value: object) -> str:
    return f"{value:g}" if isinstance(value, float) else str(value)
