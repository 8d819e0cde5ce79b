"""The original program's training, replayed draw by draw in plain Python."""

import math
import struct

from tests.naive import evaluate, legal_pins


class Congruential:
    """The original's generator, with its poor low bits."""

    def __init__(self, state=1):
        self.state = state

    def __call__(self):
        self.state = (1664525 * self.state + 1013904223) % 2**64
        return self.state


def first_chromosome(n_inputs, n_outputs, rows, cols, l_back):
    """The original's constant start: drawn with the generator's default state, whatever the seed."""
    draw = Congruential()
    ranges = legal_pins(n_inputs, rows, cols, l_back)
    genes = []
    for gate in range(rows * cols):
        low, high = ranges[gate // rows]
        function = draw() % 27
        genes += [draw() % (high - low) + low for _ in range(2)] + [function]
    low, high = ranges[cols]
    return genes + [draw() % (high - low) + low for _ in range(n_outputs)]


def float32(value):
    return struct.unpack("f", struct.pack("f", value))[0]


def replay(case, inputs, targets, cost, seeds):
    """Replay one recorded run; returns the rows it logged and the last parent's genes.

    ``case`` holds rows, cols, l_back, mutation, children, threshold, patience, generations and
    functions_locked. ``cost(function) -> (energy, area, delay)`` are the original's quantized values, so
    rows are (generation, error, energy or None).
    """
    n_in, n_out = len(inputs), len(targets)
    rows, cols, l_back = case["rows"], case["cols"], case["l_back"]
    body = rows * cols * 3
    n_genes = body + n_out
    ranges = legal_pins(n_in, rows, cols, l_back)
    most = math.ceil(float32(n_genes * float32(case["mutation"]))) + 1
    infinite = 2**64 - 1

    class Individual:
        def __init__(self, genes, seed):
            self.genes, self.draw, self.error, self.result = genes, Congruential(seed), infinite, None
            self.costed = False  # the original computes costs only once two individuals are within the threshold

        def evaluation(self):
            if self.result is None:
                gates = [self.genes[i : i + 3] for i in range(0, body, 3)]
                self.result = evaluate(n_in, gates, self.genes[body:], [inputs], [targets], cost)
            return self.result

    start = first_chromosome(n_in, n_out, rows, cols, l_back)
    population = [Individual(list(start), seed) for seed in seeds]
    state = {"stalled": 0, "threshold": case["threshold"]}
    log = []

    def order(child, parent):
        """(child wins or ties, exact tie) as the original compares them."""
        if child.error > state["threshold"] or parent.error > state["threshold"]:
            return child.error <= parent.error, child.error == parent.error
        child.costed = parent.costed = True
        x, y = child.evaluation(), parent.evaluation()
        for mine, theirs in (
            (x.energy, y.energy),
            (child.error, parent.error),
            (x.delay, y.delay),
            (x.gate_count, y.gate_count),
        ):
            if mine != theirs:
                return mine < theirs, False
        return False, True

    def select():
        state["stalled"] += 1
        tied = 0
        for index in range(1, len(population)):
            wins, tie = order(population[index], population[0])
            if wins:
                if not tie:
                    state["stalled"] = 0
                    population[0], population[index] = population[index], population[0]
                tied = index
        if state["stalled"] and tied:
            population[0], population[tied] = population[tied], population[0]

    def mutate(parent, child):
        genes, draw = list(parent.genes), child.draw
        for _ in range(draw() % most):
            index, value = draw() % n_genes, draw()
            if index >= body:
                low, high = ranges[cols]
                genes[index] = value % (high - low) + low
            elif index % 3 == 2:
                if not case["functions_locked"]:
                    function = value % 28
                    genes[index] = 100 if function == 27 else function
            else:
                low, high = ranges[index // 3 // rows]
                genes[index] = value % (high - low) + low
        child.genes, child.result, child.costed = genes, None, False

    def write(generation):
        parent = population[0]
        log.append((generation, parent.error, parent.evaluation().energy if parent.costed else None))

    def phase(generation):
        while generation < case["generations"]:
            for child in population[1:]:
                child.error = child.evaluation().error
            select()
            parent = population[0]
            if state["stalled"] == 0:
                write(generation + 1)
            if (parent.error <= 0 and parent.evaluation().energy <= 0) or state["stalled"] > case["patience"]:
                return generation
            for child in population[1:]:
                mutate(parent, child)
            generation += 1
        return generation

    generation = phase(0)
    if population[0].error > state["threshold"]:
        state["stalled"], state["threshold"] = 0, population[0].error
    write(generation + 1)
    write(generation + 1)
    generation = phase(generation + 1)
    write(generation + 1)
    write(generation + 1)
    return log, population[0].genes
