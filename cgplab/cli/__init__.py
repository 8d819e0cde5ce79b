"""The command line: ``cgplab``."""

import io
import sys
import warnings
from collections.abc import Sequence
from itertools import pairwise
from typing import Any

import typer
from typer.core import TyperGroup
from typer.exceptions import TyperException

from cgplab.cli import (
    bench,
    cluster,
    compression,
    control,
    costs,
    dashboard,
    data,
    evolve,
    export,
    figures,
    keeping,
    metrics,
    model,
    reproduce,
    runs,
    selections,
    stats,
    study,
    synth,
    thesis,
)
from cgplab.cli.options import EXIT_INTERRUPTED, EXIT_MISSING_TOOL, EXIT_WRONG_RESULT
from cgplab.cli.output import complain
from cgplab.errors import InputError, MissingToolError, WrongResultError
from cgplab.numbers import shortened


class _Commands(TyperGroup):
    """All commands; Ctrl-C is one line, unless a command tells more."""

    def invoke(self, ctx: Any) -> Any:
        try:
            return super().invoke(ctx)
        except KeyboardInterrupt:
            complain("interrupted")
            raise typer.Exit(EXIT_INTERRUPTED) from None


app = typer.Typer(
    name="cgplab",
    cls=_Commands,
    help="Infer a neural network's int8 weights with tiny evolved circuits instead of reading them from memory.",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    add_completion=False,
)
app.add_typer(cluster.app, name="cluster")
app.add_typer(costs.app, name="costs")
app.add_typer(data.app, name="data")
app.add_typer(model.app, name="model")
app.add_typer(runs.app, name="runs")
app.add_typer(study.app, name="study")
keeping.add_to(runs.app)
app.command("evolve")(evolve.evolve)
app.command("pause")(control.pause)
app.command("resume")(control.resume)
app.command("stop")(control.stop)
app.command("retry")(control.retry)
app.command("submit")(cluster.submit)
app.command("bench")(bench.bench)
app.command("metrics")(metrics.metrics)
app.command("compression")(compression.compression)
app.command("dashboard")(dashboard.dashboard)
app.command("password")(dashboard.password)
app.command("figures")(figures.figures)
app.command("export")(export.export)
app.command("synth")(synth.synth)
app.command("stats")(stats.stats)
app.command("reproduce")(reproduce.reproduce)
app.command("selections")(selections.selections)
app.command("import-thesis")(thesis.import_thesis)
app.command("export-thesis")(thesis.export_thesis)


def _complain(message: Warning | str, *place: object, **more: object) -> None:
    """Show a warning as a line of the program's own; where in the code it arose does not help a user."""
    complain(message)


def _given(error: Exception, words: Sequence[str]) -> str:
    """Value that the command line gives for the option at fault; the error's own message does not show it."""
    names = error.param.opts if isinstance(error, typer.BadParameter) and error.param is not None else ()
    values = [follows for word, follows in pairwise((*words, "")) if word in names]
    for word in words:
        name, assigned, value = word.partition("=")
        if assigned and name in names:
            values.append(value)
    return f"; given: {', '.join(map(shortened, values))}" if values else ""


def main() -> None:
    """Run the command line; an error that the user can mend is one line and exit code 2."""
    warnings.showwarning = _complain
    if isinstance(sys.stdout, io.TextIOWrapper):
        sys.stdout.reconfigure(errors="backslashreplace")  # a store's path need not be text
    try:
        sys.exit(app(standalone_mode=False))
    except (InputError, TyperException) as error:
        # A wrong option knows its name only in the formatted message.
        text = error.format_message() if hasattr(error, "format_message") else str(error)
        complain(f"{text}{_given(error, sys.argv[1:])}")
        sys.exit(2)
    except MissingToolError as error:
        complain(error)
        sys.exit(EXIT_MISSING_TOOL)
    except WrongResultError as error:
        complain(error)
        sys.exit(EXIT_WRONG_RESULT)
    except BrokenPipeError:
        # The reader, `head` say, has left; what is still buffered has nowhere to go.
        sys.stderr.close()
        sys.exit(141)
