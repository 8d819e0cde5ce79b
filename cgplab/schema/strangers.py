"""Fields that a schema does not know, for the types where msgspec lets them pass: dataclasses, typed dictionaries."""

from collections.abc import Callable
from functools import lru_cache
from typing import Any

from msgspec import inspect

Stranger = tuple[str, tuple[str, ...]]
"""Path of an unknown field, and the names that are allowed in its place."""
Look = Callable[[Any, str], Stranger | None]
"""First unknown field of a value, if any, given the value and its own path."""


@lru_cache(maxsize=256)
def look_for_strangers(kind: Any) -> Look | None:
    """How to find unknown fields in a value that fits a type; None where msgspec finds them all itself."""
    return _look(inspect.type_info(kind))


def _look(info: inspect.Type) -> Look | None:
    if isinstance(info, inspect.Metadata):
        return _look(info.type)
    if isinstance(info, (inspect.DataclassType, inspect.TypedDictType, inspect.StructType)):
        return _in_fields(info)
    if isinstance(info, (inspect.ListType, inspect.VarTupleType, inspect.SetType, inspect.FrozenSetType)):
        inner = _look(info.item_type)
        return None if inner is None else _in_items(inner)
    if isinstance(info, inspect.DictType):
        inner = _look(info.value_type)
        return None if inner is None else _in_values(inner)
    if isinstance(info, inspect.UnionType):
        looks = [look for look in map(_look, info.types) if look is not None]
        return looks[0] if looks else None  # msgspec allows one such type in a union
    return None


def _in_fields(info: inspect.DataclassType | inspect.TypedDictType | inspect.StructType) -> Look | None:
    fields = {field.encode_name: _look(field.type) for field in info.fields}
    known = fields.keys()
    inner = {name: look for name, look in fields.items() if look is not None}
    closed = not (isinstance(info, inspect.StructType) and info.forbid_unknown_fields)
    if not closed and not inner:
        return None

    def look(value: Any, path: str) -> Stranger | None:
        if not isinstance(value, dict):
            return None
        if closed and not value.keys() <= known:
            return f"{path}.{min(map(str, value.keys() - known))}", tuple(fields)
        for name, within in inner.items():
            if name in value and (found := within(value[name], f"{path}.{name}")):
                return found
        return None

    return look


def _in_items(inner: Look) -> Look:
    def look(value: Any, path: str) -> Stranger | None:
        if not isinstance(value, (list, tuple)):
            return None
        return next((found for at, item in enumerate(value) if (found := inner(item, f"{path}[{at}]"))), None)

    return look


def _in_values(inner: Look) -> Look:
    def look(value: Any, path: str) -> Stranger | None:
        if not isinstance(value, dict):
            return None
        return next((found for key, item in value.items() if (found := inner(item, f"{path}.{key}"))), None)

    return look
