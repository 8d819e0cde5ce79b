"""``cgplab reproduce``: the original study's findings beside ours, from stored runs and small runs made on the way."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from rich import box
from rich.table import Table
from rich.text import Text

from cgplab.cli.options import JobsOption, StoreOption
from cgplab.cli.output import PlainConsole, say, styled
from cgplab.errors import InputError
from cgplab.sealed import open_store
from cgplab.store import Store
from cgplab.study.sealed_studies import example_studies, opened
from cgplab.words import counted

if TYPE_CHECKING:
    from cgplab.reproduction import Answer, Finding, Outcome, Work

_LOOKS = {"yes": "green", "no": "yellow", "open": "dim", "–": "dim"}


def reproduce(
    names: Annotated[
        list[str] | None, typer.Argument(help="Works, e.g. single_filter or mobilenet; default: all.")
    ] = None,
    runs: Annotated[int, typer.Option(help="Seeds per setting of the original's search (it had 20 to 30).")] = 3,
    children: Annotated[
        int, typer.Option(help="Most children of a run, where the original had more; 0: its whole budget.")
    ] = 5_000_000,
    as_built: Annotated[
        bool,
        typer.Option(
            "--as-built",
            help="Also search as the original program was built: constant start, its own random generator, operators "
            "frozen and free. Name the works: on large grids this takes hours.",
        ),
    ] = False,
    make: Annotated[bool, typer.Option("--make/--no-make", help="Make the runs that no store holds.")] = True,
    out: Annotated[Path, typer.Option(metavar="DIR", help="Directory for the page (.md, .html) and table (.tex).")] = (
        Path("out")
    ),
    jobs: JobsOption = None,
    store: StoreOption = None,
) -> None:
    """Compare every published finding with our runs: searched as the original did, and by our best method."""
    from cgplab.files import with_directory, write_atomic
    from cgplab.reproduction import FINDINGS, SIDE_WORDS, WORKS, contents, gather, judge, page, tex

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
        _make(target, sources, works, findings, runs, most, as_built, jobs)
    evidence, gaps = gather(sources, works, runs, most, as_built)
    outcomes = [judge(finding, evidence) for finding in findings]
    _print(outcomes)
    if gaps:
        missing = ", ".join(f"{len(gap.manifests)} of {gap.work.name} ({SIDE_WORDS[gap.side]})" for gap in gaps)
        say(f"runs not made: {missing}", err=True)
    found = contents(outcomes, evidence)
    texts = {"md": page.markdown, "html": page.as_page, "tex": tex.tex}
    for extension, write in texts.items():
        path = out / f"reproduction.{extension}"
        write_atomic(with_directory(path), write(found).encode())
        say(str(path))


def _sources(target: Store) -> dict[str, Store]:
    """The store itself, and the studies that ship with cgplab, by the names the page calls them."""
    shipped = {f"study {name}": opened(path) for name, path in example_studies().items()}
    return {"your store": target, **shipped}


def _make(
    target: Store,
    sources: Mapping[str, Store],
    works: "Sequence[Work]",
    findings: "Sequence[Finding]",
    runs: int,
    children: int | None,
    as_built: bool,
    jobs: int | None,
) -> None:
    """Make what is missing, go on with what was interrupted, and measure accuracies."""
    from cgplab.cli.carrying import carry_out
    from cgplab.cli.metrics import measure_with_bar
    from cgplab.reproduction import SIDE_WORDS, gather
    from cgplab.running import check_jobs, missing_accuracy
    from cgplab.study.carrying_out import work_of
    from cgplab.study.completeness import Completeness
    from cgplab.study.design import Design

    check_jobs(jobs)
    target.check_writable()
    console = PlainConsole(stderr=True)
    measured = {name for finding in findings if finding.accuracy for name in finding.works}
    for work in works:
        evidence, gaps = gather(sources, [work], runs, children, as_built)
        on = work.accuracy_data if work.name in measured and work.measurable else None
        for gap in gaps:
            left = work_of(Completeness.of(Design.of_manifests(gap.manifests), target, on))
            if not left.n_runs:
                continue  # others carry them out
            begun = f"; {len(left.again)} of them go on where they were left" if left.again else ""
            console.print(f"{work.name}: {counted(left.n_runs, 'run')}, {SIDE_WORDS[gap.side]}{begun}")
            carry_out(left.new, target, jobs, on, again=left.again, resumed_by="the same command")
        if on is not None:
            if gaps:
                evidence, _ = gather(sources, [work], runs, children, as_built)
            todo = missing_accuracy((run for found in evidence.values() for run in found.runs), on)
            if todo:
                measure_with_bar(todo, on)


def _print(outcomes: "Sequence[Outcome]") -> None:
    from cgplab.reproduction import AS_BUILT, SIDE_WORDS, summary

    built = [side for side in AS_BUILT if any(side in outcome.as_built for outcome in outcomes)]
    table = Table(box=box.SIMPLE_HEAD, pad_edge=False, show_lines=False, leading=1)
    for name in ("finding", "published", "replicated? as the original searched", "improved? our best method"):
        table.add_column(name, ratio=3)
    for side in built:
        table.add_column(f"replicated? {SIDE_WORDS[side]}", ratio=3)
    for outcome in outcomes:
        finding = outcome.finding
        answers = [outcome.replicated, outcome.improved]
        answers += [outcome.as_built[side] for side in built if side in outcome.as_built]
        table.add_row(f"{finding.section}: {finding.title}", finding.published, *map(_cell, answers))
    console = PlainConsole()
    console.print(table)
    console.print(summary(outcomes))


def _cell(found: "Answer") -> Text:
    """Verdict and figures; the reason where there is no figure."""
    verdict = styled(found.verdict, _LOOKS[found.verdict])
    body = found.text or found.why
    return Text.assemble(verdict, f": {body}") if body else Text.assemble(verdict)
