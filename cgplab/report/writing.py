"""Write a report into a folder: page, document, pictures, exports, and the PDF where pdflatex is installed."""

import os
import re
import shutil
import subprocess
import tempfile
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from cgplab.errors import InputError
from cgplab.figures.files import pages_bytes
from cgplab.files import with_directory, write_atomic
from cgplab.plain_files import read_bounded
from cgplab.report.circuits import FOLDER
from cgplab.report.content import Report
from cgplab.report.page import as_page
from cgplab.report.references import bibliography
from cgplab.report.tex import FIGURES, as_tex

CONTENTS = "contents.txt"
"""Lists the files of a report, so that the next one removes those that it does not have, and no others."""
_PDF = "report.pdf"
_MOST_CONTENTS = 1_000_000
_PASSES = 3
"""longtable finds its widths in the first two."""
_SECONDS = 300.0
_OVERFULL = re.compile(r"^Overfull \\[hv]box \(([0-9.]+)pt too (?:wide|high)\)", re.MULTILINE)


@dataclass(frozen=True)
class Written:
    """Files of a report.

    Attributes
    ----------
    page, document : Path
    pdf : Path or None
        None where pdflatex is not installed.
    overfull : tuple of float
        How far boxes of the PDF stick out, in pt.
    """

    page: Path
    document: Path
    pdf: Path | None
    overfull: tuple[float, ...]


def write_report(report: Report, out: Path) -> Written:
    """Write a report; the same report gives the same bytes.

    Parameters
    ----------
    report : Report
    out : Path
        Folder; made if needed. Files that an earlier report wrote there and this one does not have are removed; all
        other files stay.

    Raises
    ------
    InputError
        The folder cannot be written; or pdflatex refuses the document, which is then the only file that is missing.
    """
    check_folder(out)
    files = {"report.html": as_page(report).encode(), "report.tex": as_tex(report).encode()}
    files["references.bib"] = bibliography(report.references).encode()
    if report.pictures:
        files[FIGURES] = pages_bytes([picture.figure for picture in report.pictures])
    files |= {attachment.path: attachment.data for attachment in report.attachments}
    problem: InputError | None = None
    overfull: tuple[float, ...] = ()
    try:
        compiled = _compiled(files["report.tex"], files.get(FIGURES))
    except InputError as error:
        problem = error
    else:
        if compiled is not None:
            files[_PDF], overfull = compiled
    # First of all the list, so that a report cut short is known as one.
    listed = dict.fromkeys((*_contents(out), *files))
    write_atomic(with_directory(out / CONTENTS), _lines(listed))
    for name in listed.keys() - files.keys():
        (out / name).unlink(missing_ok=True)
    for name, data in files.items():
        write_atomic(with_directory(out / name), data)
    write_atomic(out / CONTENTS, _lines(files))
    if problem is not None:
        raise InputError(f"{problem}; the report is in {out}, without a PDF") from problem
    return Written(out / "report.html", out / "report.tex", out / _PDF if _PDF in files else None, overfull)


def _lines(names: Iterable[str]) -> bytes:
    return "".join(f"{name}\n" for name in names).encode()


def check_folder(out: Path) -> None:
    """Refuse a folder that can neither be written nor made; nothing is changed."""
    place = out.absolute()
    while not os.path.lexists(place):
        place = place.parent
    if not place.is_dir():
        raise InputError(f"cannot write into {out}: {place} is not a directory; name another folder")
    if not os.access(place, os.W_OK | os.X_OK):
        raise InputError(f"cannot write into {out}: no permission to write to {place}; name another folder")


def _contents(out: Path) -> list[str]:
    """Files that an earlier report wrote: of those listed, the ones that a report can have."""
    try:
        names = read_bounded(out / CONTENTS, _MOST_CONTENTS).decode(errors="replace").splitlines()
    except FileNotFoundError:
        return []
    own = {"report.html", "report.tex", "references.bib", FIGURES, _PDF}
    return [name for name in names if name in own or re.fullmatch(rf"{FOLDER}/[\w.+-]+", name)]


def _compiled(document: bytes, figures: bytes | None) -> tuple[bytes, tuple[float, ...]] | None:
    """PDF of the document, and how far its boxes stick out; None without pdflatex."""
    if shutil.which("pdflatex") is None:
        return None
    with tempfile.TemporaryDirectory(prefix="cgplab-report-") as name:
        place = Path(name)
        (place / "report.tex").write_bytes(document)
        if figures is not None:
            (place / FIGURES).write_bytes(figures)
        command = ["pdflatex", "-interaction=nonstopmode", "-halt-on-error", "-no-shell-escape", "report.tex"]
        # A day long gone, so that the same report gives the same bytes.
        environment = {**os.environ, "SOURCE_DATE_EPOCH": "0", "FORCE_SOURCE_DATE": "1"}
        for _ in range(_PASSES):
            try:
                done = subprocess.run(
                    command, cwd=place, env=environment, capture_output=True, timeout=_SECONDS, check=False,
                    stdin=subprocess.DEVNULL,
                )  # fmt: skip
            except subprocess.TimeoutExpired as error:
                raise InputError(f"pdflatex took longer than {_SECONDS:g} s") from error
            if done.returncode:
                said = done.stdout.decode(errors="replace")
                why = next((line for line in said.splitlines() if line.startswith("!")), "it ended without a message")
                raise InputError(f"pdflatex refuses the document: {why.removeprefix('! ')}")
        log = (place / "report.log").read_text(encoding="utf-8", errors="replace")
        made = (place / "report.pdf").read_bytes()
    return made, tuple(float(match[1]) for match in _OVERFULL.finditer(log))
