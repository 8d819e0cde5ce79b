import dataclasses
import hashlib

import numpy as np
import pytest

from cgplab.errors import InputError
from cgplab.models import datasets
from cgplab.models.datasets import Dataset, KnownDataset, load_dataset, load_dataset_file


def test_shipped_test_split_is_genuine(mnist_test):
    assert mnist_test.x.shape == (10_000, 28, 28)
    assert np.bincount(mnist_test.y).tolist() == [980, 1135, 1032, 1010, 982, 892, 958, 1028, 974, 1009]
    assert (mnist_test.name, mnist_test.split) == ("mnist", "test")


def test_training_split_of_the_table_is_genuine(shared):
    dataset = load_dataset_file(shared / "data" / "mnist_train.npz")
    assert (dataset.name, dataset.split, len(dataset.x)) == ("mnist", "train", 60_000)


def test_hash_covers_pixels_and_labels():
    x, y = np.arange(8, dtype=np.uint8).reshape(2, 2, 2), np.array([0, 1], np.uint8)
    assert Dataset(x, y, "a", "").sha256 == hashlib.sha256(bytes(range(8)) + b"\0\1").hexdigest()
    assert Dataset(x[:, ::-1], y, "a", "").sha256 != Dataset(x, y, "a", "").sha256


def test_absent_training_split_says_how_to_get_it():
    with pytest.raises(InputError, match="cgplab data fetch mnist"):
        load_dataset("mnist", split="train")


@pytest.mark.parametrize(("name", "split"), [("cifar", "test"), ("mnist", "validation")])
def test_unknown_data_set_lists_the_known(name, split):
    with pytest.raises(InputError, match="known are mnist train, mnist test"):
        load_dataset(name, split=split)


def test_altered_content_is_refused(monkeypatch, user_directory, few):
    known = KnownDataset("tiny", "test", 300, few.sha256, "i.gz", "l.gz")
    monkeypatch.setattr(datasets, "KNOWN_DATASETS", (known,))
    path = datasets.user_datasets() / known.file_name
    path.parent.mkdir(parents=True)
    np.savez(path, x=few.x, y=few.y)  # packed in another way than ours
    assert load_dataset("tiny", split="test").sha256 == few.sha256
    altered = few.x.copy()
    altered[0, 0, 0] ^= 1
    np.savez_compressed(path, x=altered, y=few.y)
    with pytest.raises(InputError, match="does not hold the test split of tiny"):
        load_dataset("tiny", split="test")


def test_any_file_may_be_read_under_its_own_name(few_file, few):
    dataset = load_dataset_file(few_file)
    assert (dataset.name, dataset.split, dataset.sha256) == ("few", "", few.sha256)


@pytest.mark.parametrize(
    ("x", "y", "message"),
    [
        (np.zeros((2, 4, 4)), np.zeros(2, np.uint8), "images .* must be uint8"),
        (np.zeros((2, 16), np.uint8), np.zeros(2, np.uint8), "images .* must be uint8"),
        (np.zeros((0, 4, 4), np.uint8), np.zeros(0, np.uint8), "n >= 1"),
        (np.zeros((2, 4, 4), np.uint8), np.zeros(3, np.uint8), "one per image"),
        (np.zeros((2, 4, 4), np.uint8), np.zeros(2), "labels .* must be uint8"),
    ],
)
def test_wrong_arrays(tmp_path, x, y, message):
    np.savez(tmp_path / "d.npz", x=x, y=y)
    with pytest.raises(InputError, match=message):
        load_dataset_file(tmp_path / "d.npz")


def test_file_without_the_arrays(tmp_path):
    np.savez(tmp_path / "d.npz", images=np.zeros(3))
    with pytest.raises(InputError, match="must hold the arrays x and y, but holds images"):
        load_dataset_file(tmp_path / "d.npz")


def test_known_files_have_distinct_names():
    assert len({known.file_name for known in datasets.KNOWN_DATASETS}) == len(datasets.KNOWN_DATASETS)
    assert all(dataclasses.is_dataclass(known) and len(known.sha256) == 64 for known in datasets.KNOWN_DATASETS)
