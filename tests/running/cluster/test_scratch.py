"""Copies of a run between a node's disk and the store."""

import os
import shutil

from cgplab.running.cluster.scratch import copy_run


def fill(directory, **files):
    directory.mkdir(exist_ok=True)
    for name, text in files.items():
        (directory / name.replace("__", ".")).write_text(text)


def test_only_what_differs_is_copied(tmp_path):
    here, there = tmp_path / "here", tmp_path / "there"
    fill(here, manifest__json="{}", status__json="1", progress__1__jsonl="a\n", lock="", control="stop")
    (here / ".status.json.x1").write_text("half")
    assert copy_run(here, there) == 3
    assert sorted(path.name for path in there.iterdir()) == ["manifest.json", "progress.1.jsonl", "status.json"]
    assert copy_run(here, there) == 0
    (here / "progress.1.jsonl").write_text("a\nb\n")
    assert copy_run(here, there) == 1
    assert (there / "progress.1.jsonl").read_text() == "a\nb\n"


def test_what_refers_to_other_files_is_never_newer_than_they(tmp_path, monkeypatch):
    here, there = tmp_path / "here", tmp_path / "there"
    fill(here, status__json="1", best__npz="b", progress__1__jsonl="a", checkpoint__npz="c")
    there.mkdir()
    read, put = [], []
    copy, replace = shutil.copy2, os.replace
    monkeypatch.setattr("shutil.copy2", lambda source, target: (read.append(source.name), copy(source, target)))
    monkeypatch.setattr("pathlib.Path.replace", lambda self, target: (put.append(target.name), replace(self, target)))
    copy_run(here, there)
    assert read[:2] == ["status.json", "checkpoint.npz"]
    assert sorted(read[2:]) == ["best.npz", "progress.1.jsonl"]
    assert put[-1] == "status.json"


def test_what_is_gone_goes(tmp_path):
    here, there = tmp_path / "here", tmp_path / "there"
    fill(here, status__json="1", progress__1__jsonl="a")
    copy_run(here, there)
    (there / "lock").touch()
    (here / "progress.1.jsonl").rename(here / "progress.parquet")
    copy_run(here, there)
    assert sorted(path.name for path in there.iterdir()) == ["lock", "progress.parquet", "status.json"]
