"""``cgplab study``: plan, carry out, measure, report and keep studies."""

import json
import shlex
import signal
from dataclasses import asdict
from pathlib import Path
from typing import Annotated

import typer

from cgplab.cli.carrying import carry_out
from cgplab.cli.metrics import measure_with_bar
from cgplab.cli.options import BatchOption, ClusterOption, ClusterSettingsOption, JobsOption, JsonOption, StoreOption
from cgplab.cli.output import agreed, complain, say, say_lines
from cgplab.cli.progress_bar import progress_bar
from cgplab.cli.study_display import print_design, print_studies, told
from cgplab.errors import InputError
from cgplab.plain_files import read_bounded
from cgplab.running import check_jobs
from cgplab.running import start as start_runs
from cgplab.running.cluster import Cluster
from cgplab.sealed import is_sealed, open_store
from cgplab.selections import SELECTIONS
from cgplab.store import Manifest, Run, Store
from cgplab.study.carrying_out import Work, check_images, work_of
from cgplab.study.completeness import Completeness, Stage
from cgplab.study.design import MOST_RUNS, Design
from cgplab.study.document import LATEST, MOST_BYTES, NAME, Document, document_of
from cgplab.study.library import Library
from cgplab.study.scope import Scope, scope_of
from cgplab.study.sealed_studies import opened, sealed_document
from cgplab.study.writing import new_text
from cgplab.words import counted

app = typer.Typer(help="Plan, carry out, report and keep studies.", no_args_is_help=True)

EXIT_INCOMPLETE = 1
"""Exit code if runs of a study are still failed, unfinished or missing."""
NameArgument = Annotated[str, typer.Argument(metavar="NAME", help=f"Study, or '{LATEST}'.")]
YesOption = Annotated[bool, typer.Option("--yes", help=f"Allow more than {MOST_RUNS:,} runs.")]


@app.command()
def new(
    name: Annotated[str, typer.Argument(metavar="NAME", help="Letters, digits, - and _.")],
    model: Annotated[list[str], typer.Option(help="Model; repeatable.")],
    selection: Annotated[str, typer.Option(help=f"Kept -> inferred weights: {', '.join(SELECTIONS)}.")],
    question: Annotated[str, typer.Option(help="Question that the study answers, in one sentence.")],
    layer: Annotated[list[str] | None, typer.Option(help="Layer; repeatable, or 'all'.")] = None,
    strategy: Annotated[
        list[float] | None, typer.Option(help="Error allowed per weight; repeatable. Default: 0, 1, 5 and 11.")
    ] = None,
    grid: Annotated[list[str] | None, typer.Option(metavar="ROWSxCOLS", help="Grid; repeatable.")] = None,
    seeds: Annotated[str, typer.Option(help="Seeds, such as 1-30 or 1-5,9.")] = "1-5",
    generations: Annotated[int | None, typer.Option(help="Maximum generations of a run.")] = None,
    time_limit: Annotated[
        float | None, typer.Option(metavar="S", help="Maximum search time of a run, in seconds.")
    ] = None,
    yes: YesOption = False,
    store: StoreOption = None,
) -> None:
    """Write the file of a new study; edit it for all other settings."""
    library = Library(Store.open(store, to_fill=True))
    text = new_text(
        name, question, model, selection, layers=layer, strategies=strategy, grids=grid, seeds=seeds,
        generations=generations, seconds=time_limit,
    )  # fmt: skip
    data = text.encode(errors="surrogatepass")  # invalid text in an argument is refused like that of a file
    design = Design.of(document_of(data, f"study {name}"), None if yes else MOST_RUNS)
    library.add(data, f"study {name}")
    say(str(library.path(name)))
    say(f"{told(design)}; edit the file, then: cgplab study run {name}")


@app.command()
def run(
    name: NameArgument = LATEST,
    jobs: JobsOption = None,
    detach: Annotated[
        bool,
        typer.Option("--detach", help="Return at once; a worker carries out the runs, also after this shell ends."),
    ] = False,
    plan: Annotated[
        bool, typer.Option("--plan", help="Create the runs but start none; see cgplab submit and cgplab resume.")
    ] = False,
    retry: Annotated[bool, typer.Option("--retry", help="Try failed runs again.")] = False,
    yes: YesOption = False,
    cluster: ClusterOption = None,
    cluster_settings: ClusterSettingsOption = None,
    store: StoreOption = None,
) -> None:
    """Carry out what a study lacks: missing runs, unfinished runs, accuracies."""
    if detach + plan + (cluster is not None) > 1:
        raise InputError("--detach, --plan and --cluster exclude each other; give one of them")
    check_jobs(jobs)
    nodes = None if cluster is None else Cluster.of(cluster, cluster_settings)
    library = Library(Store.open(store))
    name = _resolved(library, name)
    library.check_there(name)
    # A batch system asks with SIGTERM what a person asks with Ctrl-C.
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    with library.held(name):
        document = library.find(name)
        design = Design.of(document, None if yes else MOST_RUNS)
        library.store.check_writable()
        found = Completeness.of(design, library.store, document.accuracy_data)
        work = work_of(found, retry)
        if work.n_runs:
            check_images(document)
        library.set_latest(name)
        say(f"study {name}: {told(design)}; {_to_do(work, found, retry)}", err=True)
        if detach or plan:
            _hand_over(library, document, work, jobs, plan)
            return
        if work.n_runs:
            resumed_by = f"cgplab study run {shlex.quote(name)}"
            carry_out(
                work.new, library.store, jobs, document.accuracy_data, nodes, again=work.again, resumed_by=resumed_by
            )
        _measure(library, document, design, nodes)
        library.set_latest(name)
    found = Completeness.of(design, library.store, document.accuracy_data)
    print_design(found)
    tally = found.tally()
    if tally.failed + tally.left:
        raise typer.Exit(EXIT_INCOMPLETE)


