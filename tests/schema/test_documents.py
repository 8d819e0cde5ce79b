"""JSON and TOML against a type: what fits comes out as it is, anything else is one line that names the place."""

import os
from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import Path
from typing import NotRequired, TypedDict

import msgspec
import pytest

from cgplab.errors import InputError
from cgplab.schema import Checksum, Count, Finite, Name, Scalar, Time, decode_as, read_as, toml_as


class Colour(StrEnum):
    RED = "red"


@dataclass(frozen=True)
class Inner:
    count: Count = 0


class Row(TypedDict):
    at: Count
    note: NotRequired[Name]


class Closed(msgspec.Struct, forbid_unknown_fields=True):
    value: Finite


@dataclass(frozen=True)
class Outer:
    id: Name
    energy: Finite | None = None
    inner: list[Inner] = field(default_factory=list)
    by_name: dict[Name, Inner] = field(default_factory=dict)
    row: Row | None = None
    closed: Closed | None = None
    colour: Colour | None = None
    time: Time | None = None
    sha256: Checksum | None = None
    scalars: dict[Name, Scalar] = field(default_factory=dict)
    texts: tuple[Name, ...] = ()


def test_what_fits_is_converted() -> None:
    text = """{"id": "é\\u00e9", "energy": 2, "inner": [{"count": 1}], "by_name": {"k": {"count": 9223372036854775807}},
        "row": {"at": 3}, "closed": {"value": -1.5}, "colour": "red", "time": "2026-01-01T00:00:00.123+00:00",
        "sha256": "%s", "scalars": {"a": 1, "b": 1.5, "c": null, "d": true, "e": "x"}, "texts": ["a", "b"]}"""
    found = decode_as((text % ("0" * 64)).encode(), Outer, "here")
    assert found == Outer(
        id="éé",
        energy=2.0,
        inner=[Inner(1)],
        by_name={"k": Inner(2**63 - 1)},
        row={"at": 3},
        closed=Closed(-1.5),
        colour=Colour.RED,
        time="2026-01-01T00:00:00.123+00:00",
        sha256="0" * 64,
        scalars={"a": 1, "b": 1.5, "c": None, "d": True, "e": "x"},
        texts=("a", "b"),
    )


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("5", ["`$`", "found 5"]),
        ("[]", ["`$`", "array"]),
        ("{}", ["missing", "`id`"]),
        ('{"id": 1}', ["`$.id`", "`str`", "found 1"]),
        ('{"id": "a", "energy": "abc"}', ["`$.energy`", "found 'abc'"]),
        ('{"id": "a", "energy": true}', ["`$.energy`", "found True"]),
        ('{"id": "a", "energy": 1e999}', ["`$.energy`"]),
        ('{"id": "a", "energy": NaN}', ["NaN"]),
        ('{"id": "a", "energy": -Infinity}', ["-Infinity"]),
        ('{"id": "a", "energy": 1%s}' % ("0" * 5000), ["digits"]),
        ('{"id": "a", "id": "b"}', ["'id'", "twice"]),
        ('{"id": "a", "by_name": {"k": {}, "k": {}}}', ["'k'", "twice"]),
        ('{"id": "a", "z": 1}', ["unknown", "`$.z`"]),
        ('{"id": "a", "inner": [{"count": 1}, {"count": 1.0}]}', ["`$.inner[1].count`", "found 1.0"]),
        ('{"id": "a", "inner": [{}, {"z": 1}]}', ["unknown", "`$.inner[1].z`"]),
        ('{"id": "a", "by_name": {"k": {"z": 1}}}', ["unknown", "`$.by_name.k.z`"]),
        ('{"id": "a", "by_name": {"k": {"count": 1%s}}}' % ("0" * 30), ["`$.by_name", "9223372036854775807"]),
        ('{"id": "a", "row": {"at": 1, "z": 1}}', ["unknown", "`$.row.z`"]),
        ('{"id": "a", "row": {}}', ["missing", "`at`"]),
        ('{"id": "a", "closed": {"value": 1, "z": 1}}', ["unknown field `z`", "`$.closed`"]),
        ('{"id": "a", "colour": "green"}', ["'green'", "`$.colour`"]),
        ('{"id": "a", "time": "yesterday"}', ["`$.time`", "found 'yesterday'"]),
        ('{"id": "a", "sha256": "%s"}' % ("g" * 64), ["`$.sha256`"]),
        ('{"id": "a", "scalars": {"k": []}}', ["`$.scalars", "array"]),
        ('{"id": "a", "texts": ["a", 5]}', ["`$.texts[1]`", "found 5"]),
        ('{"id": "%s"}' % ("a" * 256), ["`$.id`", "255"]),
        ('{"id": "a", "scalars": {"%s": 1}}' % ("a" * 256), ["`$.scalars`", "255"]),
        ('{"id": "a\\nb", "energy": "x\\ny"}', ["`$.energy`"]),
        ('{"id": "\\ud800"}', ["character"]),
        ('{"id": "\\u0000"}', ["character"]),
        ("[" * 100_000, ["nested"]),
        ('{"id": ' * 100_000, ["nested"]),
        ('\ufeff{"id": "a"}', ["JSON"]),
        ("", ["JSON"]),
        ('{"id": "a"', ["JSON"]),
    ],
    ids=lambda value: str(value)[:40] if isinstance(value, str) else "",
)
def test_what_does_not_fit_is_named(text: str, words: list[str]) -> None:
    with pytest.raises(InputError) as caught:
        decode_as(text.encode(), Outer, "FILE")
    message = str(caught.value)
    assert message.startswith("FILE ")
    assert message.isprintable()
    assert len(message) < 400
    assert all(word in message for word in words), message


