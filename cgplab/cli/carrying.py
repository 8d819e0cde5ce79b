"""Carry out runs while a person watches."""

from collections import Counter
from collections.abc import Sequence

from cgplab.cli.cluster_display import ClusterDisplay
from cgplab.cli.evolve_display import RunsDisplay
from cgplab.cli.output import PlainConsole
from cgplab.running import run_all
from cgplab.running.cluster import Cluster
from cgplab.running.slots import Slots
from cgplab.running.ticket import Ticket
from cgplab.store import Manifest, Run, Status, Store


def carry_out(
    manifests: Sequence[Manifest], store: Store, jobs: int | None, nodes: Cluster | None = None
) -> tuple[list[Run], list[Status]]:
    """Carry out runs here or on other machines, and wait for them."""
    ticket = Ticket(store)
    created = store.create_all(manifests, ticket.worker)
    done = False
    try:
        if nodes is not None:
            with ClusterDisplay(created) as display:
                nodes.carry_out(created, display.watch)
            statuses = [run.status for run in created]
        else:
            with RunsDisplay(created) as shown:
                statuses = run_all(
                    created, shown.report, jobs, slots=Slots(store, jobs), started=shown.started, done=shown.done
                )
        done = True
    finally:
        ticket.release()
        if not done:
            states = Counter(run.status.state.value for run in created)
            PlainConsole(stderr=True).print(f"stopped: {', '.join(f'{n} {state}' for state, n in states.items())}")
    return created, statuses
