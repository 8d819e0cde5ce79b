"""HTML is made in one place, and what is printed goes through one other: read off the source of every file."""

import ast
import re
from pathlib import Path

import pytest

from cgplab.dashboard.messages import heading, quiet, warning
from cgplab.dashboard.theme import text
from cgplab.markup import Markup, as_html, html, joined

PACKAGE = Path(__file__).resolve().parents[1] / "cgplab"
PAYLOAD = """<img src=x onerror="window.__owned=1">'"""
_ELEMENTS = (
    "a|abbr|b|body|br|button|circle|code|dd|details|div|dl|dt|em|figure|font|foreignObject|form|g|h[1-6]|head|hr|html|i|"
    "iframe|img|input|label|li|line|link|main|math|meta|nav|object|ol|option|output|p|path|pre|rect|script|section|select|"
    "small|span|strong|style|sub|summary|sup|svg|table|tbody|td|text|textarea|tfoot|th|thead|title|tr|tspan|u|ul|video"
)
_TAG = re.compile(rf"<!doctype|(?<!\?P)</?({_ELEMENTS})(\s[^<]*|/)?>|<({_ELEMENTS})\s+[\w-]+=", re.IGNORECASE)
_PANES = {"HTML", "Markdown", "Str", "Alert", "DataFrame", "Div", "Paragraph", "PreText", "StaticText",
          "HTMLTemplateFormatter", "TooltipIcon"}  # fmt: skip
"""What shows a text as HTML, whatever it was meant to be."""


def complaints(source, name="planted.py"):
    """Lines of a source that make HTML on their own, print past the one place, or write CSV past the one writer."""
    tree = ast.parse(source)
    parents = {child: parent for parent in ast.walk(tree) for child in ast.iter_child_nodes(parent)}
    for node in ast.walk(tree):
        tags = isinstance(node, ast.Constant) and isinstance(node.value, str) and _TAG.search(node.value)
        if tags and not _is_docstring(node, parents) and not _is_tags_of_html(node, parents):
            yield f"{name}:{node.lineno}: tags outside html(...): {node.value[:60]!r}"
        if isinstance(node, ast.Call):
            called = node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")
            place = f"{name}:{node.lineno}"
            if called == "html" and not (node.args and isinstance(node.args[0], ast.Constant)):
                yield f"{place}: the tags of html(...) are no constant"
            if called == "Markup" and node.args and name != "markup.py":
                yield f"{place}: Markup made outside cgplab/markup.py"
            if called in _PANES and not _is_pandas(node.func):
                yield f"{place}: {called} shows texts as HTML; use theme.text"


def printed_past(source, name):
    """Lines of a command that print past :mod:`cgplab.cli.output`."""
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Call):
            called = ast.unparse(node.func)
            given = ast.unparse(node.args[0]) if node.args else ""
            exact = called == "typer.echo" and given.startswith("json.dumps(")
            if called in ("typer.echo", "typer.secho", "print", "Console", "Text", "TextColumn") and not exact:
                yield f"{name}:{node.lineno}: {called}({given[:40]})"
            if called in ("typer.confirm", "typer.prompt") and not given.startswith("printable("):
                yield f"{name}:{node.lineno}: {called}({given[:40]})"
        if isinstance(node, ast.ImportFrom) and node.module == "rich.markup":
            yield f"{name}:{node.lineno}: rich.markup"


def sources():
    return [(path, path.read_text(encoding="utf-8")) for path in sorted(PACKAGE.rglob("*.py"))]


def _is_pandas(function):
    return isinstance(function, ast.Attribute) and ast.unparse(function.value) in ("pd", "pandas")


def _is_docstring(node, parents):
    return isinstance(parents[node], ast.Expr)


def _is_tags_of_html(node, parents):
    call = parents[node]
    return isinstance(call, ast.Call) and ast.unparse(call.func) == "html" and call.args[0] is node


def test_html_is_made_in_one_place():
    assert [line for path, source in sources() for line in complaints(source, path.name)] == []


@pytest.mark.parametrize(
    "planted",
    [
        'pane.object = f"<p>{phase}</p>"',
        'pane.object = "<p>" + phase + "</p>"',
        'pane.object = "<p>%s</p>" % phase',
        'pane.object = "<p>{}</p>".format(phase)',
        'pane.object = "".join(["<li>", phase])',
        "TEMPLATE = \"<b class='x'>\"",
        'html(f"{tag}")',
        "html(tags, phase)",
        "html('<p>{}</p>', '<b>' + phase)",
        "Markup(phase)",
        "pn.pane.HTML(phase)",
        "pn.pane.Markdown(phase)",
        "Div(text=phase)",
    ],
)
def test_planted_html_is_found(planted):
    assert list(complaints(planted))


def test_commands_print_through_one_place():
    found = [
        line
        for path, source in sources()
        if path.parent.name == "cli" and path.name != "output.py"
        for line in printed_past(source, path.name)
    ]
    assert found == []


@pytest.mark.parametrize(
    "planted",
    ["typer.echo(run.note)", "print(run.note)", "Console().print(x)", "from rich.markup import escape",
     "typer.confirm(question)"],
)  # fmt: skip
def test_planted_printing_is_found(planted):
    assert list(printed_past(planted, "planted.py"))


def test_csv_for_people_has_one_writer():
    exact = {"spreadsheets.py", "tables.py", "model_metrics.py"}  # the last two are read again by programs
    writers = re.compile(r"\.to_csv\(|csv\.(DictW|w)riter\(")
    assert {path.name for path, source in sources() if writers.search(source)} <= exact


def test_what_is_filled_in_is_escaped():
    filled = html("<b title='{named}'>{}</b>", PAYLOAD, named=PAYLOAD)
    assert filled == Markup("<b title='{0}'>{0}</b>").format(PAYLOAD)
    assert "<img" not in filled
    assert html("{}", html("<i>x</i>")) == "<i>x</i>"
    assert html("a { b }") == "a { b }"


@pytest.mark.parametrize("made", [heading, quiet, warning, as_html, lambda words: joined([words], words)])
def test_words_are_never_tags(made):
    assert "<img" not in made(PAYLOAD)
    assert "&lt;img" in made(PAYLOAD)


def test_a_pane_of_text_shows_a_string_as_it_is():
    def sent(pane):
        # Panel escapes once for the way to the browser.
        return Markup(pane.get_root().text).unescape()

    assert sent(text("<img src=x>")) == "&lt;img src=x&gt;"
    assert sent(text(html("<b>{}</b>", "<i>"))) == "<b>&lt;i&gt;</b>"
    pane = text()
    pane.object = "<img src=x>"
    assert sent(pane) == "&lt;img src=x&gt;"
