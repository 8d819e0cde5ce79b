"""``cgplab study``: from a file to a finished experiment, whatever happens on the way."""

import json
import os
import signal
import subprocess

import pytest

import cgplab.cli.study as module
from cgplab.running.cluster.submission import find_submission
from cgplab.store import State, Store
from cgplab.store.locks import is_held
from cgplab.study.library import Library
from cgplab.study.sealed_studies import example_studies
from tests.cli.commands import ROOT_COMMAND
from tests.processes import started
from tests.study.studies import design_of, fill, stand, text_of
from tests.waiting import SECONDS, until

NEW = ["study", "new", "--model", "lenet5-qat", "--question", "Which strategy?", "--selection"]
SMALL = [*NEW, "single_filter", "--grid", "3x4", "--strategy", 0, "--strategy", 5, "--seeds", "1-2", "--generations"]


@pytest.fixture
def store(own_store):
    return Store(own_store)


@pytest.fixture
def library(store):
    found = Library(store)
    found.add(text_of(), "small.toml")
    return found


@pytest.fixture(autouse=True)
def no_examples(monkeypatch):
    """Only the store's own studies: those that ship with cgplab have names of their own."""
    monkeypatch.setattr("cgplab.study.library.example_studies", dict)


@pytest.fixture
def unmeasured(monkeypatch):
    """No accuracies, for which torch takes seconds to load."""
    monkeypatch.setattr(module, "_measure", lambda *_: None)


def ok(result):
    assert result.returncode == 0, result.stderr
    return result.stdout


def refused(result):
    """The one line of a refusal."""
    assert result.returncode == 2, result.stderr
    assert result.stdout == ""
    (line,) = result.stderr.strip().splitlines()
    assert line.startswith("cgplab: ")
    return line


def states(store):
    return sorted(run.status.state.value for run in store.runs())


def test_from_a_new_study_to_its_end(cgplab, store):
    made = ok(cgplab(*SMALL, 300, "kernels"))
    assert made == (
        f"{store.root}/studies/kernels.toml\n4 runs in 2 cells; edit the file, then: cgplab study run kernels\n"
    )
    path = store.root / "studies" / "kernels.toml"
    path.write_text(path.read_text() + "[accuracy]\nimages = 100\n")
    assert "0 of 4 runs done, 4 missing, time left unknown" in ok(cgplab("study", "status"))
    assert json.loads(ok(cgplab("study", "list", "--json"))) == [
        {"name": "kernels", "kind": "study", "question": "Which strategy?", "complaint": ""}
    ]
    assert "kernels *" in ok(cgplab("study", "list"))
    assert ok(cgplab("study", "show")) == path.read_text()

    first = cgplab("study", "run", "kernels")
    assert "4 runs in 2 cells; 4 runs to carry out" in first.stderr
    assert "4 of 4 runs done\n" in ok(first)
    runs = {run.id: run.metrics() for run in store.runs()}
    assert all(list(metrics) == ["mnist/test[:100]"] for metrics in runs.values())

    again = cgplab("study", "run")
    assert "nothing is missing" in again.stderr
    assert "4 of 4 runs done\n" in ok(again)
    assert {run.id: run.metrics() for run in store.runs()} == runs

    path.write_text(path.read_text().replace("[0, 5]", "[0, 5, 11]"))
    told = json.loads(ok(cgplab("study", "status", "--json")))
    assert (told["study"], told["runs"], told["done"], told["missing"], told["unmeasured"]) == ("kernels", 6, 4, 2, 0)
    assert [(cell["strategy"], cell["done"], cell["missing"]) for cell in told["cells"]] == [
        (0, 2, 0), (5, 2, 0), (11, 0, 2),
    ]  # fmt: skip
    assert told["seconds_left"] >= 0  # so small a search can take less than a millisecond
    added = cgplab("study", "run")
    assert "6 runs in 3 cells; 2 runs to carry out" in added.stderr
    assert "6 of 6 runs done\n" in ok(added)
    new = [run for run in store.runs() if run.id not in runs]
    assert [(run.manifest.strategy, run.manifest.seed) for run in new] == [(11, 1), (11, 2)]

    assert ok(cgplab("stats", "--out", store.root / "out", "--format", "svg")).startswith("study kernels\n")

    assert "nothing was removed" in cgplab("study", "delete", "kernels").stderr
    assert path.exists()
    assert "its runs stay" in ok(cgplab("study", "delete", "kernels", "--yes"))
    assert os.listdir(path.parent) == ["latest.json"]
    assert len(list(store.runs())) == 6
    assert "no study in" in ok(cgplab("study", "list"))


