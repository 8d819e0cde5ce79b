"""The published data sets cgplab knows: where they lie, what they hold, how to get them."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from cgplab.errors import InputError


@dataclass(frozen=True)
class KnownDataset:
    """One split of a published data set of grey 28x28 images.

    Attributes
    ----------
    name, split : str
    images, classes : int
    files : (str, str)
        Gzipped (or xz) IDX files in which the images and the labels are published.
    mirrors : tuple of str
        Addresses of folders that hold these files; empty where only a large archive is published.
    sha256 : str or None
        `cgplab.models.datasets.Dataset.sha256` of the genuine data, where we have seen it.
    md5 : (str, str) or None
        Published checksums of the files themselves, where that is all there is.
    rows : (int, int or None)
        First row of the files that belongs to this split, and the one after the last.
    first_label : int
        Label of the first class in the files.
    transposed : bool
        Whether the files hold each image with its rows and columns exchanged.
    system : tuple of Path
        Folders where operating systems install the files.
    parts : int
        Number of files in which cgplab ships the data.
    """

    name: str
    split: str
    images: int
    classes: int
    files: tuple[str, str]
    mirrors: tuple[str, ...] = ()
    sha256: str | None = None
    md5: tuple[str, str] | None = None
    rows: tuple[int, int | None] = (0, None)
    first_label: int = 0
    transposed: bool = False
    system: tuple[Path, ...] = ()
    parts: int = 1

    @property
    def file_names(self) -> tuple[str, ...]:
        """Names of the ``.npz`` files that together hold the arrays ``x`` and ``y``."""
        if self.parts == 1:
            return (f"{self.name}_{self.split}.npz",)
        return tuple(f"{self.name}_{self.split}.{part}of{self.parts}.npz" for part in range(1, self.parts + 1))


_MNIST_MIRRORS = (
    "https://ossci-datasets.s3.amazonaws.com/mnist/",
    "https://storage.googleapis.com/cvdf-datasets/mnist/",
)
_FASHION_MIRRORS = ("http://fashion-mnist.s3-website.eu-central-1.amazonaws.com/",)
_FASHION_SYSTEM = (Path("/usr/share/datasets/fashion-mnist"),)  # Debian's package dataset-fashion-mnist
_QMNIST_MIRRORS = ("https://raw.githubusercontent.com/facebookresearch/qmnist/master/",)
_TRAIN = ("train-images-idx3-ubyte.gz", "train-labels-idx1-ubyte.gz")
_TEST = ("t10k-images-idx3-ubyte.gz", "t10k-labels-idx1-ubyte.gz")
_QMNIST_TEST = ("qmnist-test-images-idx3-ubyte.gz", "qmnist-test-labels-idx2-int.gz")
_QMNIST_TEST_MD5 = ("1394631089c404de565df7b7aeaf9412", "5b5b05890a5e13444e108efe57b788aa")


def _emnist() -> Iterator[KnownDataset]:
    # Split, training images, test images, classes, label of the first class: table II of the paper.
    for split, train, test, classes, first in (
        ("balanced", 112_800, 18_800, 47, 0),
        ("byclass", 697_932, 116_323, 62, 0),
        ("bymerge", 697_932, 116_323, 47, 0),
        ("digits", 240_000, 40_000, 10, 0),
        ("letters", 124_800, 20_800, 26, 1),
        ("mnist", 60_000, 10_000, 10, 0),
    ):
        for part, images in (("train", train), ("test", test)):
            stem = f"emnist-{split}-{part}"
            files = (f"{stem}-images-idx3-ubyte.gz", f"{stem}-labels-idx1-ubyte.gz")
            yield KnownDataset("emnist", f"{split}-{part}", images, classes, files, first_label=first, transposed=True)


KNOWN_DATASETS: tuple[KnownDataset, ...] = (
    KnownDataset(
        "mnist",
        "train",
        60_000,
        10,
        _TRAIN,
        _MNIST_MIRRORS,
        "edc0d1098aa497be14ace79ddd5171e5a3dcf9c4d196c015389203eb3ba1f59b",
    ),
    KnownDataset(
        "mnist",
        "test",
        10_000,
        10,
        _TEST,
        _MNIST_MIRRORS,
        "c3f9adf9c66efb572b1f9326c3a511b45910c7173b97be66ceceeeeaef6b802b",
    ),
    KnownDataset(
        "fashion-mnist",
        "train",
        60_000,
        10,
        _TRAIN,
        _FASHION_MIRRORS,
        "16d82e2b505296aa2b78bd5ea0992634f30419a4c97def7c907d154a35ac6157",
        system=_FASHION_SYSTEM,
    ),
    KnownDataset(
        "fashion-mnist",
        "test",
        10_000,
        10,
        _TEST,
        _FASHION_MIRRORS,
        "9f1ec356a747bfe4ebab3cfb722d3694c9ca737e2570f6f90cf31d7b6fd689d4",
        system=_FASHION_SYSTEM,
        parts=2,
    ),
    KnownDataset(
        "qmnist",
        "train",
        60_000,
        10,
        ("qmnist-train-images-idx3-ubyte.gz", "qmnist-train-labels-idx2-int.gz"),
        _QMNIST_MIRRORS,
        md5=("ed72d4157d28c017586c42bc6afe6370", "0058f8dd561b90ffdd0f734c6a30e5e4"),
    ),
    KnownDataset("qmnist", "test", 60_000, 10, _QMNIST_TEST, _QMNIST_MIRRORS, md5=_QMNIST_TEST_MD5),
    KnownDataset(
        "qmnist", "test10k", 10_000, 10, _QMNIST_TEST, _QMNIST_MIRRORS, md5=_QMNIST_TEST_MD5, rows=(0, 10_000)
    ),
    KnownDataset(
        "qmnist", "test50k", 50_000, 10, _QMNIST_TEST, _QMNIST_MIRRORS, md5=_QMNIST_TEST_MD5, rows=(10_000, None)
    ),
    KnownDataset(
        "qmnist",
        "nist",
        402_953,
        10,
        ("xnist-images-idx3-ubyte.xz", "xnist-labels-idx2-int.xz"),
        _QMNIST_MIRRORS,
        md5=("7f124b3b8ab81486c9d8c2749c17f834", "5ed0e788978e45d4a8bd4b7caec3d79d"),
    ),
    *_emnist(),
)


def known_dataset(name: str, split: str) -> KnownDataset:
    """Entry of the table of known data sets; InputError when there is none."""
    for known in KNOWN_DATASETS:
        if (known.name, known.split) == (name, split):
            return known
    listed = ", ".join(f"{known.name} {known.split}" for known in KNOWN_DATASETS)
    raise InputError(f"no data set {name!r} with split {split!r}; known are {listed}, and imagenet with any split")
