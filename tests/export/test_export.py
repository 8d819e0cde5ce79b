"""Every export is run and compared with the evaluation: random and evolved circuits, every operator, vectors."""

import shutil

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cgplab.cgp import OPERATORS, Circuit, Evolution, Geometry, Problem, Settings, evaluate
from cgplab.cgp.evaluation import infer
from cgplab.cgp.operators import apply_operator
from cgplab.errors import InputError, MissingToolError, WrongResultError
from cgplab.export import FORMATS, Source, export
from cgplab.export.program import Program
from cgplab.hardware import load_costs
from tests.thorough import examples

NEEDS = {"verilog": "iverilog", "c": "cc", "dot": "dot", "svg": "neato"}
RUNNABLE = ("verilog", "c", "llvm", "numpy", "sympy", "latex", "dot", "text")


def skip_without(format):
    if format in NEEDS and shutil.which(NEEDS[format]) is None:
        pytest.skip(f"{NEEDS[format]} is not installed")


def random_source(seed, n_vectors=1, n_inputs=6, n_outputs=9, rows=4, cols=5):
    random = np.random.default_rng(seed)
    geometry = Geometry(n_inputs, n_outputs, rows, cols, cols + 1, arity=max(2, n_vectors))
    kept = random.integers(-128, 128, (n_vectors, n_inputs), dtype=np.int8)
    return Source(Circuit.random(geometry, seed, dataset_size=n_vectors), kept)


def every_operator(n_vectors):
    """A circuit with one gate per operator, each of them an output."""
    operators = [o for o in OPERATORS if n_vectors > 1 or not o.selects]
    geometry = Geometry(4, len(operators), len(operators), 1, 2, arity=max(2, n_vectors))
    gates = [[*(k % 4 for k in range(geometry.arity)), o.id] for o in operators]
    kept = np.random.default_rng(1).integers(-128, 128, (n_vectors, 4), dtype=np.int8)
    circuit = Circuit.from_genes(geometry, gates, [4 + i for i in range(len(operators))], n_vectors)
    return Source(circuit, kept, "every_operator")


@pytest.fixture(scope="module")
def evolved():
    """Ten circuits from as many short runs, half of them over two or three vectors."""
    found = []
    for seed in range(10):
        random = np.random.default_rng(seed)
        n_vectors = 1 if seed % 2 else 2 + seed % 3
        inputs = random.integers(-128, 128, (n_vectors, 9))
        problem = Problem(inputs, random.integers(-128, 128, (n_vectors, 16)))
        geometry = Geometry(9, 16, 5, 5, 6, arity=max(2, n_vectors))
        options = Settings(generations=300, wiring="evolved", mutation_rate=0.15)
        evolution = Evolution(problem, geometry, load_costs(), options, seed)
        for _ in evolution.run():
            pass
        source = Source(evolution.best, problem.inputs, f"evolved_{seed}")
        assert np.array_equal(
            infer(evolution.best, problem.inputs), evaluate(evolution.best, problem, load_costs()).outputs
        )
        found.append(source)
    return found


@pytest.mark.parametrize("format", RUNNABLE)
def test_twenty_random_circuits(format, tmp_path):
    skip_without(format)
    for seed in range(20):
        exported = export(random_source(seed, n_vectors=1 + seed % 4), FORMATS[format], tmp_path)
        assert exported.verification is not None
        assert exported.verification.random >= 1000


@pytest.mark.parametrize("format", RUNNABLE)
def test_ten_evolved_circuits(format, evolved, tmp_path):
    skip_without(format)
    for source in evolved:
        exported = export(source, FORMATS[format], tmp_path)
        assert exported.verification is not None
        assert exported.verification.kept == source.n_vectors


@pytest.mark.parametrize("n_vectors", [1, 2, 3, 16])
@pytest.mark.parametrize("format", RUNNABLE)
def test_every_operator(format, n_vectors, tmp_path):
    skip_without(format)
    assert export(every_operator(n_vectors), FORMATS[format], tmp_path).verification is not None


