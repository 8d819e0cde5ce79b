"""A report as one self-contained HTML page."""

import base64

from cgplab.figures.files import drawing_bytes
from cgplab.latex import Column
from cgplab.markup import Markup, html, joined
from cgplab.report.content import Block, DataTable, Listing, Picture, Prose, Report, Section
from cgplab.report.references import REFERENCES

_DPI = 160
"""Of pictures on a screen: sharp where a pixel is half a point."""
_STYLE = html("""
:root { color-scheme: light dark; --ink: #1a1a1a; --quiet: #555; --line: #d5d5d5; --paper: #fff }
@media (prefers-color-scheme: dark) { :root { --ink: #e8e8e8; --quiet: #aaa; --line: #444; --paper: #16181b } }
body { font: 16px/1.55 system-ui, sans-serif; max-width: 60rem; margin: 2rem auto; padding: 0 1rem;
       color: var(--ink); background: var(--paper) }
h1 { line-height: 1.2 } h2 { margin-top: 2.6rem; border-bottom: 1px solid var(--line) }
nav ol { columns: 2; padding-left: 1.2rem }
figure { margin: 1.6rem 0 } figure img { max-width: 100%; background: #fff }
figcaption, caption { color: var(--quiet); font-size: .92rem; text-align: left; padding: .3rem 0 }
.wide { overflow-x: auto; width: fit-content; min-width: 100%; max-width: 94vw;
        position: relative; left: 50%; transform: translateX(-50%) }
table { border-collapse: collapse; font-size: .88rem }
th, td { padding: .22rem .7rem .22rem 0; text-align: right; vertical-align: top; white-space: nowrap }
th.words, td.words { text-align: left; white-space: normal }
thead th { border-bottom: 1.5px solid var(--ink); vertical-align: bottom }
tbody tr { border-bottom: 1px solid var(--line) }
pre { overflow-x: auto; font-size: .82rem; line-height: 1.4; border-left: 3px solid var(--line); padding-left: .8rem }
""")


def as_page(report: Report) -> str:
    """Page of a report."""
    return html(
        '<!DOCTYPE html>\n<html lang="en"><head><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width, initial-scale=1"><title>{title}</title>'
        "<style>{style}</style></head>\n<body><main><h1>{title}</h1>\n<nav><ol>{contents}</ol></nav>\n"
        "{sections}\n{references}</main></body></html>\n",
        title=report.title,
        style=_STYLE,
        contents=joined(
            html('<li><a href="#section-{}">{}</a></li>', number, section.title)
            for number, section in enumerate(report.sections, 1)
        ),
        sections=joined((_section(n, section) for n, section in enumerate(report.sections, 1)), "\n"),
        references=_references(report.references),
    )


def _section(number: int, section: Section) -> Markup:
    return html(
        '<section><h2 id="section-{}">{}</h2>\n{}</section>',
        number, section.title, joined(map(_block, section.blocks), "\n"),
    )  # fmt: skip


def _block(block: Block) -> Markup:
    match block:
        case Prose(text):
            return html("<p>{}</p>", text)
        case DataTable():
            return _table(block)
        case Picture(caption, figure):
            data = base64.b64encode(drawing_bytes(figure, "png", _DPI)).decode()
            return html(
                '<figure><img src="data:image/png;base64,{}" alt="{}"><figcaption>{}</figcaption></figure>',
                data, caption, caption,
            )  # fmt: skip
        case Listing(caption, text):
            return html("<figure><pre>{}</pre><figcaption>{}</figcaption></figure>", text, caption)


def _table(table: DataTable) -> Markup:
    head = (html('<th scope="col" class="{}">{}</th>', _kind(column), column.title) for column in table.columns)
    body = (
        html(
            "<tr>{}</tr>",
            joined(
                html('<td class="{}">{}</td>', _kind(column), text)
                for column, text in zip(table.columns, row, strict=True)
            ),
        )
        for row in table.rows
    )
    return html(
        '<div class="wide"><table><caption>{}</caption><thead><tr>{}</tr></thead>\n<tbody>{}</tbody></table></div>',
        table.caption, joined(head), joined(body, "\n"),
    )  # fmt: skip


def _kind(column: Column) -> str:
    return "words" if column.words else "number"


def _references(keys: tuple[str, ...]) -> Markup:
    if not keys:
        return html("")
    listed = joined(html("<li>{}</li>", REFERENCES[key].text()) for key in keys)
    return html("<section><h2>References</h2><ol>{}</ol></section>", listed)
