"""Damage done to sound inputs: seeded, and aimed at what readers get wrong.

Hypothesis, which the other tests use, makes values from nothing and costs a millisecond for each; what breaks readers
are small changes to whole files. Atheris would steer by coverage, but needs an interpreter of its own making. So the
changes stand here: a few dozen lines that depend on nothing but a seed.
"""

import io
import json
import re
import struct
import tarfile
import zipfile
from collections.abc import Callable, Sequence
from random import Random
from typing import Any

from cgplab.store.checksums import value_checksum

MOST_BYTES = 200_000

_NUMBERS = (
    b"-1", b"0", b"1e99999999", b"1e-99999999", b"1e400", b"9" * 30, b"9" * 5000, b"nan", b"inf", b"-inf", b"1_0",
    b"2147483648", b"9223372036854775808", b"18446744073709551616", b"99999999", b"0x10", b"1.5", b"1e308", b"-0.0",
    "٣".encode(), "²".encode(), b"+", b".", b"e", b"",
)  # fmt: skip
_TOKENS = (
    b"\0", b"\xff", b"\xed\xa0\x80", b"\xef\xbb\xbf", b"\n", b"\r", b"\r\n", b'"', b"'", b"\\", b",", b";", b":", b"=",
    b"(", b")", b"[", b"]", b"{", b"}", b"/*", b"*/", b" ", b"\t", "\u2028".encode(), b"null", b"true", b"%", b"x",
    b"!", b"Total ", b"W", b"<img src=x onerror=alert(1)>", b"\x1b[2J", b"../", b"=HYPERLINK(1)",
)  # fmt: skip
_DIGITS = re.compile(rb"[0-9]+(?:\.[0-9]+)?")
_ODD: tuple[Any, ...] = (
    None, True, 0, -1, 10**30, 2**63, 1.5, 1e308, float("nan"), float("inf"), "", "x", "\0", "\ud800", "9" * 5000,
    [], [[]], {}, {"": None}, "../../x", [None] * 100,
)  # fmt: skip

Seeds = Sequence[bytes]


def text(random: Random, seeds: Seeds) -> bytes:
    """Bytes of one seed, changed in one to four places."""
    data = random.choice(seeds)
    for _ in range(random.randint(1, 4)):
        data = random.choice(_CHANGES)(random, data, seeds)[:MOST_BYTES]
    return data


def document(random: Random, seeds: Seeds) -> bytes:
    """JSON in which values are replaced; a checksum that it carries fits again."""
    if random.random() < 0.3:
        return text(random, seeds)
    value = json.loads(random.choice(seeds))
    for _ in range(random.randint(1, 3)):
        value = _replaced(random, value)
    if isinstance(value, dict) and "sha256" in value and "content" in value:
        value["sha256"] = value_checksum(value["content"])
    return json.dumps(value).encode()


def packed(random: Random, seeds: Seeds) -> bytes:
    """Zip archive, such as a .npz, in which one member is changed and all checksums fit."""
    if random.random() < 0.3:
        return text(random, seeds)
    with zipfile.ZipFile(io.BytesIO(random.choice(seeds))) as archive:
        members = {info.filename: archive.read(info) for info in archive.infolist()}
    name = random.choice(list(members))
    match random.randrange(5):
        case 0:
            members.pop(name)
        case 1:
            members[name] = members[random.choice(list(members))]
        case 2 if name.endswith(".npy"):
            members[name] = _array(random, members[name])
        case _:
            members[name] = text(random, [members[name]])
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w", random.choice((zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED))) as archive:
        for member, data in members.items():
            archive.writestr(member, data)
    return target.getvalue()


def taped(random: Random, seeds: Seeds) -> bytes:
    """Tar archive in which one member is changed, renamed or made a link."""
    if random.random() < 0.3:
        return text(random, seeds)
    target = io.BytesIO()
    with tarfile.open(fileobj=io.BytesIO(random.choice(seeds))) as archive:
        members = [(info, file.read() if (file := archive.extractfile(info)) else b"") for info in archive]
    chosen = random.randrange(len(members))
    with tarfile.open(fileobj=target, mode="w:gz", compresslevel=1) as archive:
        for number, (info, content) in enumerate(members):
            data = _altered(random, info, content) if number == chosen else content
            info.size = len(data)
            archive.addfile(info, io.BytesIO(data))
    return target.getvalue()