@app.command()
def status(
    name: Annotated[
        str | None, typer.Argument(metavar="NAME", help="Study; default: the study or batch used last.")
    ] = None,
    batch: BatchOption = None,
    cells: Annotated[bool, typer.Option("--cells", help="Print a line for each cell.")] = False,
    store: StoreOption = None,
    as_json: JsonOption = False,
) -> None:
    """Show how many runs of a study or batch are done or missing, and the time left."""
    scope = scope_of(open_store(store), name, batch)
    found = scope.progress
    if found is None and scope.document is None and not scope.store.changes:
        sealed_document(opened(scope.store.root))  # tells what is wrong with its text
    if found is None and scope.document is None:
        if not scope.table.rows:
            raise InputError(f"there is no study and no batch in {scope.store.root} yet; see: cgplab study list")
        raise InputError(f"{scope.title} have no common design; name a study: cgplab study list")
    if found is None:
        raise InputError(
            f"cannot show the design of {scope.title}: its model is not on this machine; see: cgplab model list"
        )
    if as_json:
        typer.echo(json.dumps(_as_json(scope, found)))
        return
    say(scope.title)
    print_design(found, by_cell=cells)


@app.command("list")
def list_(store: StoreOption = None, as_json: JsonOption = False) -> None:
    """List the studies with their questions."""
    library = Library(open_store(store))
    entries = library.entries()
    if as_json:
        rows = [
            {
                "name": entry.name,
                "kind": entry.kind,
                "question": entry.document and entry.document.question,
                "complaint": entry.complaint,
            }
            for entry in entries
        ]
        typer.echo(json.dumps(rows))
        return
    print_studies(library, entries)


@app.command()
def show(name: NameArgument = LATEST, store: StoreOption = None) -> None:
    """Print the file of a study."""
    target = open_store(store)
    library = Library(target)
    chosen = "" if not target.changes else _resolved(library, name)
    sealed = library.sealed().get(chosen) if target.changes else target.root
    text = library.text(chosen) if sealed is None else opened(sealed).study_text
    say_lines(text.rstrip("\n"))


@app.command()
def seal(
    name: Annotated[str, typer.Argument(metavar="NAME", help="Study, or 'latest'.")],
    file: Annotated[Path, typer.Argument(metavar="FILE.cgplab", help="File to write.")],
    no_histories: Annotated[
        bool,
        typer.Option("--no-histories", help="Leave out the histories of improvements; the file can be much smaller."),
    ] = False,
    store: StoreOption = None,
) -> None:
    """Write a study and its finished runs into one file that is read without unpacking."""
    from cgplab.sealed.writing import seal_runs

    library = Library(Store.open(store))
    chosen = _resolved(library, name)
    library.check_there(chosen)
    scope = scope_of(library.store, chosen)
    assert scope.completeness is not None
    done = [member.run for member in scope.completeness.of_stage(Stage.DONE)]
    if not done:
        raise InputError(f"no run of study {chosen} is finished; carry them out with: cgplab study run {chosen}")
    seal_runs(done, library.store, file, library.text(chosen), histories=not no_histories)
    tally = scope.completeness.tally()
    say(f"sealed {counted(len(done), 'run')} of study {chosen} in {file}, {file.stat().st_size / 1e6:,.2f} MB")
    if tally.done < tally.n:
        complain(f"{tally.n - tally.done:,} of {counted(tally.n, 'run')} are not finished, so the file lacks them")


