# mypy: disable-error-code="no-untyped-def"
"""Compiled growth of a set of derived values: cheapest paths from what is carried, one after another."""

from cgplab.cgp.construct.value_kernels import VALUES, error_of, gain_of, gains_of, levels_of
from cgplab.cgp.kernels.arrays import fill
from cgplab.cgp.kernels.jit import routine

FAR = 1e300


@routine
def _relax(new, n_new, paths):
    """Shorten distances from the ``n_new`` nodes in ``new``, whose own distances are set; ``paths`` as in ``grow``."""
    price, target, code, cols, noise, dist, level, pre_how, pre_left, pre_right, queue, queued = paths
    head = 0
    tail = 0
    size = queue.shape[0]
    for i in range(n_new):
        queue[tail] = new[i]
        queued[new[i]] = True
        tail = (tail + 1) % size
    while head != tail:
        node = queue[head]
        head = (head + 1) % size
        queued[node] = False
        if level[node] >= cols:
            continue
        value = node & 255
        for k in range(target.shape[1]):
            reached = target[value, k]
            if reached < 0:
                break
            far = dist[node] + price[code[value, k]] * noise[value, k]
            if far < dist[reached] or (far == dist[reached] and level[node] + 1 < level[reached]):
                dist[reached] = far
                level[reached] = level[node] + 1
                pre_how[reached] = code[value, k]
                pre_left[reached] = node
                pre_right[reached] = -1
                if not queued[reached]:
                    queued[reached] = True
                    queue[tail] = reached
                    tail = (tail + 1) % size


@routine
def grow(
    how, left, right, root, wanted, gaps, budget, price, target, code, noise, constants, wire, binary, binary_codes,
    cols, slack, finish, work,
):  # fmt: skip
    """Derive values until the error is within the budget; False if that cannot be done.

    With budget 0 the wanted values are added cheapest first. Otherwise values are added by error saved per cost, or
    with ``finish`` the cheapest that meets the budget alone as soon as there is one.

    Parameters
    ----------
    how, left, right : solution, changed in place
    root : (512,) bool
        Inputs; those below 256 can be outputs.
    wanted : (256,) bool
        Targets.
    gaps : (258, 258) int64
        Error of the targets strictly between two neighbouring carried values.
    price : (codes,) float64
        Cost of a gate, possibly distorted for diversity.
    target, code, noise : (256, k)
        Unary edges and a factor on the price of each.
    constants : (c, 2) int64
    wire : int
        Code of the wire.
    binary : (codes, 256, 256) int64
    binary_codes : (b,) int64
        Binary operators to use, cheapest first; empty to use none.
    slack : float
        Extra distance of values per column that they stand in; keeps circuits shallow.
    """
    dist, level, pre_how, pre_left, pre_right, queue, queued, carried, fresh, present, gains = work
    paths = (price, target, code, cols, noise, dist, level, pre_how, pre_left, pre_right, queue, queued)
    fill(dist, FAR)
    levels_of(how, left, right, level)
    n_present = 0
    for node in range(2 * VALUES):
        queued[node] = False
        if root[node] or (node < VALUES and how[node] >= 0):
            dist[node] = slack * level[node]
            present[n_present] = node
            n_present += 1
        elif node < VALUES:
            level[node] = 1 << 30
    for value in range(VALUES):
        carried[value] = root[value] or how[value] >= 0
    n_fresh = 0
    for i in range(n_present):
        fresh[n_fresh] = present[i]
        n_fresh += 1
    for i in range(constants.shape[0]):
        value = constants[i, 0]
        if not carried[value] and price[constants[i, 1]] + slack < dist[value]:
            dist[value] = price[constants[i, 1]] + slack
            level[value] = 1
            pre_how[value] = constants[i, 1]
            pre_left[value] = -1
            pre_right[value] = -1
            fresh[n_fresh] = value
            n_fresh += 1
    for value in range(VALUES):
        if root[VALUES + value] and not carried[value] and price[wire] + slack < dist[value]:
            dist[value] = price[wire] + slack
            level[value] = 1
            pre_how[value] = wire
            pre_left[value] = VALUES + value
            pre_right[value] = -1
            fresh[n_fresh] = value
            n_fresh += 1
    _relax(fresh, n_fresh, paths)
    error = error_of(gaps, carried)
    n_paired = 0
    while True:
        # Binary gates of values that are present, when one of them could be the cheapest way to anything useful.
        dearest = 0.0
        for value in range(VALUES):
            if not carried[value] and (budget > 0 or wanted[value]):
                dearest = max(dearest, dist[value])
        if binary_codes.shape[0] > 0 and price[binary_codes[0]] < dearest and n_paired < n_present:
            n_fresh = 0
            for i in range(n_paired, n_present):
                one = present[i]
                for j in range(i + 1):
                    other = present[j]
                    deepest = max(level[one], level[other])
                    if deepest >= cols:
                        continue
                    for k in range(binary_codes.shape[0]):
                        operator = binary_codes[k]
                        far = price[operator] + slack * (deepest + 1)
                        if far >= dearest:
                            break
                        for swap in range(2):
                            a = one if swap == 0 else other
                            b = other if swap == 0 else one
                            value = binary[operator, a & 255, b & 255]
                            if far < dist[value] and not carried[value]:
                                if dist[value] == FAR or not queued[value]:
                                    queued[value] = True
                                    fresh[n_fresh] = value
                                    n_fresh += 1
                                dist[value] = far
                                level[value] = deepest + 1
                                pre_how[value] = operator
                                pre_left[value] = a
                                pre_right[value] = b
            n_paired = n_present
            _relax(fresh, n_fresh, paths)
        chosen = -1
        if budget == 0:
            closest = FAR
            for value in range(VALUES):
                if wanted[value] and not carried[value] and dist[value] < closest:
                    closest = dist[value]
                    chosen = value
            if chosen < 0:
                for value in range(VALUES):
                    if wanted[value] and not carried[value]:
                        return False
                return True
        else:
            if error <= budget:
                return True
            best = 0.0
            gains_of(gaps, carried, gains)
            for value in range(VALUES):
                if not carried[value] and dist[value] < FAR:
                    gain = min(gains[value], error - budget)
                    rate = gain / (dist[value] + 1e-9)
                    if finish and gain == error - budget:
                        rate += FAR / (dist[value] + 1.0)
                    if rate > best:
                        best = rate
                        chosen = value
            if chosen < 0:
                return False
        # Take the path to the chosen value; every value on it is carried from now on.
        n_fresh = 0
        node = chosen
        while not (node >= VALUES or carried[node]):
            fresh[n_fresh] = node
            n_fresh += 1
            if n_fresh > VALUES:
                return False
            if pre_left[node] < 0 or pre_right[node] >= 0:
                break
            node = pre_left[node]
        for i in range(n_fresh - 1, -1, -1):
            value = fresh[i]
            how[value] = pre_how[value]
            left[value] = pre_left[value]
            right[value] = pre_right[value]
            deepest = 0
            if left[value] >= 0:
                deepest = level[left[value]]
            if right[value] >= 0:
                deepest = max(deepest, level[right[value]])
            level[value] = deepest + 1
            if level[value] > cols:
                return False
            error -= gain_of(gaps, carried, value)
            carried[value] = True
            dist[value] = slack * level[value]
            present[n_present] = value
            n_present += 1
        _relax(fresh, n_fresh, paths)
