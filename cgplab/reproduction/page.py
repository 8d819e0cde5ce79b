"""The reproduction table as a page (Markdown, HTML) and for LaTeX."""

from collections import Counter
from collections.abc import Iterable, Sequence

import pandas as pd

from cgplab.markup import Markup, html, joined
from cgplab.reproduction.outcome import Outcome
from cgplab.statistics import latex

TITLE = "What the original study published, and what cgplab finds"
_COLUMNS = (
    "finding", "published", "as the original searched", "children per run", "our best method", "verdict",
    "likely reason",
)  # fmt: skip
_STYLE = html("""
body { font: 15px/1.45 system-ui, sans-serif; max-width: 1400px; margin: 2rem auto; padding: 0 1rem; color: #1a1a1a }
table { border-collapse: collapse; width: 100% }
th, td { text-align: left; vertical-align: top; padding: .45rem .6rem; border-bottom: 1px solid #d8d8d8 }
th { border-bottom: 2px solid #1a1a1a }
.better { color: #00664a; font-weight: 600 } .reproduced { color: #005a8e; font-weight: 600 }
.differs { color: #a34700; font-weight: 600 }
""")


def frame(outcomes: Sequence[Outcome]) -> pd.DataFrame:
    """Texts, one row per finding."""
    rows = [(o.finding.title, o.finding.published, o.original, o.budget, o.best, o.verdict, o.reason) for o in outcomes]
    return pd.DataFrame(rows, columns=list(_COLUMNS))


def summary(outcomes: Sequence[Outcome]) -> str:
    """``17 findings: 6 better, 8 reproduced, 3 differ``."""
    counts = Counter(outcome.verdict for outcome in outcomes)
    words = {"differs": "differ", "no runs": "without runs"}
    told = [f"{n} {words.get(verdict, verdict)}" for verdict, n in counts.most_common()]
    return f"{len(outcomes)} findings: {', '.join(told)}"


def markdown(outcomes: Sequence[Outcome], about: str) -> str:
    """Page in Markdown."""
    lines = markdown_table(_COLUMNS, frame(outcomes).itertuples(index=False))
    return "\n".join([f"# {TITLE}", "", f"{summary(outcomes)}.", "", about, "", *lines, ""])


def markdown_table(columns: Sequence[str], rows: Iterable[Sequence[str]]) -> list[str]:
    """Lines of a table in Markdown."""
    return [f"| {' | '.join(_in_markdown(cell) for cell in row)} |" for row in (columns, ["---"] * len(columns), *rows)]


def _in_markdown(text: str) -> str:
    """Cell in which neither a table's bars nor tags take effect."""
    return text.replace("\\", "\\\\").replace("|", "\\|").replace("<", "\\<")


def as_page(outcomes: Sequence[Outcome], about: str) -> str:
    """Page in HTML that needs no other file."""
    return html(
        '<!DOCTYPE html>\n<html lang="en"><head><meta charset="utf-8"><title>{title}</title>'
        "<style>{style}</style></head>\n<body><main><h1>{title}</h1><p>{summary}.</p>"
        "<p>{about}</p>\n<table><thead><tr>{head}</tr></thead>\n<tbody>\n{body}\n</tbody></table></main></body></html>\n",
        title=TITLE,
        style=_STYLE,
        summary=summary(outcomes),
        about=about,
        head=joined(html('<th scope="col">{}</th>', name) for name in _COLUMNS),
        body=joined((html("<tr>{}</tr>", _cells(row)) for row in frame(outcomes).itertuples(index=False)), "\n"),
    )


def _cells(row: Sequence[str]) -> Markup:
    return joined(
        html('<td class="{}">{}</td>', text.replace(" ", "-"), text) if name == "verdict" else html("<td>{}</td>", text)
        for name, text in zip(_COLUMNS, row, strict=True)
    )


def tex(outcomes: Sequence[Outcome], about: str) -> str:
    """Table for LaTeX over several pages, turned; its first line names the packages that it needs."""
    return latex.long_table(frame(outcomes), f"{TITLE}. {about}", "tab:reproduction")
