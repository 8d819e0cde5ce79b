"""Every file of a run and every field in it: a wrong value is one named damage of that run and hides no other.

The files and fields are taken from the schema itself, and a slow, obvious twin says what fits.
"""

import json
import os
import re
import shutil
import threading
import warnings

import numpy as np
import pytest
from msgspec import inspect
from typer.testing import CliRunner

from cgplab.analysis import Frames
from cgplab.cli import app
from cgplab.errors import InputError
from cgplab.figures import save_figure
from cgplab.files import write_npz
from cgplab.running import plan
from cgplab.running.execute import execute
from cgplab.store import Manifest, Status, Store, names
from cgplab.store.checksums import value_checksum
from cgplab.store.contents import Annotations, Checksums, Event, Metrics, ProgressRow, Synthesis
from cgplab.store.index import index_path
from cgplab.store.verify import verify_run
from tests.store.three_runs import three_runs

KINDS = {
    names.MANIFEST: Manifest,
    names.STATUS: Status,
    names.METRICS: Metrics,
    names.SYNTHESIS: Synthesis,
    names.ANNOTATIONS: Annotations,
    names.CHECKSUMS: Checksums,
    names.EVENTS: Event,
    names.attempt_file(1): ProgressRow,
}
CHECKED = (names.METRICS, names.SYNTHESIS, names.ANNOTATIONS, names.CHECKSUMS)
LISTED = (names.MANIFEST, names.STATUS, names.METRICS, names.ANNOTATIONS)
"""Files that the table of runs is made from."""
WRONG = [5, -1, 1.5, True, "x", "", "y" * 300, 10**30, 1e300, None, [], [[]], {}, {"z": 1}]
ACCURACY = {
    "top1": 99.0, "top5": 100.0, "loss": 0.1, "n": 10, "reference_top1": 99.5, "reference_loss": 0.1,
    "accuracy_loss": 0.5, "dataset_sha256": "0" * 64, "measured": "2026-01-01T00:00:00.000+00:00",
}  # fmt: skip
NETLIST = {**dict.fromkeys(("area", "delay", "power", "leakage", "energy_per_op", "energy"), 1.5), "cells": 3}
ESTIMATE = {"area": 1.0, "delay": 1.0, "energy": 1.0, "energy_per_op": None}
SYNTHESISED = {
    "library": "lib", "costs": "thesis45", "estimate": ESTIMATE, "ports": {**NETLIST, "recipe": "abc"},
    "tied": {**NETLIST, "recipe": "fa"},
}  # fmt: skip


@pytest.fixture(scope="module")
def template(tmp_path_factory):
    """A store with two finished runs and a pending one that has told rows; copied, never changed."""
    store = three_runs(tmp_path_factory.mktemp("template") / "s")
    runs = list(store.runs())
    for run in runs:
        run.write_metrics({"mnist/test": ACCURACY})
        run.write_synthesis({"lib": SYNTHESISED})
        run.annotate(add=("good",), note="a note")
        run.add_event("noted", attempt=1, reason="why")
    writer = runs[2].open_progress(1)
    writer.write([{**dict.fromkeys(ProgressRow.__annotations__), "generation": 1, "error": 9, "seconds": 0.5}])
    writer.close()
    return store


@pytest.fixture
def store(template, tmp_path):
    shutil.copytree(template.root, tmp_path / "s")
    return Store(tmp_path / "s")


def fits(info, value):
    """Whether a JSON value is of a type: the slow twin of the schema layer."""
    if isinstance(info, inspect.Metadata):
        return fits(info.type, value)
    if isinstance(info, inspect.UnionType):
        whole = type(value) is int and any(isinstance(part, inspect.IntType) for part in info.types)
        # A whole number is held against the range of whole numbers, even where others are allowed.
        return any(fits(part, value) for part in info.types if not (whole and isinstance(part, inspect.FloatType)))
    if isinstance(info, (inspect.IntType, inspect.FloatType)):
        numbers = (int,) if isinstance(info, inspect.IntType) else (int, float)
        return (
            type(value) in numbers and (info.ge is None or value >= info.ge) and (info.le is None or value <= info.le)
        )
    if isinstance(info, inspect.StrType):
        return (
            type(value) is str
            and (info.max_length is None or len(value) <= info.max_length)
            and (info.pattern is None or re.search(info.pattern, value) is not None)
        )
    if isinstance(info, inspect.BoolType):
        return type(value) is bool
    if isinstance(info, inspect.NoneType):
        return value is None
    if isinstance(info, inspect.EnumType):
        return value in [member.value for member in info.cls]
    if isinstance(info, inspect.LiteralType):
        return any(value == one and type(value) is type(one) for one in info.values)
    if isinstance(info, inspect.ListType):
        long_enough = info.min_length is None or (type(value) is list and len(value) >= info.min_length)
        return type(value) is list and long_enough and all(fits(info.item_type, item) for item in value)
    if isinstance(info, inspect.DictType):
        return type(value) is dict and all(
            fits(info.key_type, key) and fits(info.value_type, item) for key, item in value.items()
        )
    assert isinstance(info, (inspect.TypedDictType, inspect.DataclassType)), info
    fields = {field.name: field for field in info.fields}
    needed = {name for name, field in fields.items() if field.required}
    return (
        type(value) is dict
        and needed <= value.keys() <= fields.keys()
        and all(fits(fields[name].type, item) for name, item in value.items())
    )