@app.command()
def report(
    name: NameArgument = "latest",
    out: Annotated[
        Path | None, typer.Option(metavar="DIR", help="Folder of the report. Default: out/report/NAME.")
    ] = None,
    store: StoreOption = None,
) -> None:
    """Write a report of a study: web page, LaTeX document, PDF, figures and circuits."""
    from cgplab.report import build_report, check_folder, write_report

    scope = scope_of(open_store(store), name)
    folder = out or Path("out") / "report" / scope.name
    check_folder(folder)
    with progress_bar() as bar:
        task = bar.add_task("report", total=None)

        def tell(what: str, done: int, total: int) -> None:
            bar.update(task, completed=done, total=total, description=f"report: {what}")

        made = build_report(scope, tell)
        bar.update(task, description="report: writing")
        written = write_report(made, folder)
    for path in (written.page, written.document, written.pdf):
        if path is not None:
            say(str(path))
    if written.pdf is None:
        say(
            "no PDF: pdflatex is not installed (Debian: texlive-latex-base texlive-latex-recommended lmodern)", err=True
        )
    if wide := [points for points in written.overfull if points > 1]:
        complain(f"too wide or too high in the PDF: {counted(len(wide), 'box', 'boxes')}, by up to {max(wide):.0f} pt")


@app.command("open")
def open_(
    study: Annotated[
        str, typer.Argument(metavar="NAME|FILE", help="Study, or a file to add: .toml, or .cgplab for a sealed study.")
    ],
    store: StoreOption = None,
) -> None:
    """Make a study the latest, which other commands use by default; adds the study of a file."""
    library = Library(Store.open(store, to_fill=True))
    path = Path(study)
    if is_sealed(path):
        document = library.add_sealed(path)
    elif NAME.fullmatch(study) is None:
        try:
            document = library.add(read_bounded(path, MOST_BYTES), path)
        except FileNotFoundError as error:
            raise InputError(f"no such file: {path}") from error
    else:
        sealed = library.sealed().get(study)
        document = library.find(study) if sealed is None else sealed_document(opened(sealed))
        library.store.check_writable()
        library.set_latest(study)
    say(f"study {document.name}: {document.question}")


@app.command()
def delete(
    name: Annotated[str, typer.Argument(metavar="NAME", help="Study.")],
    yes: Annotated[bool, typer.Option("--yes", help="Do not ask.")] = False,
    store: StoreOption = None,
) -> None:
    """Remove the file of a study for good; runs stay, but for those of a sealed study, which are in its file."""
    library = Library(Store.open(store))
    path = library.removable(name)
    stay = "its runs stay" if path == library.path(name) else "its runs were in this file"
    if not yes and not agreed(f"Remove {path} for good? {stay.capitalize()}."):
        raise InputError("nothing was removed; answer yes, or use --yes")
    library.delete(name)
    say(f"removed study {name}; {stay}{f' in {library.store.root}' * (path == library.path(name))}")


def _resolved(library: Library, name: str) -> str:
    """Name of a study that is named or the latest."""
    if name != LATEST:
        return name
    found = library.latest()
    if found is None:
        raise InputError(f"there is no latest study in {library.store.root}; name one of: cgplab study list")
    return found[0]


def _to_do(work: Work, found: Completeness, retry: bool) -> str:
    tally = found.tally()
    parts = [
        f"{counted(len(work.new), 'run')} to carry out" * bool(work.new),
        f"{len(work.again):,} to continue" * bool(work.again),
        f"{tally.running:,} running elsewhere" * bool(tally.running),
        f"{tally.failed:,} failed (--retry tries them again)" * bool(tally.failed and not retry),
        f"{counted(len(work.unmeasured), 'accuracy', 'accuracies')} to measure" * bool(work.unmeasured),
    ]
    return ", ".join(part for part in parts if part) or "nothing is missing"


def _hand_over(library: Library, document: Document, work: Work, jobs: int | None, plan: bool) -> None:
    """Leave the runs to a worker, or to whoever submits them."""
    name = shlex.quote(document.name)
    if not work.n_runs and (plan or not work.unmeasured):
        say("no run is missing")
    elif plan:
        library.store.create_all(work.new)
        say(f"next: cgplab submit slurm --study {name}, then: cgplab study status {name}")
    else:
        runs: list[Manifest | Run] = [*work.again, *work.new, *work.unmeasured]
        start_runs(runs, library.store, jobs, confirm=True, accuracy=document.accuracy_data)
        say(f"next: cgplab study status {name}")


def _measure(library: Library, document: Document, design: Design, nodes: Cluster | None) -> None:
    """Measure accuracies that are still missing, for example of runs that ended elsewhere."""
    left = work_of(Completeness.of(design, library.store, document.accuracy_data)).unmeasured
    if left and document.accuracy_data is not None:
        measure_with_bar(left, document.accuracy_data, nodes=nodes)


def _as_json(scope: Scope, found: Completeness) -> dict[str, object]:
    document = scope.document
    return {
        "study": scope.name,
        "batch": scope.batch,
        "question": "" if document is None else document.question,
        **asdict(found.tally()),
        "runs": found.design.n_runs,
        "seconds_left": found.seconds_left(),
        "cells": [
            {"cell": cell.key, "layer": cell.template.layer, "kernel": cell.template.kernel,
             "grid": cell.template.grid, "strategy": cell.template.strategy, "method": cell.template.method,
             "wiring": cell.template.wiring, "seeds": len(cell.seeds), **asdict(found.tally([cell]))}
            for cell in found.design.cells
        ],
    }  # fmt: skip