def test_a_study_without_accuracy_is_whole_without_it(cgplab, store):
    ok(cgplab(*SMALL, 300, "kernels"))
    path = store.root / "studies" / "kernels.toml"
    path.write_text(path.read_text() + "[accuracy]\nmeasured = false\n")
    done = cgplab("study", "run", "kernels")
    assert "4 of 4 runs done\n" in ok(done)
    assert "accurac" not in done.stdout + done.stderr
    assert all(run.metrics() == {} for run in store.runs())
    assert "nothing is missing" in cgplab("study", "run").stderr
    ok(cgplab("study", "report", "kernels", "--out", store.root / "report"))
    assert "No accuracy was measured" in (store.root / "report" / "report.html").read_text()
    ok(cgplab("metrics", "--study", "kernels"))  # on the model's own images, all the same
    assert all(run.metrics() for run in store.runs())


def test_a_batch_of_evolve_is_a_study_without_a_name(cgplab):
    kernel = ("--model", "lenet5-qat", "--selection", "single_filter", "--grid", "3x4", "--generations", "50")
    ok(cgplab("evolve", *kernel, "--strategy", "0", "--strategy", "11", "--runs", "2", "--no-accuracy"))
    told = ok(cgplab("study", "status"))
    assert told.startswith("batch ")
    assert "4 of 4 runs done, 4 without accuracy" in told
    assert ok(cgplab("study", "status", "--batch", "last")) == told
    assert "all 4 runs of" in refused(cgplab("study", "status", "all"))
    found = json.loads(ok(cgplab("study", "status", "--json")))
    assert (found["study"], found["question"], found["runs"]) == ("", "", 4)
    assert found["batch"] in told
    assert [(cell["strategy"], cell["seeds"]) for cell in found["cells"]] == [(0, 2), (11, 2)]


def test_a_data_set_that_is_not_there_is_refused_before_any_run(cgplab, library):
    library.add(text_of(name="lost", accuracy={"dataset": "nope"}), "lost.toml")
    line = refused(cgplab("study", "run", "lost"))
    assert line.startswith("cgplab: study lost cannot be measured: ")
    assert list(library.store.runs()) == []


def test_a_sealed_study_s_name_is_taken(cgplab):
    sealed = example_studies()["slider"]
    ok(cgplab("study", "open", sealed))
    line = refused(cgplab("study", "open", sealed.with_suffix(".toml")))
    assert "there is a sealed study slider in" in line
    ok(cgplab("study", "delete", "slider", "--yes"))
    ok(cgplab("study", "open", sealed.with_suffix(".toml")))