def test_bytes_that_are_no_text_are_named() -> None:
    for data in (b'{"id": "\xff"}', '{"id": "a"}'.encode("utf-16")):
        with pytest.raises(InputError, match="FILE is not readable JSON"):
            decode_as(data, Outer, "FILE")


def test_toml_is_held_against_the_same_types(tmp_path: Path) -> None:
    path = tmp_path / "file.toml"
    path.write_text('id = "a"\nenergy = 1.5\n[[inner]]\ncount = 2\n')
    assert toml_as(path, Outer) == Outer("a", 1.5, [Inner(2)])
    for text, words in (
        ('id = "a"\nenergy = nan', "`\\$.energy`"),
        ('id = "a"\nenergy = inf', "`\\$.energy`"),
        ('id = "a"\n[row]\nat = "x"', "`\\$.row.at`"),
        ("id = 2026-01-01", "`\\$.id`"),
        ('id = "a"\nid = "b"', "TOML"),
        ('id = "\\u0000"', "character"),
        ("id = " + "[" * 100_000, "nested|TOML"),
        ("id", "TOML"),
        ("a." * 50_000 + "b = 1", "^[^:]* is not readable TOML: a key has more than 32 parts$"),
        ("a = {" + "'b' . " * 32 + "c = 1}", "a key has more than 32 parts"),
    ):
        path.write_text(text)
        with pytest.raises(InputError, match=words):
            toml_as(path, Outer)
    path.write_bytes(b'id = "\xff"')
    with pytest.raises(InputError, match="TOML"):
        toml_as(path, Outer)


def _pipe(path: Path) -> None:
    os.mkfifo(path)


def _loop(path: Path) -> None:
    path.symlink_to(path)


def _large(path: Path) -> None:
    with path.open("wb") as file:
        file.truncate(1 << 40)


@pytest.mark.parametrize(
    ("make", "words"),
    [
        (Path.mkdir, "not a regular file"),
        (_pipe, "not a regular file"),
        (lambda path: path.symlink_to("/dev/zero"), "not a regular file"),
        (_loop, "cannot be read"),
        (_large, "more than the"),
        (lambda path: path.symlink_to("nowhere"), "no such file"),
    ],
    ids=["directory", "pipe", "device", "loop", "large", "nowhere"],
)
def test_what_is_no_plain_file_is_not_read(tmp_path: Path, make, words: str) -> None:
    path = tmp_path / "file.json"
    make(path)
    for read in (read_as, toml_as):
        with pytest.raises(InputError, match=words) as caught:
            read(path, Outer)
        assert str(path) in str(caught.value)


def test_a_file_that_cannot_be_reached_is_named(tmp_path: Path) -> None:
    (tmp_path / "plain").touch()
    with pytest.raises(InputError, match="cannot be read"):
        read_as(tmp_path / "plain" / "file.json", Outer)
    with pytest.raises(InputError, match="cannot be read"):
        read_as(tmp_path / "a\0b", Outer)


def test_a_smaller_limit_holds(tmp_path: Path) -> None:
    path = tmp_path / "file.json"
    path.write_text('{"id": "a"}')
    assert read_as(path, Outer, most=11) == Outer("a")
    with pytest.raises(InputError, match="10 bytes"):
        read_as(path, Outer, most=10)
