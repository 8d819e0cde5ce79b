"""Where studies are: hostile names and files, one holder at a time, and which was worked on last."""

import json
import os

import pytest

from cgplab.errors import InputError
from cgplab.store import Store
from cgplab.study.library import Library
from tests.study.studies import text_of


@pytest.fixture(autouse=True)
def no_examples(monkeypatch):
    """Only the store's own studies."""
    monkeypatch.setattr("cgplab.study.library.example_studies", dict)


@pytest.fixture
def library(own_store):
    found = Library(Store(own_store))
    found.add(text_of(), "small.toml")
    return found


def one_line(action, *arguments):
    with pytest.raises(InputError) as caught:
        action(*arguments)
    assert str(caught.value).isprintable()
    return str(caught.value)


@pytest.mark.parametrize("name", ["../x", "..", "", "latest", "all", "a/b", "x" * 300, ".lock", "\0", "kernels.toml"])
def test_hostile_names(library, name):
    before = sorted(library.store.root.rglob("*"))
    for action in (library.find, library.path, library.delete, library.check_there):
        assert "is not a valid study name" in one_line(action, name)
    assert sorted(library.store.root.rglob("*")) == before


def test_names_that_nothing_has(library, tmp_path):
    assert one_line(library.find, "other") == f"no study other in {library.store.root}; there are: kernels"
    empty = Library(Store(tmp_path / "nothing"))
    assert empty.names() == [] == empty.entries()
    assert "there are none yet; make one with: cgplab study new" in one_line(empty.find, "other")
    assert not empty.store.root.exists()


def test_files_of_other_names_unreadable_ones_and_what_are_no_files(library):
    place = library.directory
    (place / "other.toml").write_bytes(text_of())
    (place / "broken.toml").write_text("name =")
    (place / "folder.toml").mkdir()
    os.mkfifo(place / "pipe.toml")
    (place / "dangling.toml").symlink_to(place / "nowhere")
    (place / "loop.toml").symlink_to(place / "loop.toml")
    (place / "linked.toml").symlink_to(place / "kernels.toml")
    (place / "huge.toml").write_bytes(b"#" * ((1 << 20) + 1))
    for ignored in ("all.toml", "a b.toml", ".hidden.toml", "notes.txt", "ü.toml"):
        (place / ignored).write_bytes(text_of())
    told = {entry.name: entry.complaint for entry in library.entries()}
    assert list(told) == sorted(["kernels", "other", "broken", "folder", "pipe", "dangling", "loop", "linked", "huge"])
    assert told.pop("kernels") == ""
    words = {
        "other": "it names its study 'kernels'; rename the file or the study",
        "linked": "it names its study 'kernels'",
        "broken": "is not readable TOML",
        "folder": "not a regular file",
        "pipe": "not a regular file",
        "dangling": "no such file",
        "loop": "symbolic links",
        "huge": "more than the 1,048,576 bytes",
    }
    for name, line in told.items():
        assert words[name] in line
        assert line.isprintable()
        assert one_line(library.find, name) == line


@pytest.mark.parametrize("there", ["folder", "other study"])
def test_what_is_there_is_not_overwritten(library, there):
    path = library.path("kernels")
    if there == "folder":
        path.unlink()
        path.mkdir()
        assert "not a regular file" in one_line(library.add, text_of(), "small.toml")
    else:
        line = one_line(library.add, text_of(question="Another?"), "small.toml")
        assert "there is another study kernels" in line
        assert path.read_bytes() == text_of()
    assert sorted(os.listdir(library.directory)) == [".kernels.lock", "kernels.toml", "latest.json"]


def test_the_same_file_again_is_no_other_study(library):
    assert library.add(text_of(), "small.toml") == library.find("kernels")


def test_a_study_is_removed_readable_or_not_and_leaves_nothing(library):
    library.path("kernels").write_text("broken")
    library.delete("kernels")
    assert os.listdir(library.directory) == ["latest.json"]
    assert library.latest() is None
    assert "no study kernels" in one_line(library.delete, "kernels")


def test_one_at_a_time_holds_a_study(library):
    with library.held("kernels"):
        for action in (library.delete, lambda _: library.add(text_of(), "small.toml")):
            assert "study kernels is being carried out by another process" in one_line(action, "kernels")
        library.add(text_of(name="other"), "other.toml")
    library.delete("kernels")


@pytest.mark.parametrize(
    "content",
    [
        "", "{", "[]", "null", '{"study": "kernels"}', '{"study": 5, "at": "2026-01-01T00:00:00"}',
        '{"study": "../kernels", "at": "2026-01-01T00:00:00"}', '{"study": "gone", "at": "2026-01-01T00:00:00"}',
        '{"study": "kernels", "at": "soon"}', '{"study": "kernels", "at": "2026-01-01T00:00:00", "more": 1}',
    ],
)  # fmt: skip
def test_a_damaged_note_of_the_latest_counts_as_none(library, content):
    assert library.latest()[0] == "kernels"
    (library.directory / "latest.json").write_text(content)
    assert library.latest() is None
    library.set_latest("kernels")
    assert library.latest()[0] == "kernels"
    assert json.loads((library.directory / "latest.json").read_text())["study"] == "kernels"


def test_a_file_in_the_place_of_the_directory(own_store):
    own_store.mkdir()
    library = Library(Store(own_store))
    library.directory.write_text("")
    assert f"cannot read {library.directory}" in one_line(library.names)
    assert f"cannot write {library.directory}" in one_line(library.add, text_of(), "small.toml")


def test_a_directory_that_cannot_be_written(read_only):
    library = Library(Store(read_only))
    assert "cannot be written" in one_line(library.add, text_of(), "small.toml")
    assert os.listdir(read_only) == []


def test_a_study_that_ships_is_the_latest_of_a_store_that_is_not_there_yet(tmp_path):
    library = Library(Store(tmp_path / "new"))
    library.set_latest("mobilenet")
    assert "mobilenet" in (library.directory / "latest.json").read_text()
