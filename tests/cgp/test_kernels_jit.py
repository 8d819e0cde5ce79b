"""How kernels are compiled."""

from pathlib import Path

import numpy as np
from numba import njit
from numba.np import arrayobj

from cgplab.cgp.kernels import jit


@jit.part
def _entry(array, at):
    return array[at]


@jit.kernel
def _last(array):
    return _entry(array, array.shape[0] - 1)


def test_unsigned_indices_are_confined_to_their_kernel():
    usual = arrayobj.fix_integer_index
    assert _last(np.array([3, 4, 5])) == 5
    assert arrayobj.fix_integer_index is usual
    assert njit(lambda array, at: array[at])(np.array([3, 4, 5]), -1) == 5


def test_a_cached_kernel_depends_on_the_sources_of_its_parts():
    stamps = {family: jit._sources(family) for family in ("", "incremental", "nearest")}
    assert len(set(stamps.values())) == 3
    from cgplab.cgp.kernels.full_search import advance_full
    from cgplab.cgp.kernels.incremental_search import advance_incremental

    assert advance_full._cache._cache_file._source_stamp == stamps[""]
    assert advance_incremental._cache._cache_file._source_stamp == stamps["incremental"]


def test_a_cached_search_of_the_solver_depends_on_shared_kernels_too():
    from cgplab.cgp.construct.value_steps import step

    folder = Path(step.py_func.__code__.co_filename).parent
    assert step._cache._cache_file._source_stamp == jit._sources("", folder) != jit._sources("")
