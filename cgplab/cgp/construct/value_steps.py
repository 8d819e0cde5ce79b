# mypy: disable-error-code="no-untyped-def"
"""The one entry point to the compiled searches over sets of derived values: they share nearly all of their code."""

from cgplab.cgp.construct.late_acceptance import explore
from cgplab.cgp.construct.value_descent import improve, regrow
from cgplab.cgp.kernels.jit import kernel

IMPROVE, EXPLORE, REGROW = range(3)


@kernel
def step(kind, iterations, best, walk, targets, operators, rows, cols, tight, state, work, scratch):
    """Run one of the searches; returns the iterations that improved on the best solution.

    Parameters
    ----------
    kind : int
        IMPROVE, EXPLORE or REGROW.
    iterations : int
    best : (how, left, right, rank)
        Best solution, see :mod:`cgplab.cgp.construct.value_kernels`, and its rank, see ``improve``; changed in place.
    walk : (how, left, right, rank, past, steps)
        Where EXPLORE stands, see ``explore``; changed in place.
    targets : (root, wanted, gaps, budget)
        See ``grow``; for REGROW ``wanted`` are the values to carry.
    operators : (weights, target, code, constants, wire, binary, binary_codes)
        See ``grow``.
    rows, cols : int
    tight : bool
        Whether IMPROVE grows with a toll on gates and depth.
    state : (1,) uint64
        Of the random numbers.
    work, scratch
        Work space.
    """
    how, left, right, rank = best
    root, wanted, gaps, budget = targets
    weights, target, code, constants, wire, binary, binary_codes = operators
    if kind == IMPROVE:
        return improve(
            how, left, right, root, wanted, gaps, budget, weights, target, code, constants, wire, binary, binary_codes,
            rows, cols, tight, iterations, state, rank, work, scratch,
        )  # fmt: skip
    if kind == EXPLORE:
        at_how, at_left, at_right, now, past, steps = walk
        return explore(
            at_how, at_left, at_right, now, past, steps, how, left, right, rank, root, wanted, gaps, budget, weights,
            target, code, constants, wire, binary, binary_codes, rows, cols, iterations, state, work, scratch,
        )  # fmt: skip
    regrow(
        how, left, right, rank, root, wanted, gaps, budget, weights, target, code, constants, wire, binary,
        binary_codes, rows, cols, state, work, scratch,
    )  # fmt: skip
    return 0
