"""Tables for LaTeX, compiled as a reader's document would: plain article at 10 pt, with the packages they name."""

import re
import shutil
import subprocess

import pytest

NEEDS_LATEX = pytest.mark.skipif(shutil.which("pdflatex") is None, reason="no pdflatex on this machine")
_WRONG = re.compile(
    r"^(Overfull \\[hv]box \((?P<pt>[\d.]+)pt too .*|! .*|Missing character.*|LaTeX Warning: Float too large.*"
    r"|LaTeX Font Warning: .*(undefined|not available).*)$",
    re.MULTILINE,
)


def problems(tables, folder, paper="a4paper"):
    """Lines of the log that tell of boxes over 1 pt too large, missing characters and errors, each with its table.

    Parameters
    ----------
    tables : dict of str to str
        LaTeX by a name.
    folder : Path
        Where to compile; ``tables.pdf`` stays there.
    paper : str
        Option of the class.
    """
    packages = sorted(
        {name for text in tables.values() for name in re.match(r"% needs: .*\{(.*)\}", text)[1].split(",")}
    )
    lines = [rf"\documentclass[{paper}]{{article}}", rf"\usepackage{{{','.join(packages)}}}", r"\begin{document}"]
    for name, text in tables.items():
        lines += [rf"\typeout{{TABLE {name}}}", text, r"\clearpage"]
    (folder / "tables.tex").write_text("\n".join([*lines, r"\end{document}", ""]))
    for _ in range(2):  # longtable learns its widths from the first pass
        done = subprocess.run(
            ["pdflatex", "-interaction=nonstopmode", "-no-shell-escape", "tables.tex"],
            cwd=folder, capture_output=True, check=False,
        )  # fmt: skip
    log = (folder / "tables.log").read_text(errors="replace")
    found, name = [], "?"
    for line in log.splitlines():
        if line.startswith("TABLE "):
            name = line.removeprefix("TABLE ")
        wrong = _WRONG.match(line)
        if wrong and (wrong["pt"] is None or float(wrong["pt"]) > 1):
            found.append(f"{name}: {line}")
    if not found and done.returncode:
        found.append(done.stdout.decode(errors="replace")[-500:])
    return found
