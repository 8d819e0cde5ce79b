"""Labelled images, checked by content against one table of known data sets."""

import hashlib
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from cgplab.errors import InputError
from cgplab.models.image_folder import ImageFolder
from cgplab.models.known_datasets import KNOWN_DATASETS, KnownDataset, known_dataset
from cgplab.models.stored import StoredModel
from cgplab.paths import shipped_data, user_data
from cgplab.schema import MOST_DATA_BYTES, read_arrays
from cgplab.words import counted


class Images(Protocol):
    """Labelled images, wherever they lie."""

    @property
    def name(self) -> str:
        """As in ``mnist``."""

    @property
    def split(self) -> str:
        """As in ``test``; empty for files that are no known data set."""

    def __len__(self) -> int: ...

    @property
    def image(self) -> tuple[int, int, int]:
        """Channels, height and width."""

    @property
    def classes(self) -> int | None:
        """Number of classes; None when not known."""

    @property
    def labels(self) -> NDArray[np.int64]:
        """Class of each image, from 0; (n,)."""

    @property
    def sha256(self) -> str:
        """Identifies the content."""

    def pixels(self, start: int, stop: int) -> NDArray[np.uint8]:
        """Some of the images, (k, channels, height, width)."""

    def first(self, n: int) -> "Images":
        """The first ``n`` images, or all if there are fewer."""


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

    def __len__(self) -> int:
        return len(self.x)

    @property
    def image(self) -> tuple[int, int, int]:
        """Channels (1), height and width."""
        return 1, self.x.shape[1], self.x.shape[2]

    @property
    def classes(self) -> int | None:
        """Number of classes; None for a file that is no known data set."""
        return known_dataset(self.name, self.split).classes if self.split else None

    @cached_property
    def labels(self) -> NDArray[np.int64]:
        """Class of each image, from 0; (n,)."""
        return self.y.astype(np.int64)

    def pixels(self, start: int, stop: int) -> NDArray[np.uint8]:
        """Some of the images, a copy (k, 1, height, width)."""
        return self.x[start:stop, np.newaxis].copy()

    def first(self, n: int) -> "Dataset":
        """The first ``n`` images, or all if there are fewer."""
        return self if n >= len(self.x) else Dataset(self.x[:n], self.y[:n], self.name, self.split)

    @cached_property
    def sha256(self) -> str:
        """SHA-256 over the bytes of ``x`` and then ``y``; the same however the arrays are packed in a file."""
        digest = hashlib.sha256(np.ascontiguousarray(self.x).data)
        digest.update(np.ascontiguousarray(self.y).data)
        return digest.hexdigest()


def load_dataset(name: str, *, split: str) -> Dataset:
    """Read a known data set from the user's data directory or from what ships.

    Raises
    ------
    InputError
        Unknown, not on this machine, damaged, or not the genuine content.
    """
    known = known_dataset(name, split)
    paths = find_dataset(known)
    if paths is None:
        raise InputError(
            f"the {split} split of {name} is not on this machine; get it with: cgplab data fetch {name} --split {split}"
        )
    return checked(read_images(*paths), known, origin=str(paths[0]))


def load_images(name: str, *, split: str, side: int = 224) -> Images:
    """Read a data set of any kind.

    Parameters
    ----------
    name : str
        A known data set; ``imagenet``, for the folder ``imagenet/<split>`` in the user's directory of data sets; or the
        path of a ``.npz`` file or of a folder of pictures.
    split : str
        Ignored for a path.
    side : int
        Height and width of images from a folder, in pixels.

    Raises
    ------
    InputError
        As `load_dataset`.
    """
    path = Path(name).expanduser()
    if name.endswith(".npz"):
        return load_dataset_file(path)
    if path.is_dir():
        return ImageFolder(path, name=path.name, split="", side=side)
    if name == "imagenet":
        return ImageFolder(user_datasets() / name / split, name=name, split=split, side=side)
    return load_dataset(name, split=split)


def images_name(name: str, split: str) -> str:
    """``name/split`` of what `load_images` reads; a file or folder is called by its own name and all of it is used."""
    path = Path(name).expanduser()
    return f"{path.stem}/all" if name.endswith(".npz") or path.is_dir() else f"{name}/{split}"


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


def check_fit(model: StoredModel, dataset: Images) -> None:
    """InputError when the images or the classes of a data set are not those the model was made for."""
    if dataset.image != model.image:
        raise InputError(
            f"{model.name} needs images of {_sides(model.image)}, "
            f"but those of {dataset.name} are {_sides(dataset.image)}"
        )
    classes = model.classes - model.background
    if dataset.classes is not None and dataset.classes != classes:
        raise InputError(
            f"{model.name} knows {classes} classes, but {dataset.name} {dataset.split} has {dataset.classes}; "
            "choose a data set of as many"
        )
    if (largest := int(dataset.labels.max())) >= classes:
        raise InputError(f"{model.name} knows labels 0..{classes - 1}, but {dataset.name} has label {largest}")


def find_dataset(known: KnownDataset) -> tuple[Path, ...] | None:
    """Where the parts of a known data set lie on this machine, None when they do not."""
    own = user_datasets() / f"{known.name}_{known.split}.npz"
    if own.is_file():
        return (own,)
    paths = tuple(shipped_data() / "datasets" / name for name in known.file_names)
    return paths if all(path.is_file() for path in paths) else None


def user_datasets() -> Path:
    """Directory of fetched data sets; not created here."""
    return user_data() / "datasets"


def read_images(*paths: Path) -> Dataset:
    """Read the arrays ``x`` and ``y`` of one ``.npz`` file, or of several parts, whatever data set they are."""
    parts = [read_arrays(path, most=MOST_DATA_BYTES) for path in paths]
    for path, arrays in zip(paths, parts, strict=True):
        if not {"x", "y"} <= arrays.keys():
            raise InputError(f"{path} must hold the arrays x and y, but holds {', '.join(arrays) or 'none'}")
    if len(parts) == 1:
        return Dataset(parts[0]["x"], parts[0]["y"], paths[0].stem, "")
    x, y = (np.concatenate([arrays[name] for arrays in parts]) for name in "xy")
    return Dataset(x, y, paths[0].stem, "")


def checked(dataset: Dataset, known: KnownDataset, *, origin: str) -> Dataset:
    """``dataset`` under its known name, if its content is genuine; InputError otherwise.

    Where no checksum of the content is known, the number of images and the labels must fit.
    """
    if known.sha256 is not None and dataset.sha256 != known.sha256:
        raise InputError(
            f"{origin} does not hold the {known.split} split of {known.name}: the SHA-256 of its images and labels is "
            f"{dataset.sha256[:16]}…, not {known.sha256[:16]}…; fetch it again from another source"
        )
    if len(dataset) != known.images or dataset.y.max() != known.classes - 1:
        raise InputError(
            f"{origin} does not hold the {known.split} split of {known.name}: it has {len(dataset):,} images "
            f"with labels up to {dataset.y.max()}, not {known.images:,} up to {known.classes - 1}; fetch it again"
        )
    return Dataset(dataset.x, dataset.y, known.name, known.split)


def _sides(image: tuple[int, int, int]) -> str:
    channels, height, width = image
    return f"{height}x{width} pixels, {counted(channels, 'channel')}"
