import functools
import gzip
import http.server
import socket
import struct
import threading

import numpy as np
import pytest

from cgplab import unpacked_size
from cgplab.errors import InputError
from cgplab.models.datasets import Dataset, read_images
from cgplab.models.fetching import fetch_dataset, import_dataset
from cgplab.models.idx import decode_idx
from cgplab.models.known_datasets import KNOWN_DATASETS, KnownDataset

IMAGES, LABELS = "tiny-images.gz", "tiny-labels.gz"


def idx_gz(array):
    header = struct.pack(f">BBBB{array.ndim}I", 0, 0, 8, array.ndim, *array.shape)
    return gzip.compress(header + array.tobytes())


@pytest.fixture
def tiny():
    rng = np.random.default_rng(5)
    x, y = rng.integers(0, 256, (9, 4, 4), dtype=np.uint8), np.arange(9, dtype=np.uint8)
    return Dataset(x, y, "tiny", "train")


@pytest.fixture
def known(tiny):
    return KnownDataset("tiny", "train", 9, 9, (IMAGES, LABELS), sha256=tiny.sha256)


@pytest.fixture
def folder(tmp_path, tiny):
    folder = tmp_path / "mirror"
    folder.mkdir()
    (folder / IMAGES).write_bytes(idx_gz(tiny.x))
    (folder / LABELS).write_bytes(idx_gz(tiny.y))
    return folder


class QuietHandler(http.server.SimpleHTTPRequestHandler):
    def log_message(self, *arguments):
        pass


@pytest.fixture
def mirror(folder):
    handler = functools.partial(QuietHandler, directory=str(folder))
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
        thread.start()
        yield f"http://127.0.0.1:{server.server_port}/"
        server.shutdown()
        thread.join()


@pytest.fixture
def closed():
    """Address at which nobody listens."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return f"http://127.0.0.1:{probe.getsockname()[1]}/"


def stored_files(user_directory):
    return [path.name for path in user_directory.rglob("*") if path.is_file()]


def test_download_stores_the_checked_arrays(known, tiny, mirror, folder, user_directory):
    seen = []
    path = fetch_dataset(known, mirrors=[mirror], progress=lambda *state: seen.append(state))
    assert read_images(path).sha256 == tiny.sha256
    assert stored_files(user_directory) == ["tiny_train.npz"]
    size = (folder / IMAGES).stat().st_size
    assert (IMAGES, size, size) in seen


def test_next_mirror_when_one_is_down(known, mirror, closed):
    assert fetch_dataset(known, mirrors=[closed, mirror + "absent/", mirror]).is_file()


def test_no_network_names_the_other_way(known, closed, user_directory):
    with pytest.raises(InputError, match=rf"Connection refused.*--from {IMAGES}") as failure:
        fetch_dataset(known, mirrors=[closed])
    assert "\n" not in str(failure.value)
    assert stored_files(user_directory) == []


@pytest.mark.parametrize("damage", ["other content", "cut off", "no gzip"])
def test_bad_downloads_store_nothing(known, tiny, mirror, folder, user_directory, damage):
    whole = idx_gz(tiny.x)
    data = {"other content": idx_gz(tiny.x[::-1]), "cut off": whole[:-20], "no gzip": b"<html>"}[damage]
    (folder / IMAGES).write_bytes(data)
    with pytest.raises(InputError, match="cannot download tiny train"):
        fetch_dataset(known, mirrors=[mirror])
    assert stored_files(user_directory) == []


def test_import_of_idx_files(known, tiny, folder):
    assert read_images(import_dataset(known, folder / IMAGES)).sha256 == tiny.sha256


def test_import_of_npz(known, tiny, tmp_path):
    np.savez(tmp_path / "mine.npz", x=tiny.x, y=tiny.y)
    assert read_images(import_dataset(known, tmp_path / "mine.npz")).sha256 == tiny.sha256


def test_import_refuses_what_is_not_the_data_set(known, tiny, folder, tmp_path, user_directory):
    np.savez(tmp_path / "other.npz", x=tiny.x, y=tiny.y[::-1])
    with pytest.raises(InputError, match="SHA-256"):
        import_dataset(known, tmp_path / "other.npz")
    with pytest.raises(InputError, match=r"give a \.npz"):
        import_dataset(known, tmp_path / "images.zip")
    with pytest.raises(InputError, match="no such file"):
        import_dataset(known, tmp_path / "gone.npz")
    (folder / LABELS).unlink()
    with pytest.raises(InputError, match="side by side"):
        import_dataset(known, folder / IMAGES)
    assert stored_files(user_directory) == []


def test_import_of_the_real_training_set(shared):
    train = KNOWN_DATASETS[0]
    path = import_dataset(train, shared / "data" / "mnist_train.npz")
    assert read_images(path).sha256 == train.sha256


@pytest.mark.parametrize(
    ("raw", "message"),
    [
        (b"", "not an IDX file"),
        (b"\0\0\x0d\1\0\0\0\1....", "not an IDX file"),
        (b"\0\0\x08\3\0\0\0\1", "ends within its IDX header"),
        (b"\0\0\x08\1\0\0\0\5abcd", r"holds 4 values but its IDX header says \(5,\)"),
        (b"\0\0\x08\2\xff\xff\xff\xff\xff\xff\xff\xffabcd", "holds 4 values"),
    ],
)
def test_malformed_idx(raw, message):
    with pytest.raises(InputError, match=message):
        decode_idx(gzip.compress(raw), origin="x")


def test_idx_that_unpacks_to_too_much(monkeypatch):
    monkeypatch.setattr(unpacked_size, "FREE_BYTES", 0)
    with pytest.raises(InputError, match="unpacks to more"):
        decode_idx(gzip.compress(bytes(20_000)), origin="x")
