"""Commands that read take a sealed study for a store; those that write say where its runs can be changed."""

import json
import sys
import warnings

import pytest

from cgplab.cli import main
from cgplab.sealed import open_store
from cgplab.store import Store

READING = {
    "list": ["runs", "list", "--json"],
    "show": ["runs", "show", "{run}", "--json"],
    "note": ["runs", "note", "{run}"],
    "verify": ["runs", "verify"],
    "table": ["runs", "export", "{out}/runs.csv"],
    "export": ["export", "{run}", "--format", "verilog", "--no-verify", "--out", "{out}"],
    "figures": ["figures", "pareto", "--format", "svg", "--out", "{out}"],
    "compression": ["compression", "{run}", "--json"],
}
WRITING = {
    "evolve": ["evolve", "--model", "lenet5-qat", "--selection", "layer_bypass", "--strategy", "0"],
    "tag": ["runs", "tag", "{run}", "x"],
    "note": ["runs", "note", "{run}", "x"],
    "delete": ["runs", "delete", "{run}", "--yes"],
    "reindex": ["runs", "reindex"],
    "merge": ["runs", "merge", "{out}"],
    "archive": ["runs", "export", "{out}/runs.tar.gz"],
    "resume": ["resume", "all"],
    "compression": ["compression", "{run}", "--accuracy"],
    "synth": ["synth", "{run}", "--liberty", "x.lib"],
    "sensitivity": ["model", "sensitivity", "lenet5-qat"],
}


@pytest.fixture
def command(path, tmp_path, monkeypatch, capsys):
    """Run a command over the sealed study: exit code, output, errors."""
    places = {"run": list(open_store(path).runs())[1].id, "out": str(tmp_path)}

    def call(words):
        monkeypatch.setattr(sys, "argv", ["cgplab", *(word.format(**places) for word in words), "--store", str(path)])
        monkeypatch.setattr(warnings, "showwarning", warnings.showwarning)
        with pytest.raises(SystemExit) as ended:
            main()
        return ended.value.code or 0, *capsys.readouterr()

    return call


@pytest.mark.parametrize("name", READING)
def test_reading(command, sealed, name):
    code, out, err = command(READING[name])
    # Figures say whose runs they show.
    assert (code, err) == (0, "" if name != "figures" else f"all 3 runs of {sealed.root}: 3 runs\n")
    if name == "list":
        assert json.loads(out) == sealed.table().rows
    if name == "show":
        assert json.loads(out)["directory"] == str(sealed.root)
    if name == "verify":
        assert out == "3 runs, no damage\n"


@pytest.mark.parametrize("name", WRITING)
def test_writing(command, sealed, name):
    before = sealed.root.read_bytes()
    code, out, err = command(WRITING[name])
    assert (code, out) == (2, "")
    place = sealed.root
    assert err.endswith(
        f"{place} is sealed and read-only; copy the runs into a store with: cgplab runs merge {place}\n"
    )
    assert err.count("\n") == 1
    assert sealed.root.read_bytes() == before


def test_damage(command, path):
    data = bytearray(path.read_bytes())
    data[data.find(b"circuits.parquet") + 40] ^= 1
    path.write_bytes(data)
    code, out, err = command(["runs", "verify"])
    assert code == 1
    assert out == f"{path}/circuits.parquet: is damaged: its checksum does not match; copy or seal it again\n"
    assert err == "1 damaged file\n"
    assert command(["runs", "list"])[0] == 0
    path.write_bytes(data[:-5])
    code, out, err = command(["runs", "verify"])
    assert (code, out, err.count("\n")) == (2, "", 1)


def test_stats_takes_it_for_a_store(command, sealed):
    code, out, err = command(["stats", "--response", "accuracy"])
    assert (code, out) == (2, "")
    assert "sealed" not in err  # one run alone was measured: nothing to compare, wherever it is stored


def test_merge_and_back(path, tmp_path, monkeypatch, capsys):
    target = tmp_path / "target"
    for told in ("3 added, 0 updated, 0 unchanged\n", "0 added, 0 updated, 3 unchanged\n"):
        monkeypatch.setattr(sys, "argv", ["cgplab", "runs", "merge", str(path), "--store", str(target)])
        with pytest.raises(SystemExit) as ended:
            main()
        assert not ended.value.code
        assert capsys.readouterr().out == told
    assert Store(target).verify() == []


def test_dashboard_opens_nothing_else(path, monkeypatch, capsys):
    for words in (["--open", str(path), "--store", "x"], ["--open", str(path.parent)], ["--open", f"{path}.zip"]):
        monkeypatch.setattr(sys, "argv", ["cgplab", "dashboard", *words])
        with pytest.raises(SystemExit) as ended:
            main()
        assert ended.value.code == 2
        assert "--open needs the file of a sealed study" in capsys.readouterr().err
