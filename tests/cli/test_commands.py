"""The commands as a newcomer types them, in processes of their own."""

import json
import shutil
import signal
import subprocess
import sys

import pytest

from cgplab.running import manager
from cgplab.store import State, Store
from tests.cli.commands import ROOT_COMMAND, cgplab
from tests.processes import started
from tests.waiting import SECONDS, until

FORMATS = ("png", "pdf", "svg")
QUICK = ["evolve", "--model", "lenet5-qat", "--selection", "single_filter", "--grid", "3x4", "--generations", "300"]


def test_from_evolution_to_figures(tmp_path, own_store):
    made = cgplab(*QUICK, "--strategy", 0, "--strategy", 5.5, "--runs", 2, "--seed", 1)
    assert made.returncode == 0, made.stderr
    measured = cgplab("metrics", "--batch", "last", "--json")
    assert measured.returncode == 0, measured.stderr
    rows = json.loads(measured.stdout)
    assert len(rows) == 4
    for row in rows:
        assert row["state"] == "finished"
        assert (row["model"], row["layer"], row["selection"], row["grid"]) == (
            "lenet5-qat",
            "conv1",
            "single_filter",
            "3x4",
        )
        assert row["accuracy_loss"] == pytest.approx(99.52 - row["accuracy"], abs=0.005)
        for name in ("id", "strategy", "seed", "generation", "error", "energy", "area", "delay", "gate_count"):
            assert row[name] is not None
    listed = json.loads(cgplab("runs", "list", "--json").stdout)
    assert [row["id"] for row in listed] == [row["id"] for row in rows]
    shown = json.loads(cgplab("runs", "show", rows[0]["id"][-9:], "--json").stdout)
    assert shown["circuit"].startswith("{9,16,4,3,2,4,1}")
    assert "missing weights" in cgplab("runs", "show", rows[0]["id"]).stdout
    one = cgplab("figures", "accuracy_loss", "--batch", "last", "--format", "png,pdf,svg", "--out", tmp_path / "one")
    assert one.returncode == 0, one.stderr
    assert {path.name for path in (tmp_path / "one").iterdir()} == {f"accuracy_loss.{e}" for e in (*FORMATS, "txt")}
    assert "within budget" in (tmp_path / "one" / "accuracy_loss.txt").read_text()
    drawn = cgplab("figures", "--batch", "last", "--format", "svg", "--out", tmp_path / "out")
    assert drawn.returncode == 0, drawn.stderr
    names = {path.stem for path in (tmp_path / "out").iterdir()}
    assert {"accuracy_loss", "missing_weights", "measures_by_strategy"} <= names
    assert "critical_difference left out" in drawn.stderr  # one layer only
    # A second batch does not disturb the first.
    assert cgplab(*QUICK, "--no-accuracy").returncode == 0
    assert len(json.loads(cgplab("runs", "list", "--json", "--batch", "last").stdout)) == 1
    assert len(json.loads(cgplab("runs", "list", "--json", "--batch", rows[0]["batch"]).stdout)) == 4


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["evolve", "--model", "resnet", "--selection", "layer_bypass"], ["resnet", "lenet5-qat"]),
        (["evolve", "--model", "lenet5-qat", "--selection", "bypass"], ["bypass", "layer_bypass"]),
        ([*QUICK[:4], "single_filter", "--layer", "conv5"], ["conv5", "conv1"]),
        ([*QUICK[:4], "single_filter", "--grid", "5by5"], ["5by5", "ROWSxCOLS"]),
        ([*QUICK, "--strategy", "-3"], ["-3", "at least 0"]),
        ([*QUICK, "--mutation-rate", "2"], ["2", "(0, 1]"]),
        ([*QUICK, "--children", "0"], ["children", "0"]),
        ([*QUICK, "--jobs", "0"], ["jobs", "0"]),
        ([*QUICK, "--runs", "many"], ["--runs", "integer"]),
        ([*QUICK, "--colour", "red"], ["--colour"]),
        (["evolve", "--model", "lenet5-qat"], ["--selection"]),
        (["dance"], ["dance"]),
        ([*QUICK, "--costs", "nowhere.csv"], ["nowhere.csv"]),
        (["runs", "show", "NOPE"], ["NOPE"]),
        (["runs", "list", "--batch", "last"], ["no runs yet"]),
        (["metrics"], ["no runs yet"]),
        (["metrics", "--dataset", "cifar"], ["no runs yet"]),
        (["figures"], ["no run"]),
        (["figures", "pie_chart"], ["pie_chart", "accuracy_loss"]),
        (["figures", "--format", "gif"], ["gif", "png"]),
        (["model", "layers", "nothing"], ["nothing", "lenet5-qat"]),
    ],
)
def test_bad_input_is_one_line_and_exit_code_2(arguments, words, own_store):
    result = cgplab(*arguments)
    assert result.returncode == 2
    assert result.stdout == ""
    lines = result.stderr.strip().splitlines()
    assert len(lines) == 1
    assert lines[0].startswith("cgplab: ")
    for word in words:
        assert word in lines[0]
    assert not (own_store / "runs").exists() or not list((own_store / "runs").iterdir())


