"""Archives unpack into runs and nothing else, and never into more than can be meant."""

import gzip
import io
import lzma
import struct
import tarfile

import pytest

from cgplab import unpacked_size
from cgplab.errors import InputError
from cgplab.store import Store
from cgplab.store.unpack import unpack

RUN = "runs/01ARZ3NDEKTSV4RRFFQ69G5FAV"


def archive(path, members, mode="w:gz"):
    """An archive of (TarInfo or name, bytes)."""
    with tarfile.open(path, mode) as tar:
        for member, data in members:
            info = tarfile.TarInfo(member) if isinstance(member, str) else member
            info.size = len(data)
            tar.addfile(info, io.BytesIO(data))
    return path


def of_type(kind, name=f"{RUN}/x"):
    info = tarfile.TarInfo(name)
    info.type, info.linkname = kind, "/etc/hostname"
    return info


def refused(path, tmp_path, match):
    here = Store(tmp_path / "here")
    with pytest.raises(InputError, match=match) as told:
        here.merge(path)
    assert "\n" not in str(told.value)
    assert sorted(found.name for found in here.root.iterdir()) == ["runs"]
    assert list(here.runs()) == []


@pytest.mark.parametrize("mode", ["w:gz", "w:xz", "w:bz2", "w"])
def test_a_bomb_is_refused_while_it_unpacks(tmp_path, monkeypatch, mode):
    monkeypatch.setattr(unpacked_size, "FREE_BYTES", 2**20)
    data = bytes(2**20 + 1) if mode == "w" else bytes(40 * 2**20)
    path = archive(tmp_path / "bomb", [(f"{RUN}/manifest.json", data)], mode)
    if mode == "w":  # not packed, nothing can grow
        unpack(path, tmp_path / "unpacked")
        assert (tmp_path / "unpacked" / RUN / "manifest.json").stat().st_size == len(data)
    else:
        refused(path, tmp_path, "unpacks to more than .* unpack it with tar and merge the directory")


def test_four_megabytes_do_not_become_a_gigabyte(tmp_path):
    assert unpacked_size.most_bytes(4_500_000) < 2**30
    # What runs make takes less than a fifth of what is allowed.
    assert unpacked_size.MOST_PER_BYTE >= 5 * 14
    assert unpacked_size.FEWEST_BYTES_PER_FILE * 10 <= 210


@pytest.mark.parametrize("opener", [gzip.open, lzma.open])
def test_what_is_passed_over_counts_too(tmp_path, monkeypatch, opener):
    """Outside ``runs/``, behind the end of the archive, or promised by a header alone."""
    monkeypatch.setattr(unpacked_size, "FREE_BYTES", 2**20)
    path = archive(tmp_path / "beside.tar", [("other/x", bytes(40 * 2**20)), (f"{RUN}/x", b"")], "w")
    with opener(tmp_path / "beside", "wb") as file:
        file.write(path.read_bytes())
    refused(tmp_path / "beside", tmp_path, "unpacks to more than")
    promised = tarfile.TarInfo(f"{RUN}/x")
    promised.size = 2**50
    (tmp_path / "promised").write_bytes(promised.tobuf(tarfile.GNU_FORMAT) + bytes(1024))
    refused(tmp_path / "promised", tmp_path, "unpacks to more than")


def test_many_files_are_refused(tmp_path, monkeypatch):
    monkeypatch.setattr(unpacked_size, "FREE_FILES", 10)
    path = archive(tmp_path / "many", [(f"{RUN}/{number}", b"") for number in range(3000)], "w:xz")
    refused(path, tmp_path, "holds more than .* files")


def test_made_up_headers_take_no_memory_and_no_time(tmp_path):
    long_name = tarfile.TarInfo("x")
    long_name.type, long_name.size = tarfile.GNUTYPE_LONGNAME, 64 * 2**20
    (tmp_path / "long").write_bytes(
        gzip.compress(long_name.tobuf(tarfile.GNU_FORMAT) + b"a" * long_name.size + bytes(1024))
    )
    refused(tmp_path / "long", tmp_path, "a header field is larger than any run has")
    nested = tarfile.TarInfo("x")
    nested.type, nested.size = tarfile.XHDTYPE, 0
    (tmp_path / "nested").write_bytes(nested.tobuf(tarfile.GNU_FORMAT) * 5000 + bytes(1024))
    refused(tmp_path / "nested", tmp_path, "not a readable archive")
    backwards = bytearray(tarfile.TarInfo(f"{RUN}/x").tobuf(tarfile.GNU_FORMAT))
    backwards[124:136] = b"\xff" * 4 + struct.pack(">q", -1024)
    total = 256 + sum(backwards[:148]) + sum(backwards[156:512])
    backwards[148:156] = f"{total:06o}\0 ".encode()
    (tmp_path / "backwards").write_bytes(backwards + bytes(1024))
    refused(tmp_path / "backwards", tmp_path, "not a readable archive")


@pytest.mark.parametrize(
    ("member", "match"),
    [
        (f"{RUN}/../../x", "no file of a run"),
        (of_type(tarfile.SYMTYPE), "no file of a run"),
        (of_type(tarfile.LNKTYPE), "no file of a run"),
        (of_type(tarfile.FIFOTYPE), "no file of a run"),
        (of_type(tarfile.CHRTYPE), "no file of a run"),
        (f"{RUN}/{'x' * 300}", "longer than 255 bytes"),
        (f"{RUN}/{'d/' * 20}x", "deeper than 8"),
        ("elsewhere", "holds no runs"),
    ],
)
def test_members_that_no_run_has(tmp_path, member, match):
    refused(archive(tmp_path / "odd", [(member, b"")]), tmp_path, match)


def test_a_time_that_no_clock_shows(tmp_path):
    path = tmp_path / "runs.tar.gz"
    member = tarfile.TarInfo(f"{RUN}/x")
    member.pax_headers = {"mtime": "1e300"}
    with tarfile.open(path, "w:gz", format=tarfile.PAX_FORMAT) as tar:
        tar.addfile(member)
    refused(path, tmp_path, "not a readable archive")


def test_what_belongs_to_processes_does_not_travel(tmp_path):
    names = ("manifest.json", "lock", "edit.lock", "control", "reserve", ".hidden", ".d/x", "original/a.txt")
    unpack(archive(tmp_path / "a", [(f"{RUN}/{name}", b"x") for name in names]), tmp_path / "out")
    left = {path.relative_to(tmp_path / "out" / RUN).as_posix() for path in (tmp_path / "out").rglob("*.*")}
    assert left == {"manifest.json", "original/a.txt"}


@pytest.mark.parametrize("cut", [0, 1, 5, 100, -100, -20])
@pytest.mark.parametrize("mode", ["w:gz", "w:xz", "w:bz2", "w"])
def test_an_archive_that_is_cut_off_is_refused(tmp_path, random, cut, mode):
    data = random.integers(0, 256, 5000, dtype="u1").tobytes()
    whole = archive(tmp_path / "whole", [(f"{RUN}/x", data), (f"{RUN}/y", data)], mode).read_bytes()
    (tmp_path / "cut").write_bytes(whole[: (8000 if mode == "w" and cut < 0 else cut)])
    refused(tmp_path / "cut", tmp_path, "not a readable archive|holds no runs")
