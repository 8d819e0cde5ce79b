"""Arrays in files: a changed byte is found or changes nothing, and no header takes more than there is."""

import io
import zipfile

import numpy as np
import pytest

from cgplab import unpacked_size
from cgplab.errors import InputError
from cgplab.files import write_npz
from cgplab.schema import array_names, read_arrays

ARRAYS = {
    "outputs": np.arange(16, dtype=np.int32),
    "layer.conv1": np.arange(150, dtype=np.int8).reshape(6, 1, 5, 5),
    "name": np.array("energy"),
    "empty": np.zeros((0, 3)),
    "order": np.asfortranarray(np.arange(12.0).reshape(3, 4)),
}


def same(found, expected):
    return found.keys() == expected.keys() and all(
        found[name].dtype == array.dtype and np.array_equal(found[name], array) for name, array in expected.items()
    )


@pytest.mark.parametrize("compress", [True, False])
def test_any_changed_byte_is_found_or_harmless(tmp_path, random, compress):
    path = tmp_path / "a.npz"
    write_npz(path, ARRAYS, compress)
    assert same(read_arrays(path), ARRAYS)
    assert array_names(path) == list(ARRAYS)
    sound = path.read_bytes()
    found, lines = 0, set()
    for place in range(len(sound)):
        data = bytearray(sound)
        data[place] ^= 1 << int(random.integers(8))
        path.write_bytes(data)
        try:
            assert same(read_arrays(path), ARRAYS), f"byte {place} of {len(sound)} changes what is read"
        except InputError as error:
            found += 1
            lines.update(str(error).splitlines()[1:])
    assert found > len(sound) / 2
    assert not lines


def test_a_header_that_tells_less_than_follows_is_found(tmp_path):
    """numpy reads as far as the header says, and so never comes to the checksum."""
    path = tmp_path / "a.npz"
    write_npz(path, {"outputs": np.arange(60_000)}, compress=False)
    data = path.read_bytes()
    assert data.count(b"(60000,)") == 1
    path.write_bytes(data.replace(b"(60000,)", b"(10000,)"))
    with np.load(path) as archive:
        assert archive["outputs"].shape == (10_000,)
    with pytest.raises(InputError, match=r"not a readable|is damaged"):
        read_arrays(path)


def npy(header):
    text = header.encode().ljust(118) + b"\n"
    return b"\x93NUMPY\x01\x00" + len(text).to_bytes(2, "little") + text


@pytest.mark.parametrize(
    "header",
    [
        "{'descr': '<i4', 'fortran_order': False, 'shape': (1000000000000000000,), }",
        "{'descr': '<i4', 'fortran_order': False, 'shape': (-1, 0), }",
        "{'descr': '<i4', 'fortran_order': False, 'shape': (" + "9" * 60 + ",), }",
        "{'descr': '|O', 'fortran_order': False, 'shape': (0,), }",
        "{'descr': '<V99999999', 'fortran_order': False, 'shape': (3,), }",
        "(" * 100,
        "{'descr': [('a', '<i4')], 'fortran_order': False}",
        "{'descr': '<i4', 'fortran_order': False, 'shape': 3}",
        "\x00\n\t'",
        "__import__('os')",
    ],
)
def test_made_up_headers(tmp_path, header):
    path = tmp_path / "a.npz"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("x.npy", npy(header))
    with pytest.raises(InputError, match=r"not a readable|is damaged"):
        read_arrays(path)


@pytest.mark.parametrize("kind", [zipfile.ZIP_LZMA, zipfile.ZIP_BZIP2])
def test_other_ways_to_pack_are_refused(tmp_path, kind):
    with zipfile.ZipFile(tmp_path / "a.npz", "w", kind) as archive:
        archive.writestr("x.npy", npy(""))
    with pytest.raises(InputError, match="packed in a way"):
        read_arrays(tmp_path / "a.npz")


def test_a_bomb_is_refused_unread_even_if_its_directory_lies(tmp_path, monkeypatch):
    monkeypatch.setattr(unpacked_size, "FREE_BYTES", 2**20)
    path = tmp_path / "a.npz"
    np.savez_compressed(path, x=np.zeros(2**23, np.uint8))
    with pytest.raises(InputError, match="unpacks to more than"):
        read_arrays(path)
    data = path.read_bytes()
    size = io.BytesIO()
    np.save(size, np.zeros(2**23, np.uint8))
    told = len(size.getvalue()).to_bytes(4, "little")
    place = data.rfind(told)
    path.write_bytes(data[:place] + (1000).to_bytes(4, "little") + data[place + 4 :])
    with pytest.raises(InputError, match=r"not a readable|is damaged"):
        read_arrays(path)
