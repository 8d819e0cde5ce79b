"""The store of :mod:`tests.sealed.every_kind` and its file, copied for each test."""

import shutil

import pytest

from cgplab.sealed import open_store
from cgplab.store import Store
from tests.sealed.every_kind import every_kind


@pytest.fixture(scope="session")
def template(tmp_path_factory):
    return every_kind(tmp_path_factory.mktemp("sealed"))


@pytest.fixture
def live(template, tmp_path):
    shutil.copytree(template.root, tmp_path / "s")
    return Store(tmp_path / "s")


@pytest.fixture
def path(template, tmp_path):
    return shutil.copy(template.path, tmp_path / "study.cgplab")


@pytest.fixture
def sealed(path):
    return open_store(path)
