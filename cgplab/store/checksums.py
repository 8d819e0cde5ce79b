"""Checksums of what no longer changes in a run, and JSON that carries its own."""

import json
import os
from collections.abc import Hashable
from functools import lru_cache
from hashlib import sha256
from pathlib import Path
from typing import Any, Generic, TypeVar, cast

import msgspec

from cgplab.errors import InputError
from cgplab.files import write_json
from cgplab.plain_files import MOST_BYTES, open_plain, read_bounded
from cgplab.schema import Checksum, convert_as, parsed_json
from cgplab.store.contents import Checksums
from cgplab.store.names import CHECKSUMS
from cgplab.system_errors import explained

T = TypeVar("T")


def file_checksum(path: Path) -> str:
    """SHA-256 of a plain file's bytes, hexadecimal; FileNotFoundError if it is absent, InputError if it is none."""
    digest = sha256()
    with os.fdopen(open_plain(path), "rb", buffering=0) as file:
        try:
            while block := file.read(1 << 20):
                digest.update(block)
        except OSError as error:
            raise InputError(f"{path} cannot be read: {error.strerror}") from error
    return digest.hexdigest()


def sealed_checksum(path: Path) -> str | None:
    """Checksum that a file of a run was sealed with; None while it may still change.

    Raises
    ------
    InputError
        The run's checksums are damaged.
    """
    sums = read_checked_as(path.with_name(CHECKSUMS), Checksums)
    return None if sums is None else sums["files"].get(path.name)


def check_sealed(path: Path) -> None:
    """Raise InputError where a file of a run is not what it was sealed with."""
    expected = sealed_checksum(path)
    try:
        altered = expected is not None and file_checksum(path) != expected
    except OSError as error:
        raise explained(f"cannot read {path}", error) from error
    if altered:
        raise InputError(f"{path} is damaged: its checksum does not match; see: cgplab runs verify")


def value_checksum(value: Any) -> str:
    """SHA-256 of a JSON value, whatever its layout, hexadecimal."""
    return sha256(json.dumps(value, sort_keys=True, separators=(",", ":")).encode()).hexdigest()


def write_checked_json(path: Path, value: dict[str, Any]) -> None:
    """Write an object together with its checksum, atomically."""
    write_json(path, {"sha256": value_checksum(value), "content": value})


class Checked(msgspec.Struct, Generic[T], forbid_unknown_fields=True):
    """Content beside its checksum."""

    sha256: Checksum
    content: T


@lru_cache(maxsize=32)
def _checked(kind: Any) -> Any:
    return Checked[kind]


def read_checked_as(path: Path, kind: type[T], most: int = MOST_BYTES) -> T | None:
    """Read what :func:`write_checked_json` wrote, as a type, see :func:`cgplab.schema.read_as`; None if it is absent.

    Raises
    ------
    InputError
        The file is damaged, or does not fit the type.
    """
    try:
        data = read_bounded(path, most)
    except FileNotFoundError:
        return None
    value = parsed_json(data, path)
    # First the schema: what fits it is shallow enough for anything that follows.
    found: Checked[T] = convert_as(value, _checked(cast(Hashable, kind)), path)
    if value_checksum(value["content"]) != found.sha256:
        raise InputError(f"{path} is damaged: its checksum does not match its content")
    return found.content
