"""Prove an export equal to the circuit: run what was written on the kept weights and on random vectors."""

import ctypes
import subprocess
import tempfile
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from cgplab.cgp import Circuit
from cgplab.cgp.evaluation import infer
from cgplab.errors import WrongResultError
from cgplab.export.graph import dot
from cgplab.export.graphviz import read_dot
from cgplab.export.latex import read_latex
from cgplab.export.program import Program
from cgplab.export.source import Source
from cgplab.tools import find_tool
from cgplab.words import counted

RANDOM_VECTORS = 1024
"""Random vectors beside the kept weights."""

Runner = Callable[[Source, str, NDArray[np.int8], NDArray[np.intp]], NDArray[np.int8]]
"""``run(source, text, inputs (n, n_in), selects (n,))`` gives the outputs (n, n_out) that an exported text computes."""


@dataclass(frozen=True)
class Verification:
    """How an export was proved.

    Attributes
    ----------
    tool : str
        What ran it.
    kept, random : int
        Vectors of kept weights, and random vectors.
    """

    tool: str
    kept: int
    random: int

    def __str__(self) -> str:
        kept = f"the kept weights ({counted(self.kept, 'vector')})"
        return f"verified with {self.tool}: equal on {kept} and {self.random:,} random vectors"


def verify(source: Source, text: str, tool: str, run: Runner, seed: int = 0) -> Verification:
    """Run an exported text and compare it with :func:`cgplab.cgp.evaluation.infer`.

    Raises
    ------
    MissingToolError
        What runs it is not installed.
    WrongResultError
        Some output differs.
    """
    random = np.random.default_rng(seed)
    inputs = np.concatenate(
        [source.kept, random.integers(-128, 128, (RANDOM_VECTORS, source.kept.shape[1]), dtype=np.int8)]
    )
    selects = np.concatenate([np.arange(source.n_vectors), random.integers(0, source.n_vectors, RANDOM_VECTORS)])
    expected = infer(source.circuit, inputs, selects)
    found = run(source, text, inputs, selects)
    if found.shape != expected.shape or not np.array_equal(found, expected):
        wrong = int((found != expected).any(axis=1).sum()) if found.shape == expected.shape else len(expected)
        raise WrongResultError(
            f"the export of {source.name} is wrong for {wrong} of {len(expected)} vectors ({tool}); "
            "nothing was written; please report this"
        )
    return Verification(tool, source.n_vectors, RANDOM_VECTORS)


def run_text(source: Source, text: str, inputs: NDArray[np.int8], selects: NDArray[np.intp]) -> NDArray[np.int8]:
    """Read the chromosome back."""
    return infer(Circuit.from_text(text), inputs, selects)


def run_latex(source: Source, text: str, inputs: NDArray[np.int8], selects: NDArray[np.intp]) -> NDArray[np.int8]:
    """Read the equations back."""
    return _run_program(read_latex(text, source.program.n_inputs, source.n_vectors), inputs, selects)


def run_dot(source: Source, text: str, inputs: NDArray[np.int8], selects: NDArray[np.intp]) -> NDArray[np.int8]:
    """Let Graphviz read the graph, and follow its edges."""
    return _run_program(read_dot(text, source.program.n_inputs, source.n_vectors), inputs, selects)


def run_drawing(source: Source, text: str, inputs: NDArray[np.int8], selects: NDArray[np.intp]) -> NDArray[np.int8]:
    """Read back the graph that a drawing was made from."""
    return run_dot(source, dot(source), inputs, selects)


def _run_program(program: Program, inputs: NDArray[np.int8], selects: NDArray[np.intp]) -> NDArray[np.int8]:
    return program.infer(inputs, selects)


def run_numpy(source: Source, text: str, inputs: NDArray[np.int8], selects: NDArray[np.intp]) -> NDArray[np.int8]:
    """Execute the module."""
    function: Callable[..., NDArray[np.int8]] = _execute(text)["infer"]
    return function(inputs, selects) if source.program.selects else function(inputs)


def run_sympy(source: Source, text: str, inputs: NDArray[np.int8], selects: NDArray[np.intp]) -> NDArray[np.int8]:
    """Execute the module and turn each gate's formula into a function of arrays."""
    import sympy

    module = _execute(text)
    bitwise = {"BitAnd": np.bitwise_and, "BitOr": np.bitwise_or, "BitXor": np.bitwise_xor}
    values: dict[Any, Any] = {module["select"]: selects} if source.program.selects else {}
    values |= {symbol: inputs[:, i].astype(np.int64) for i, symbol in enumerate(module["x"])}
    for symbol, formula in module["gates"]:
        read = sorted(formula.free_symbols, key=str)
        function = sympy.lambdify(read, formula, modules=[bitwise, "numpy"])
        values[symbol] = np.broadcast_to(function(*(values[s] for s in read)), (len(inputs),)).astype(np.int64)
    outputs: NDArray[np.int8] = np.stack([values[symbol] for symbol in module["y"]], axis=1).astype(np.int8)
    return outputs