def test_a_file_is_taken_in_and_an_older_study_taken_up(cgplab, library, tmp_path):
    (tmp_path / "other.toml").write_bytes(text_of(name="other", question="Another?"))
    assert ok(cgplab("study", "open", tmp_path / "other.toml")) == "study other: Another?\n"
    assert library.latest()[0] == "other"
    assert ok(cgplab("study", "open", "kernels")) == "study kernels: Which strategy?\n"
    assert library.latest()[0] == "kernels"
    assert library.names() == ["kernels", "other"]
    assert library.path("other").read_bytes() == (tmp_path / "other.toml").read_bytes()


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        ((*SMALL, 300, "../x"), ["'../x' is not a valid study name"]),
        ((*SMALL, 300, "latest"), ["is not a valid study name"]),
        ((*SMALL, 300, "kernels"), ["there is another study kernels", "cgplab study delete kernels"]),
        ((*SMALL, 0, "a"), ["generations must lie between 1"]),
        ((*SMALL, 300, "a", "--seeds", "5-1"), ["seeds '5-1' must be a range from low to high"]),
        ((*SMALL, 300, "a", "--seeds", "1-50001"), ["100,002 runs or more, above the limit of 100,000", "--yes"]),
        ((*SMALL, 300, "a", "--layer", "conv9"), ["no layer 'conv9'"]),
        ((*NEW, "mobilenet", "a", "--grid", "9999x9999"), ["layer conv1: ", "genes"]),
        ((*NEW, "guess", "a"), ["unknown selection 'guess'"]),
        ((*NEW, "single_filter", "a", "--question", "\udcff"), ["study a is not readable TOML"]),
        ((*NEW, "single_filter", "a", "--strategy", "nan"), ["$.strategies[0]", "found nan"]),
        (("study", "status", "other"), ["no study other in", "there are: kernels"]),
        (("study", "status", "all"), ["there is no study and no batch in", "cgplab study list"]),
        (("study", "show", "../kernels"), ["is not a valid study name"]),
        (("study", "run", "other"), ["no study other in"]),
        (("study", "run", "--jobs", "0"), ["jobs"]),
        (("study", "run", "--detach", "--plan"), ["exclude each other"]),
        (("study", "delete", "other", "--yes"), ["no study other in"]),
        (("study", "open", "other"), ["no study other in"]),
        (("study", "open", "other.toml"), ["no such file: other.toml"]),
        (("study", "open", "/dev/zero"), ["not a regular file"]),
        (("study", "open", "/"), ["not a regular file"]),
        (("study", "open", "../other"), ["no such file"]),
        (("figures", "--study", "other"), ["no study other in"]),
        (("stats", "--study", "kernels", "--batch", "last"), ["exclude each other"]),
        (("metrics", "--study", "kernels", "--batch", "last"), ["exclude each other"]),
        (("compression", "--study", "kernels", "--batch", "last"), ["exclude each other"]),
        (("runs", "list", "--study", "kernels", "--batch", "last"), ["exclude each other"]),
        (("submit", "slurm", "--study", "kernels", "--batch", "last"), ["exclude each other"]),
    ],
)  # fmt: skip
def test_bad_input_is_one_line_and_changes_nothing(cgplab, library, arguments, words):
    before = {path: path.stat().st_mtime_ns for path in library.directory.iterdir()}
    line = refused(cgplab(*arguments))
    for word in words:
        assert word in line
    assert {path: path.stat().st_mtime_ns for path in library.directory.iterdir()} == before
    assert list(library.store.runs()) == []


@pytest.mark.parametrize("command", ["run", "status", "show"])
def test_without_a_study(cgplab, command):
    line = refused(cgplab("study", command))
    assert "there is no latest study in" in line or "there is no study and no batch in" in line


def test_a_broken_study_is_listed_with_what_is_wrong_and_can_be_removed(cgplab, library):
    library.path("kernels").write_bytes(text_of(strategy=[1]))
    (listed,) = json.loads(ok(cgplab("study", "list", "--json")))
    assert (listed["name"], listed["question"]) == ("kernels", None)
    assert "unknown field at `$.strategy`; did you mean 'strategies'?" in listed["complaint"]
    for command in ("run", "status", "show"):
        assert "`$.strategy`" in refused(cgplab("study", command, "kernels"))
    ok(cgplab("study", "delete", "kernels", "--yes"))
    assert library.names() == []


def test_failed_runs_are_tried_again_only_when_asked(cgplab, library, unmeasured):
    failed, *_ = fill(library.store, design_of())
    stand(failed, State.FAILED, reason="no disk")
    left = cgplab("study", "run")
    assert left.returncode == 1
    assert "1 failed (--retry tries them again)" in left.stderr
    assert "3 of 4 runs done, 1 failed" in left.stdout
    again = cgplab("study", "run", "--retry")
    assert "1 to continue" in again.stderr
    assert "4 of 4 runs done" in ok(again)
    assert failed.status.state is State.FINISHED


def test_planned_runs_are_submitted_resumed_or_run(cgplab, library, unmeasured):
    store = library.store
    assert "cgplab submit slurm --study kernels" in ok(cgplab("study", "run", "--plan"))
    assert states(store) == ["pending"] * 4
    assert "4 unfinished" in ok(cgplab("study", "status"))
    fill(store, design_of(strategies=[11]), State.KILLED)
    assert "submission" in ok(cgplab("submit", "slurm", "--study", "kernels", "--write-only", "--batches", "1"))
    assert len(list(find_submission(store, "last").runs(0))) == 4
    assert "4 to continue" in cgplab("study", "run").stderr
    assert states(store) == ["finished"] * 4 + ["killed"] * 2


