"""Slow, obvious twins of the core: plain Python numbers and loops, no numpy tricks, no tables.

Written from the description of what the original computes, not from our own core, so that the two can be
held against each other. First :func:`cgplab.cgp.evaluate`, then the plain kernel's search, draw by draw; the
original program's training is replayed in :mod:`tests.original`.
"""

import math
import random
from dataclasses import dataclass, field
from fractions import Fraction
from itertools import combinations, permutations, product

# --- operators -------------------------------------------------------------------------------------------


def wrap(value):
    """Two's complement int8 of a Python integer."""
    return (value + 128) % 256 - 128


def operate(function, pins, select=0):
    """Result of one gate; ``pins`` are the values of all its pins."""
    a = pins[0]
    b = pins[1]
    match function:
        case 0:
            value = 127 - a
        case 1:
            value = a + b
        case 2:
            value = a - b
        case 3:
            value = a * b
        case 4:
            value = -a
        case 5:
            value = -128 + a
        case 6:
            value = math.floor(a / 4)
        case 7:
            value = math.floor(a / 2)
        case 8:
            value = a & b
        case 9:
            value = a | b
        case 10:
            value = a ^ b
        case 11:
            value = -1 - a
        case 12:
            value = a * 2
        case 13:
            value = a + 1
        case 14:
            value = a - 1
        case 15 | 16 | 17:
            value = math.floor(a / 2 ** (function - 12))
        case 18 | 19 | 20 | 21:
            value = a * 2 ** (function - 16)
        case 22:
            value = 1
        case 23:
            value = -1
        case 24:
            value = 0
        case 25:
            value = -128
        case 26:
            value = 127
        case 27:
            value = pins[select]
        case 28:
            value = a if select == 0 else 0
        case 100:
            value = a
        case _:
            raise ValueError(function)
    return wrap(value)


def pins_read(function, arity):
    """How many leading pins a function reads."""
    if function == 27:
        return arity
    if function in (1, 2, 3, 8, 9, 10):
        return 2
    if 22 <= function <= 26:
        return 0
    return 1


# --- evaluation ------------------------------------------------------------------------------------------


@dataclass
class Result:
    outputs: list
    error: int
    energy: Fraction
    area: Fraction
    delay: Fraction
    depth: int
    gate_count: int
    gate_usage: dict = field(default_factory=dict)


def outputs_of(n_inputs, gates, outputs, inputs):
    """Values of the outputs for each vector: every gate in order, also those nobody reads."""
    rows = []
    for select, vector in enumerate(inputs):
        values = list(vector)
        for gate in gates:
            values.append(operate(gate[-1], [values[pin] for pin in gate[:-1]], select))
        assert len(values) == n_inputs + len(gates)
        rows.append([values[pin] for pin in outputs])
    return rows


def error_of(rows, targets, weights, counted, metric):
    """Error over vectors; ``weights`` and ``counted`` are shaped like the targets."""
    total = 0
    for got, want, weight, count in zip(rows, targets, weights, counted, strict=True):
        row = 0
        for g, w, k, c in zip(got, want, weight, count, strict=True):
            if c:
                row += k * (abs(g - w) if metric == "AE" else (g - w) ** 2)
        total += row // max(1, sum(count)) if metric == "MSE" else row
    return total


def active_set(n_inputs, gates, outputs):
    """Gates reached from the outputs through pins that are read."""
    arity = len(gates[0]) - 1
    active, waiting = set(), list(outputs)
    while waiting:
        pin = waiting.pop()
        gate = pin - n_inputs
        if gate < 0 or gate in active:
            continue
        active.add(gate)
        waiting += gates[gate][: pins_read(gates[gate][-1], arity)]
    return active