def _altered(random: Random, info: tarfile.TarInfo, data: bytes) -> bytes:
    match random.randrange(4):
        case 0:
            info.name = random.choice(("../../x", "/tmp/x", "a" * 200, "\x1b[2J", info.name + "/x", ""))
        case 1:
            info.type, info.linkname = tarfile.SYMTYPE, "/etc/passwd"
            return b""
        case _:
            return text(random, [data])
    return data


def _flip(random: Random, data: bytes, _: Seeds) -> bytes:
    if not data:
        return data
    place = random.randrange(len(data))
    return data[:place] + bytes([data[place] ^ 1 << random.randrange(8)]) + data[place + 1 :]


def _insert(random: Random, data: bytes, _: Seeds) -> bytes:
    place = random.randint(0, len(data))
    return data[:place] + random.choice(_TOKENS) + data[place:]


def _repeat(random: Random, data: bytes, _: Seeds) -> bytes:
    """One token very often: long lines, deep nesting, what backtracks."""
    place = random.randint(0, len(data))
    token = random.choice(_TOKENS + _NUMBERS[:6] + (b"1", b"a", b"a("))
    return data[:place] + token * random.choice((2, 40, 1500, 30_000)) + data[place:]


def _number(random: Random, data: bytes, _: Seeds) -> bytes:
    found = list(_DIGITS.finditer(data[:20_000]))
    if not found:
        return data + random.choice(_NUMBERS)
    match = random.choice(found)
    return data[: match.start()] + random.choice(_NUMBERS) + data[match.end() :]


def _cut(random: Random, data: bytes, _: Seeds) -> bytes:
    return data[: random.randint(0, len(data))]


def _remove(random: Random, data: bytes, _: Seeds) -> bytes:
    start = random.randint(0, len(data))
    return data[:start] + data[start + random.choice((1, 2, 8, 60)) :]


def _splice(random: Random, data: bytes, seeds: Seeds) -> bytes:
    other = random.choice(seeds)
    return data[: random.randint(0, len(data))] + other[random.randint(0, len(other)) :]


def _again(random: Random, data: bytes, _: Seeds) -> bytes:
    start = random.randint(0, len(data))
    part = data[start : start + random.choice((1, 8, 80, 800))]
    return data[:start] + part * random.choice((1, 2, 20)) + data[start:]


def _lines(random: Random, data: bytes, _: Seeds) -> bytes:
    lines = data.splitlines(keepends=True)
    random.shuffle(lines)
    return b"".join(lines)


_CHANGES: tuple[Callable[[Random, bytes, Seeds], bytes], ...] = (
    _flip, _insert, _repeat, _number, _number, _cut, _remove, _splice, _again, _lines,
)  # fmt: skip


def _replaced(random: Random, value: Any) -> Any:
    """The value with one node of it, chosen at random, made something odd; or with a key gone or made up."""
    if not isinstance(value, (dict, list)) or not value or random.random() < 0.05:
        return _nested(random) if random.random() < 0.03 else random.choice(_ODD)
    if isinstance(value, list):
        index = random.randrange(len(value))
        return [*value[:index], _replaced(random, value[index]), *value[index + 1 :]]
    key = random.choice(list(value))
    if random.random() < 0.1:
        return {name: item for name, item in value.items() if name != key}
    if random.random() < 0.05:
        return {**value, random.choice(("", "x", "\0", "é" * 50)): random.choice(_ODD)}
    return {**value, key: _replaced(random, value[key])}


def _nested(random: Random) -> Any:
    value: Any = []
    for _ in range(random.choice((10, 400))):
        value = [value]
    return value


def _array(random: Random, data: bytes) -> bytes:
    """A .npy file whose header says another shape or type, of the right length all the same."""
    (length,) = struct.unpack("<H", data[8:10])
    header = data[10 : 10 + length]
    if random.random() < 0.5:
        header = _number(random, header, ())
    else:
        header = re.sub(rb"'descr': '[^']*'", b"'descr': '" + random.choice(_TYPES) + b"'", header)
    return data[:8] + struct.pack("<H", min(len(header), 65535)) + header + data[10 + length :]


_TYPES = (b"|O", b"<f8", b"<i8", b"|u1", b"<U9999999", b"|V9", b"<c16", b">i4", b"|b1", b"<M8[s]", b"|S0", b"zz")
