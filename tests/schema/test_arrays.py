"""Archives of arrays against a schema: nothing is made of them before their sizes are known."""

import io
import tracemalloc
import zipfile
from pathlib import Path

import numpy as np
import pytest

from cgplab.errors import InputError
from cgplab.schema import NUMBERS, WHOLE, ArraySchema, array_names, read_arrays

SCHEMA = {
    "gates": ArraySchema(WHOLE, 2),
    "sizes": ArraySchema(WHOLE, shape=(6,)),
    "energy": ArraySchema("f", 1, required=False),
    "layer.*": ArraySchema("i"),
}
SOUND = {"gates": np.arange(6, dtype=np.int32).reshape(2, 3), "sizes": np.zeros(6, dtype=np.int64)}


def _npy(array: np.ndarray) -> bytes:
    buffer = io.BytesIO()
    np.save(buffer, array, allow_pickle=True)
    return buffer.getvalue()


def _header(shape: str, descr: str = "'<i4'", fortran: str = "False") -> bytes:
    text = f"{{'descr': {descr}, 'fortran_order': {fortran}, 'shape': {shape}, }}"
    return b"\x93NUMPY\x01\x00" + len(text).to_bytes(2, "little") + text.encode()


def _zip(path: Path, members: dict[str, bytes], compression: int = zipfile.ZIP_STORED) -> Path:
    with zipfile.ZipFile(path, "w", compression) as archive:
        for name, data in members.items():
            archive.writestr(name, data)
    return path


def test_arrays_come_back_as_they_were(tmp_path: Path) -> None:
    path = tmp_path / "a.npz"
    arrays = {
        **SOUND,
        "energy": np.array([1.5, np.nan]),
        "layer.conv1": np.asfortranarray(np.arange(24, dtype=np.int8).reshape(2, 3, 4)),
        "layer.empty": np.zeros((0, 3), dtype=np.int8),
        "layer.big": np.arange(4, dtype=">i4"),
        "layer.scalar": np.array(7),
    }
    for save in (np.savez, np.savez_compressed):
        save(path, **arrays)
        found = read_arrays(path, SCHEMA)
        assert array_names(path) == list(arrays) == list(found)
        for name, array in arrays.items():
            assert found[name].dtype == array.dtype
            assert found[name].flags.f_contiguous == array.flags.f_contiguous
            np.testing.assert_array_equal(found[name], array)
    np.savez(path, text=np.array(["a", "bc"]), flags=np.array([True]))
    assert read_arrays(path)["text"].tolist() == ["a", "bc"]


@pytest.mark.parametrize(
    ("arrays", "words"),
    [
        ({"gates": SOUND["gates"]}, "lacks the array sizes"),
        ({**SOUND, "more": np.zeros(1)}, "unknown array 'more'"),
        ({**SOUND, "gates": np.zeros((2, 3))}, "gates is of type float64"),
        ({**SOUND, "gates": np.zeros((2, 3), dtype=bool)}, "gates is of type bool"),
        ({**SOUND, "gates": np.zeros(3, dtype=np.int32)}, "gates has the shape \\(3,\\)"),
        ({**SOUND, "sizes": np.zeros(5, dtype=np.int64)}, "sizes has the shape \\(5,\\), not \\(6,\\)"),
        ({**SOUND, "gates": np.array([[None]], dtype=object)}, "pickled"),
        ({**SOUND, "gates": np.zeros(2, dtype=[("a", "<i4")])}, "compound"),
        ({**SOUND, "layer.a": np.array(["x"])}, "layer.a is of type <U1"),
        ({**SOUND, "energy": np.array([1j])}, "energy is of type complex128"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_arrays_that_do_not_fit_are_named(tmp_path: Path, arrays: dict[str, np.ndarray], words: str) -> None:
    path = _zip(tmp_path / "a.npz", {f"{name}.npy": _npy(array) for name, array in arrays.items()})
    with pytest.raises(InputError, match=words) as caught:
        read_arrays(path, SCHEMA)
    assert str(path) in str(caught.value)


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"\x93NUMPY",
        b"\x93NUMPY\x03\x00" + bytes(100),
        _header("(1000000000000000, 3)"),
        _header("(-1, 3)"),
        _header("(True, 3)"),
        _header("(10**9,)"),
        _header("(" + "1, " * 100 + ")") + bytes(4),
        _header(f"({10**30},)", "'<U0'"),
        _header("(2,)", "'|O'") + bytes(16),
        _header("(2,)", "'nonsense'"),
        _header("(2,)", "'<i4'", "'maybe'") + bytes(8),
        _header("(2") + bytes(8),
        _header("(" * 3000) + bytes(8),
        _header("(2,)") + bytes(7),
        _header("(2,)") + bytes(9),
        b"\x93NUMPY\x02\x00\xff\xff\xff\x7f" + bytes(100),
    ],
    ids=lambda data: data[:90].decode("latin-1").encode("unicode_escape").decode()[-60:],
)
def test_headers_that_lie_are_named(tmp_path: Path, data: bytes) -> None:
    path = _zip(tmp_path / "a.npz", {"gates.npy": data})
    for schema in (None, {"gates": ArraySchema(NUMBERS)}):
        with pytest.raises(InputError, match=r"a\.npz"):
            read_arrays(path, schema)


def test_what_unpacks_to_more_than_is_allowed_is_left_packed(tmp_path: Path) -> None:
    path = _zip(tmp_path / "a.npz", {"gates.npy": _npy(np.zeros(1 << 22, dtype=np.int8))}, zipfile.ZIP_DEFLATED)
    assert path.stat().st_size < 10_000
    tracemalloc.start()
    with pytest.raises(InputError, match="would take"):
        read_arrays(path, None, most=1 << 20)
    assert tracemalloc.get_traced_memory()[1] < 1 << 20
    tracemalloc.stop()


def test_members_that_are_no_arrays_are_named(tmp_path: Path) -> None:
    data = _npy(SOUND["gates"])
    for names in (["gates"], ["../gates.npy"], ["g\n.npy"], ["x" * 300 + ".npy"]):
        path = _zip(tmp_path / "a.npz", dict.fromkeys(names, data))
        with pytest.raises(InputError, match=r"a\.npz"):
            read_arrays(path, SCHEMA)
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("gates.npy", data)
        with pytest.warns(UserWarning, match="Duplicate"):
            archive.writestr("gates.npy", data)
    with pytest.raises(InputError, match="twice"):
        read_arrays(path, SCHEMA)
    with zipfile.ZipFile(path, "w") as archive:
        for number in range(10_001):
            archive.writestr(f"layer.{number}.npy", b"")
    with pytest.raises(InputError, match="10,001"):
        read_arrays(path, SCHEMA)


def test_every_flipped_byte_is_read_the_same_or_named(tmp_path: Path) -> None:
    path = tmp_path / "a.npz"
    for save in (np.savez, np.savez_compressed):
        save(path, **SOUND)
        whole = path.read_bytes()
        for position in range(0, len(whole), 3):
            path.write_bytes(whole[:position] + bytes([whole[position] ^ 0x41]) + whole[position + 1 :])
            try:
                found = read_arrays(path, SCHEMA)
            except InputError:
                continue
            assert all(np.array_equal(found[name], array) for name, array in SOUND.items())
        for length in range(0, len(whole), 7):
            path.write_bytes(whole[:length])
            with pytest.raises(InputError):
                read_arrays(path, SCHEMA)
