"""JSON and TOML against a type: read, checked and converted in one step, with one error for whatever is wrong.

The type is a msgspec Struct, a dataclass, a typed dictionary, or any of them within lists and dictionaries. Nothing is
coerced: a string is not a number, a bool not a count, and an unknown or duplicate field is damage.
"""

import json
import re
import tomllib
from collections import Counter
from collections.abc import Hashable, Iterable, Sequence
from difflib import get_close_matches
from pathlib import Path
from typing import Any, TypeVar, cast

import msgspec

from cgplab.errors import InputError
from cgplab.plain_files import MOST_BYTES, read_bounded
from cgplab.schema.strangers import look_for_strangers

T = TypeVar("T")

_AT = re.compile(r"^(?P<what>.*?)(?: - at `(?P<path>.*)`)?\Z", re.DOTALL)
_STEP = re.compile(r"\.([^.\[\]]+)|\[(\d+)\]")
_SHOWN = 60
_MOST_PARTS = 32
_PART = r"""(?:[\w-]++|"[^"\n]*+"|'[^'\n]*+')[ \t]*+"""
_DEEP_KEY = re.compile(rf"(?<![\w-]){_PART}(?:\.[ \t]*+{_PART}){{{_MOST_PARTS}}}")
"""A dotted key of more parts."""


def read_as(path: Path, kind: type[T], most: int = MOST_BYTES) -> T:
    """Read a JSON file as a type.

    Parameters
    ----------
    path : Path
    kind : type
        Struct, dataclass, or any other type that msgspec converts to.
    most : int
        Bytes allowed.

    Raises
    ------
    InputError
        The file is absent, no plain file, too large, no JSON, or does not fit the type; one line that names the file,
        the place in it, what is there and what is allowed.
    """
    return convert_as(read_json(path, most), kind, path)


def read_json(path: Path, most: int = MOST_BYTES) -> Any:
    """JSON file as plain Python values, for what needs a look at them before they are held against a type."""
    try:
        data = read_bounded(path, most)
    except FileNotFoundError as error:
        raise InputError(f"no such file: {path}") from error
    return parsed_json(data, path)


def decode_as(data: bytes, kind: type[T], where: Path | str) -> T:
    """Value of a type from the bytes of a JSON document; ``where`` names them in errors, see :func:`read_as`."""
    return convert_as(parsed_json(data, where), kind, where)


def toml_as(path: Path, kind: type[T], most: int = MOST_BYTES) -> T:
    """Read a TOML file as a type; see :func:`read_as`."""
    try:
        data = read_bounded(path, most)
    except FileNotFoundError as error:
        raise InputError(f"no such file: {path}") from error
    return toml_text_as(data, kind, path)


def toml_text_as(data: bytes, kind: type[T], where: Path | str) -> T:
    """Value of a type from the bytes of a TOML document; ``where`` names them in errors, see :func:`read_as`."""
    try:
        text = data.decode("utf-8")
        if _DEEP_KEY.search(text):  # tomllib takes a minute for a key of 50,000 parts
            raise ValueError(f"a key has more than {_MOST_PARTS} parts")
        value = tomllib.loads(text)
    except RecursionError as error:
        raise InputError(f"{where} is damaged: it is nested too deeply") from error
    except ValueError as error:
        raise InputError(f"{where} is not readable TOML: {_line(str(error))}") from error
    _check_texts(value, where)
    return convert_as(value, kind, where, "is wrong")


def parsed_json(data: bytes, where: Path | str) -> Any:
    """JSON as plain Python values; not checked against a type; duplicate fields, NaN and lone surrogates are errors."""
    try:
        value = json.loads(data.decode("utf-8"), object_pairs_hook=_object, parse_constant=_no_number)
    except RecursionError as error:
        raise InputError(f"{where} is damaged: it is nested too deeply") from error
    except ValueError as error:
        raise InputError(f"{where} is not readable JSON: {_line(str(error))}") from error
    if b"\\u" in data:
        _check_texts(value, where)
    return value


def convert_as(value: Any, kind: type[T], where: Path | str, verdict: str = "is damaged") -> T:
    """Value of a type from plain Python values; see :func:`read_as`.

    Parameters
    ----------
    value : any
        As JSON and TOML give it.
    kind : type
    where : Path or str
        Their file, for errors.
    verdict : str
        What errors say of it: cgplab's own files are damaged, what people write is rather wrong.
    """
    try:
        converted = msgspec.convert(value, kind)
        look = look_for_strangers(cast(Hashable, kind))
        stranger = None if look is None else look(value, "$")
    except RecursionError as error:
        raise InputError(f"{where} {verdict}: it is nested too deeply") from error
    except msgspec.ValidationError as error:
        raise _schema_error(error, value, f"{where} {verdict}") from error
    if stranger is not None:
        path, allowed = stranger
        raise InputError(f"{where} {verdict}: unknown field at `{_line(path)}`; {_allowed(path, allowed)}")
    return converted


def _schema_error(error: Exception, value: Any, begin: str) -> InputError:
    """What msgspec says of a value, as one line that also tells what was found."""
    match = _AT.match(str(error))
    assert match is not None  # every part of the pattern may be empty
    what, path = match["what"], match["path"] or "$"
    return InputError(f"{begin}: {what[:1].lower()}{_line(what[1:])} at `{_line(path)}`{_found(value, path)}")


def _allowed(path: str, allowed: Sequence[str]) -> str:
    """Names that are allowed in the place of an unknown field, the one most like it first."""
    near = get_close_matches(path.rpartition(".")[2], allowed, n=1)
    return f"{f'did you mean {near[0]!r}? ' if near else ''}Allowed: {', '.join(allowed)}"


def _found(value: Any, path: str) -> str:
    """What is at a path, short; empty where the path does not say it."""
    if not path.startswith("$"):
        return ""
    position = 1
    while position < len(path):
        step = _STEP.match(path, position)
        try:
            if step is None:
                return ""
            value = value[step[1]] if step[1] is not None else value[int(step[2])]
        except (KeyError, IndexError, TypeError):
            return ""
        position = step.end()
    if isinstance(value, (dict, list)):
        return ""
    try:
        return f": found {_line(repr(value))}"
    except ValueError:  # a whole number of too many digits
        return ""


def _line(text: str) -> str:
    """Text on one line and not too long, whatever a file holds."""
    shown = "".join(character if character.isprintable() else "�" for character in text[: 3 * _SHOWN])
    return shown if len(text) <= 3 * _SHOWN else shown + "…"


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    fields = dict(pairs)
    if len(fields) != len(pairs):
        counts = Counter(name for name, _ in pairs)
        raise ValueError(f"the field {counts.most_common(1)[0][0]!r} appears twice")
    return fields


def _no_number(text: str) -> None:
    raise ValueError(f"{text} is not a JSON number")


def _check_texts(value: Any, where: Path | str) -> None:
    """Raise InputError for texts that no file name, terminal or page can show: NUL, halves of a surrogate pair."""
    for text in _texts(value):
        if "\0" in text or not _encodable(text):
            raise InputError(f"{where} is damaged: a text holds a NUL character or a lone surrogate")


def _texts(value: Any) -> Iterable[str]:
    left = [value]
    while left:
        item = left.pop()
        if isinstance(item, str):
            yield item
        elif isinstance(item, dict):
            left += [*item, *item.values()]
        elif isinstance(item, list):
            left += item


def _encodable(text: str) -> bool:
    try:
        text.encode()
    except UnicodeEncodeError:
        return False
    return True