def test_a_store_that_cannot_be_written(tmp_path):
    (tmp_path / "file").write_text("")
    result = cgplab(*QUICK, "--store", tmp_path / "file")
    assert result.returncode == 2
    assert "not a directory" in result.stderr
    result = cgplab(*QUICK, "--store", "/proc/cgplab")
    assert result.returncode == 2
    assert len(result.stderr.strip().splitlines()) == 1


def test_a_corrupt_model_is_named(tmp_path):
    path = tmp_path / "broken.npz"
    path.write_bytes(b"PK\x03\x04 not really")
    result = cgplab("evolve", "--model", path, "--selection", "layer_bypass")
    assert result.returncode == 2
    assert "broken.npz" in result.stderr
    assert "Traceback" not in result.stderr


def test_a_damaged_run_does_not_hide_the_others(own_store):
    assert cgplab(*QUICK, "--runs", 2).returncode == 0
    victim = sorted((own_store / "runs").iterdir())[0]
    (victim / "status.json").write_text("{")
    result = cgplab("runs", "list", "--json")
    assert result.returncode == 0
    assert len(json.loads(result.stdout)) == 1
    assert victim.name in result.stderr


@pytest.mark.parametrize("how", [signal.SIGINT, signal.SIGTERM])
def test_an_interruption_keeps_finished_runs(own_store, how):
    assert cgplab(*QUICK).returncode == 0
    command = [*ROOT_COMMAND, *QUICK[:-2], "--generations", 10**12, "--runs", 3]
    with started(*command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as process:
        until(lambda: State.RUNNING in [run.status.state for run in Store(own_store).runs()], "a run begins")
        process.send_signal(how)
        _, stderr = process.communicate(timeout=SECONDS)
    assert process.returncode == 130
    assert "Traceback" not in stderr
    states = sorted(row["state"] for row in json.loads(cgplab("runs", "list", "--json").stdout))
    assert states == ["finished", "killed", "killed", "killed"]


INTERRUPTED_EARLY = """
import os, signal, sys
from cgplab.__main__ import main

class Finder:
    def find_spec(self, name, *_):
        if name == "cgplab.cli.evolve":
            os.kill(os.getpid(), signal.SIGINT)

sys.meta_path.insert(0, Finder())
main()
"""


def test_an_interruption_while_the_program_is_loaded_is_one_line():
    command = [sys.executable, "-c", INTERRUPTED_EARLY, "selections"]
    result = subprocess.run(command, capture_output=True, text=True, check=False)
    assert (result.returncode, result.stdout, result.stderr) == (130, "", "cgplab: interrupted\n")


INTERRUPTED_AT_WORK = """
import os, signal
from cgplab.__main__ import main
from cgplab.study import comparing

comparing.compare_table = lambda *_, **__: os.kill(os.getpid(), signal.SIGINT)
main()
"""


def test_an_interruption_at_work_is_one_line(own_store):
    command = [sys.executable, "-c", INTERRUPTED_AT_WORK, "stats", "--study", "kernels", "--response", "energy"]
    result = subprocess.run(command, capture_output=True, text=True, check=False, cwd=own_store.parent)
    assert (result.returncode, result.stdout, result.stderr) == (130, "", "cgplab: interrupted\n")


@pytest.mark.parametrize("gone", ["the store", "its first run", "the files of its first run"])
def test_what_is_removed_under_a_search_stays_removed(own_store, gone):
    command = [*ROOT_COMMAND, *QUICK[:-2], "--generations", 10**12, "--stop", "gate_count=0", "--runs", 2, "--jobs", 1]
    with started(*command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as process:
        store = Store(own_store)
        until(lambda: State.RUNNING in [run.status.state for run in store.runs()], "a run begins")
        first, second = store.runs()
        removed = own_store if gone == "the store" else first.directory
        if gone == "the files of its first run":
            (first.directory / "manifest.json").unlink()
        else:
            aside = removed.with_name("aside") if gone == "the store" else own_store / "aside"
            removed.rename(aside)
            shutil.rmtree(aside)
        if gone != "the store":
            until(lambda: second.status.state is State.RUNNING, "the next run begins")
            manager.stop(second)
        _, stderr = process.communicate(timeout=SECONDS)
    assert process.returncode == 2
    assert f"cgplab: run {first.id} was removed before it ended" in stderr
    assert "Traceback" not in stderr
    if gone == "the files of its first run":
        shutil.rmtree(removed)
    assert not removed.exists()


def test_help_and_selections():
    assert "evolve" in cgplab("--help").stdout
    assert "layer_bypass" in cgplab("selections").stdout
