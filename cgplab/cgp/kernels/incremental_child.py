"""The incremental kernel: one child, evaluated only where it differs and only while it can win."""

import numpy as np

from cgplab.cgp.kernels.incremental_audit import check_child, check_costs, check_rejected
from cgplab.cgp.kernels.incremental_commit import remember
from cgplab.cgp.kernels.incremental_error import divisor_of, move_back, move_forth, output_error
from cgplab.cgp.kernels.incremental_hits import draw_hits, may_change
from cgplab.cgp.kernels.incremental_proposal import (
    change_gates,
    first_gate_error,
    floor_of,
    move_outputs,
    settle_outputs,
)
from cgplab.cgp.kernels.incremental_state import GENES_LOGGED
from cgplab.cgp.kernels.incremental_structure import follow, go_back, longest_paths
from cgplab.cgp.kernels.incremental_values import evaluate_idle, unknown
from cgplab.cgp.kernels.incremental_wave import undo, wave
from cgplab.cgp.kernels.jit import part
from cgplab.cgp.kernels.layout import (
    AREA,
    DELAY,
    DEPTH,
    ENERGY,
    ENERGY_PER_OP,
    ERROR,
    GATE_COUNT,
    N_MEASURES,
    NEUTRAL,
)

# What became of a child.
REJECTED = -2
WORSE = -1
TIE = 0
BETTER = 1


@part
def _highest_acceptable(task, reference, threshold, found):  # type: ignore[no-untyped-def]
    """Highest error in the metric with which a child may still be better than ``reference``, or tie with it."""
    if reference[ERROR] > threshold:
        return reference[ERROR] - (1 if found == BETTER else 0)
    return reference[ERROR] if task.order[0] == ERROR else threshold


@part
def structure_costs(task, parent, child):  # type: ignore[no-untyped-def]
    """Costs that are sums over the active gates, into ``child.measures``."""
    for name in (ENERGY, ENERGY_PER_OP, AREA, GATE_COUNT):
        child.measures[name] = parent.totals[name] + task.surplus[name]


@part
def path_costs(task, parent, child):  # type: ignore[no-untyped-def]
    """Costs of the longest paths, into ``child.measures``."""
    delay, depth = longest_paths(task, parent, child)
    child.measures[DELAY] = delay + task.surplus[DELAY]
    child.measures[DEPTH] = depth + task.surplus[DEPTH]


@part
def _compare_costs(task, parent, child, reference):  # type: ignore[no-untyped-def]
    """Compare in the task's order; paths are followed only when it comes to them. Ties do not drift."""
    for i in range(task.order.shape[0]):
        name = task.order[i]
        if child.measures[name] < 0:
            path_costs(task, parent, child)
        if child.measures[name] != reference[name]:
            return BETTER if child.measures[name] < reference[name] else WORSE
    return WORSE


@part
def _judge_within(task, parent, child, reference, threshold, n_moved, audit):  # type: ignore[no-untyped-def]
    """Compare a child whose error is within the threshold; the structure follows it."""
    n_genes = child.pending[GENES_LOGGED]
    follow(task, parent, child, child.log_slot, n_genes, child.moved, child.moved_to, n_moved)
    structure_costs(task, parent, child)
    result = BETTER if reference[ERROR] > threshold else _compare_costs(task, parent, child, reference)
    if result == BETTER and child.measures[DELAY] < 0:
        path_costs(task, parent, child)
    check_costs(child, audit)
    return result


@part
def try_child(task, parent, child, measures, state, threshold, found, counters, audit):  # type: ignore[no-untyped-def]
    """Propose one child and decide about it; if it is to be kept, remember it. Returns what became of it."""
    reference = child.best_measures if found == BETTER else measures
    limit = _highest_acceptable(task, reference, threshold, found)
    divisor = divisor_of(task)
    highest = limit * divisor + divisor - 1  # summed error
    whole = parent.totals[ERROR]

    # Which genes; what is certain about the outputs and the first gate.
    n_outputs, n_gates, lowest, regain = draw_hits(task, parent, child, state)
    final = task.n_inputs + lowest
    n_drawn, n_moved, n_postponed, lost, lost_besides, gained, leaves_final = move_outputs(
        task, parent, child, state, n_outputs, final, regain, highest
    )
    least = floor_of(whole, lost_besides, gained, regain)
    rejected = n_drawn < n_outputs or least > highest
    if not rejected and lowest < task.n_gates and not leaves_final:
        least += first_gate_error(task, parent, child, n_gates, lowest)
        rejected = least > highest
    if not rejected and n_postponed > 0:
        gained_later = settle_outputs(task, parent, child, state, n_postponed, highest - least)
        gained += gained_later
        rejected = gained_later > highest - least
    if rejected:
        check_rejected(task, parent, child, audit, state, n_outputs, n_drawn, n_gates, False, limit)
        undo(parent, child)
        return REJECTED

    # Its error.
    certain = whole - lost + gained
    marked = change_gates(task, parent, child, n_gates)
    neutral = n_moved == 0 and not marked
    summed_error = whole
    if not neutral:
        waiting = np.int64(0)  # of outputs that moved to active gates which may still change
        for i in range(n_moved):
            pin = child.moved_to[i]
            if parent.uses[pin] > 0 and may_change(task, parent, child, pin, final) != 0:
                waiting += output_error(task, parent, child.moved[i], parent.values[pin])
        move_forth(task, parent, child, n_moved)
        change, stopped = wave(task, parent, child, state, lowest, highest - certain, regain, n_moved)
        move_back(task, parent, child, n_moved)
        if stopped:
            check_rejected(task, parent, child, audit, state, n_outputs, n_drawn, n_gates, True, limit)
            undo(parent, child)
            return REJECTED
        summed_error = certain + waiting + change
        for i in range(n_moved):
            pin = np.int64(child.moved_to[i])
            if pin >= final and parent.uses[pin] == 0:
                if unknown(task, parent, child, pin):
                    evaluate_idle(task, parent, child, pin, state)
                summed_error += output_error(task, parent, child.moved[i], parent.values[pin])
    error = summed_error // divisor
    check_child(task, parent, child, audit, n_outputs, error)

    # Whether it is better.
    for i in range(N_MEASURES):
        child.measures[i] = -1
    child.measures[ERROR] = error
    result = WORSE
    followed = False
    if neutral:
        counters[NEUTRAL] += 1
        if found != BETTER and error > threshold:
            result = TIE
    elif error > threshold:
        if error <= limit:
            result = BETTER if error < reference[ERROR] else TIE
    elif error <= limit:
        result = _judge_within(task, parent, child, reference, threshold, n_moved, audit)
        followed = True
    if result == BETTER or (result == TIE and found != BETTER):
        remember(child, summed_error, n_moved)
    n_genes = child.pending[GENES_LOGGED]
    undo(parent, child)
    if followed:
        go_back(task, parent, child, n_genes, n_moved)
    return result
