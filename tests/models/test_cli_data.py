import dataclasses

import numpy as np
from typer.testing import CliRunner

from cgplab.cli import data
from cgplab.errors import InputError
from cgplab.models import known_datasets
from cgplab.models.datasets import user_datasets
from cgplab.models.known_datasets import KNOWN_DATASETS


def run(*arguments):
    return CliRunner().invoke(data.app, [str(argument) for argument in arguments], env={"COLUMNS": "200"})


def test_fetch_without_network_is_one_line(monkeypatch):
    nowhere = tuple(dataclasses.replace(known, mirrors=("http://127.0.0.1:9/",)) for known in KNOWN_DATASETS)
    monkeypatch.setattr(known_datasets, "KNOWN_DATASETS", nowhere)
    result = run("fetch", "mnist")
    assert isinstance(result.exception, InputError)
    assert "--from train-images-idx3-ubyte.gz" in str(result.exception)
    assert "\n" not in str(result.exception)
    assert not user_datasets().exists()


def test_fetch_of_an_unknown_set():
    assert "known are mnist" in str(run("fetch", "cifar").exception)


def test_fetch_from_a_file_and_list(shared):
    assert "absent" in run("list").stdout
    result = run("fetch", "mnist", "--from", shared / "data" / "mnist_train.npz")
    assert result.exit_code == 0, result.output
    assert "60,000 images" in result.stdout
    listed = run("list").stdout
    lines = [line for line in listed.splitlines() if " mnist" in line and "emnist" not in line]
    assert len(lines) == 2
    assert all("genuine" in line for line in lines)


def test_list_tells_altered_and_damaged_files(few):
    path = user_datasets() / "mnist_train.npz"
    path.parent.mkdir(parents=True)
    np.savez(path, x=few.x, y=few.y)
    assert "altered" in run("list").stdout
    path.write_bytes(b"not an archive")
    assert "damaged" in run("list").stdout