def places(value, path=()):
    """Paths of everything within a value, itself first."""
    yield path
    if isinstance(value, dict):
        for name, item in value.items():
            yield from places(item, (*path, name))
    elif isinstance(value, list):
        for at, item in enumerate(value):
            yield from places(item, (*path, at))


def changed(value, path, new):
    """A copy with something else at a path."""
    if not path:
        return new
    copy = value.copy()
    copy[path[0]] = changed(value[path[0]], path[1:], new)
    return copy


def content(path):
    """What a file holds, without its checksum; the first line of files that have lines."""
    found = json.loads(path.read_text().splitlines()[0] if path.suffix == ".jsonl" else path.read_text())
    return found["content"] if path.name in CHECKED else found


def text_of(path, value):
    """Text of the file with such a content, its checksum made anew: a forger does the same."""
    if path.name in CHECKED:
        return json.dumps({"sha256": value_checksum(value), "content": value})
    return json.dumps(value) + "\n"


def reader(run, name):
    """How a file of a run is read."""
    return {
        names.MANIFEST: lambda: Manifest.read(run.directory / names.MANIFEST),
        names.STATUS: lambda: run.status,
        names.METRICS: run.metrics,
        names.SYNTHESIS: run.synthesis,
        names.ANNOTATIONS: run.annotations,
        names.CHECKSUMS: lambda: [damage for damage in verify_run(run) if damage.path.name == names.CHECKSUMS],
        names.EVENTS: run.events,
        names.attempt_file(1): run.progress,
    }[name]


def wrong_values(name, sound):
    """Every wrong value at every place of a content, and every field left out or added."""
    info = inspect.type_info(KINDS[name])
    for path in places(sound):
        inside = sound
        for step in path:
            inside = inside[step]
        candidates = [*WRONG]
        if isinstance(inside, dict):
            candidates += [{**inside, "stranger": [5]}]
            candidates += [{key: item for key, item in inside.items() if key != left} for left in inside]
        for new in candidates:
            value = changed(sound, path, new)
            yield path, value, fits(info, value)


@pytest.mark.parametrize("name", KINDS)
def test_every_field_is_strictly_typed(store, name):
    run = list(store.runs())[2]
    path = run.directory / name
    sound = content(path)
    assert fits(inspect.type_info(KINDS[name]), sound)
    read, refused = reader(run, name), 0
    for place, value, fine in wrong_values(name, sound):
        if name == names.CHECKSUMS and len(place) > 2:
            continue  # the status within has the schema of the status
        if name == names.EVENTS and not (isinstance(value, dict) and {"time", "event"} <= value.keys()):
            continue
        path.write_text(text_of(path, value))
        try:
            found = read()
        except InputError as error:
            ok, told = False, str(error)
        else:
            ok, told = name != names.CHECKSUMS or not found, str(path)
        assert str(path) in told
        assert told.isprintable()
        if name == names.MANIFEST and isinstance(value, dict) and value.get("schema") != 1:
            assert not ok  # another version, whatever its fields
            continue
        if name == names.EVENTS and place[:1] in (("time",), ("event",)):
            continue  # texts, which the type of a whole line cannot say
        assert ok == fine, (name, place, value)
        refused += not ok
    assert refused > 10


@pytest.mark.parametrize("name", KINDS)
def test_a_wrong_field_is_one_named_damage(store, name):
    runs = list(store.runs())
    run = runs[2]
    path = run.directory / name
    sound = content(path)
    seen = set()
    for number, (place, value, fine) in enumerate(wrong_values(name, sound)):
        if fine or place in seen or number % 3:
            continue
        seen.add(place)
        path.write_text(text_of(path, value))
        table = store.table()
        assert {found.path for found in verify_run(run)} == {path}, (place, value)
        assert set(table.damaged) == ({run.id} if name in LISTED else set()), (place, value)
        assert [row["id"] for row in table.rows][:2] == [other.id for other in runs[:2]]


@pytest.mark.parametrize("wiring", ["nearest", "evolved"])
def test_what_a_search_stores_fits_and_is_gone_on_with(tmp_path, wiring):
    from cgplab.running import Request

    request = Request(
        model="lenet5-qat", selection="single_filter", strategies=[0.0], grids=["3x4"], generations=10**12,
        wiring=wiring, stops={"energy": 0, "gate_count": 0, "error": 0},
    )  # fmt: skip
    store = Store(tmp_path / "s")
    (run,) = store.create_all(plan(request))
    stop = threading.Event()
    for _ in range(3):
        stop.clear()
        execute(run, stop, lambda *_: stop.set(), checkpoint_seconds=0.0)
        assert all((run.directory / name).is_file() for name in names.CHECKPOINTS[:1])
        assert store.verify() == []
    told = [event["event"] for event in run.events()]
    assert told.count("resumed") == 2
    assert not [event for event in told if "left out" in event]


