"""``cgplab reproduce``: the original study's findings beside ours, from stored runs and small runs made on the way."""

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from rich import box
from rich.table import Table

from cgplab.cli.options import JobsOption, StoreOption
from cgplab.cli.output import PlainConsole, say, styled
from cgplab.errors import InputError
from cgplab.sealed import open_store
from cgplab.store import Store
from cgplab.study.sealed_studies import example_studies, opened
from cgplab.words import counted

if TYPE_CHECKING:
    from cgplab.reproduction import Finding, Outcome, Work

_LOOKS = {"better": "green", "reproduced": "cyan", "differs": "yellow", "no runs": "dim"}


def reproduce(
    names: Annotated[
        list[str] | None, typer.Argument(help="Works, e.g. single_filter or mobilenet; default: all.")
    ] = None,
    runs: Annotated[int, typer.Option(help="Seeds per setting of the original's search (it had 20 to 30).")] = 3,
    children: Annotated[
        int, typer.Option(help="Most children of a run, where the original had more; 0: its whole budget.")
    ] = 5_000_000,
    make: Annotated[bool, typer.Option("--make/--no-make", help="Make the runs that no store holds.")] = True,
    out: Annotated[Path, typer.Option(metavar="DIR", help="Directory for the page (.md, .html) and table (.tex).")] = (
        Path("out")
    ),
    jobs: JobsOption = None,
    store: StoreOption = None,
) -> None:
    """Hold every published finding against our runs: as the original searched, and as our best method finds it."""
    from cgplab.files import with_directory, write_atomic
    from cgplab.reproduction import FINDINGS, WORKS, gather, judge, page

    if runs < 1:
        raise InputError(f"--runs is {runs}; it must be at least 1")
    if children < 0:
        raise InputError(f"--children is {children}; give at least 1000, or 0 for the original's whole budget")
    unknown = [name for name in names or () if name not in WORKS]
    if unknown:
        raise InputError(f"no work {unknown[0]!r}; there are: {', '.join(WORKS)}")
    works = [WORKS[name] for name in names or WORKS]
    findings = [finding for finding in FINDINGS if set(finding.works) & {work.name for work in works}]
    most = children or None
    target = Store.open(store, to_fill=True) if make else open_store(store)
    sources = _sources(target)
    if make:
        _make(target, sources, works, findings, runs, most, jobs)
    evidence, gaps = gather(sources, works, runs, most)
    outcomes = [judge(finding, evidence) for finding in findings]
    about = (
        f"{runs} seeds per setting as the original searched (evolved wiring), at most "
        f"{'its whole budget' if most is None else f'{most:,} children a run'}; best: the constructive solver. "
        "Energies are power × delay in pJ."
    )
    _print(outcomes)
    if gaps:
        missing = ", ".join(f"{len(gap.manifests)} of {gap.work.name} ({gap.side})" for gap in gaps)
        say(f"runs not made: {missing}", err=True)
    texts = {"md": page.markdown, "html": page.as_page, "tex": page.tex}
    for extension, write in texts.items():
        path = out / f"reproduction.{extension}"
        write_atomic(with_directory(path), write(outcomes, about).encode())
        say(str(path))


def _sources(target: Store) -> list[Store]:
    """The store itself, and the studies that ship with cgplab."""
    return [target, *(opened(path) for path in example_studies().values())]


def _make(
    target: Store,
    sources: Sequence[Store],
    works: "Sequence[Work]",
    findings: "Sequence[Finding]",
    runs: int,
    children: int | None,
    jobs: int | None,
) -> None:
    """Make what is missing: the runs of a work, and its accuracies."""
    from cgplab.cli.carrying import carry_out
    from cgplab.cli.metrics import measure_with_bar
    from cgplab.reproduction import SIDES, gather
    from cgplab.running import check_jobs, missing_accuracy

    check_jobs(jobs)
    target.check_writable()
    console = PlainConsole(stderr=True)
    measured = {name for finding in findings if finding.accuracy for name in finding.works}
    for work in works:
        evidence, gaps = gather(sources, [work], runs, children)
        on = work.accuracy_data if work.name in measured else None
        for gap in gaps:
            console.print(f"{work.name}: {counted(len(gap.manifests), 'run')}, {_SIDE[gap.side]}")
            carry_out(gap.manifests, target, jobs, on)
        if on is not None:
            if gaps:
                evidence, _ = gather(sources, [work], runs, children)
            todo = missing_accuracy((run for side in SIDES for run in evidence[work.name, side].runs), on)
            if todo:
                measure_with_bar(todo, on)


_SIDE = {"original": "as the original searched", "best": "our best method"}


def _print(outcomes: "Sequence[Outcome]") -> None:
    from cgplab.reproduction import page

    table = Table(box=box.SIMPLE_HEAD, pad_edge=False, show_lines=False, leading=1)
    for name, ratio in (("finding", 3), ("published", 3), ("as the original searched", 4), ("our best method", 4)):
        table.add_column(name, ratio=ratio)
    table.add_column("verdict", no_wrap=True)
    for outcome in outcomes:
        look = _LOOKS[outcome.verdict]
        texts = (outcome.finding.title, outcome.finding.published, outcome.original, outcome.best)
        table.add_row(*texts, styled(outcome.verdict, look))
    console = PlainConsole()
    console.print(table)
    console.print(page.summary(outcomes))
