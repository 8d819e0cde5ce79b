"""Hand many arrays to compiled code as one address.

A namedtuple of arrays is flattened by numba into seven words an array, which every call copies and every compiled
function names in full: with the hundred arrays of a kernel this is most of its compile time. A :class:`Bundle` is
an address of words in memory, an array being its data's address and its shape, so that even a call that is not
pasted in costs one word. Compiled code reads fields by name as of the namedtuple, arrays as C-contiguous ones.
"""

from functools import cache
from typing import Any
from zlib import crc32

import numpy as np
from llvmlite import ir
from numba import types
from numba.core import cgutils
from numba.core.datamodel import models, register_default
from numba.core.typing.templates import AttributeTemplate
from numba.extending import NativeValue, infer_getattr, lower_getattr_generic, typeof_impl, unbox
from numba.np import numpy_support

_WORD = ir.IntType(64)


class BundleType(types.Type):  # type: ignore[misc]
    """Names of the fields and, of each, its type and the place of its first word."""

    def __init__(self, kind: str, fields: tuple[tuple[str, Any], ...]) -> None:
        self.fields = {}
        place = 0
        for name, taken in fields:
            self.fields[name] = (taken, place)
            if taken != types.none:
                place += 1 + (taken.ndim if isinstance(taken, types.Array) else 0)
        # Short: names of types are spelled out in every compiled name.
        super().__init__(name=f"{kind}{crc32(repr(fields).encode()):08x}")


@cache
def _bundle_type(kind: str, fields: tuple[tuple[str, Any], ...]) -> BundleType:
    """Type of a bundle; of each field its name and what :func:`_field` says."""
    return BundleType(kind, tuple((name, _type_of(field)) for name, field in fields))


def _type_of(field: Any) -> Any:
    if isinstance(field, tuple):
        dtype, ndim = field
        return types.Array(numpy_support.from_dtype(dtype), ndim, "C")
    return field


def _field(value: Any) -> tuple[list[int], Any]:
    """Words of a value, and what determines its type: of an array its dtype and dimensions."""
    if isinstance(value, Bundle):
        return [value.address], value.kind
    if isinstance(value, np.ndarray):
        assert value.flags.c_contiguous
        return [value.__array_interface__["data"][0], *value.shape], (value.dtype, value.ndim)
    if value is None:
        return [], types.none
    return [int(value)], types.int64


class Bundle:
    """The fields of a namedtuple: int, None, C-contiguous arrays, or bundles.

    Fields can be read as attributes in Python too. Numbers are taken over once; arrays are shared.

    Parameters
    ----------
    fields : namedtuple

    Attributes
    ----------
    address : int
        Of the words.
    kind : BundleType
    """

    address: int
    kind: BundleType

    def __init__(self, fields: Any) -> None:
        self._fields = fields
        words: list[int] = []
        named = []
        for name, value in zip(fields._fields, fields, strict=True):
            held, field = _field(value)
            words += held
            named.append((name, field))
        self.kind = _bundle_type(type(fields).__name__, tuple(named))
        self._words = np.array(words, dtype=np.int64)
        self.address = int(self._words.ctypes.data)

    def __getattr__(self, name: str) -> Any:
        if name.startswith("_"):
            raise AttributeError(name)
        return getattr(self._fields, name)


@typeof_impl.register(Bundle)
def _typeof(bundle: Bundle, _context: Any) -> BundleType:
    return bundle.kind


@register_default(BundleType)
class _BundleModel(models.PrimitiveModel):  # type: ignore[misc]
    def __init__(self, manager: Any, kind: BundleType) -> None:
        super().__init__(manager, kind, _WORD.as_pointer())


@unbox(BundleType)
def _unbox(kind: BundleType, value: Any, context: Any) -> NativeValue:
    held = context.pyapi.object_getattr_string(value, "address")
    address = context.pyapi.long_as_longlong(held)
    context.pyapi.decref(held)
    return NativeValue(context.builder.inttoptr(address, _WORD.as_pointer()))


@infer_getattr
class _BundleAttributes(AttributeTemplate):  # type: ignore[misc]
    key = BundleType

    def generic_resolve(self, kind: BundleType, name: str) -> Any:
        return kind.fields[name][0] if name in kind.fields else None


@lower_getattr_generic(BundleType)
def _read(context: Any, builder: Any, kind: BundleType, words: Any, name: str) -> Any:
    taken, place = kind.fields[name]
    if taken == types.none:
        return context.get_dummy_value()
    first = _load(builder, words, place)
    if isinstance(taken, BundleType):
        return builder.inttoptr(first, _WORD.as_pointer())
    if not isinstance(taken, types.Array):
        return first
    shape = [_load(builder, words, place + 1 + axis) for axis in range(taken.ndim)]
    itemsize = context.get_abi_sizeof(context.get_data_type(taken.dtype))
    strides = [_WORD(itemsize)]
    for length in shape[:0:-1]:
        strides.insert(0, builder.mul(strides[0], length))
    array = context.make_array(taken)(context, builder)
    array.data = builder.inttoptr(first, array.data.type)
    array.shape = cgutils.pack_array(builder, shape)
    array.strides = cgutils.pack_array(builder, strides)
    array.itemsize = _WORD(itemsize)
    array.nitems = builder.udiv(builder.mul(strides[0], shape[0]), _WORD(itemsize))
    array.meminfo = cgutils.get_null_value(array.meminfo.type)
    array.parent = cgutils.get_null_value(array.parent.type)
    return array._getvalue()


def _load(builder: Any, words: Any, place: int) -> Any:
    """One word; nothing that compiled code writes changes it, so LLVM may keep or reread it."""
    word = builder.load(cgutils.gep_inbounds(builder, words, place))
    word.set_metadata("invariant.load", builder.module.add_metadata([]))
    return word
