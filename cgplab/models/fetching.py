"""Bring a known data set to this machine, from public mirrors or from a file the user has."""

import http.client
import urllib.request
from collections.abc import Callable, Sequence
from pathlib import Path
from urllib.parse import urlsplit

from cgplab.errors import InputError
from cgplab.files import write_npz
from cgplab.models.datasets import Dataset, KnownDataset, checked, read_images, user_datasets
from cgplab.models.idx import decode_idx

MIRRORS = {
    "mnist": (
        "https://ossci-datasets.s3.amazonaws.com/mnist/",
        "https://storage.googleapis.com/cvdf-datasets/mnist/",
    )
}
TIMEOUT = 20.0  # seconds without a byte before the next mirror is tried
MAX_DOWNLOAD = 64 * 2**20  # bytes; the largest known file has 9.9 MB
CHUNK = 2**16  # bytes

# Called with (file name, bytes so far, total bytes or None when the server does not say).
DownloadProgress = Callable[[str, int, int | None], None]


def fetch_dataset(known: KnownDataset, *, mirrors: Sequence[str], progress: DownloadProgress | None = None) -> Path:
    """Download, check and store a data set in the user's data directory.

    Parameters
    ----------
    known : KnownDataset
        What to fetch; only its exact content is stored.
    mirrors : sequence of str
        Addresses of folders that hold the IDX files, tried in turn.
    progress : callable, optional
        See `DownloadProgress`.

    Returns
    -------
    Path
        The stored ``.npz`` file.

    Raises
    ------
    InputError
        No mirror gave the genuine data, or the directory cannot be written. Nothing is stored then.
    """
    failures = []
    for mirror in mirrors:
        host = urlsplit(mirror).netloc
        try:
            images = _download(mirror, known.idx_images, progress)
            labels = _download(mirror, known.idx_labels, progress)
            dataset = checked(_decode(images, labels, known, origin=host), known, origin=host)
        except (OSError, http.client.HTTPException) as error:
            failures.append(f"{host}: {getattr(error, 'reason', error) or type(error).__name__}")
        except InputError as error:
            failures.append(str(error))
        else:
            return _store(dataset, known)
    raise InputError(
        f"cannot download {known.name} {known.split} ({'; '.join(failures)}); get {known.idx_images} and "
        f"{known.idx_labels} elsewhere and run: cgplab data fetch {known.name} --from {known.idx_images}"
    )


def import_dataset(known: KnownDataset, source: Path) -> Path:
    """Check and store a data set from a file the user has.

    Parameters
    ----------
    known : KnownDataset
        What the file must contain.
    source : Path
        A ``.npz`` with ``x`` and ``y``, or the gzipped IDX images with the labels' file beside it.

    Returns
    -------
    Path
        The stored ``.npz`` file.

    Raises
    ------
    InputError
        Not readable, or not the genuine content. Nothing is stored then.
    """
    if source.suffix == ".npz":
        dataset = read_images(source)
    elif source.suffix == ".gz":
        labels = source.with_name(known.idx_labels)
        dataset = _decode(_read(source), _read(labels), known, origin=str(source))
    else:
        raise InputError(f"cannot import {source}: give a .npz with x and y, or the images as {known.idx_images}")
    return _store(checked(dataset, known, origin=str(source)), known)


def _store(dataset: Dataset, known: KnownDataset) -> Path:
    path = user_datasets() / known.file_name
    write_npz(path, {"x": dataset.x, "y": dataset.y})
    return path


def _decode(images: bytes, labels: bytes, known: KnownDataset, *, origin: str) -> Dataset:
    x = decode_idx(images, origin=f"{origin}: the images file")
    y = decode_idx(labels, origin=f"{origin}: the labels file")
    return Dataset(x, y, known.name, known.split)


def _read(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError as error:
        raise InputError(
            f"cannot read {path}: {error.strerror or error}; images and labels must lie side by side"
        ) from error


def _download(mirror: str, name: str, progress: DownloadProgress | None) -> bytes:
    """Bytes of one file; OSError or InputError when they do not come whole."""
    data = bytearray()
    with urllib.request.urlopen(mirror + name, timeout=TIMEOUT) as response:
        total = int(response.headers["Content-Length"]) if response.headers["Content-Length"] else None
        while chunk := response.read(CHUNK):
            data += chunk
            if len(data) > MAX_DOWNLOAD:
                raise InputError(f"{urlsplit(mirror).netloc}: {name} is larger than {MAX_DOWNLOAD // 2**20} MiB")
            if progress is not None:
                progress(name, len(data), total)
    return bytes(data)
