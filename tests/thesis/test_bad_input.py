"""Files that cannot be imported: one line that names the file, and nothing stored."""

import zipfile

import pytest

from tests.cli.commands import cgplab

STATISTICS = "train_statistics/fitness/statistics.1.csv"


def remove(name):
    return lambda path: (path / name).unlink()


def change(name, edit):
    def apply(path):
        file = path / name
        file.write_text(edit(file.read_text()))

    return apply


def line(number, edit):
    def apply(text):
        lines = text.splitlines(keepends=True)
        lines[number - 1] = edit(lines[number - 1])
        return "".join(lines)

    return apply


def cut_archive(path):
    file = path / STATISTICS
    packed = file.with_name(file.name + ".zip")
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.write(file, file.name)
    packed.write_bytes(packed.read_bytes()[:-30])
    file.unlink()


def corrupt_archive(path):
    file = path / STATISTICS
    packed = file.with_name(file.name + ".zip")
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_STORED) as archive:
        archive.write(file, file.name)
    packed.write_bytes(packed.read_bytes().replace(b"125019", b"125018", 1))
    file.unlink()


BAD = {
    "no config": (remove("train_cgp.config"), ["train_cgp.config"]),
    "no data": (remove("train.data"), ["train.data", "no such file"]),
    "no gate parameters": (remove("gate_parameters.txt"), ["gate_parameters.txt", "no such file"]),
    "no statistics": (remove(STATISTICS), ["statistics.RUN.csv"]),
    "config line": (change("train_cgp.config", line(3, lambda _: "nonsense\n")), ["train_cgp.config, line 3"]),
    "config number": (
        change("train_cgp.config", lambda text: text.replace("row_count: 5", "row_count: five")),
        ["train_cgp.config, line 7", "'five'"],
    ),
    "no threshold": (
        change("train_cgp.config", lambda text: text.replace("mse_threshold", "threshold")),
        ["train_cgp.config", "'mse_threshold'"],
    ),
    "two outputs per gate": (
        change("train_cgp.config", lambda text: text.replace("function_output_arity: 1", "function_output_arity: 2")),
        ["line 2", "one output per gate"],
    ),
    "short data": (change("train.data", line(1, lambda text: text.rpartition(" ")[0] + "\n")), ["line 1", "8 values"]),
    "data out of range": (change("train.data", lambda text: text.replace("120", "1200")), ["line 1", "1200"]),
    "data cut off": (change("train.data", lambda text: text.splitlines()[0]), ["train.data has 1 line;"]),
    "gate parameter": (
        change("gate_parameters.txt", line(2, lambda text: text.replace(" 0.66", " fast"))),
        ["gate_parameters.txt, line 2", "'fast'"],
    ),
    "few gate parameters": (
        change("gate_parameters.txt", lambda text: "".join(text.splitlines(keepends=True)[:20])),
        ["gate_parameters.txt", "20 lines"],
    ),
    "row cut off": (change(STATISTICS, lambda text: text[:-40]), ["statistics.1.csv, line 4", "cut off"]),
    "row cut off between values": (
        change(STATISTICS, lambda text: text[: text.rindex(',"')]),
        ["statistics.1.csv, line 4", "cut off"],
    ),
    "row too short": (
        change(STATISTICS, line(3, lambda text: text.replace("nan,", "", 1))),
        ["statistics.1.csv, line 3", "11 values"],
    ),
    "wrong header": (
        change(STATISTICS, lambda text: "run,generation,fitness\n" + text),
        ["statistics.1.csv, line 1", "'timestamp'"],
    ),
    "number": (change(STATISTICS, line(2, lambda text: text.replace("71233", "71z33"))), ["line 2", "'71z33'"]),
    "empty": (change(STATISTICS, lambda _: ""), ["statistics.1.csv", "no rows"]),
    "malformed chromosome": (
        change(STATISTICS, line(2, lambda text: text.replace("([10]", "([10", 1))),
        ["statistics.1.csv, line 2", "malformed chromosome"],
    ),
    "pin out of reach": (
        change(STATISTICS, line(3, lambda text: text.replace("([9]4,3,2)", "([9]40,3,2)"))),
        ["statistics.1.csv, line 3", "pin 40"],
    ),
    "chromosome of another problem": (
        change("train_cgp.config", lambda text: text.replace("col_count: 5", "col_count: 6")),
        ["statistics.1.csv, line 2", "5 columns", "6"],
    ),
    "archive cut off": (cut_archive, ["statistics.1.csv.zip", "archive"]),
    "archive damaged": (corrupt_archive, ["statistics.1.csv.zip", "damaged"]),
    "weights cut off": (
        change("weights/weights.1.txt", lambda text: text[: len(text) // 2]),
        ["weights.1.txt, line 1", "instead of 16"],
    ),
    "final circuit cut off": (
        change("cgp_configs/cgp.1.config", lambda text: text[: text.index("gate_count:")]),
        ["cgp.1.config, line 21", "gate_count"],
    ),
    "operator": (change("gate_statistics/statistics.1.1.txt", lambda text: "77: 1\n"), ["line 1", "'77'"]),
    "accuracy": (
        change("model_metrics/mnist.test.mse_3.02_5_5.1.csv", lambda text: text.replace("99.11", "good")),
        ["mnist.test.mse_3.02_5_5.1.csv, line 2", "'good'"],
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", BAD)
def test_bad_input_is_named_and_nothing_is_stored(experiment, own_store, name, capsys, monkeypatch):
    damage, words = BAD[name]
    damage(experiment)
    code, output = run_in_process(monkeypatch, capsys, "import-thesis", str(experiment))
    assert code == 2
    assert output.err.startswith("cgplab: ")
    assert output.err.count("\n") == 1
    for word in words:
        assert word in output.err
    assert not list(own_store.glob("runs/*"))


def test_command_in_a_process_of_its_own(experiment):
    clean = cgplab("import-thesis", experiment, "--check")
    assert clean.returncode == 0, clean.stderr
    assert "all logged values agree" in clean.stdout


def test_check_tells_by_its_exit_code(experiment, tmp_path, own_store, capsys, monkeypatch):
    def run(*arguments):
        return run_in_process(monkeypatch, capsys, "import-thesis", *map(str, arguments))

    assert run(experiment, "--check")[0] == 0
    assert "already imported" in run(experiment)[1].out
    change(STATISTICS, line(2, lambda text: text.replace("71233", "71234")))(experiment)
    code, output = run(experiment, "--check", "--dry-run")
    assert code == 1
    assert "statistics.1.csv, line 2: error is 71234, our core finds 71233" in output.out
    assert run(experiment, "--dry-run")[0] == 0
    assert run(tmp_path / "absent")[0] == 2
    assert len(list(own_store.glob("runs/*"))) == 1


def run_in_process(monkeypatch, capsys, *arguments):
    from cgplab import cli

    monkeypatch.setattr("sys.argv", ["cgplab", *arguments])
    with pytest.raises(SystemExit) as stop:
        cli.main()
    return stop.value.code or 0, capsys.readouterr()
