"""The harness finds what it is for, and knows every reader of the product."""

import ast
import os
import re
import signal
import time
from pathlib import Path

import pytest

from cgplab.errors import InputError
from tests.fuzz import mutation
from tests.fuzz.harness import Reader, UnsoundError, damaged, fuzz
from tests.fuzz.readers import READERS

ROOT = Path(__file__).parents[2]
NAMES = re.compile(
    r"(read|load|parse|decode|unpack|restore)(_|$)|from_(text|json|fields|quantized_text|grid|float|quantized|tensorflow)$"
)
ELSEWHERE = {
    # What only cgplab itself hands over, in memory or written a moment ago.
    "cgplab.cgp.construct.placed_program": "values of one search",
    "cgplab.cgp.kernels": "state of one search",
    "cgplab.dashboard.theme": "styles of Panel",
    "cgplab.export": "texts that cgplab has just written, which it checks",
    "cgplab.hardware.synthesis.netlist": "what yosys has just written for cgplab",
    "cgplab.analysis.runs": "a table in memory",
    "cgplab.models.datasets:load_dataset": "known data sets, whose checksums it compares",
    "cgplab.models.datasets:load_images": "known data sets, whose checksums it compares",
    "cgplab.models.inference": "pixels in memory",
    "cgplab.models.network": "values in memory",
    "cgplab.models.quantized_network": "values in memory",
    "cgplab.running.accuracy": "known data sets",
    "cgplab.running.paths_list": "what cgplab has just written for its worker",
    "cgplab.work": "a manifest in memory",
}


def planted(read, mutate=mutation.text):
    return Reader("planted", (), lambda _: ([b"12 sound"], read), mutate)


def refuse(data):
    raise InputError("no")


def hang(data):
    if len(data) > 8:
        while True:
            pass


def hang_in_c(data):
    if data != b"12 sound":
        re.match(r"(a+)+b", "a" * 60)


def eat(data):
    if data != b"12 sound":
        bytearray(2 * 10**9)


def die(data):
    if data != b"12 sound":
        os.kill(os.getpid(), signal.SIGKILL)


@pytest.mark.parametrize(
    ("read", "words"),
    [
        (lambda data: data.decode(), "UnicodeDecodeError"), (hang, "processor time"), (hang_in_c, "processor time"),
        (eat, "MemoryError"), (die, "died"),
    ],
)  # fmt: skip
def test_what_a_reader_does_wrong_is_found(read, words):
    report = fuzz([planted(read)], inputs=2 if words in ("processor time", "died") else 30, seconds=1)
    assert report.failures
    assert any(words in failure.what for failure in report.failures.values())
    failure = next(iter(report.failures.values()))
    name, seed, index = failure.replay.split(":")
    assert (name, seed) == ("planted", "1")
    assert damaged(planted(read), [b"12 sound"], 1, int(index)) == damaged(planted(read), [b"12 sound"], 1, int(index))


def test_a_reader_that_refuses_does_nothing_wrong():
    tolerant = Reader("planted", (), lambda _: ([], refuse), lambda random, _: b"x")
    report = fuzz([tolerant], inputs=50)
    assert not report.failures
    assert report.refused["planted"] == report.inputs["planted"] == 50


def test_processor_time_ends_a_run():
    report = fuzz([planted(lambda data: time.process_time())], cpu_seconds=0.2)
    assert report.inputs["planted"] > 0


@pytest.mark.parametrize("name", sorted(READERS))
def test_a_reader_takes_its_sound_inputs(name, tmp_path):
    seeds, read = READERS[name].prepare(tmp_path)
    for data in seeds:
        read(data)


def functions():
    """Public functions and methods whose name says that they read, as ``module:qualified.name``."""
    for path in sorted((ROOT / "cgplab").rglob("*.py")):
        module = ".".join(path.relative_to(ROOT).with_suffix("").parts)
        for node in ast.parse(path.read_text(encoding="utf-8")).body:
            if isinstance(node, ast.ClassDef) and node.name.startswith("_"):
                continue
            members = node.body if isinstance(node, ast.ClassDef) else [node]
            for member in members:
                if isinstance(member, ast.FunctionDef) and NAMES.match(member.name):
                    yield f"{module}:{f'{node.name}.' if member is not node else ''}{member.name}"


def test_every_reader_is_registered():
    covered = {name for reader in READERS.values() for name in reader.covers}
    found = set(functions())
    assert covered <= found | {"cgplab.analysis.filtering:where", "cgplab.thesis.directory:find_experiments"}
    missing = [
        name for name in sorted(found - covered)
        if not any(place in (name, name.partition(":")[0]) or name.startswith(f"{place}.") for place in ELSEWHERE)
    ]  # fmt: skip
    assert missing == []


def test_a_sound_input_that_is_refused_ends_the_run():
    with pytest.raises(UnsoundError, match=r"planted(.|\n)*InputError: no"):
        fuzz([planted(refuse)], inputs=5)
