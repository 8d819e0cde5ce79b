"""The page of verdicts in Markdown and HTML."""

from collections.abc import Iterable, Sequence

from cgplab.markup import Markup, html, joined
from cgplab.reproduction.contents import TITLE, Cell, Contents, Part

_STYLE = html("""
:root { --ink: #1b1f24; --soft: #57606a; --line: #d8dee4; --paper: #fff }
body { font: 15px/1.5 system-ui, sans-serif; max-width: 1320px; margin: 2.5rem auto; padding: 0 1.5rem;
       color: var(--ink); background: var(--paper) }
h1 { font-size: 1.7rem; line-height: 1.2; margin: 0 0 .6rem } h2 { font-size: 1.2rem; margin: 2.4rem 0 .6rem }
p { max-width: 85ch } .summary { font-size: 1.05rem; font-weight: 600 }
details { color: var(--soft) } summary { cursor: pointer; color: var(--ink) }
.wide { overflow-x: auto }
table { border-collapse: collapse; width: 100%; font-size: .9rem }
th, td { text-align: left; vertical-align: top; padding: .5rem .7rem; border-bottom: 1px solid var(--line) }
thead th { border-bottom: 2px solid var(--ink); font-weight: 600 }
th.section { background: #f3f5f7; font-weight: 600; padding: .35rem .7rem }
td.finding { width: 17% } td.published { width: 16% }
.verdict { display: inline-block; min-width: 3.2em; text-align: center; margin-right: .5em; padding: 0 .5em;
           border-radius: 1em; font-size: .82rem; font-weight: 600; border: 1px solid }
.yes { color: #00563f; background: #dff3ec } .no { color: #8a2c00; background: #fdeadf }
.open { color: #4a4f57; background: #f0f1f3 } .why { display: block; color: var(--soft); font-size: .82rem }
@media print { body { margin: 0; max-width: none } details { display: block } }
""")


def markdown(contents: Contents) -> str:
    """Page in Markdown."""
    lines = [f"# {TITLE}", "", f"**{contents.summary}.**", ""]
    for rule in contents.rules:
        lines += [rule, ""]
    for part in contents.parts:
        lines += [f"## {part.title}", "", *_markdown_part(part), ""]
    lines += ["## The runs that answer", "", *markdown_table(contents.source_columns, contents.sources), ""]
    lines += ["## Published figures without a row", "", *markdown_table(("figure", "why"), contents.not_held), ""]
    return "\n".join(lines)


def markdown_table(columns: Sequence[str], rows: Iterable[Sequence[str]]) -> list[str]:
    """Lines of a table in Markdown."""
    return [f"| {' | '.join(_in_markdown(cell) for cell in row)} |" for row in (columns, ["---"] * len(columns), *rows)]


def _markdown_part(part: Part) -> list[str]:
    rows = [
        (f"{section}: {row.title}" if section else row.title, row.published, *(_told(cell) for cell in row.cells))
        for section, rows in part.sections
        for row in rows
    ]
    return markdown_table(part.columns, rows)


def _told(cell: Cell) -> str:
    """A cell in one line."""
    body = f"{cell.text} ({cell.why})" if cell.text and cell.why else cell.text or cell.why
    return f"{cell.verdict}: {body}" if cell.verdict and body else cell.verdict or body or "–"


def _in_markdown(text: str) -> str:
    """Cell in which neither a table's bars nor tags take effect."""
    return text.replace("\\", "\\\\").replace("|", "\\|").replace("<", "\\<")


def as_page(contents: Contents) -> str:
    """Page in HTML that needs no other file."""
    return html(
        '<!DOCTYPE html>\n<html lang="en"><head><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width, initial-scale=1"><title>{title}</title>'
        '<style>{style}</style></head>\n<body><main><h1>{title}</h1><p class="summary">{summary}.</p>\n'
        "<details open><summary>How the verdicts are reached</summary>{rules}</details>\n{parts}\n"
        "<h2>The runs that answer</h2>{sources}<h2>Published figures without a row</h2>{not_held}"
        "</main></body></html>\n",
        title=TITLE,
        style=_STYLE,
        summary=contents.summary,
        rules=joined(html("<p>{}</p>", rule) for rule in contents.rules),
        parts=joined((_html_part(part) for part in contents.parts), "\n"),
        sources=_plain_table(contents.source_columns, contents.sources),
        not_held=_plain_table(("figure", "why"), contents.not_held),
    )


def _html_part(part: Part) -> Markup:
    body = []
    for section, rows in part.sections:
        if section:
            body.append(
                html('<tr><th class="section" scope="rowgroup" colspan="{}">{}</th></tr>', len(part.columns), section)
            )
        for row in rows:
            cells = joined(html("<td>{}</td>", _html_cell(cell)) for cell in row.cells)
            body.append(
                html(
                    '<tr><td class="finding">{}</td><td class="published">{}</td>{}</tr>',
                    row.title,
                    row.published,
                    cells,
                )
            )
    return html("<h2>{}</h2>{}", part.title, _table(part.columns, joined(body, "\n")))


def _html_cell(cell: Cell) -> Markup:
    verdict = html('<span class="verdict {}">{}</span>', cell.verdict, cell.verdict) if cell.verdict else html("")
    why = html('<span class="why">{}</span>', cell.why) if cell.why else html("")
    empty = not (cell.verdict or cell.text or cell.why)
    return html("{}{}{}", verdict, "–" if empty else cell.text, why)


def _plain_table(columns: Sequence[str], rows: Iterable[Sequence[str]]) -> Markup:
    return _table(
        columns,
        joined((html("<tr>{}</tr>", joined(html("<td>{}</td>", cell) for cell in row)) for row in rows), "\n"),
    )


def _table(columns: Sequence[str], body: Markup) -> Markup:
    head = joined(html('<th scope="col">{}</th>', name) for name in columns)
    return html('<div class="wide"><table><thead><tr>{}</tr></thead><tbody>\n{}\n</tbody></table></div>', head, body)
