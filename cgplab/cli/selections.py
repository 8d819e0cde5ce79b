"""``cgplab selections``: which weights can be kept and which inferred."""

import json
from dataclasses import asdict

import typer

from cgplab.cli.options import JsonOption
from cgplab.cli.output import PlainConsole, styled
from cgplab.selections import LEGEND, SELECTIONS, Selection


def selections(as_json: JsonOption = False) -> None:
    """Show the selections: what is kept, what is inferred, defaults, and options with their defaults."""
    if as_json:
        typer.echo(json.dumps([_described(selection) for selection in SELECTIONS.values()], indent=2))
        return
    # Lines are laid out here; folding a phrase in its middle would read worse than a long line.
    console = PlainConsole(soft_wrap=True)
    console.print(styled(LEGEND, "dim"))
    width = max(map(len, SELECTIONS)) + 2
    for selection in SELECTIONS.values():
        console.print(styled(f"\n{selection.name:<{width}}", "bold") + styled(selection.picture, "cyan"))
        for line in (selection.meaning.replace("->", "→"), _defaults(selection), _options(selection)):
            if line:
                console.print(f"  {line}")
    published = styled("\nPublished: what the original study ran; take it over with", "dim")
    console.print(published + styled(" cgplab evolve --published"))


def option(parameter: str) -> str:
    """Option of ``cgplab evolve`` that sets a parameter of a selection."""
    return "--layer" if parameter == "layers" else f"--{parameter.replace('_', '-')}"


def _defaults(selection: Selection) -> str:
    grids = f"grid{'s' if len(selection.grids) > 1 else ''} {', '.join(selection.grids)}"
    text = f"{grids}; mutation rate {selection.mutation_rate:g}"
    study = selection.published
    if study is not None:
        shown = [f"{t:g}" for t in study.strategies]
        strategies = ", ".join(shown) if len(shown) <= 8 else f"{shown[0]} to {shown[-1]} ({len(shown)} values)"
        text += f"; published {study.runs} runs, t = {strategies}{', multiplex' if study.multiplex else ''}"
    return text


def _options(selection: Selection) -> str:
    return "  ".join(
        option(p.name) if p.default is None else f"{option(p.name)} {p.default}" for p in selection.parameters
    )


def _described(selection: Selection) -> dict[str, object]:
    return {
        "name": selection.name,
        "meaning": selection.meaning,
        "grids": selection.grids,
        "mutation_rate": selection.mutation_rate,
        "published": None if selection.published is None else asdict(selection.published),
        "parameters": [{**asdict(parameter), "option": option(parameter.name)} for parameter in selection.parameters],
    }