@pytest.mark.parametrize("format", FORMATS)
def test_a_wrong_text_is_caught(format):
    """The proof must fail when the text computes something else."""
    skip_without(format)
    if format == "svg":
        pytest.skip("a drawing is proved by its graph")
    changes = {
        "latex": ("x_{0} + x_{1}", r"x_{0} \cdot x_{1}"),
        "dot": ("operator=add", "operator=sub"),
        "text": (",1)", ",2)"),
        "llvm": ("add i8", "sub i8"),
    }
    before, after = changes.get(format, ("x0 + x1", "x0 - x1"))
    circuit = Circuit.from_genes(Geometry(2, 1, 1, 1, 2), [[0, 1, 1]], [2])
    source = Source(circuit, np.array([[3, 4]], dtype=np.int8))
    text = FORMATS[format].write(source)
    assert before in text
    with pytest.raises(WrongResultError, match="is wrong for"):
        FORMATS[format].verify(source, text.replace(before, after))


def test_wires_and_shared_pins(tmp_path):
    """Outputs may take inputs, and many may take one pin; a circuit may have no active gate at all."""
    circuit = Circuit.from_genes(Geometry(3, 4, 1, 1, 2), [[0, 1, 1]], [0, 0, 2, 1])
    source = Source(circuit, np.array([[1, -128, 127]], dtype=np.int8), "wires")
    for format in RUNNABLE:
        if format not in NEEDS or shutil.which(NEEDS[format]):
            assert export(source, FORMATS[format], tmp_path).verification is not None


@settings(max_examples=examples(60))
@given(seed=st.integers(0, 2**32), n_vectors=st.integers(1, 5), rows=st.integers(1, 6), cols=st.integers(1, 6))
def test_the_program_is_the_circuit(seed, n_vectors, rows, cols):
    source = random_source(seed, n_vectors, rows=rows, cols=cols)
    random = np.random.default_rng(seed)
    inputs = random.integers(-128, 128, (50, 6), dtype=np.int8)
    selects = random.integers(0, n_vectors, 50)
    assert np.array_equal(source.program.infer(inputs, selects), infer(source.circuit, inputs, selects))
    for format in ("numpy", "latex", "text"):
        assert FORMATS[format].verify(source, FORMATS[format].write(source))


def test_formulas_are_what_operators_compute():
    a, b = (v.ravel() for v in np.meshgrid(np.arange(-128, 128), np.arange(-128, 128)))
    for operator in OPERATORS:
        if not operator.selects:
            expected = np.broadcast_to(operator.apply(a, b), a.shape).astype(np.int8)
            pins = [a.astype(np.int8), b.astype(np.int8)]
            assert np.array_equal(apply_operator(operator, pins), expected)


def test_a_missing_tool_leaves_the_file_unproved(tmp_path, monkeypatch):
    monkeypatch.setenv("PATH", str(tmp_path))
    source = random_source(3)
    for format, tool in (("verilog", "iverilog"), ("c", "cc"), ("dot", "dot")):
        exported = export(source, FORMATS[format], tmp_path)
        assert exported.path.is_file()
        assert exported.verification is None
        assert exported.remark.startswith(f"not verified: {tool} is not installed")
    with pytest.raises(MissingToolError, match="neato"):
        export(source, FORMATS["svg"], tmp_path)
    assert export(source, FORMATS["llvm"], tmp_path).verification is not None


def test_an_svg_is_drawn(tmp_path):
    skip_without("svg")
    exported = export(every_operator(2), FORMATS["svg"], tmp_path)
    assert "<svg" in exported.path.read_text()


def test_wrong_sources_are_refused():
    circuit = random_source(1).circuit
    with pytest.raises(InputError, match="letters, digits"):
        Source(circuit, np.zeros((1, 6), np.int8), "2x")
    with pytest.raises(InputError, match="shaped"):
        Source(circuit, np.zeros((1, 5), np.int8))
    with pytest.raises(InputError, match="only one"):
        Program.of(every_operator(2).circuit, 1)
