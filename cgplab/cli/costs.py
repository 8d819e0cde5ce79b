"""``cgplab costs``: what gates cost, where the values come from, and tables of one's own."""

import json
from pathlib import Path
from typing import Annotated, Any

import typer

from cgplab.cli.options import JsonOption
from cgplab.cli.output import say
from cgplab.cli.plain_table import print_table
from cgplab.cli.progress_bar import progress_bar
from cgplab.errors import InputError
from cgplab.files import with_directory, write_atomic
from cgplab.hardware import DEFAULT_COSTS, CostTable, cost_table_names, load_costs, table_info

app = typer.Typer(help="Cost tables: list, show, compare, plot, convert and make them.", no_args_is_help=True)

TableArgument = Annotated[str, typer.Argument(metavar="TABLE", help="A shipped table, or the path of a .csv or .txt.")]


@app.command("list")
def list_tables(as_json: JsonOption = False) -> None:
    """The shipped cost tables, the default first."""
    from dataclasses import asdict

    tables = [table_info(name) for name in cost_table_names()]
    if as_json:
        typer.echo(json.dumps([asdict(table) for table in tables], indent=2))
        return
    columns = (
        ("table", ""), ("node", "nm"), ("library", ""), ("corner", ""), ("add", "fJ, power × delay"),
        ("add", "fJ per operation"), ("inverter", "fJ, power × delay"), ("add", "µm²"), ("add", "ns"),
    )  # fmt: skip
    rows = []
    for table in tables:
        costs = load_costs(table.name)
        add, inverter = costs.cost("add"), costs.cost("bit_neg")
        name = f"{table.name} (default)" if table.name == DEFAULT_COSTS else table.name
        rows.append(
            (
                name, str(table.node_nm), table.library, table.corner,
                _digits(add.energy * 1e3), _digits((add.energy_per_op or 0) * 1e3), _digits(inverter.energy * 1e3),
                _digits(add.area), _digits(add.delay),
            )
        )  # fmt: skip
    print_table("", columns, rows, left=(0, 2, 3))


@app.command()
def show(table: TableArgument, as_json: JsonOption = False) -> None:
    """Every operator of one table, and where its values come from."""
    from cgplab.hardware.tables import read_rows, table_path

    costs = load_costs(table)
    sources = (
        {} if table_path(table).suffix == ".txt" else {row["name"]: row.get("source", "") for row in read_rows(table)}
    )
    info = table_info(table) if table in cost_table_names() else None
    entries = [
        {
            "name": entry,
            **{q: getattr(costs.cost(entry), q) for q in ("energy", "energy_per_op", "area", "delay")},
            "source": sources.get(entry, ""),
        }
        for entry in costs.quanta
    ]
    if as_json:
        from dataclasses import asdict

        about: dict[str, Any] = {} if info is None else asdict(info)
        typer.echo(json.dumps({"name": costs.name, **about, "sha256": costs.sha256, "operators": entries}, indent=2))
        return
    columns = (
        ("operator", ""), ("energy,\npower × delay", "pJ"), ("energy per\noperation", "pJ"),
        ("area", "µm²"), ("delay", "ns"), ("source", ""),
    )  # fmt: skip
    rows = [
        (e["name"], *(_digits(e[q]) for q in ("energy", "energy_per_op", "area", "delay")), e["source"])
        for e in entries
    ]
    print_table(costs.name, columns, rows, left=(0, 5))
    if info is not None:
        say(f"{info.library}, {info.node_nm} nm, {info.corner}: {info.origin}.")
        for note in info.notes:
            say(f"Note: {note}.")


@app.command()
def compare(
    tables: Annotated[
        list[str] | None, typer.Argument(metavar="[TABLE]...", help="Tables; default: all shipped.")
    ] = None,
    quantity: Annotated[str, typer.Option(help="energy (power × delay), energy_per_op, area or delay.")] = "energy",
    as_json: JsonOption = False,
) -> None:
    """One measure of every operator in several tables."""
    from cgplab.hardware.tables import QUANTITY_LABELS

    if quantity not in QUANTITY_LABELS:
        raise InputError(f"unknown measure {quantity!r}; allowed: {', '.join(QUANTITY_LABELS)}")
    loaded = [load_costs(name) for name in tables or cost_table_names()]
    names = list(dict.fromkeys(entry for table in loaded for entry in table.quanta))
    values = {
        entry: {table.name: getattr(table.cost(entry), quantity) if entry in table.quanta else None for table in loaded}
        for entry in names
    }
    if as_json:
        typer.echo(json.dumps({"quantity": quantity, "unit": QUANTITY_LABELS[quantity], "operators": values}, indent=2))
        return
    rows = [
        (entry, *(_digits(value) for value in of_tables.values()))
        for entry, of_tables in values.items()
        if any(of_tables.values())
    ]
    print_table(QUANTITY_LABELS[quantity], (("operator", ""), *((t.name, "") for t in loaded)), rows, left=(0,))
    say("Shifts, constants and wires cost nothing in any table and are left out." if len(rows) < len(names) else "")


