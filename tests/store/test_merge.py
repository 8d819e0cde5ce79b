"""Only sound runs come in from elsewhere, and they never push a sound one out."""

import importlib
import json
import os
import shutil
import tarfile
from dataclasses import asdict, replace

import numpy as np
import pytest

from cgplab.cgp.kernels.layout import GENERATION, N_COUNTERS
from cgplab.cli import main
from cgplab.errors import InputError
from cgplab.files import write_json
from cgplab.schema import read_json
from cgplab.store import Run, State, Store
from cgplab.store.checksums import write_checked_json
from cgplab.store.export import export_runs
from cgplab.store.locks import is_held
from cgplab.store.names import (
    ANNOTATIONS,
    BEST,
    CHECKPOINTS,
    CHECKSUMS,
    EVENTS,
    MANIFEST,
    METRICS,
    PROGRESS,
    RESULT,
    SEALED,
    STATUS,
    SYNTHESIS,
    TRANSIENT,
    WEIGHTS,
)
from cgplab.store.trash import put_into_trash
from cgplab.system_errors import explained

merging = importlib.import_module("cgplab.store.merge")


def flip(path):
    data = bytearray(path.read_bytes())
    data[len(data) // 2] ^= 4
    path.write_bytes(data)


def edited(name, **changes):
    def change(run):
        write_json(run.directory / name, {**read_json(run.directory / name), **changes})

    change.__name__ = f"{name} {' '.join(changes)}"
    return change


def named(name, how):
    def change(run):
        how(run.directory / name)

    change.__name__ = f"{name} {how.__name__}"
    return change


def raised_and_flipped(run):
    edited(STATUS, generation=10**6)(run)
    flip(run.directory / BEST)


def emptied_seal(run):
    sealed = json.loads((run.directory / CHECKSUMS).read_text())["content"]
    write_checked_json(run.directory / CHECKSUMS, {**sealed, "files": {}})


DAMAGES = [
    *(named(name, how) for name in (*SEALED, CHECKSUMS, STATUS) for how in (flip, os.remove)),
    edited(STATUS, generation=10**6),
    edited(STATUS, state="killed", generation=10**6, reason="interrupted"),
    edited(MANIFEST, seed=8),
    raised_and_flipped,
    emptied_seal,
]


def contents(run):
    return {path.name: path.read_bytes() for path in run.directory.iterdir() if path.name not in TRANSIENT}


@pytest.mark.parametrize("packed", [False, True])
@pytest.mark.parametrize("damage", DAMAGES, ids=lambda damage: damage.__name__)
def test_a_damaged_copy_is_refused_and_changes_nothing_here(mixed, mixed_template, tmp_path, damage, packed):
    run = next(mixed_template.runs())
    theirs = Run(mixed.runs_directory / run.id)
    theirs.annotate(add=("theirs",), note="of a damaged copy")
    damage(theirs)
    source = mixed.root
    if packed:
        export_runs([theirs], tmp_path / "runs.tar.gz")
        source = tmp_path / "runs.tar.gz"
    for here in (Store(tmp_path / "with"), Store(tmp_path / "without")):
        if here.root.name == "with":
            shutil.copytree(run.directory, here.runs_directory / run.id)
        before = {run.id: contents(run) for run in here.runs()}
        merged = here.merge(source)
        assert list(merged.refused) == [run.id], merged.refused
        assert {run.id: contents(run) for run in here.runs() if run.id in before} == before
        assert (here.runs_directory / run.id).exists() == (run.id in before)
        assert not merged.updated
        assert not list(here.root.glob(".new-*"))
        assert here.verify() == []


def test_a_damaged_word_of_theirs_is_not_taken(mixed, mixed_template, tmp_path):
    run = next(mixed_template.runs())
    here = Store(tmp_path / "here")
    shutil.copytree(run.directory, here.runs_directory / run.id)
    theirs = Run(mixed.runs_directory / run.id)
    theirs.write_metrics({"mnist/test": {"top1": 1.0}})
    flip(theirs.directory / BEST)
    assert run.id in here.merge(mixed.root).refused
    assert Run(here.runs_directory / run.id).metrics() == {}


def spoils_the_result(damage):
    """Whether a damage changes the circuit or the weights."""
    return any(damage.__name__.startswith(name) for name in RESULT) or damage is raised_and_flipped


@pytest.mark.parametrize("damage", DAMAGES, ids=lambda damage: damage.__name__)
def test_a_run_that_is_damaged_here_is_healed(mixed, mixed_template, damage):
    run = next(mixed.runs())
    sound = contents(Run(mixed_template.runs_directory / run.id))
    run.annotate(add=("mine",), note="kept")
    run.write_metrics({"mnist/test": {"top1": 0.5, "measured": "2026-01-01T00:00:00.000+00:00"}})
    damage(run)
    if damage.__name__ == "manifest.json seed":
        # What it was sealed with tells that the copy is the same run.
        assert Run(run.directory).manifest.seed == 8
    merged = mixed.merge(mixed_template.root)
    assert (merged.healed, merged.refused, merged.updated) == ([run.id], {}, [])
    healed = Run(run.directory)
    assert {name: data for name, data in contents(healed).items() if name in sound} == sound
    assert (healed.tags, healed.note) == (["mine"], "kept")
    # Measurements made with another circuit or other weights do not hold for the copy.
    assert bool(healed.metrics()) != spoils_the_result(damage)
    assert mixed.verify() == []


def test_unsealed_runs_are_taken(mixed, tmp_path):
    here = Store(tmp_path / "here")
    stopped, pending = list(mixed.runs())[2:]
    for state in (State.PAUSED, State.RUNNING, State.KILLED, State.FAILED, State.CRASHED):
        stopped.write_status(replace(stopped.status, state=state))
        shutil.rmtree(here.root, ignore_errors=True)
        assert set(here.merge(mixed.root).added) >= {stopped.id, pending.id}
        assert here.verify() == []
    # A checkpoint that cannot be read is damage, told with its name.
    path = stopped.directory / CHECKPOINTS[0]
    os.truncate(path, path.stat().st_size // 2)
    shutil.rmtree(here.root)
    refused = here.merge(mixed.root).refused
    assert list(refused) == [stopped.id]
    assert CHECKPOINTS[0] in refused[stopped.id]


def test_a_raised_generation_beside_an_older_checkpoint_does_not_count(mixed, mixed_template):
    """What an unfinished run would go on from tells how far it has gone, not what its status says."""
    from cgplab.store.checkpoints import checkpoint_generation

    ours = next(run for run in mixed_template.runs() if checkpoint_generation(run.directory))
    here, there = Store(mixed.root / "here"), Store(mixed.root / "there")
    for store in (here, there):
        shutil.copytree(ours.directory, store.runs_directory / ours.id)
    theirs = Run(there.runs_directory / ours.id)
    edited(STATUS, generation=10**15)(theirs)
    before = contents(Run(here.runs_directory / ours.id))
    found = here.merge(there.root)
    assert (found.updated, found.added) == ([], [])
    assert contents(Run(here.runs_directory / ours.id)) == before


def test_a_checkpoint_that_no_search_has_written_is_damage(mixed, mixed_template):
    stopped = list(mixed.runs())[2]
    for name in CHECKPOINTS:
        if (stopped.directory / name).is_file():
            counters = np.zeros(N_COUNTERS, np.int64)
            counters[GENERATION] = 10**15
            np.savez(stopped.directory / name, **{"kernel.counters": counters})
    assert {found.path.name for found in mixed.verify()} <= set(CHECKPOINTS)
    here = Store(mixed.root.parent / "here")
    shutil.copytree(mixed_template.root, here.root)
    before = contents(Run(here.runs_directory / stopped.id))
    assert "checksum" in here.merge(mixed.root).refused[stopped.id]
    assert contents(Run(here.runs_directory / stopped.id)) == before


def test_nobody_finishes_a_merge_that_goes_on(mixed, mixed_template, monkeypatch):
    here = Store(mixed.root.parent / "here")
    shutil.copytree(mixed_template.root, here.root)
    run = next(here.runs())
    flip(run.directory / BEST)
    seen = []

    def looked(root, directory):
        seen.append(is_held(root / merging._LOCK))
        return put_into_trash(root, directory)

    monkeypatch.setattr(merging, "put_into_trash", looked)
    assert here.merge(mixed.root).healed == [run.id]
    assert seen == [True]
    assert not is_held(here.root / merging._LOCK)


def test_a_run_that_cannot_be_replaced_stays(mixed, mixed_template, monkeypatch):
    here = Store(mixed.root.parent / "here")
    shutil.copytree(mixed_template.root, here.root)
    run = next(here.runs())
    flip(run.directory / BEST)
    before, rename = contents(run), os.rename

    def failing(source, target):
        if "incoming" in str(source):
            raise OSError(5, "Input/output error")
        rename(source, target)

    monkeypatch.setattr(merging.os, "rename", failing)
    assert "cannot be put into its place" in here.merge(mixed.root).refused[run.id]
    assert contents(run) == before


def test_odd_leftovers_of_a_merge_are_removed(mixed, tmp_path):
    run = next(mixed.runs())
    incoming = mixed.root / "incoming"
    incoming.mkdir()
    (incoming / ("0" * 26)).symlink_to("/")
    (incoming / ("1" * 26)).write_text("")
    (incoming / run.id).mkdir()
    (mixed.root / ".new-x").symlink_to("/nowhere")
    before = [found.id for found in mixed.runs()]
    table = mixed.reindex()
    assert [found.id for found in table.runs] == before
    assert table.damaged == {}


def test_a_generation_without_anything_to_show_for_it_does_not_count(mixed, mixed_template):
    stopped, pending = list(mixed.runs())[2:]
    for run in (stopped, pending):
        write_json(run.directory / STATUS, {**asdict(run.status), "generation": 10**9})
    for name in CHECKPOINTS:
        (stopped.directory / name).unlink()
    here = Store(mixed.root.parent / "here")
    shutil.copytree(mixed_template.root, here.root)
    merged = here.merge(mixed.root)
    assert (merged.updated, merged.refused) == ([], {})
    assert Run(here.runs_directory / stopped.id).status.generation < 10**6


def test_a_run_that_is_worked_on_is_not_replaced_even_if_it_looks_damaged(mixed, mixed_template):
    run = next(mixed.runs())
    flip(run.directory / WEIGHTS)
    with run.claimed():
        merged = mixed.merge(mixed_template.root)
    assert merged.healed == []
    assert len(mixed.verify()) == 1


@pytest.mark.parametrize("kind", ["link", "linked file", "device"])
def test_links_and_devices_are_no_files_of_a_run(mixed, tmp_path, kind):
    run = next(mixed.runs())
    victim = run.directory / PROGRESS
    victim.unlink()
    if kind == "device":
        os.mkfifo(victim)
    else:
        victim.symlink_to("/dev/zero" if kind == "link" else "/etc/hostname")
    refused = Store(tmp_path / "here").merge(mixed.root).refused
    assert "neither a file nor a directory" in refused[run.id]


@pytest.mark.parametrize("kind", ["file", "directory"])
def test_a_file_that_no_run_has_is_named_and_not_taken(mixed, tmp_path, kind):
    run, *others = mixed.runs()
    stranger = run.directory / "install.sh"
    stranger.mkdir() if kind == "directory" else stranger.write_text("rm -rf ~")
    with tarfile.open(tmp_path / "runs.tar.gz", "w:gz") as archive:
        archive.add(mixed.runs_directory, "runs")
    for number, source in enumerate((mixed.root, tmp_path / "runs.tar.gz")):
        merged = Store(tmp_path / f"here{number}").merge(source)
        assert "'install.sh' does not belong to a run; remove it" in merged.refused[run.id]
        assert len(Store(tmp_path / f"here{number}").table().rows) == len(others)
    export_runs([run], tmp_path / "exported.tar.gz")
    assert Store(tmp_path / "here0").merge(tmp_path / "exported.tar.gz").added == [run.id]


@pytest.mark.parametrize("name", [METRICS, SYNTHESIS, ANNOTATIONS, EVENTS])
def test_healing_keeps_the_sound_files_beside_a_damaged_one(mixed, mixed_template, name):
    run = next(mixed.runs())
    run.annotate(add=("mine",))
    run.write_metrics({"mnist/test": {"top1": 0.5, "measured": "2026-01-01T00:00:00.000+00:00"}})
    (run.directory / name).write_text('{"a": 1}\n{"b": 2}\n')
    assert mixed.merge(mixed_template.root).healed == [run.id]
    assert (run.tags == ["mine"]) == (name != ANNOTATIONS)
    assert bool(run.metrics()) == (name != METRICS)
    assert mixed.verify() == []


def test_a_run_without_a_manifest_or_with_another_name_is_named(mixed, tmp_path):
    first, second, *_ = mixed.runs()
    (first.directory / MANIFEST).unlink()
    other = second.directory.with_name("<img src=x>")
    second.directory.rename(other)
    refused = Store(tmp_path / "here").merge(mixed.root).refused
    assert list(refused) == [first.id, other.name] or list(refused) == [other.name, first.id]


def test_the_command_tells_and_its_exit_code_too(mixed, mixed_template, tmp_path, capsys, monkeypatch):
    def cgplab(*arguments):
        monkeypatch.setattr("sys.argv", ["cgplab", "runs", "merge", *map(str, arguments)])
        with pytest.raises(SystemExit) as ended:
            main()
        return ended.value.code or 0, capsys.readouterr()

    first = next(mixed.runs())
    flip(first.directory / BEST)
    code, told = cgplab(mixed.root, "--store", tmp_path / "here")
    assert code == 1
    assert "3 added, 0 updated, 0 unchanged" in told.out
    assert f"run {first.id} left out: it is damaged there: best.npz: altered" in told.err
    code, told = cgplab(mixed_template.root, "--store", mixed.root)
    assert code == 0
    assert "0 added, 0 updated, 1 healed, 3 unchanged" in told.out
    assert f"run {first.id} was damaged here" in told.out
    assert json.loads((first.directory / STATUS).read_text())["state"] == "finished"


def test_words_and_measurements_of_both_sides_stay(mixed, mixed_template, tmp_path):
    run = next(mixed.runs())
    here = Store(tmp_path / "here")
    shutil.copytree(mixed_template.root, here.root)
    ours = Run(here.runs_directory / run.id)
    ours.annotate(add=("ours",))
    run.annotate(add=("theirs",), note="look")
    run.write_metrics({"mnist/test": {"top1": 0.5, "measured": "2026-01-01T00:00:00.000+00:00"}})
    measures = {"area": 1.0, "delay": 0.5, "energy": 0.25, "energy_per_op": 0.1}
    netlist = {**measures, "power": 0.5, "leakage": 0.1, "cells": 3, "recipe": "area"}
    synthesis = {"library": "osu018", "costs": "osu018", "estimate": measures, "ports": netlist, "tied": netlist}
    run.write_synthesis({"osu018": synthesis})
    assert here.merge(mixed.root).updated == [run.id]
    assert (ours.tags, ours.note) == (["ours", "theirs"], "look")
    assert ours.metrics() == run.metrics()
    assert ours.synthesis() == run.synthesis()
    assert here.merge(mixed.root).updated == []


def test_a_store_that_cannot_be_read_is_told(mixed, tmp_path, monkeypatch):
    def fails(*_args, **_options):
        raise OSError(5, "Input/output error", "x")

    monkeypatch.setattr("cgplab.store.incoming.shutil.copy2", fails)
    refused = Store(tmp_path / "here").merge(mixed.root).refused
    assert len(refused) == 4
    assert all("Input/output error" in reason for reason in refused.values())
    with pytest.raises(InputError):
        Store(tmp_path / "here").merge(tmp_path / "nowhere")


def test_a_full_disk_ends_a_merge_at_once(mixed, tmp_path, monkeypatch):
    tried = []

    def full(root, run, merged):
        tried.append(run)
        raise explained(f"cannot write {root}", OSError(28, "No space left on device")) from OSError(28, "")

    monkeypatch.setattr(merging, "_merge_run", full)
    with pytest.raises(InputError, match="No space left on device; free some space"):
        Store(tmp_path / "target").merge(mixed.root)
    assert len(tried) == 1
