import hashlib

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cgplab.errors import InputError
from cgplab.models import datasets, known_datasets
from cgplab.models.datasets import Dataset, load_dataset, load_dataset_file, load_images
from cgplab.models.known_datasets import KNOWN_DATASETS, KnownDataset
from cgplab.models.resized import Resized


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
    known = KnownDataset("tiny", "test", 300, 10, ("i.gz", "l.gz"), sha256=few.sha256)
    monkeypatch.setattr(known_datasets, "KNOWN_DATASETS", (known,))
    path = datasets.user_datasets() / known.file_names[0]
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
    names = [name for known in KNOWN_DATASETS for name in known.file_names]
    assert len(set(names)) == len(names)
    assert all(known.sha256 is None or len(known.sha256) == 64 for known in KNOWN_DATASETS)
    assert {known.name for known in KNOWN_DATASETS} == {"mnist", "fashion-mnist", "qmnist", "emnist"}
    assert {known.split for known in KNOWN_DATASETS if known.name == "qmnist"} >= {"test50k", "nist"}


def test_fashion_mnist_test_ships_in_two_parts():
    dataset = load_dataset("fashion-mnist", split="test")
    assert (len(dataset), dataset.classes, dataset.image) == (10_000, 10, (1, 28, 28))
    assert np.bincount(dataset.y).tolist() == [1000] * 10


def test_first_images_and_pixels_agree(few):
    part = few.first(7)
    np.testing.assert_array_equal(part.pixels(2, 5)[:, 0], few.x[2:5])
    assert len(few.first(10_000)) == 300
    assert part.labels.dtype == np.int64


@pytest.fixture
def pictures(tmp_path):
    """Three classes of coloured pictures of several shapes and formats."""
    from PIL import Image

    rng = np.random.default_rng(0)
    for label, name in enumerate(("n01", "n02", "n03")):
        (tmp_path / "val" / name).mkdir(parents=True)
        for index, size in enumerate([(40, 30), (30, 64), (16, 16)]):
            colours = np.full((size[1], size[0], 3), 60 * label + 40, np.uint8) + rng.integers(0, 9, 1, dtype=np.uint8)
            Image.fromarray(colours).save(tmp_path / "val" / name / f"{index}.{'png' if index else 'jpg'}")
    return tmp_path / "val"


def test_folder_of_pictures(pictures):
    folder = load_images(str(pictures), split="", side=24)
    assert (len(folder), folder.classes, folder.image) == (9, 3, (3, 24, 24))
    pixels = folder.pixels(0, 9)
    assert pixels.shape == (9, 3, 24, 24)
    assert pixels.dtype == np.uint8
    np.testing.assert_array_equal((pixels.mean((1, 2, 3)) - 40) // 60, folder.labels)
    assert len(folder.first(4)) == 4
    assert folder.sha256 != folder.first(4).sha256


def test_imagenet_lies_in_the_users_directory(pictures, user_directory):
    with pytest.raises(InputError, match=r"no folder .*imagenet.*one subfolder per class"):
        load_images("imagenet", split="val")
    place = user_directory / "datasets" / "imagenet"
    place.mkdir(parents=True)
    (place / "val").symlink_to(pictures)
    assert load_images("imagenet", split="val", side=8).image == (3, 8, 8)


def test_damaged_picture_is_named(pictures):
    broken = next(pictures.glob("*/*.png"))
    broken.write_bytes(b"no picture")
    with pytest.raises(InputError, match=broken.name):
        load_images(str(pictures), split="").pixels(0, 9)
    for path in pictures.glob("*/*"):
        path.unlink()
    with pytest.raises(InputError, match="holds no pictures"):
        load_images(str(pictures), split="")


@settings(deadline=None)  # the first call loads torch
@given(st.sampled_from([(1, 8, 8), (3, 8, 8), (3, 30, 20)]))
def test_resized_images_fit(few, image):
    resized = Resized(few.first(3), image)
    assert resized.pixels(0, 3).shape == (3, *image)
    assert abs(resized.pixels(0, 3).mean() - few.x[:3].mean()) < 8


def test_resizing_to_the_same_size_changes_nothing(few):
    np.testing.assert_array_equal(Resized(few, few.image).pixels(0, 5), few.pixels(0, 5))