def _text(name, old, new):
    def damage(directory):
        path = directory / name
        value = content(path)
        for key, item in {old: new}.items() if isinstance(old, str) else old.items():
            value[key] = item
        path.write_text(text_of(path, value))

    return name, damage


def _raw(name, make):
    def damage(directory):
        path = directory / name
        path.unlink(missing_ok=True)
        make(path)

    return name, damage


def _arrays(name, **arrays):
    def damage(directory):
        with np.load(directory / name) as found:
            write_npz(directory / name, {**found, **arrays})

    return name, damage


DAMAGES = {
    "brackets": _raw(names.ANNOTATIONS, lambda path: path.write_text("[" * 100_000)),
    "parameters": _text(names.MANIFEST, "parameters", 5),
    "strategy": _text(names.MANIFEST, "strategy", "x"),
    "energy": _text(names.STATUS, "energy", "abc"),
    "tags": _text(names.ANNOTATIONS, "tags", [[]]),
    "generation": _text(names.STATUS, "generation", 10**30),
    "metrics": _text(names.METRICS, "mnist/test", {}),
    "nan": _text(names.STATUS, "energy", float("nan")),
    "utf-8": _raw(names.STATUS, lambda path: path.write_bytes(b'{"state": "\xff"}')),
    "twice": _raw(names.STATUS, lambda path: path.write_text('{"state": "paused", "state": "paused"}')),
    "directory": _raw(names.METRICS, lambda path: path.mkdir()),
    "pipe": _raw(names.STATUS, os.mkfifo),
    "loop": _raw(names.MANIFEST, lambda path: path.symlink_to(path)),
    "device": _raw(names.ANNOTATIONS, lambda path: path.symlink_to("/dev/zero")),
    "large": _raw(names.STATUS, lambda path: os.truncate(os.open(path, os.O_CREAT | os.O_RDWR), 1 << 40)),
    "events": _raw(names.EVENTS, lambda path: path.write_text('{"time": [], "event": {}}\n')),
    "synthesis": _text(names.SYNTHESIS, "lib", {"costs": 1}),
    "sums": _text(names.CHECKSUMS, "files", {"../../../etc/passwd": "0" * 64}),
    "pins": _arrays(names.BEST, outputs=np.full(24, 10**6, dtype=np.int32)),
    "sizes": _arrays(names.BEST, geometry=np.full(6, 2**62)),
    "objects": _arrays(names.BEST, gates=np.zeros((12, 3))),
    "more": _arrays(names.WEIGHTS, stranger=np.zeros(3)),
    "history": _arrays(names.HISTORY, generation=np.array([-1])),
}


@pytest.mark.parametrize(("name", "damage"), DAMAGES.values(), ids=DAMAGES)
def test_one_bad_file_hides_nothing(store, name, damage):
    victim, other, _ = store.runs()
    damage(victim.directory)
    at = ["--store", str(store.root)]
    listed = CliRunner().invoke(app, ["runs", "list", "--json", *at])
    assert listed.exit_code == 0, listed.exception
    assert other.id in [row["id"] for row in json.loads(listed.stdout)]
    assert (victim.id in listed.stderr) == (name in LISTED)
    verified = {found.path.name for found in store.verify()}
    assert verified == {name}
    shown = CliRunner().invoke(app, ["runs", "show", victim.id, *at])
    assert shown.exception is None or isinstance(shown.exception, (SystemExit, InputError))
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        frames = Frames(store)
        for frame in ("runs", "progress", "accuracies", "gate_usage", "synthesis", "best"):
            assert other.id in set(frames[frame]["id"]), frame


def test_a_figure_goes_on(store, tmp_path):
    victim, other, _ = store.runs()
    DAMAGES["energy"][1](victim.directory)
    with pytest.warns(UserWarning, match=f"run {victim.id} left out"):
        frames = Frames(store)
    assert save_figure("convergence", frames["progress"], tmp_path / "out", ("svg",))
    assert list(frames["best"]["id"]) != []
    assert other.id in {run.id for run in frames.runs}


def test_a_corrupted_row_of_the_index_is_read_again(store):
    import sqlite3

    expected = store.table().rows
    for value in ("[" * 100_000, "5", '{"id": 5}', b"\xff", 7, None, json.dumps({**expected[0], "energy": "abc"})):
        for column in ("row", "metrics", "worker"):
            with sqlite3.connect(index_path(store.root)) as database:
                database.execute(f"UPDATE runs SET {column} = ? WHERE id = ?", (value, expected[0]["id"]))
            database.close()
            table = store.table()
            assert table.damaged == {}
            assert table.rows == expected
