"""Every format by name: how it is written and what proves it."""

from collections.abc import Callable
from dataclasses import dataclass
from importlib import import_module
from pathlib import Path
from typing import Any

from cgplab.errors import InputError, MissingToolError
from cgplab.export.source import Source
from cgplab.export.verification import Runner, Verification, verify
from cgplab.files import with_directory, write_atomic


@dataclass(frozen=True)
class Format:
    """One format of export.

    Attributes
    ----------
    name, meaning : str
    suffix : str
        What the file's name ends in.
    writer : str
        ``module:function`` in this package that makes the text; loaded when needed.
    runner : str
        ``module:function`` that runs the text for :func:`verify`.
    tool : str
        What runs it, for people.
    """

    name: str
    meaning: str
    suffix: str
    writer: str
    runner: str
    tool: str

    def write(self, source: Source) -> str:
        """Text of the export."""
        writer: Callable[[Source], str] = _load(self.writer)
        return writer(source)

    def verify(self, source: Source, text: str) -> Verification:
        """Prove a text equal to the circuit; see :func:`cgplab.export.verification.verify` for errors."""
        runner: Runner = _load(self.runner)
        return verify(source, text, self.tool, runner)


FORMATS: dict[str, Format] = {
    f.name: f
    for f in (
        Format(
            "verilog", "combinational module", ".v", "verilog:verilog", "verification:run_verilog", "Icarus Verilog"
        ),
        Format("c", "header with one function", ".h", "c:c_header", "verification:run_c", "the C compiler"),
        Format("llvm", "LLVM IR", ".ll", "llvm:llvm_ir", "llvm:run_llvm", "the LLVM JIT"),
        Format("numpy", "Python module", "_numpy.py", "numpy_source:numpy_source", "verification:run_numpy", "NumPy"),
        Format("sympy", "Python module", "_sympy.py", "sympy_source:sympy_source", "verification:run_sympy", "SymPy"),
        Format("latex", "equations", ".tex", "latex:latex", "verification:run_latex", "its equations read back"),
        Format("dot", "Graphviz graph", ".dot", "graph:dot", "verification:run_dot", "Graphviz reading it back"),
        Format(
            "svg",
            "drawing on the grid",
            ".svg",
            "graphviz:svg",
            "verification:run_drawing",
            "Graphviz reading its graph back",
        ),
        Format(
            "text", "the original's chromosome", ".txt", "source:chromosome", "verification:run_text", "reading it back"
        ),
    )
}


@dataclass(frozen=True)
class Exported:
    """A file written, and what is known about it: proved, or why not."""

    format: str
    path: Path
    verification: Verification | None
    remark: str = ""


def export(source: Source, format: Format, directory: Path, check: bool = True) -> Exported:
    """Write one format into ``<directory>/<name><suffix>``, proved first.

    Parameters
    ----------
    source : Source
    format : Format
    directory : Path
        Made if needed.
    check : bool
        Whether to prove the text; where the tool for it is missing, the file is written all the same and
        the remark says so.

    Raises
    ------
    MissingToolError
        The format itself cannot be made without a tool that is not installed.
    WrongResultError
        The text does not compute what the circuit does; nothing is written.
    InputError
        The directory cannot be written.
    """
    text = format.write(source)
    verification, remark = None, "not verified"
    if check:
        try:
            verification = format.verify(source, text)
        except MissingToolError as error:
            remark = f"not verified: {error}"
    path = directory / f"{source.name}{format.suffix}"
    write_atomic(with_directory(path), text.encode())
    return Exported(format.name, path, verification, "" if verification else remark)


def format_by_name(name: str) -> Format:
    """Format called ``name``; InputError when there is none."""
    if name not in FORMATS:
        raise InputError(f"unknown format {name!r}; allowed: {', '.join(FORMATS)}, or all")
    return FORMATS[name]


def _load(reference: str) -> Any:
    module, _, function = reference.partition(":")
    return getattr(import_module(f"cgplab.export.{module}"), function)