@app.command()
def plot(
    tables: Annotated[
        list[str] | None, typer.Argument(metavar="[TABLE]...", help="Tables; default: all shipped.")
    ] = None,
    format: Annotated[str, typer.Option(help="Comma-separated: pdf, png, svg.")] = "pdf,png",
    out: Annotated[Path, typer.Option(metavar="DIR", help="Directory for the files.")] = Path("out"),
) -> None:
    """Draw tables side by side."""
    from cgplab.figures import FORMATS, save_drawing
    from cgplab.figures.cost_tables import publication

    formats = [text.strip() for text in format.split(",")]
    for unknown in [text for text in formats if text not in FORMATS]:
        raise InputError(f"unknown format {unknown!r}; allowed: {', '.join(FORMATS)}")
    figure = publication([load_costs(name) for name in tables or cost_table_names()])
    for path in save_drawing(figure, "cost_tables", out, formats):
        say(str(path))


@app.command()
def convert(
    table: TableArgument,
    out: Annotated[Path, typer.Argument(metavar="FILE", help="A .csv, or a .txt as the original program reads it.")],
    grid: Annotated[
        str | None, typer.Option(metavar="ROWSxCOLS", help="For .txt: grid that the values are quantized for.")
    ] = None,
) -> None:
    """Write a table as CSV, or in the original program's quantized text format."""
    from cgplab.cgp.geometry import parse_grid
    from cgplab.hardware.quantized import to_quantized_text
    from cgplab.hardware.tables import COLUMNS, to_csv

    costs = load_costs(table)
    if out.suffix == ".txt":
        if grid is None:
            raise InputError("the original's text format is quantized for one grid; give --grid, e.g. --grid 50x10")
        text = to_quantized_text(costs, *parse_grid(grid))
    elif out.suffix == ".csv":
        text = to_csv(
            {"name": e, **{c: repr(getattr(costs.cost(e), q)) for q, c in COLUMNS.items() if costs.gives(q)}}
            for e in costs.quanta
        )
    else:
        raise InputError(f"{out} must end in .csv or .txt")
    write_atomic(with_directory(out), text.encode())
    say(str(out))


@app.command()
def reports(
    directory: Annotated[Path, typer.Argument(metavar="DIR", help="Holds <operator>_{power,area,timing}.txt.")],
    out: Annotated[Path, typer.Option(metavar="FILE", help="The table, a .csv for --costs.")],
) -> None:
    """Make a table from reports of Synopsys Design Compiler."""
    from cgplab.hardware.reports import read_reports

    write_table(read_reports(directory), out)


@app.command()
def derive(
    liberty: Annotated[Path, typer.Option(metavar="FILE", help="Liberty file of a standard-cell library.")],
    out: Annotated[Path, typer.Option(metavar="FILE", help="The table, a .csv for --costs.")],
) -> None:
    """Make a table from a Liberty file: map every operator with yosys, check it, time it, compute its power."""
    from cgplab.hardware.synthesis.derive import derive_costs
    from cgplab.hardware.synthesis.gates import GATES
    from cgplab.hardware.synthesis.library import read_liberty
    from cgplab.hardware.synthesis.mapping import find_yosys

    if out.suffix != ".csv":
        raise InputError(f"{out} must end in .csv")
    find_yosys()
    library = read_liberty(liberty)
    with progress_bar() as bar:
        task = bar.add_task(f"{library.name}: operators", total=len(GATES))
        rows = derive_costs(library, GATES, lambda name: bar.update(task, advance=1))
    write_table(rows, out)


def write_table(rows: list[dict[str, str]], out: Path) -> None:
    """Write a table that :func:`load_costs` accepts, or nothing."""
    from cgplab.hardware.tables import COLUMNS, to_csv

    if out.suffix != ".csv":
        raise InputError(f"{out} must end in .csv")
    present = {q: c for q, c in COLUMNS.items() if c in rows[0]}
    CostTable.from_mapping({row["name"]: {q: row[c] for q, c in present.items()} for row in rows}, out.stem)  # type: ignore[misc]
    write_atomic(with_directory(out), to_csv(rows).encode())
    say(f"{out}: {len(rows)} operators; use it with --costs {out}")


def _digits(value: float | None) -> str:
    return "–" if value is None else f"{value:.4g}"
