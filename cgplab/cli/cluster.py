"""``cgplab submit`` and ``cgplab cluster``: job arrays on Slurm and PBS."""

import shlex
import shutil
from collections import Counter
from collections.abc import Sequence
from typing import Annotated

import typer
from rich.table import Table

from cgplab.cli.keeping import merge
from cgplab.cli.options import BatchOption, ClusterSettingsOption, NoAccuracyOption, StoreOption, StudyOption
from cgplab.cli.output import PlainConsole, say
from cgplab.errors import InputError
from cgplab.running import OWN_TEST_IMAGES
from cgplab.running.cluster.scheduler import cancel as cancel_jobs
from cgplab.running.cluster.scheduler import queued, submit_command
from cgplab.running.cluster.scheduler import submit as submit_script
from cgplab.running.cluster.settings import SYSTEMS, ClusterSettings
from cgplab.running.cluster.submission import Array, Submission, find_submission
from cgplab.running.queue import queue_up
from cgplab.store import State, Store
from cgplab.study.scope import inventory
from cgplab.words import counted

app = typer.Typer(help="Look after job arrays on Slurm and PBS.", no_args_is_help=True)

NameArgument = Annotated[str, typer.Argument(help="Submission: its id, a part of it, or last.")]
DONE = (State.FINISHED, State.FAILED)


def submit(
    system: Annotated[str, typer.Argument(help="slurm or pbs.")],
    runs: Annotated[
        list[str] | None, typer.Argument(help="Runs; default: all unfinished runs of the store, study or batch.")
    ] = None,
    batches: Annotated[
        int | None, typer.Option("-b", "--batches", help="Jobs to split the runs into. Default: runs / cores.")
    ] = None,
    settings: ClusterSettingsOption = None,
    walltime: Annotated[str | None, typer.Option(metavar="HH:MM:SS", help="Longest time of a job.")] = None,
    mem: Annotated[str | None, typer.Option(help="Memory of a job, such as 4gb.")] = None,
    cores: Annotated[int | None, typer.Option(help="Cores of a job; so many runs go on at a time.")] = None,
    queue: Annotated[str | None, typer.Option(help="Queue or partition.")] = None,
    write_only: Annotated[
        bool, typer.Option("--write-only", help="Write the job array; you submit it, perhaps on another machine.")
    ] = False,
    no_accuracy: NoAccuracyOption = False,
    store: StoreOption = None,
    study: StudyOption = None,
    batch: BatchOption = None,
) -> None:
    """Carry out planned or unfinished runs as a job array of a batch system."""
    if system not in SYSTEMS:
        raise InputError(f"unknown batch system {system!r}; allowed: {', '.join(SYSTEMS)}")
    target = Store.open(store)
    target.check_writable()
    chosen = [target.find(run) for run in runs] if runs else inventory(target, study, batch).table.runs
    todo = [run for run in chosen if run.observed().state not in DONE]
    resources = ClusterSettings.read(system, settings, walltime=walltime, mem=mem, cores=cores, queue=queue)
    accuracy = None if no_accuracy else OWN_TEST_IMAGES
    submission = Submission.create(target, system, todo, batches, resources, accuracy)
    say(f"submission {submission.id}: {counted(len(todo), 'run')} in {counted(len(submission.batches), 'job')}")
    if write_only:
        directory = shlex.quote(str(submission.directory.resolve()))
        say(f"submit it with: cd {directory} && {submit_command(system)} job.sh")
        return
    _send(submission, range(len(submission.batches)))


@app.command()
def status(name: NameArgument = "last", store: StoreOption = None) -> None:
    """Show the jobs of a submission and the states of their runs."""
    submission = find_submission(Store.open(store), name)
    jobs = submission.queue()
    table = Table(box=None, padding=(0, 2, 0, 0))
    for title in ("job", "in the queue", "runs", "states"):
        table.add_column(title, no_wrap=True)
    for batch, members in enumerate(submission.batches):
        states = Counter(run.observed().state.value for run in submission.runs(batch))
        listed = ", ".join(f"{count} {state}" for state, count in states.most_common())
        table.add_row(str(batch), jobs.get(batch, "no"), str(len(members)), listed)
    say(f"submission {submission.id} for {submission.system}, walltime {submission.settings.clock}")
    PlainConsole().print(table)


@app.command()
def resubmit(name: NameArgument = "last", store: StoreOption = None) -> None:
    """Submit again the jobs that left unfinished runs; these are resumed."""
    submission = find_submission(Store.open(store), name)
    jobs = submission.queue()
    unfinished = [
        batch
        for batch in range(len(submission.batches))
        if batch not in jobs and any(run.observed().state not in DONE for run in submission.runs(batch))
    ]
    if not unfinished:
        say(f"nothing to submit again: {counted(len(jobs), 'job')} in the queue, the others are done")
        return
    _send(submission, unfinished)


app.command("collect")(merge)


@app.command()
def cancel(name: NameArgument = "last", store: StoreOption = None) -> None:
    """End the jobs of a submission; their runs store what they have and can be resumed."""
    submission = find_submission(Store.open(store), name)
    live = {job.array for job in queued(submission.system, [array.job for array in submission.arrays])}
    cancel_jobs(submission.system, sorted(live))
    say(f"cancelled {len(live)} job arrays of submission {submission.id}; later: cgplab cluster resubmit")


@app.command()
def clean(name: NameArgument = "last", store: StoreOption = None) -> None:
    """Remove a submission's script, logs and record; runs stay."""
    submission = find_submission(Store.open(store), name)
    jobs = submission.queue()
    if jobs:
        raise InputError(f"{submission.id} has {counted(len(jobs), 'job')} in the queue; first: cgplab cluster cancel")
    shutil.rmtree(submission.directory)
    say(f"removed submission {submission.id}")


def _send(submission: Submission, batches: Sequence[int]) -> None:
    runs = [run for batch in batches for run in submission.runs(batch)]
    queue_up(runs, lambda text: say(text, err=True), worker=f"{submission.system} {submission.id}")
    script = submission.script(batches)
    job = submit_script(submission.system, submission.directory, script.name)
    submission.submitted(Array(job, tuple(batches)))
    say(f"job array {job}: {counted(len(batches), 'job')}; look at them with: cgplab cluster status")