def test_detached_runs_are_left_to_their_worker(cgplab, library, unmeasured):
    store = library.store
    assert "next: cgplab study status kernels" in ok(cgplab("study", "run", "--detach"))
    # Whether they wait, go on or have ended: nothing is missing, and nothing is begun twice.
    assert "no run is missing" in ok(cgplab("study", "run", "--detach"))
    until(lambda: states(store) == ["finished"] * 4, "the worker ends")
    # It measures accuracies too.
    until(lambda: not any(map(is_held, (store.root / "workers").glob("*.lock"))), "the worker is gone")
    assert all(run.metrics() for run in store.runs())
    assert "4 of 4 runs done\n" in ok(cgplab("study", "run"))


def test_a_second_command_is_refused_while_the_first_is_at_work(cgplab, library):
    with library.held("kernels"):
        for command in (("run",), ("run", "--detach"), ("delete", "kernels", "--yes")):
            assert "study kernels is being carried out by another process" in refused(cgplab("study", *command))
        assert "4 missing" in ok(cgplab("study", "status"))


@pytest.mark.parametrize("change", ["edited", "broken", "renamed", "deleted"])
def test_what_happens_to_the_file_meanwhile_does_not_hurt(cgplab, library, unmeasured, monkeypatch, change):
    path, carry_out = library.path("kernels"), module.carry_out

    def changed(*arguments, **options):
        if change == "edited":
            path.write_bytes(text_of(strategies=[0, 5, 11]))
        elif change == "broken":
            path.write_text("name =")
        elif change == "renamed":
            path.rename(library.path("other"))
        else:
            path.unlink()
        return carry_out(*arguments, **options)

    monkeypatch.setattr(module, "carry_out", changed)
    assert "4 of 4 runs done" in ok(cgplab("study", "run"))
    assert states(library.store) == ["finished"] * 4
    later = cgplab("study", "status", "kernels")
    if change == "edited":
        assert "4 of 6 runs done, 2 missing" in ok(later)
    elif change == "broken":
        assert "is not readable TOML" in refused(later)
    else:
        assert "no study kernels" in refused(later)
    if change == "renamed":
        assert "it names its study 'kernels'; rename the file or the study" in refused(
            cgplab("study", "status", "other")
        )


@pytest.mark.parametrize("how", [signal.SIGINT, signal.SIGTERM])
def test_an_interruption_keeps_what_was_found(cgplab, library, how):
    store = library.store
    library.path("kernels").write_bytes(text_of(budget={"generations": 10**12}, stops={"gate_count": 0}))
    command = [*ROOT_COMMAND, "study", "run", "--jobs", "1"]
    with started(*command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as process:
        until(lambda: State.RUNNING in [run.status.state for run in store.runs()], "a run begins")
        line = refused(cgplab("study", "run"))
        assert "is being carried out by another process" in line
        process.send_signal(how)
        _, stderr = process.communicate(timeout=SECONDS)
    assert process.returncode == 130
    assert "Traceback" not in stderr
    assert "go on with: cgplab study run kernels" in " ".join(stderr.split())
    assert states(store) == ["killed"] * 4
    assert "4 unfinished" in ok(cgplab("study", "status"))


def test_a_sealed_study_is_taken_in_and_removed(cgplab, store):
    example = example_studies()["worst_case"]
    assert "study worst_case: " in ok(cgplab("study", "open", example))
    assert "worst_case" in ok(cgplab("study", "list"))
    assert "20 of 20 runs done" in ok(cgplab("study", "status"))
    for command in (("run", "worst_case"), ("seal", "worst_case", store.root / "again.cgplab")):
        assert "is sealed in" in refused(cgplab("study", *command))
    assert "its runs were in this file" in ok(cgplab("study", "delete", "worst_case", "--yes"))
    assert not list((store.root / "studies").glob("*.cgplab"))
