"""What is refused before a search starts, and before anything is compiled."""

from cgplab.cgp.costs import QUANTA, UNITS, CostTable, to_real
from cgplab.cgp.geometry import Geometry
from cgplab.cgp.kernels.layout import UNLIMITED
from cgplab.cgp.problem import Problem
from cgplab.cgp.settings import Settings
from cgplab.errors import InputError


def check_search(problem: Problem, geometry: Geometry, costs: CostTable, settings: Settings) -> None:
    """Check that problem, grid, costs and settings go together.

    Raises
    ------
    InputError
        Sizes do not match, sums of costs could overflow, or a measure has no costs.
    """
    for what in ("inputs", "outputs"):
        has, needs = getattr(geometry, f"n_{what}"), getattr(problem, f"n_{what}")
        if has != needs:
            raise InputError(f"the geometry has {has} {what} but the problem has {needs}")
    if problem.n_vectors > geometry.arity:
        raise InputError(
            f"a problem of {problem.n_vectors} vectors needs gates of as many pins, not {geometry.arity}; "
            f"use Geometry(..., arity={problem.n_vectors})"
        )
    if settings.wiring == "nearest" and problem.n_vectors > 1:
        raise InputError(f"nearest wiring works with one vector, not {problem.n_vectors}; use wiring evolved")
    needed = [name for name in ("mux", "demux") if problem.n_vectors > 1]
    for name in needed:
        if not costs.has(name, problem.n_vectors):
            raise InputError(f"cost table {costs.name!r} has no {name} for {problem.n_vectors} vectors")
    compared = {*settings.order, *settings.stops}
    for quantity in QUANTA:
        if not costs.gives(quantity):
            if quantity in compared:
                raise InputError(
                    f"cost table {costs.name!r} gives no {quantity}; leave it out of order and stops, "
                    "or use a table that has it"
                )
            continue
        dearest = int(costs.column(quantity, problem.n_vectors).max())
        if dearest * geometry.n_gates >= UNLIMITED:
            raise InputError(
                f"{geometry.n_gates} gates of {to_real(dearest, quantity)} {UNITS[quantity]} {quantity} each "
                "would overflow; use a smaller grid or cheaper gates"
            )