def run_c(source: Source, text: str, inputs: NDArray[np.int8], selects: NDArray[np.intp]) -> NDArray[np.int8]:
    """Compile the header with the system's C compiler, warnings as errors, and call it."""
    from cgplab.export.llvm import run_native

    compiler = find_tool("cc", "gcc")
    with tempfile.TemporaryDirectory() as name:
        directory = Path(name)
        (directory / "circuit.h").write_text(text)
        index = "unsigned select, " if source.program.selects else ""
        argument = "select, " if source.program.selects else ""
        (directory / "call.c").write_text(
            f'#include "circuit.h"\nvoid call(const int8_t *x, {index}int8_t *y) {{ {source.name}(x, {argument}y); }}\n'
        )
        flags = ["-std=c99", "-O1", "-Wall", "-Wextra", "-Werror", "-Wno-unused-variable", "-shared", "-fPIC"]
        _run([compiler, *flags, "-o", "call.so", "call.c"], directory)
        library = ctypes.CDLL(str(directory / "call.so"))
        library.call.restype = None
        kinds = [ctypes.c_void_p, ctypes.c_void_p]
        library.call.argtypes = [kinds[0], ctypes.c_uint, kinds[1]] if source.program.selects else kinds
        return run_native(library.call, source, inputs, selects)


def run_verilog(source: Source, text: str, inputs: NDArray[np.int8], selects: NDArray[np.intp]) -> NDArray[np.int8]:
    """Simulate the module with Icarus Verilog; vectors go in and come out as hexadecimal words."""
    iverilog, vvp = find_tool("iverilog", "iverilog"), find_tool("vvp", "iverilog")
    n_in, n_out, n = source.program.n_inputs, source.program.n_outputs, len(inputs)
    select_port = ".select(k), " if source.program.selects else ""
    bench = f"""
module bench;
  reg [{8 * n_in - 1}:0] words [0:{n - 1}];
  reg [31:0] selects [0:{n - 1}];
  reg [{8 * n_in - 1}:0] x;
  reg [{source.select_bits - 1}:0] k;
  wire [{8 * n_out - 1}:0] y;
  integer i;
  {source.name} dut(.x(x), {select_port}.y(y));
  initial begin
    $readmemh("x.hex", words);
    $readmemh("k.hex", selects);
    for (i = 0; i < {n}; i = i + 1) begin
      x = words[i]; k = selects[i][{source.select_bits - 1}:0]; #1;
      $display("%h", y);
    end
  end
endmodule
"""
    with tempfile.TemporaryDirectory() as name:
        directory = Path(name)
        (directory / "circuit.v").write_text(text)
        (directory / "bench.v").write_text(bench)
        # Most significant byte first, as Verilog prints and reads its words.
        (directory / "x.hex").write_text("".join(row[::-1].tobytes().hex() + "\n" for row in inputs))
        (directory / "k.hex").write_text("".join(f"{k:x}\n" for k in selects.tolist()))
        _run([iverilog, "-g2001", "-Wall", "-Wno-timescale", "-o", "bench", "bench.v", "circuit.v"], directory)
        printed = _run([vvp, "-n", "bench"], directory).split()
    try:
        rows = [np.frombuffer(bytes.fromhex(line), dtype=np.int8)[::-1] for line in printed]
        return np.stack(rows)
    except ValueError as error:  # an undefined bit prints as x
        raise WrongResultError(f"the export of {source.name} has undefined outputs (iverilog): {error}") from error


def _run(command: list[str], directory: Path) -> str:
    """Standard output of a program; WrongResultError with its first complaint when it fails."""
    done = subprocess.run(command, cwd=directory, capture_output=True, text=True, check=False)
    if done.returncode:
        complaint = (done.stderr or done.stdout).strip().splitlines()
        raise WrongResultError(
            f"{Path(command[0]).name} refuses the export: {complaint[0] if complaint else 'no reason given'}"
        )
    return done.stdout


def _execute(text: str) -> dict[str, Any]:
    module: dict[str, Any] = {"__name__": "exported"}
    exec(compile(text, "<export>", "exec"), module)
    return module
