# mypy: disable-error-code="no-untyped-def"
"""Compiled local search for grids that leave few places: it leaves what it has found, and comes back.

Late acceptance (E. K. Burke and Y. Bykov, "The late acceptance hill-climbing heuristic", 2017): a step is taken if it
is no worse than what the search held a number of steps ago. Only the order of costs matters, so that it works alike
where gates cost the same and where they differ by powers of ten.
"""

import numpy as np

from cgplab.cgp.construct.value_descent import TOLL_DECADES, attempt, keep, toll_scale
from cgplab.cgp.construct.value_kernels import unplaced
from cgplab.cgp.kernels.arrays import copy
from cgplab.cgp.kernels.jit import routine


@routine
def explore(
    how, left, right, now, past, steps, best_how, best_left, best_right, best, root, wanted, gaps, budget, weights,
    target, code, constants, wire, binary, binary_codes, rows, cols, iterations, state, work, scratch,
):  # fmt: skip
    """Destroy and repair that often; returns the iterations that improved on the best.

    Parameters
    ----------
    how, left, right, now
        Solution that the search stands at, and its rank as in ``improve``; changed in place.
    past : (length, 2) int64
        First two parts of the ranks that the search stood at before.
    steps : (1,) int64
        Iterations so far.
    best_how, best_left, best_right, best
        Best solution and its rank; changed in place.
    """
    new_how, new_left, new_right = scratch[:3]
    level, height = scratch[10:]
    improved = 0
    scale = toll_scale(weights, binary_codes)
    dearest = 0.0
    for i in range(weights.shape[0]):
        dearest = max(dearest, 1.0 * weights[i])
    # Where only gates of two pins fit, even the dearest may be what takes the fewest places.
    decades = TOLL_DECADES + np.log10(max(dearest / max(scale, 1.0), 1.0))
    for _ in range(iterations):
        fresh_start = now[0] < 0
        cost, error = attempt(
            how, left, right, fresh_start, now[0] == -2, root, wanted, gaps, budget, weights, target, code, constants,
            wire, binary, binary_codes, cols, dearest, decades, state, work, scratch,
        )  # fmt: skip
        if cost == -2:
            return improved
        slot = steps[0] % past.shape[0]
        steps[0] += 1
        if cost < 0:
            continue
        over = unplaced(new_how, new_left, new_right, rows, cols, level, height)
        if (
            fresh_start
            or over < past[slot, 0]
            or (over == past[slot, 0] and cost <= past[slot, 1])
            or over < now[0]
            or (over == now[0] and cost <= now[1])
        ):
            keep(now, over, cost, error, how, left, right, new_how, new_left, new_right)
            if fresh_start:
                for i in range(past.shape[0]):
                    past[i, 0] = over
                    past[i, 1] = cost
            if over < best[0] or (over == best[0] and (cost < best[1] or (cost == best[1] and error < best[2]))):
                improved += 1
                copy(best, now)
                copy(best_how, how)
                copy(best_left, left)
                copy(best_right, right)
        past[slot, 0] = now[0]
        past[slot, 1] = now[1]
    return improved
