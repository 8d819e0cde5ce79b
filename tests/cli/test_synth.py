"""``cgplab synth`` and ``cgplab costs derive`` as a newcomer types them."""

import json
import shutil

import pytest

from cgplab.analysis import Frames
from cgplab.cli.synth import _print_many
from cgplab.figures import synthesis as figure
from cgplab.store import Store
from tests.cli.commands import cgplab
from tests.hardware.test_synthesis import LIBERTY

QUICK = ["evolve", "--model", "lenet5-qat", "--selection", "single_filter", "--grid", "3x4", "--generations", "300"]


@pytest.mark.skipif(
    shutil.which("yosys") is None or not LIBERTY.is_file(), reason="yosys or qflow-tech-osu018 is missing"
)
def test_a_lenet_circuit(tmp_path, own_store):
    assert cgplab(*QUICK).returncode == 0
    command = ["synth", "--batch", "last", "--liberty", LIBERTY, "--costs", "osu018"]
    done = cgplab(*command, "--json")
    assert done.returncode == 0, done.stderr
    ((run, result),) = json.loads(done.stdout).items()
    assert Store.open(own_store).find(run).synthesis() == {"osu018_stdcells": result}
    assert result["tied"]["cells"] == 0
    frame = Frames(Store.open(own_store))["synthesis"]
    assert len(frame) == 8  # four quantities, inputs as ports and tied
    assert figure.data(frame)["quantity"].nunique() == 4
    missing = cgplab(*command, PATH=str(tmp_path))
    assert (missing.returncode, missing.stdout) == (3, "")
    assert missing.stderr.strip().splitlines() == ["cgplab: yosys is not installed; install the package yosys"]


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["synth", "--liberty", "nowhere.lib"], ["--batch"]),
        (["costs", "derive", "--liberty", "nowhere.lib", "--out", "a.csv"], ["nowhere.lib"]),
        (["costs", "derive", "--liberty", "nowhere.lib", "--out", "a.txt"], [".csv"]),
    ],
)
def test_bad_input_is_one_line(arguments, words):
    result = cgplab(*arguments)
    assert (result.returncode, result.stdout) == (2, "")
    assert len(result.stderr.strip().splitlines()) == 1
    for word in words:
        assert word in result.stderr


def test_medians_of_many_are_over_the_runs_within_budget(capsys):
    def result(ratio):
        estimate = dict.fromkeys(("energy", "energy_per_op", "area", "delay"), 2.0)
        made = {**{name: ratio * value for name, value in estimate.items()}, "cells": 7}
        return {"library": "cells", "costs": "derived", "estimate": estimate, "ports": made, "tied": made}

    found = {f"RUN{i:05}": result(ratio) for i, ratio in enumerate((0.5, 0.7, 9.0))}
    _print_many(found, dict(zip(found, (True, True, False), strict=True)))
    told = capsys.readouterr().out
    assert "median over 2 of 3 runs within budget: energy per operation 0.6, area 0.6, delay 0.6" in told
    assert [line.split()[1] for line in told.splitlines() if "RUN" in line] == ["yes", "yes", "no"]
