"""The one way in which kernels are compiled.

Kernels allocate nothing, so reference counting is switched off (``_nrt=False``): counting every array they pass
around would cost two to six times their run time.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from hashlib import sha256
from pathlib import Path
from typing import Any

from numba import njit, types
from numba._dynfunc import make_function
from numba.core.codegen import JITCodeLibrary
from numba.core.compiler import Compiler
from numba.np import arrayobj

_FAMILIES = ("as_built", "incremental", "nearest")  # files of one are not used by the others
_HERE = Path(__file__).parent


@cache
def _sources(family: str, folder: Path = _HERE) -> str:
    """Hash over the sources of all kernels here and in a folder but those of other families."""
    digest = sha256()
    for path in sorted({*_HERE.glob("*.py"), *folder.glob("*.py")}):
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


class _KernelCompiler(Compiler):  # type: ignore[misc]
    """Compiles an entry point; numba compiles one function at a time, so nothing else is compiled meanwhile."""

    def _compile_core(self) -> Any:
        with _unsigned_indices():
            return super()._compile_core()


class _PartLibrary(JITCodeLibrary):  # type: ignore[misc]
    """Code of a part, to be linked into that of entry points, and optimised there.

    numba would optimise and translate every part by itself too, each time with all the parts it calls.
    """

    def finalize(self) -> None:
        for library in dict.fromkeys(self._linking_libraries):
            self._final_module.link_in(library._get_module_for_linking(), preserve=True)
        self._finalized = True


class _PartCompiler(_KernelCompiler):
    """Compiles a part, up to code that can be linked but not run."""

    def _compile_core(self) -> Any:
        self.state.library = _PartLibrary(self.state.targetctx.codegen(), self.state.func_id.func_qualname)
        self.state.flags.no_compile = True
        result = super()._compile_core()
        # Callers know a compiled function by its entry point, but nothing calls this one through it.
        function = result.fndesc
        entry = make_function(function.lookup_module(), function.qualname, "", 0, result.environment, (result.library,))
        result.target_context.insert_user_function(entry, function, [result.library])
        return result._replace(entry_point=entry)


_OPTIONS: dict[str, Any] = {"_nrt": False, "error_model": "numpy"}
_ENTRY: dict[str, Any] = {**_OPTIONS, "nogil": True, "cache": True, "pipeline_class": _KernelCompiler}
_INNER: dict[str, Any] = {
    **_OPTIONS, "no_cpython_wrapper": True, "no_cfunc_wrapper": True, "pipeline_class": _PartCompiler
}  # fmt: skip


def kernel(function: Any) -> Any:
    """Compile an entry point: no interpreter lock, cached on disk.

    Array indices, those in its parts included, must not be negative: this makes kernels up to twice as fast.
    """
    dispatcher = njit(**_ENTRY)(function)
    # numba looks only at the file of the entry point to see whether a cached one is still good, but its parts
    # come from other files.
    source = Path(function.__code__.co_filename)
    dispatcher._cache._cache_file._source_stamp = _sources(_family(source.stem), source.parent)
    return dispatcher


def part(function: Any) -> Any:
    """Compile a step of a kernel that runs for nearly every child, pasted into its caller."""
    return njit(forceinline=True, **_INNER)(function)


def routine(function: Any) -> Any:
    """Compile a step that is large or rare, pasted in only where LLVM expects that to pay."""
    return njit(**_INNER)(function)
