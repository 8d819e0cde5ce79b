"""Carry out runs while a person watches."""

from collections import Counter
from collections.abc import Sequence

import typer

from cgplab.cli.cluster_display import ClusterDisplay
from cgplab.cli.evolve_display import RunsDisplay
from cgplab.cli.options import EXIT_INTERRUPTED
from cgplab.cli.output import PlainConsole, complain
from cgplab.running import AccuracyData, missing_accuracy, run_all
from cgplab.running.cluster import Cluster
from cgplab.running.queue import queue_up
from cgplab.running.slots import Slots
from cgplab.running.standing import standing_of
from cgplab.running.ticket import Ticket
from cgplab.store import Manifest, Run, State, Status, Store
from cgplab.store.commands import Standing, ways_on
from cgplab.words import counted

METRICS = "cgplab metrics --batch last"
"""Measures what an interrupted or unmeasured batch lacks."""


def carry_out(
    manifests: Sequence[Manifest],
    store: Store,
    jobs: int | None,
    accuracy: AccuracyData | None,
    nodes: Cluster | None = None,
    again: Sequence[Run] = (),
    resumed_by: str = "",
) -> tuple[list[Run], list[Status]]:
    """Carry out new runs, and go on with others, here or on other machines; measure accuracies unless that is None.

    After an interruption, ``resumed_by`` is the command that goes on; default: those for single runs and batches.
    """
    ticket = Ticket(store)
    try:
        created = queue_up(again, complain, ticket.worker) + store.create_all(manifests, ticket.worker)
        try:
            if nodes is not None:
                with ClusterDisplay(created, accuracy) as display:
                    nodes.carry_out(created, display.watch, accuracy, complain)
                return created, [run.status for run in created]
            with RunsDisplay(created) as shown:
                statuses = run_all(
                    created,
                    shown.report,
                    jobs,
                    slots=Slots(store, jobs),
                    started=shown.started,
                    done=shown.done,
                    heartbeat=ticket.path,
                    accuracy=accuracy,
                    measured=shown.measured,
                    tell=shown.tell,
                )
            return created, statuses
        except KeyboardInterrupt:
            told = [where_left(created, leaving=nodes is None, resumed_by=resumed_by)]
            if accuracy is not None:
                # Runs that are not finished are measured when they are.
                ended = [run for run in missing_accuracy(created, accuracy) if run.status.state is State.FINISHED]
                if ended:
                    told.append(f"{counted(len(ended), 'accuracy', 'accuracies')} to measure: {resumed_by or METRICS}")
            PlainConsole(stderr=True).print(f"stopped: {'; '.join(told)}")
            raise typer.Exit(EXIT_INTERRUPTED) from None
    finally:
        ticket.release()


def where_left(runs: Sequence[Run], leaving: bool = False, resumed_by: str = "") -> str:
    """How many runs stand where, and what lets them go on.

    Parameters
    ----------
    runs : sequence of Run
    leaving : bool
        Whether this process is about to end, as after a second Ctrl-C: runs still under way then count as crashed.
    resumed_by : str
        Command that goes on with all of them; default: those for single runs.
    """
    of_ours = {Standing.RUNNING: Standing.CRASHED, Standing.ASKED: Standing.CRASHED} if leaving else {}
    standings = Counter(of_ours.get(standing, standing) for standing in map(standing_of, runs))
    listed = ", ".join(f"{count} {standing}" for standing, count in standings.items())
    ways = ways_on(standings)
    if ways and resumed_by:
        ways = resumed_by
    return f"{listed}{f'; go on with: {ways}' if ways else ''}"
