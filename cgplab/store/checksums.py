"""Checksums of what no longer changes in a run, and JSON that carries its own."""

import json
from hashlib import sha256
from pathlib import Path
from typing import Any

from cgplab.errors import InputError
from cgplab.files import read_json, write_json
from cgplab.store.names import CHECKSUMS
from cgplab.system_errors import explained


def file_checksum(path: Path) -> str:
    """SHA-256 of a file's bytes, hexadecimal."""
    with path.open("rb") as file:
        digest = sha256()
        while block := file.read(1 << 20):
            digest.update(block)
    return digest.hexdigest()


def sealed_checksum(path: Path) -> str | None:
    """Checksum that a file of a run was sealed with; None while it may still change.

    Raises
    ------
    InputError
        The run's checksums are damaged.
    """
    checksums = path.with_name(CHECKSUMS)
    files = read_checked_json(checksums).get("files", {})
    if not isinstance(files, dict):
        raise InputError(f"{checksums} is damaged: it does not hold what cgplab writes")
    return files.get(path.name)


def check_sealed(path: Path) -> None:
    """Raise InputError where a file of a run is not what it was sealed with."""
    expected = sealed_checksum(path)
    try:
        altered = expected is not None and file_checksum(path) != expected
    except OSError as error:
        raise explained(f"cannot read {path}", error) from error
    if altered:
        raise InputError(f"{path} is damaged: its checksum does not fit; see: cgplab runs verify")


def value_checksum(value: Any) -> str:
    """SHA-256 of a JSON value, whatever its layout, hexadecimal."""
    return sha256(json.dumps(value, sort_keys=True, separators=(",", ":")).encode()).hexdigest()


def write_checked_json(path: Path, value: dict[str, Any]) -> None:
    """Write an object together with its checksum, atomically."""
    write_json(path, {"sha256": value_checksum(value), "content": value})


def read_checked_json(path: Path) -> dict[str, Any]:
    """Read what :func:`write_checked_json` wrote; empty if the file is absent.

    Raises
    ------
    InputError
        The file is damaged.
    """
    if not path.is_file():
        return {}
    found = read_json(path)
    if not isinstance(found, dict) or not isinstance(found.get("content"), dict):
        raise InputError(f"{path} is damaged: it does not hold what cgplab writes")
    content: dict[str, Any] = found["content"]
    if value_checksum(content) != found.get("sha256"):
        raise InputError(f"{path} is damaged: its checksum does not fit its content")
    return content