def evaluate(n_inputs, gates, outputs, inputs, targets, cost, weights=None, counted=None, metric="SE"):
    """Whole evaluation; ``cost(function) -> (energy, area, delay)`` as exact numbers."""
    arity = len(gates[0]) - 1
    weights = weights or [[1] * len(row) for row in targets]
    counted = counted or [[True] * len(row) for row in targets]
    rows = outputs_of(n_inputs, gates, outputs, inputs)
    active = active_set(n_inputs, gates, outputs)
    usage = {}
    for gate in active:
        usage[gates[gate][-1]] = usage.get(gates[gate][-1], 0) + 1
    arrival, depth = {}, {}
    for gate in sorted(active):
        function = gates[gate][-1]
        pins = gates[gate][: pins_read(function, arity)]
        arrival[n_inputs + gate] = cost(function)[2] + max([arrival.get(p, 0) for p in pins], default=0)
        depth[n_inputs + gate] = 1 + max(depth.get(p, 0) for p in pins) if pins else 0
    return Result(
        outputs=rows,
        error=error_of(rows, targets, weights, counted, metric),
        energy=sum((Fraction(cost(gates[g][-1])[0]) for g in active), Fraction(0)),
        area=sum((Fraction(cost(gates[g][-1])[1]) for g in active), Fraction(0)),
        delay=max(Fraction(arrival.get(pin, 0)) for pin in outputs),
        depth=max(depth.get(pin, 0) for pin in outputs),
        gate_count=len(active),
        gate_usage=usage,
    )


def doubled_delay(n_inputs, gates, outputs, cost):
    """The original's *printed* delay: it doubles whatever stands before a constant. Not ours; for checking it."""
    arity = len(gates[0]) - 1

    def longest(pin, so_far):
        gate = pin - n_inputs
        if gate < 0:
            return so_far
        function = gates[gate][-1]
        pins = gates[gate][: pins_read(function, arity)]
        if not pins:
            return 2 * so_far + cost(function)[2]
        return max(longest(p, so_far + cost(function)[2]) for p in pins)

    return max(longest(pin, 0) for pin in outputs)


def legal_pins(n_inputs, rows, cols, l_back):
    """(low, high) of every column, the outputs last."""
    ranges = []
    for column in range(cols + 1):
        oldest = column - l_back
        low = 0 if oldest < 0 else n_inputs + oldest * rows
        ranges.append((low, n_inputs + column * rows))
    return ranges


# --- our own search ---------------------------------------------------------------------------------------


class Wyrand:
    """The kernels' generator with Python integers."""

    def __init__(self, state):
        self.state = int(state)

    def __call__(self):
        self.state = (self.state + 0xA0761D6478BD642F) % 2**64
        product = self.state * (self.state ^ 0xE7037ED1A0B428DB)
        return (product % 2**64) ^ (product >> 64)


def high(word, n):
    """Number below n from the upper 32 bits of a word."""
    return ((word >> 32) * n) >> 32


def low(word, n):
    """Number below n from the lower 32 bits of a word."""
    return ((word % 2**32) * n) >> 32


MEASURES = ("error", "energy", "energy_per_op", "area", "delay", "depth", "gate_count")


