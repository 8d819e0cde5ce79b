"""Inputs by which fuzzing found a defect: each is read now, or refused in one line."""

import gzip
import io
import zipfile

import numpy as np
import pytest

from cgplab.errors import InputError
from tests.fuzz.harness import wrong_with
from tests.fuzz.kept_readers import _resealed
from tests.fuzz.readers import READERS


def idx(_):
    return gzip.compress(b"\0\0\x08\x08" + 7 * b"\x08\x08\x08\x08" + bytes(4))


def broken_png(seeds):
    return seeds[0][:40] + b"\xe4" * 20 + seeds[0][60:]


def truncated_png(seeds):
    return seeds[0][:8] + b"\0\0\0\x02" + seeds[0][12:]


def no_character(seeds):
    """The name of the kernel as UTF-32 that no text can hold."""
    with np.load(io.BytesIO(seeds[0])) as archive:
        arrays = dict(archive)
    arrays["name"] = np.frombuffer(b"\xff\xff\xff\x7f" * 4, dtype="<U4").reshape(())
    target = io.BytesIO()
    np.savez(target, **arrays)
    return target.getvalue()


def long_name(seeds):
    """A state dict with a class whose name has 100,000 characters, which torch's error message quotes."""
    target = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(seeds[0])) as old, zipfile.ZipFile(target, "w") as new:
        for info in old.infolist():
            data = old.read(info)
            is_pickle = info.filename.endswith("data.pkl")
            new.writestr(info.filename, b"\x80\x02c" + b"a_" * 50_000 + b"\nx\n." if is_pickle else data)
    return target.getvalue()


FOUND = [
    ("idx", idx), ("pictures", broken_png), ("pictures", truncated_png), ("checkpoint", no_character),
    ("state dict", long_name),
    ("early stop", lambda _: b"energy=1e308"), ("early stop", lambda _: b"gate_count=1e400\r\n"),
    ("filter", lambda _: b"strategy=0,\xb5"), ("cost csv", lambda _: b"operator,area\nadd,1e999999999\n"),
    ("cost text", lambda seeds: seeds[0].replace(b"1", b"1e99999999", 1)),
    ("report power", lambda _: b"Total " + b"1" * 3000), ("circuit", lambda _: b"{" * 100_000),
]  # fmt: skip


@pytest.mark.parametrize(("name", "make"), FOUND, ids=[f"{name} {make.__name__}" for name, make in FOUND])
def test_what_was_found_is_mended(name, make, tmp_path):
    seeds, read = READERS[name].prepare(tmp_path)
    _, wrong = wrong_with(read, make(seeds))
    assert wrong is None


def test_a_resealed_checkpoint_is_still_read(tmp_path):
    """The mutation that forges seals makes some that fit, or it would test nothing."""
    from random import Random

    seeds, read = READERS["checkpoint"].prepare(tmp_path)
    mutate, read_well = _resealed("evolved"), 0
    for index in range(60):
        try:
            read(mutate(Random(index), seeds))
            read_well += 1
        except InputError:
            continue
    assert read_well > 0
