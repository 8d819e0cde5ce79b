"""The one way in which kernels are compiled.

Kernels allocate nothing, so reference counting is switched off (``_nrt=False``): counting every array of the
tuples they pass around would cost two to six times their run time.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from hashlib import sha256
from pathlib import Path
from typing import Any

from numba import njit, types
from numba.core.compiler import Compiler
from numba.np import arrayobj

_OPTIONS: dict[str, Any] = {"_nrt": False, "error_model": "numpy"}
# Parts are never called from Python; a wrapper for that would cost half of the compile time.
_INNER: dict[str, Any] = {**_OPTIONS, "no_cpython_wrapper": True, "no_cfunc_wrapper": True}


_FAMILIES = ("incremental", "nearest")  # files of one are not used by the other


@cache
def _sources(family: str) -> str:
    """Hash over the sources of all kernels but those of other families."""
    digest = sha256()
    for path in sorted(Path(__file__).parent.glob("*.py")):
        if _family(path.stem) in ("", family):
            digest.update(path.read_bytes())
    return digest.hexdigest()


def _family(module: str) -> str:
    return next((family for family in _FAMILIES if module.startswith(family)), "")


@contextmanager
def _unsigned_indices() -> Iterator[None]:
    """Compile array accesses without the test for an index that counts from the end."""
    usual = arrayobj.fix_integer_index

    def taken_as_it_is(context: Any, builder: Any, kind: Any, index: Any, size: Any) -> Any:
        return context.cast(builder, index, kind, types.intp if kind.signed else types.uintp)

    arrayobj.fix_integer_index = taken_as_it_is
    try:
        yield
    finally:
        arrayobj.fix_integer_index = usual


class _UnsignedIndexCompiler(Compiler):  # type: ignore[misc]
    """numba compiles one function at a time, so nothing else is compiled meanwhile but the parts of this one."""

    def _compile_core(self) -> Any:
        with _unsigned_indices():
            return super()._compile_core()


def kernel(function: Any) -> Any:
    """Compile an entry point: no interpreter lock, cached on disk."""
    return _cached(njit(nogil=True, cache=True, **_OPTIONS)(function))


def unsigned_kernel(function: Any) -> Any:
    """Compile an entry point whose array indices, parts included, are never negative: up to twice as fast."""
    return _cached(njit(nogil=True, cache=True, pipeline_class=_UnsignedIndexCompiler, **_OPTIONS)(function))


def _cached(dispatcher: Any) -> Any:
    # numba looks only at the file of the entry point to see whether a cached one is still good, but its parts
    # come from other files.
    dispatcher._cache._cache_file._source_stamp = _sources(_family(dispatcher.__module__.rpartition(".")[2]))
    return dispatcher


def part(function: Any) -> Any:
    """Compile a step of a kernel, pasted into its caller: a call would copy the tuples it is given."""
    return njit(forceinline=True, **_INNER)(function)


def routine(function: Any) -> Any:
    """Compile a step that runs too rarely for pasting it to pay."""
    return njit(**_INNER)(function)
