# mypy: disable-error-code="no-untyped-def"
"""Compiled local search over sets of derived values: drop, destroy and repair."""

import numpy as np

from cgplab.cgp.construct.value_growth import grow
from cgplab.cgp.construct.value_kernels import VALUES, error_of, forget_dependents, gain_of, prune, unplaced
from cgplab.cgp.kernels.arrays import copy, fill
from cgplab.cgp.kernels.jit import routine

TOLL_DECADES = 4.0
"""Tolls are spread over so many powers of ten."""


@routine
def keep(rank, over, cost, error, how, left, right, new_how, new_left, new_right):
    """Take a solution over, and how it ranks: gates without a place, cost, error."""
    rank[0] = over
    rank[1] = cost
    rank[2] = error
    copy(how, new_how)
    copy(left, new_left)
    copy(right, new_right)


@routine
def random_word(state):
    """Next 64 random bits (splitmix64); ``state`` is (1,) uint64."""
    state[0] += np.uint64(0x9E3779B97F4A7C15)
    word = state[0]
    word = (word ^ (word >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
    word = (word ^ (word >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    return word ^ (word >> np.uint64(31))


@routine
def random_below(state, n):
    """Random whole number from 0 to n - 1."""
    return np.int64((random_word(state) >> np.uint64(33)) % np.uint64(n))


@routine
def random_unit(state):
    """Random number in [0, 1)."""
    return np.float64(random_word(state) >> np.uint64(11)) * (1.0 / 9007199254740992.0)


@routine
def drop(how, left, right, root, gaps, budget, weights, carried, users):
    """Forget derived values that nothing reads while the error stays within the budget; best rate first."""
    fill(users, 0)
    for value in range(VALUES):
        carried[value] = root[value] or how[value] >= 0
        if how[value] >= 0:
            if left[value] >= 0:
                users[left[value]] += 1
            if right[value] >= 0:
                users[right[value]] += 1
    error = error_of(gaps, carried)
    while True:
        chosen = -1
        best = -1.0
        cost = np.int64(0)
        for value in range(VALUES):
            if how[value] >= 0 and users[value] == 0:
                carried[value] = False
                loss = gain_of(gaps, carried, value)
                carried[value] = True
                if error + loss <= budget:
                    rate = weights[how[value]] / (loss + 1e-6)
                    if rate > best:
                        best = rate
                        chosen = value
                        cost = loss
        if chosen < 0:
            return error
        error += cost
        carried[chosen] = False
        if left[chosen] >= 0:
            users[left[chosen]] -= 1
        if right[chosen] >= 0:
            users[right[chosen]] -= 1
        how[chosen] = -1
        left[chosen] = -1
        right[chosen] = -1


@routine
def cost_of(how, weights):
    """Sum of the weights of all gates."""
    total = np.int64(0)
    for value in range(VALUES):
        if how[value] >= 0:
            total += weights[how[value]]
    return total


@routine
def attempt(
    how, left, right, fresh_start, distorted, root, wanted, gaps, budget, weights, target, code, constants, wire,
    binary, binary_codes, cols, dearest_toll, decades, state, work, scratch,
):  # fmt: skip
    """Destroy part of a solution and grow it again, into the first three arrays of ``scratch``.

    While growing each gate costs a random toll on top, up to ``dearest_toll`` and down to ``decades`` powers of ten
    less; part of it counts as ``slack``, see ``grow``. Returns weight and error; the
    weight is -1 if nothing came of it, -2 if there is nothing to destroy.
    """
    new_how, new_left, new_right, price, noise, killed, keys, stack, used, users = scratch[:10]
    carried = work[7]
    copy(new_how, how)
    copy(new_left, left)
    copy(new_right, right)
    if not fresh_start:
        n = 0
        for value in range(VALUES):
            killed[value] = False
            if how[value] >= 0:
                keys[n] = value
                n += 1
        if n == 0:
            return np.int64(-2), np.int64(0)
        kills = 1 + random_below(state, max(1, min(n // 4, 1 << random_below(state, 6))))
        if random_below(state, 3) == 0:
            # Values next to each other compete for the same targets: destroy a stretch.
            start = random_below(state, n)
            for i in range(kills):
                killed[keys[(start + i) % n]] = True
        else:
            for _ in range(kills):
                killed[keys[random_below(state, n)]] = True
        forget_dependents(new_how, new_left, new_right, killed)
    toll = 0.0
    slack = 0.0
    if dearest_toll > 0.0:
        toll = dearest_toll * 10.0 ** (-decades * random_unit(state)) if random_below(state, 4) > 0 else 0.0
        slack = toll * random_unit(state) if random_below(state, 2) == 0 else 0.0
    for i in range(weights.shape[0]):
        price[i] = weights[i] + toll
    for value in range(VALUES):
        fill(noise[value], 1.0)
    if distorted or (not fresh_start and random_below(state, 3) > 0):
        strength = 0.6 * random_unit(state)
        for value in range(VALUES):
            for k in range(noise.shape[1]):
                noise[value, k] = 1.0 - strength * random_unit(state)
    # The cheapest way to a budget may be one dear gate where there is room for no more.
    finish = budget > 0 and dearest_toll > 0.0 and random_below(state, 4) == 0
    if not grow(
        new_how, new_left, new_right, root, wanted, gaps, budget, price, target, code, noise, constants, wire,
        binary, binary_codes, cols, slack, finish, work,
    ):  # fmt: skip
        return np.int64(-1), np.int64(0)
    if budget == 0:
        prune(new_how, new_left, new_right, wanted, stack, used)
        error = np.int64(0)
    else:
        error = drop(new_how, new_left, new_right, root, gaps, budget, weights, carried, users)
    return cost_of(new_how, weights), error


@routine
def improve(
    how, left, right, root, wanted, gaps, budget, weights, target, code, constants, wire, binary, binary_codes,
    rows, cols, tight, iterations, state, best, work, scratch,
):  # fmt: skip
    """Iterated destroy and repair; keeps the solution in place and its rank in ``best``.

    ``best`` is (3,) int64: gates that do not fit the grid, weight, error; compared in this order. ``best[0] < 0``
    says that there is no solution yet: the first is grown from nothing, with distorted costs if it is -2. The
    random state is an argument, so runs repeat exactly. Returns the iterations that improved.
    """
    new_how, new_left, new_right = scratch[:3]
    level, height = scratch[10:]
    improved = 0
    scale = toll_scale(weights, binary_codes)
    some = binary_codes
    if scale <= 0.0:
        some = binary_codes[:0]
    for iteration in range(iterations):
        fresh_start = best[0] < 0
        cost, error = attempt(
            how, left, right, fresh_start, best[0] == -2, root, wanted, gaps, budget, weights, target, code,
            constants, wire, binary, some, cols, scale if tight and iteration > 0 else 0.0, TOLL_DECADES, state,
            work, scratch,
        )  # fmt: skip
        if cost == -2:
            return improved
        if cost < 0:
            continue
        if not fresh_start and best[0] == 0 and (cost > best[1] or (cost == best[1] and error > best[2])):
            continue
        over = unplaced(new_how, new_left, new_right, rows, cols, level, height)
        if fresh_start:
            better = True
        elif over != best[0]:
            better = over < best[0]
        elif cost != best[1]:
            better = cost < best[1]
        else:
            better = error <= best[2]
        if better:
            if fresh_start or over < best[0] or cost < best[1] or error < best[2]:
                improved += 1
            keep(best, over, cost, error, how, left, right, new_how, new_left, new_right)
    return improved


@routine
def toll_scale(weights, binary_codes):
    """Largest toll on gates: about the cheapest gate of two pins, or the dearest gate if that is less."""
    scale = 0.0
    for i in range(weights.shape[0]):
        if weights[i] > 1:
            scale = max(scale, 1.0 * weights[i])
    for k in range(binary_codes.shape[0]):
        scale = min(scale, max(1.0, 1.0 * weights[binary_codes[k]]))
    return scale


@routine
def regrow(
    how, left, right, best, root, served, gaps, budget, weights, target, code, constants, wire, binary, binary_codes,
    rows, cols, state, work, scratch,
):  # fmt: skip
    """Derive the values ``served`` (256,) bool anew, and keep that if it ranks before the solution in place.

    Costs of edges are multiplied by ``noise``, part of ``scratch``, as in ``grow``.
    """
    new_how, new_left, new_right, price, noise, _, _, stack, used, users, level, height = scratch
    carried = work[7]
    fill(new_how, -1)
    fill(new_left, -1)
    fill(new_right, -1)
    copy(price, weights)
    exact, finish = np.int64(0), budget < 0
    if not grow(
        new_how, new_left, new_right, root, served, gaps, exact, price, target, code, noise, constants, wire, binary,
        binary_codes, cols, 0.0, finish, work,
    ):  # fmt: skip
        return
    prune(new_how, new_left, new_right, served, stack, used)
    for value in range(VALUES):
        carried[value] = root[value] or new_how[value] >= 0
    error = error_of(gaps, carried)
    if budget > 0:
        error = drop(new_how, new_left, new_right, root, gaps, budget, weights, carried, users)
    if error > budget:
        return
    over = unplaced(new_how, new_left, new_right, rows, cols, level, height)
    cost = cost_of(new_how, weights)
    if best[0] >= 0 and (over > best[0] or (over == best[0] and cost > best[1])):
        return
    if best[0] >= 0 and over == best[0] and cost == best[1] and error >= best[2]:
        return
    keep(best, over, cost, error, how, left, right, new_how, new_left, new_right)
