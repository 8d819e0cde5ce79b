"""Bring a known data set to this machine, from public mirrors or from a file the user has."""

import hashlib
import http.client
import urllib.request
from collections.abc import Callable, Sequence
from pathlib import Path
from urllib.parse import urlsplit

import numpy as np

from cgplab.errors import InputError
from cgplab.files import with_directory, write_npz
from cgplab.models.datasets import Dataset, checked, read_images, user_datasets
from cgplab.models.idx import decode_idx
from cgplab.models.known_datasets import KnownDataset

TIMEOUT = 20.0  # seconds without a byte before the next mirror is tried
MAX_DOWNLOAD = 256 * 2**20  # bytes; the largest known file has well under half of it
CHUNK = 2**16  # bytes

# Called with (file name, bytes so far, total bytes or None when the server does not say).
DownloadProgress = Callable[[str, int, int | None], None]


def fetch_dataset(
    known: KnownDataset, *, mirrors: Sequence[str] | None = None, progress: DownloadProgress | None = None
) -> Path:
    """Find on this machine or download, check and store a data set in the user's data directory.

    Parameters
    ----------
    known : KnownDataset
        What to fetch; only its exact content is stored.
    mirrors : sequence of str, optional
        Addresses of folders that hold the IDX files, tried in turn; default: the known ones.
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
    images_name, labels_name = known.files
    for folder in known.system if mirrors is None else ():
        if (folder / images_name).is_file():
            return import_dataset(known, folder / images_name)
    failures = [] if known.mirrors else ["it is published only inside one large archive"]
    for mirror in known.mirrors if mirrors is None else mirrors:
        host = urlsplit(mirror).netloc
        try:
            images = _download(mirror, images_name, progress)
            labels = _download(mirror, labels_name, progress)
            dataset = checked(_decode(images, labels, known, origin=host), known, origin=host)
        except (OSError, http.client.HTTPException) as error:
            failures.append(f"{host}: {getattr(error, 'reason', error) or type(error).__name__}")
        except InputError as error:
            failures.append(str(error))
        else:
            return _store(dataset, known)
    raise InputError(
        f"cannot download {known.name} {known.split} ({'; '.join(failures)}); get {images_name} and "
        f"{labels_name} elsewhere and run: cgplab data fetch {known.name} --split {known.split} --from {images_name}"
    )


def import_dataset(known: KnownDataset, source: Path) -> Path:
    """Check and store a data set from a file the user has.

    Parameters
    ----------
    known : KnownDataset
        What the file must contain.
    source : Path
        A ``.npz`` with ``x`` and ``y``, or the packed IDX images with the labels' file beside it.

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
        if known.sha256 is None:
            raise InputError(f"no checksum of {known.name} {known.split} is known; give its original {known.files[0]}")
        dataset = read_images(source)
    elif source.suffix in (".gz", ".xz"):
        labels = source.with_name(known.files[1])
        dataset = _decode(_read(source), _read(labels), known, origin=str(source))
    else:
        raise InputError(f"cannot import {source}: give a .npz with x and y, or the images as {known.files[0]}")
    return _store(checked(dataset, known, origin=str(source)), known)


def _store(dataset: Dataset, known: KnownDataset) -> Path:
    path = user_datasets() / f"{known.name}_{known.split}.npz"
    write_npz(with_directory(path), {"x": dataset.x, "y": dataset.y})
    return path


def _decode(images: bytes, labels: bytes, known: KnownDataset, *, origin: str) -> Dataset:
    for data, md5, name in zip((images, labels), known.md5 or (), known.files, strict=False):
        if hashlib.md5(data, usedforsecurity=False).hexdigest() != md5:
            raise InputError(f"{origin}: {name} is not the published file, its MD5 is not {md5}; get it again")
    x = decode_idx(images, origin=f"{origin}: the images file")
    y = decode_idx(labels, origin=f"{origin}: the labels file")
    if y.ndim == 2:
        y = y[:, 0]  # QMNIST tells eight facts of each image, the class first
    y = y - known.first_label
    if x.ndim == 3 and known.transposed:
        x = x.transpose(0, 2, 1)
    if x.dtype != np.uint8 or y.ndim != 1 or not 0 <= y.min(initial=0) <= y.max(initial=0) < 256:
        raise InputError(f"{origin} does not hold grey images and one label for each; get it again")
    x, y = np.ascontiguousarray(x[slice(*known.rows)], np.uint8), np.ascontiguousarray(y[slice(*known.rows)], np.uint8)
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
