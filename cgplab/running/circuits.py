"""The circuit of a stored run, ready for export and synthesis."""

from cgplab.export import Source
from cgplab.store import Run
from cgplab.work import run_problem


def circuit_source(run: Run, name: str | None = None) -> Source:
    """Circuit of a run with the kept weights of its problem.

    Parameters
    ----------
    run : Run
    name : str, optional
        Default: ``circuit_`` and the last eight characters of the run's id.

    Raises
    ------
    InputError
        The run has no circuit, or its model or cost table is no longer what it was.
    """
    circuit, manifest, status = run.best(), run.manifest, run.status
    about = (
        f"Run {run.id}: {manifest.model} {manifest.layer}, {manifest.selection}, strategy t = {manifest.strategy:g}, "
        f"{manifest.method}, seed {manifest.seed}.",
        f"Error {status.error} ({manifest.metric}); {status.energy:.6g} pJ (power x delay), {status.area:.6g} um2, "
        f"{status.delay:.6g} ns by cost table {manifest.costs}.",
    )
    return Source(circuit, run_problem(run).inputs, name or f"circuit_{run.id[-8:]}", about)
