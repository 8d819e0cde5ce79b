"""Arrays handed to compiled code as one address."""

from collections import namedtuple

import numpy as np
import pytest

from cgplab.cgp.kernels import jit
from cgplab.cgp.kernels.bundle import Bundle

Inner = namedtuple("Inner", ["bytes", "table"])
Outer = namedtuple("Outer", ["n", "inner", "words"])


@jit.routine
def _row_sum(inner, row):
    total = 0
    for column in range(inner.table.shape[1]):
        total += inner.table[row, column]
    return total


@jit.kernel
def _use(outer):
    outer.words[1] = outer.inner.bytes[outer.n]
    outer.inner.table[outer.n, 0] += 1
    return _row_sum(outer.inner, outer.n), outer.inner.table.size, outer.words.shape[0]


def make(n=1):
    inner = Inner(np.array([5, -7, 9], dtype=np.int8), np.arange(6, dtype=np.int32).reshape(2, 3))
    return Bundle(Outer(n, Bundle(inner), np.zeros(4, dtype=np.uint64)))


def test_fields_are_read_and_arrays_are_shared():
    bundle = make()
    assert _use(bundle) == (13, 6, 4)
    assert bundle.words.tolist() == [0, 2**64 - 7, 0, 0]
    assert bundle.inner.table.tolist() == [[0, 1, 2], [4, 4, 5]]
    assert _use(make(n=0)) == (4, 6, 4)


def test_equal_kinds_of_fields_are_one_type():
    assert make().kind is make(n=0).kind
    other = Bundle(Inner(np.zeros(3, dtype=np.int16), np.zeros((1, 1), dtype=np.int32)))
    assert other.kind != make().inner.kind


def test_an_array_that_is_not_contiguous_is_refused():
    with pytest.raises(AssertionError):
        Bundle(Inner(np.zeros(6, dtype=np.int8)[::2], np.zeros((1, 1), dtype=np.int32)))
