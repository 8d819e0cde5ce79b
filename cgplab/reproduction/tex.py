"""The tables of verdicts for LaTeX; they need the packages array, booktabs and longtable."""

from collections.abc import Iterable, Sequence

from cgplab.latex import escape, mathematics
from cgplab.reproduction.contents import TITLE, Cell, Contents, Part


def tex(contents: Contents) -> str:
    """Tables of the verdicts and of the runs behind them, over several pages where needed."""
    tables = [_part(part, index) for index, part in enumerate(contents.parts)]
    sources = _long_table(
        contents.source_columns, [" & ".join(_math(cell) for cell in row) for row in contents.sources],
        (0.14, 0.14, 0.15, 0.05, 0.08, 0.06, 0.14, 0.12, 0.12), "The runs that answer", "tab:reproduction-runs",
    )  # fmt: skip
    rules = "".join(f"\\noindent\\footnotesize {_math(rule)}\\par\\medskip\n" for rule in contents.rules)
    return "\n".join([*tables, sources, "{", rules + "}", ""])


def _part(part: Part, index: int) -> str:
    lines = []
    for section, rows in part.sections:
        heading = f"\\multicolumn{{{len(part.columns)}}}{{@{{}}l@{{}}}}{{\\itshape {escape(section)}}}"
        if section:
            lines.append(f"\\addlinespace {heading} \\\\*")
        lines += [
            " & ".join([_math(row.title), _math(row.published), *(_cell(cell) for cell in row.cells)]) for row in rows
        ]
    widths = (0.17, 0.17) + (0.66 / len(part.columns[2:]),) * len(part.columns[2:])
    label = "tab:reproduction" + (f"-{index}" if index else "")
    return _long_table(part.columns, lines, widths, f"{TITLE}: {part.title[0].lower()}{part.title[1:]}", label)


def _cell(cell: Cell) -> str:
    if not (cell.verdict or cell.text or cell.why):
        return "--"
    verdict = f"\\textbf{{{cell.verdict}}} " if cell.verdict else ""
    why = f"\\textit{{{_math(cell.why)}}}" if cell.why else ""
    return f"{verdict}{_math(cell.text)}" + ("\\newline " if cell.text and why else "") + why


def _long_table(columns: Sequence[str], rows: Iterable[str], widths: Sequence[float], caption: str, label: str) -> str:
    """Table of ragged columns as wide as the text, its head repeated on every page."""
    n = len(columns)
    gaps = 2 * (n - 1)
    forms = "".join(
        f">{{\\raggedright\\arraybackslash}}p{{\\dimexpr {width:.4f}\\linewidth-{width * gaps:.4f}\\tabcolsep\\relax}}"
        for width in (width / sum(widths) for width in widths)
    )
    head = " & ".join(f"\\bfseries {_math(name)}" for name in columns)
    body = "\n".join(row if row.endswith("\\\\*") else f"{row} \\\\[2pt]" for row in rows)
    return (
        "{\\footnotesize\\emergencystretch=2em\\setlength\\LTcapwidth{\\linewidth}\n"
        f"\\begin{{longtable}}{{@{{}}{forms}@{{}}}}\n\\caption{{{_math(caption)}}}\\label{{{label}}}\\\\\n"
        f"\\toprule\n{head} \\\\\n\\midrule\n\\endfirsthead\n\\toprule\n{head} \\\\\n\\midrule\n\\endhead\n"
        f"\\bottomrule\n\\endlastfoot\n{body}\n\\end{{longtable}}}}"
    )


def _math(text: str) -> str:
    """Text with its formulas set as mathematics, in which two hyphens stay two."""
    return mathematics(text).replace("--", "-{}-")
