"""``cgplab export`` as a newcomer types it."""

import json
import shutil

import numpy as np
import pytest

from tests.cli.commands import cgplab

QUICK = ["evolve", "--model", "lenet5-qat", "--selection", "single_filter", "--grid", "3x4", "--generations", "300"]


@pytest.fixture
def run(own_store):
    made = cgplab(*QUICK)
    assert made.returncode == 0, made.stderr
    return json.loads(cgplab("runs", "list", "--json").stdout)[0]["id"]


def test_every_format_is_written_and_proved(run, tmp_path, own_store):
    result = cgplab("export", run[-6:], "--format", "all", "--out", tmp_path / "out", "--name", "tiny")
    assert result.returncode == 0, result.stderr
    lines = result.stdout.strip().splitlines()
    assert len(lines) == 9 if shutil.which("neato") else 8
    proved = [line for line in lines if "verified with" in line and "1,024 random vectors" in line]
    assert {f"tiny{suffix}" for suffix in (".ll", "_numpy.py", "_sympy.py", ".tex", ".txt")} <= {
        line.split()[0].rsplit("/", 1)[-1] for line in proved
    }
    # The NumPy module alone gives the weights that the run has stored.
    module: dict = {}
    exec((tmp_path / "out" / "tiny_numpy.py").read_text(), module)
    stored = np.load(own_store / "runs" / run / "weights.npz")["outputs"]
    assert np.array_equal(module["infer"](module["KEPT"]), stored)


def test_a_missing_tool_is_one_line_and_exit_code_3(run, tmp_path):
    result = cgplab(
        "export", run, "--format", "verilog", "--format", "svg", "--format", "numpy", "--verify", "--out", tmp_path,
        PATH=str(tmp_path),
    )  # fmt: skip
    assert result.returncode == 3
    assert "not verified: iverilog is not installed" in result.stdout
    assert "verified with NumPy" in result.stdout
    assert result.stderr.strip().splitlines() == [
        "cgplab: no svg export: neato is not installed; install the package graphviz"
    ]
    relaxed = cgplab("export", run, "--format", "verilog", "--out", tmp_path, PATH=str(tmp_path))
    assert relaxed.returncode == 0


def test_bad_input_is_one_line(run, tmp_path):
    for arguments, word in (
        (["export", "NOPE"], "NOPE"),
        (["export", run, "--format", "vhdl"], "vhdl"),
        (["export", run, "--name", "2x"], "2x"),
    ):
        result = cgplab(*arguments, "--out", tmp_path)
        assert (result.returncode, result.stdout) == (2, "")
        assert len(result.stderr.strip().splitlines()) == 1
        assert word in result.stderr
