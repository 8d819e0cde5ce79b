"""Labelled grey images, checked by content against one table of known data sets."""

import hashlib
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from cgplab.errors import InputError
from cgplab.files import read_npz
from cgplab.paths import shipped_data, user_data


@dataclass(frozen=True, eq=False)
class Dataset:
    """Images and their labels.

    Parameters
    ----------
    x : (n, height, width) uint8
        Pixels, 0 is the background.
    y : (n,) uint8
        Class of each image, from 0.
    name, split : str
        As in ``mnist``, ``test``; the split is empty for a file that is no known data set.

    Raises
    ------
    InputError
        Another dtype or shape, or no image.
    """

    x: NDArray[np.uint8]
    y: NDArray[np.uint8]
    name: str
    split: str

    def __post_init__(self) -> None:
        if self.x.dtype != np.uint8 or self.x.ndim != 3 or len(self.x) == 0:
            raise InputError(
                f"images of data set {self.name} must be uint8 (n, height, width) with n >= 1, "
                f"not {self.x.dtype} {self.x.shape}"
            )
        if self.y.dtype != np.uint8 or self.y.shape != self.x.shape[:1]:
            raise InputError(
                f"labels of data set {self.name} must be uint8 {self.x.shape[:1]}, one per image, "
                f"not {self.y.dtype} {self.y.shape}"
            )

    @cached_property
    def sha256(self) -> str:
        """SHA-256 over the bytes of ``x`` and then ``y``; the same however the arrays are packed in a file."""
        digest = hashlib.sha256(np.ascontiguousarray(self.x).data)
        digest.update(np.ascontiguousarray(self.y).data)
        return digest.hexdigest()


@dataclass(frozen=True)
class KnownDataset:
    """A published data set: where it is kept and what it must contain.

    Attributes
    ----------
    images : int
        Number of images.
    sha256 : str
        `Dataset.sha256` of the genuine data.
    idx_images, idx_labels : str
        Names of the gzipped IDX files in which it is published.
    """

    name: str
    split: str
    images: int
    sha256: str
    idx_images: str
    idx_labels: str

    @property
    def file_name(self) -> str:
        """Name of the ``.npz`` file that holds the arrays ``x`` and ``y``."""
        return f"{self.name}_{self.split}.npz"


KNOWN_DATASETS = (
    KnownDataset(
        "mnist",
        "train",
        60_000,
        "edc0d1098aa497be14ace79ddd5171e5a3dcf9c4d196c015389203eb3ba1f59b",
        "train-images-idx3-ubyte.gz",
        "train-labels-idx1-ubyte.gz",
    ),
    KnownDataset(
        "mnist",
        "test",
        10_000,
        "c3f9adf9c66efb572b1f9326c3a511b45910c7173b97be66ceceeeeaef6b802b",
        "t10k-images-idx3-ubyte.gz",
        "t10k-labels-idx1-ubyte.gz",
    ),
)


def known_dataset(name: str, split: str) -> KnownDataset:
    """Entry of the table of known data sets; InputError when there is none."""
    for known in KNOWN_DATASETS:
        if (known.name, known.split) == (name, split):
            return known
    listed = ", ".join(f"{known.name} {known.split}" for known in KNOWN_DATASETS)
    raise InputError(f"no data set {name!r} with split {split!r}; known are {listed}")


def load_dataset(name: str, *, split: str) -> Dataset:
    """Read a known data set from the user's data directory or from what ships.

    Raises
    ------
    InputError
        Unknown, not on this machine, damaged, or not the genuine content.
    """
    known = known_dataset(name, split)
    path = find_dataset(known)
    if path is None:
        raise InputError(f"the {split} split of {name} is not on this machine; get it with: cgplab data fetch {name}")
    return checked(read_images(path), known, origin=str(path))


def load_dataset_file(path: Path) -> Dataset:
    """Read any ``.npz`` with ``x`` and ``y``; it bears a known name only if its content is that data set.

    Raises
    ------
    InputError
        No such file, damaged, or without fitting arrays.
    """
    dataset = read_images(path)
    for known in KNOWN_DATASETS:
        if dataset.sha256 == known.sha256:
            return Dataset(dataset.x, dataset.y, known.name, known.split)
    return dataset


def find_dataset(known: KnownDataset) -> Path | None:
    """Where a known data set lies on this machine, None when it does not."""
    for directory in (user_datasets(), shipped_data() / "datasets"):
        if (path := directory / known.file_name).is_file():
            return path
    return None


def user_datasets() -> Path:
    """Directory of fetched data sets; not created here."""
    return user_data() / "datasets"


def read_images(path: Path) -> Dataset:
    """Read the arrays ``x`` and ``y`` of a ``.npz`` file, whatever data set they are."""
    arrays = read_npz(path)
    if not {"x", "y"} <= arrays.keys():
        raise InputError(f"{path} must hold the arrays x and y, but holds {', '.join(arrays) or 'none'}")
    return Dataset(arrays["x"], arrays["y"], path.stem, "")


def checked(dataset: Dataset, known: KnownDataset, *, origin: str) -> Dataset:
    """``dataset`` under its known name, if its content is genuine; InputError otherwise."""
    if dataset.sha256 != known.sha256:
        raise InputError(
            f"{origin} does not hold the {known.split} split of {known.name}: the SHA-256 of its images and labels is "
            f"{dataset.sha256[:16]}…, not {known.sha256[:16]}…; fetch it again from another source"
        )
    return Dataset(dataset.x, dataset.y, known.name, known.split)
