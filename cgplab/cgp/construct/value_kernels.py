# mypy: disable-error-code="no-untyped-def"
"""Compiled basics of a set of derived values (one vector): error, depth, fit, pruning.

A solution is three (256,) int64 arrays: ``how`` holds the operator code that derives a value (-1: not derived),
``left`` and ``right`` the nodes it reads (-1: none). Everything else follows from them. Nodes are those of
:mod:`cgplab.cgp.construct.value_graph`.
"""

import numpy as np

from cgplab.cgp.kernels.arrays import fill
from cgplab.cgp.kernels.jit import routine

VALUES = 256


@routine
def neighbours(carried, value):
    """Closest carried values below and above ``value``: -1 and 256 where there is none."""
    low = value - 1
    while low >= 0 and not carried[low]:
        low -= 1
    high = value + 1
    while high < VALUES and not carried[high]:
        high += 1
    return low, high


@routine
def gain_of(gaps, carried, value):
    """Error that carrying ``value`` as well would save."""
    low, high = neighbours(carried, value)
    return gaps[low + 1, high + 1] - gaps[low + 1, value + 1] - gaps[value + 1, high + 1]


@routine
def gains_of(gaps, carried, gains):
    """Error that carrying each value as well would save, into ``gains`` (256,) int64; 0 for what is carried."""
    high = VALUES
    for value in range(VALUES - 1, -1, -1):
        gains[value] = high  # for now: the closest carried value above
        if carried[value]:
            high = value
    low = -1
    for value in range(VALUES):
        if carried[value]:
            gains[value] = 0
            low = value
        else:
            high = gains[value]
            gains[value] = gaps[low + 1, high + 1] - gaps[low + 1, value + 1] - gaps[value + 1, high + 1]


@routine
def error_of(gaps, carried):
    """Error when every target takes the closest carried value."""
    total = np.int64(0)
    low = 0
    for value in range(VALUES):
        if carried[value]:
            total += gaps[low, value + 1]
            low = value + 1
    return total + gaps[low, VALUES + 1]


@routine
def levels_of(how, left, right, level):
    """Column depth of every derived value (inputs 0, a gate without pins 1) into ``level`` (512,) int64."""
    fill(level, 0)
    changed = True
    while changed:
        changed = False
        for value in range(VALUES):
            if how[value] >= 0:
                deepest = 0
                if left[value] >= 0:
                    deepest = level[left[value]]
                if right[value] >= 0 and level[right[value]] > deepest:
                    deepest = level[right[value]]
                if level[value] != deepest + 1:
                    level[value] = deepest + 1
                    changed = True


@routine
def unplaced(how, left, right, rows, cols, level, height):
    """Gates that list scheduling (longest remaining path first) leaves over in a ``rows x cols`` grid.

    Assumes that gates reach all earlier columns and the inputs.
    """
    levels_of(how, left, right, level)
    gates = 0
    deepest = 0
    for value in range(VALUES):
        if how[value] >= 0:
            gates += 1
            deepest = max(deepest, level[value])
    if gates <= rows and deepest <= cols:
        return 0
    fill(height, 0)
    for depth in range(deepest, 0, -1):
        for value in range(VALUES):
            if how[value] >= 0 and level[value] == depth:
                if left[value] >= 0:
                    height[left[value]] = max(height[left[value]], height[value] + 1)
                if right[value] >= 0:
                    height[right[value]] = max(height[right[value]], height[value] + 1)
    # From here level says: column a gate stands in (1...), 0 for inputs, cols + 1 while not placed.
    for value in range(VALUES):
        if how[value] >= 0:
            level[value] = cols + 1
    placed = 0
    for column in range(1, cols + 1):
        for _ in range(rows):
            best = -1
            for value in range(VALUES):
                if how[value] < 0 or level[value] <= cols:
                    continue
                if left[value] >= 0 and level[left[value]] >= column:
                    continue
                if right[value] >= 0 and level[right[value]] >= column:
                    continue
                if best < 0 or height[value] > height[best]:
                    best = value
            if best < 0:
                break
            level[best] = column
            placed += 1
        if placed == gates:
            break
    return gates - placed


@routine
def prune(how, left, right, wanted, stack, used):
    """Forget every derived value that no wanted value depends on."""
    fill(used, False)
    top = 0
    for value in range(VALUES):
        if wanted[value] and how[value] >= 0:
            used[value] = True
            stack[top] = value
            top += 1
    while top > 0:
        top -= 1
        value = stack[top]
        for pin in (left[value], right[value]):
            if 0 <= pin < VALUES and how[pin] >= 0 and not used[pin]:
                used[pin] = True
                stack[top] = pin
                top += 1
    for value in range(VALUES):
        if not used[value]:
            how[value] = -1
            left[value] = -1
            right[value] = -1


@routine
def forget_dependents(how, left, right, killed):
    """Forget the killed values and all that is derived from them."""
    changed = True
    while changed:
        changed = False
        for value in range(VALUES):
            if how[value] >= 0 and not killed[value]:
                for pin in (left[value], right[value]):
                    if 0 <= pin < VALUES and killed[pin]:
                        killed[value] = True
                        changed = True
    for value in range(VALUES):
        if killed[value]:
            how[value] = -1
            left[value] = -1
            right[value] = -1