class Search:
    """(1+lambda) as the driver and the plain kernel do it, one child after the other.

    ``case`` holds n_inputs, rows, cols, l_back, arity, inputs, targets, weights, counted, metric, threshold,
    children, max_mutations, order, stops ({measure: quanta}), patience and generations; optionally
    ``locked`` (first gate with a locked function) and ``outputs_fixed``. ``cost(function)`` gives
    {quantity: quanta}.
    """

    def __init__(self, case, gates, outputs, seed, cost):
        self.case, self.cost, self.draw = case, cost, Wyrand(seed)
        self.parent = ([list(gate) for gate in gates], list(outputs))
        self.threshold = case["threshold"]
        self.measures = self.measure(*self.parent)
        self.generation = self.stalled = self.accepted = self.improved = 0
        self.log = []
        self.finished = None

    def measure(self, gates, outputs):
        case = self.case
        of = lambda function: tuple(self.cost(function)[name] for name in ("energy", "area", "delay"))
        found = evaluate(
            case["n_inputs"], gates, outputs, case["inputs"], case["targets"], of,
            case["weights"], case["counted"], case["metric"],
        )  # fmt: skip
        if found.error > self.threshold:
            return {name: found.error if name == "error" else -1 for name in MEASURES}
        per_op = sum(n * self.cost(function)["energy_per_op"] for function, n in found.gate_usage.items())
        return {name: per_op if name == "energy_per_op" else int(getattr(found, name)) for name in MEASURES}

    def child(self):
        case, draw = self.case, self.draw
        gates, outputs = [list(gate) for gate in self.parent[0]], list(self.parent[1])
        width = case["arity"] + 1
        functions = [*range(27), 100] if len(case["inputs"]) == 1 else [*range(27), 100, 27, 28]
        ranges = legal_pins(case["n_inputs"], case["rows"], case["cols"], case["l_back"])
        n_genes = len(gates) * width + (0 if case.get("outputs_fixed") else len(outputs))
        for _ in range(high(draw(), case["max_mutations"] + 1)):
            word = draw()
            slot = high(word, n_genes)
            gate, place = divmod(slot, width)
            if gate >= len(gates):
                begin, end = ranges[-1]
                outputs[slot - len(gates) * width] = begin + low(word, end - begin)
            elif place == case["arity"]:
                if gate < case.get("locked", len(gates)):
                    gates[gate][place] = functions[low(word, len(functions))]
            else:
                begin, end = ranges[gate // case["rows"]]
                gates[gate][place] = begin + low(word, end - begin)
        return gates, outputs

    def better(self, mine, theirs):
        """1, 0 or -1: better, a tie that drifts, neither."""
        if mine["error"] > self.threshold or theirs["error"] > self.threshold:
            return (mine["error"] < theirs["error"]) - (mine["error"] > theirs["error"])
        for name in self.case["order"]:
            if mine[name] != theirs[name]:
                return 1 if mine[name] < theirs[name] else -1
        return -1

    def stopped(self):
        if self.measures["error"] > self.threshold:
            return False
        return all(self.measures[name] <= limit for name, limit in self.case["stops"].items())

    def step(self):
        """One generation, or the end of a phase or of the run."""
        case = self.case
        if self.generation >= case["generations"]:
            self.finished = "generations"
        elif self.stopped():
            self.finished = "early stop"
        elif case["patience"] is not None and self.stalled > case["patience"]:
            if self.measures["error"] <= self.threshold:
                self.finished = "patience"
            else:
                self.threshold, self.stalled = self.measures["error"], 0
                self.measures = self.measure(*self.parent)
        else:
            self.breed()

    def breed(self):
        winner, how = None, -1
        for _ in range(self.case["children"]):
            genes = self.child()
            measures = self.measure(*genes)
            result = self.better(measures, winner[1] if how == 1 else self.measures)
            if result == 1 or (result == 0 and how < 1):
                winner, how = (genes, measures), result
        self.generation += 1
        self.stalled += 1
        if winner:
            self.accepted += 1
            self.parent, self.measures = winner
        if how == 1:
            self.improved += 1
            self.stalled = 0
            self.log.append((self.generation, *self.measures.values()))

    def run(self):
        while self.finished is None:
            self.step()
        return self


def exact_success_p(tables):
    """Two-sided p of two levels given each block's successes, by a look at every outcome; see statistics.success."""
    outcomes = {}

    def visit(place, total, likely):
        if place == len(tables):
            outcomes[total] = outcomes.get(total, 0) + likely
            return
        (n_a, s_a), (n_b, s_b) = (map(int, row) for row in tables[place])
        successes = s_a + s_b
        ways = math.comb(n_a + n_b, successes)
        for first in range(successes + 1):
            if first <= n_a and successes - first <= n_b:
                share = Fraction(math.comb(n_a, first) * math.comb(n_b, successes - first), ways)
                visit(place + 1, total + first, likely * share)

    visit(0, 0, Fraction(1))
    seen = outcomes[int(sum(table[0][1] for table in tables))]
    return float(sum(likely for likely in outcomes.values() if likely <= seen))


def losses_over_images_and_blocks(losses, resamples, seed):
    """Mean losses by level in percentage points, of resamples that draw images and blocks one by one."""
    draw = random.Random(seed)
    n_blocks, k, n = losses.shape
    found = []
    for _ in range(resamples):
        images = [draw.randrange(n) for _ in range(n)]
        blocks = [draw.randrange(n_blocks) for _ in range(n_blocks)]
        found.append([100 * losses[blocks][:, level][:, images].mean() for level in range(k)])
    return found


# --- rank tests: every outcome, one by one ----------------------------------------------------------------


def friedman_p(rows):
    """Share of all orders within blocks that give as unequal sums of ranks; ``rows`` are blocks of ranks."""
    unequal = total = 0
    spread = lambda orders: sum(sum(column) ** 2 for column in zip(*orders, strict=True))
    reached = spread(rows)
    for orders in product(*(list(permutations(row)) for row in rows)):
        total += 1
        unequal += spread(orders) >= reached
    return Fraction(unequal, total)


def rank_sum_p(ranks, n):
    """Share of all choices of ``n`` ranks whose sum is as far from the mean as that of the first ``n``."""
    mean = Fraction(n * sum(map(Fraction, ranks)), len(ranks))
    far = [abs(sum(map(Fraction, chosen)) - mean) for chosen in combinations(ranks, n)]
    reached = abs(sum(map(Fraction, ranks[:n])) - mean)
    return Fraction(sum(distance >= reached for distance in far), len(far))


def signed_rank_p(ranks):
    """Share of all signs of the ranks whose sum is as far from 0."""
    sums = [
        abs(sum(s * abs(r) for s, r in zip(signs, ranks, strict=True))) for signs in product((-1, 1), repeat=len(ranks))
    ]
    return Fraction(sum(total >= abs(sum(ranks)) for total in sums), len(sums))


def kruskal_p(ranks, lengths):
    """Share of all orders of the ranks that give sums by level at least as unequal."""

    def unequal(order):
        at, total = 0, Fraction(0)
        for length in lengths:
            total += Fraction(sum(map(Fraction, order[at : at + length])) ** 2, length)
            at += length
        return total

    orders = [unequal(order) for order in permutations(ranks)]
    return Fraction(sum(total >= unequal(ranks) for total in orders), len(orders))


def signed_rank_posterior(differences, margin, draws, seed):
    """Shares of draws in which most weighted pairs lie below, within or above the margins; a pseudo-observation at 0.

    Weights are a draw of the Dirichlet distribution: gamma variables over their sum. A mean on the margin itself counts
    half on either side.
    """
    source = random.Random(seed)
    values = [0, *differences]
    wins = [0, 0, 0]
    for _ in range(draws):
        raw = [source.gammavariate(0.5 if i == 0 else 1, 1) for i in range(len(values))]
        weights = [part / sum(raw) for part in raw]
        shares = [0.0, 0.0, 0.0]
        for a, x in zip(weights, values, strict=True):
            for b, y in zip(weights, values, strict=True):
                mean = (x + y) / 2
                below = 1 if mean < -margin else 0.5 if mean == -margin else 0
                above = 1 if mean > margin else 0.5 if mean == margin else 0
                shares[0] += a * b * below
                shares[1] += a * b * (1 - below - above)
                shares[2] += a * b * above
        wins[shares.index(max(shares))] += 1
    return [win / draws for win in wins]


def profile(costs, solver, factor):
    """Share of problems that a solver solves within a factor of the least cost; ``costs`` by solver, None: failed."""
    solved = problems = 0
    for i in range(len(costs[solver])):
        known = [own[i] for own in costs.values() if own[i] is not None]
        if not known:
            continue
        problems += 1
        mine = costs[solver][i]
        solved += mine is not None and (mine == min(known) or (min(known) > 0 and mine <= factor * min(known)))
    return solved / problems


def first_within(progress):
    """Generation at which each run that met its budget first did."""
    found = {}
    for row in progress.to_dict("records"):
        if row["energy"] == row["energy"]:
            found[row["id"]] = min(found.get(row["id"], row["generation"]), row["generation"])
    return found


def hitting_times(run, targets):
    """Generation at which a run first had an error at or below each target."""
    return [
        min((row["generation"] for row in run.to_dict("records") if row["error"] <= target), default=float("inf"))
        for target in targets
    ]


def expected_running_time(hits, clock):
    """All that was spent over the successes, by layer and strategy."""
    spent, successes = {}, {}
    whole = {"generation": "generations", "seconds": "searched"}[clock]
    for row in hits.to_dict("records"):
        key = row["layer"], row["strategy"]
        spent[key] = spent.get(key, 0) + (row[clock] if row["reached"] else row[whole])
        successes[key] = successes.get(key, 0) + row["reached"]
    return {key: spent[key] / successes[key] if successes[key] else float("inf") for key in spent}
