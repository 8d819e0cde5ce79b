"""What is stored may be shown on a terminal, never command it."""

import io
import json
import re
import unicodedata

import pytest
from rich.progress import Progress
from rich.table import Table
from typer.testing import CliRunner

from cgplab.cli import app
from cgplab.cli.output import Field, PlainConsole, complain, say, styled
from cgplab.running import Request, plan
from cgplab.store import Store
from cgplab.terminal import one_line, printable

ATTACK = "a\x1b]0;owned\x07\x1b[2J\x9b31m\u202eevil\u2066[red]b[/][/link]:skull:\rc\x7f"
_BIDIRECTIONAL = {"LRE", "RLE", "LRO", "RLO", "PDF", "LRI", "RLI", "FSI", "PDI"}


def sent_to(terminal):
    """Characters that would command a terminal, in what was printed."""
    return {
        c
        for c in terminal
        if (unicodedata.category(c) == "Cc" and c not in "\n\t") or unicodedata.bidirectional(c) in _BIDIRECTIONAL
    }


def test_every_control_character_is_told():
    every = "".join(map(chr, range(0x110000)))
    assert not sent_to(printable(every))
    printable(every).encode()  # nor halves of surrogates, which no terminal is sent
    assert printable("\x1b[31m\u202e\ttab\nline ä 💀 [red]") == "\\x1b[31m\\u202e\ttab\nline ä 💀 [red]"
    assert one_line("a\nb\r\n\x1bc") == "a b \\x1bc"


def test_say_and_complain(capsys):
    say(ATTACK)
    complain(f"{ATTACK}\ncgplab: no damage")
    out, err = capsys.readouterr()
    assert not sent_to(out + err)
    assert len(err.splitlines()) == 1


@pytest.mark.parametrize("terminal", [False, True])
def test_consoles_show_texts_as_they_are(terminal):
    file = io.StringIO()
    console = PlainConsole(file=file, width=150, force_terminal=terminal, no_color=True)
    table = Table(title=ATTACK, caption=ATTACK)
    table.add_column(ATTACK, footer=ATTACK, no_wrap=True)
    table.add_row(ATTACK)
    table.add_row(styled(ATTACK))
    console.print(ATTACK)
    console.print(table)
    printed = re.sub(r"\x1b\[[\d;]*m", "", file.getvalue())  # Rich's own colours; the attack has none
    assert not sent_to(printed)
    assert printed.count("[red]b[/][/link]:skull:") == 7 - 1
    rows = [line for line in printed.splitlines() if line[:1] in "│┃"]
    assert len({len(line) for line in rows}) == 1  # the columns stay aligned


def test_progress_shows_texts_as_they_are():
    file = io.StringIO()
    with Progress(Field("{task.description}"), console=PlainConsole(file=file, width=150)) as bar:
        bar.add_task(ATTACK)
    assert not sent_to(file.getvalue())
    assert "[red]b[/][/link]:skull:" in file.getvalue()


@pytest.fixture
def store(tmp_path):
    found = Store(tmp_path / "store")
    (run, *_) = found.create_all(plan(Request("lenet5-qat", "layer_bypass", [0.0])))
    run.annotate(add=(ATTACK.replace("\r", ""),), note=ATTACK)
    run.add_event(ATTACK, **{ATTACK: ATTACK})
    return found, run


@pytest.mark.parametrize(
    "command",
    [("runs", "list"), ("runs", "show", "RUN"), ("runs", "note", "RUN"), ("runs", "tag", "RUN", "x"),
     ("runs", "list", "--where", f"layer={ATTACK}"), ("runs", "show", ATTACK)],
)  # fmt: skip
def test_no_command_sends_what_is_stored(command, store):
    found, run = store
    told = CliRunner().invoke(
        app, [*(run.id if word == "RUN" else word for word in command), "--store", str(found.root)]
    )
    assert not sent_to(told.output + told.stderr)
    assert told.exception is None or type(told.exception).__name__ in ("SystemExit", "InputError")


def test_json_stays_exact(store):
    found, run = store
    told = CliRunner().invoke(app, ["runs", "show", run.id, "--json", "--store", str(found.root)])
    assert json.loads(told.stdout)["note"] == ATTACK
