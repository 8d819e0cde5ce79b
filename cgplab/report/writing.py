"""Write a report into a folder: page, document, pictures, exports, and the PDF where pdflatex is installed."""

import os
import re
import shutil
import subprocess
import tempfile
from dataclasses import dataclass
from pathlib import Path

from cgplab.errors import InputError
from cgplab.figures.files import pages_bytes
from cgplab.files import with_directory, write_atomic
from cgplab.report.content import Report
from cgplab.report.page import as_page
from cgplab.report.references import bibliography
from cgplab.report.tex import FIGURES, as_tex

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
        Folder; made if needed. What an earlier report left in its folder of circuits and this one does not have is
        removed.

    Raises
    ------
    InputError
        The folder cannot be written, or pdflatex refuses the document.
    """
    check_folder(out)
    files = {"report.html": as_page(report).encode(), "report.tex": as_tex(report).encode()}
    files["references.bib"] = bibliography(report.references).encode()
    if report.pictures:
        files[FIGURES] = pages_bytes([picture.figure for picture in report.pictures])
    files |= {attachment.path: attachment.data for attachment in report.attachments}
    for name, data in files.items():
        write_atomic(with_directory(out / name), data)
    _remove_others(out, set(files))
    pdf, overfull = _compiled(out)
    return Written(out / "report.html", out / "report.tex", pdf, overfull)


def check_folder(out: Path) -> None:
    """Refuse a folder that can neither be written nor made; nothing is changed."""
    place = out.absolute()
    while not os.path.lexists(place):
        place = place.parent
    if not place.is_dir():
        raise InputError(f"cannot write into {out}: {place} is not a directory; name another folder")
    if not os.access(place, os.W_OK | os.X_OK):
        raise InputError(f"cannot write into {out}: no permission to write to {place}; name another folder")


def _remove_others(out: Path, files: set[str]) -> None:
    for folder in {Path(name).parts[0] for name in files if "/" in name}:
        for path in (out / folder).iterdir():
            if path.is_file() and f"{folder}/{path.name}" not in files:
                path.unlink()


def _compiled(out: Path) -> tuple[Path | None, tuple[float, ...]]:
    """PDF of the document, and how far its boxes stick out; None without pdflatex."""
    if shutil.which("pdflatex") is None:
        return None, ()
    with tempfile.TemporaryDirectory(prefix="cgplab-report-") as name:
        place = Path(name)
        shutil.copy2(out / "report.tex", place)
        if (out / FIGURES).is_file():
            shutil.copy2(out / FIGURES, place)
        command = ["pdflatex", "-interaction=nonstopmode", "-halt-on-error", "-no-shell-escape", "report.tex"]
        # A day long gone, so that the same report gives the same bytes.
        environment = {**os.environ, "SOURCE_DATE_EPOCH": "0", "FORCE_SOURCE_DATE": "1"}
        for _ in range(_PASSES):
            done = subprocess.run(
                command, cwd=place, env=environment, capture_output=True, timeout=_SECONDS, check=False,
                stdin=subprocess.DEVNULL,
            )  # fmt: skip
            if done.returncode:
                said = done.stdout.decode(errors="replace")
                why = next((line for line in said.splitlines() if line.startswith("!")), "it ended without a message")
                raise InputError(f"pdflatex refuses {out / 'report.tex'}: {why.removeprefix('! ')}")
        log = (place / "report.log").read_text(encoding="utf-8", errors="replace")
        write_atomic(out / "report.pdf", (place / "report.pdf").read_bytes())
    return out / "report.pdf", tuple(float(match[1]) for match in _OVERFULL.finditer(log))
