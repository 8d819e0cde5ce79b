"""``cgplab model sensitivity``: what errors in the weights of each layer do to the accuracy."""

import json
from dataclasses import asdict
from typing import TYPE_CHECKING, Annotated

import typer
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TimeElapsedColumn, TimeRemainingColumn

from cgplab.cli.options import EXIT_INTERRUPTED, JsonOption, StoreOption
from cgplab.cli.output import Field, PlainConsole, say
from cgplab.cli.plain_table import print_table
from cgplab.models.provenance import dataset_of
from cgplab.store import Store

if TYPE_CHECKING:
    import pandas as pd

TITLES = (("layer", ""), ("part", ""), ("largest loss", "pp"), ("at e", ""), ("e that lose ≤ 2 pp", ""))


def sensitivity(
    name: Annotated[str, typer.Argument(help="Name of an int8 model, or path of a .npz file.")],
    layer: Annotated[list[str] | None, typer.Option(help="Layer to disturb; again for more; default: all.")] = None,
    step: Annotated[int, typer.Option(help="Errors are the multiples of it in -128..127.")] = 8,
    overflow: Annotated[str, typer.Option(help="Of sums beyond -128..127: saturate, or wrap.")] = "saturate",
    data: Annotated[
        str | None, typer.Option(help="Data set, .npz file or folder of pictures; default: what the model is made for.")
    ] = None,
    split: Annotated[str, typer.Option(help="Split of the data set, as `cgplab data list` names it.")] = "test",
    images: Annotated[int, typer.Option(help="Use the first so many images; 0 for all.")] = 2000,
    device: Annotated[str, typer.Option(help="cpu, or cuda where there is one.")] = "cpu",
    store: StoreOption = None,
    as_json: JsonOption = False,
) -> None:
    """Add e = -128..127 to the core of a layer's kernels, outside the core and everywhere; store the accuracies.

    A later call measures only what the store lacks.
    """
    from cgplab.analysis import sensitivity as sensitivity_frame
    from cgplab.running.sensitivity import measure_sensitivity, parse_overflow

    target = Store.open(store, to_fill=True)
    target.check_writable()
    columns = (
        Field("{task.description}"),
        BarColumn(),
        MofNCompleteColumn(),
        TimeElapsedColumn(),
        TimeRemainingColumn(),
    )
    try:
        with Progress(*columns, console=PlainConsole(stderr=True), transient=True) as bar:
            task = bar.add_task(f"sensitivity of {name}", total=None)
            table = measure_sensitivity(
                name,
                target,
                dataset=data or dataset_of(name),
                split=split,
                layers=layer or (),
                step=step,
                images=images or None,
                overflow=parse_overflow(overflow),
                device=device,
                progress=lambda done, total: bar.update(task, completed=done, total=total),
            )
    except KeyboardInterrupt:
        say(f"stopped; what is measured is kept in {target.root}, the same command goes on", err=True)
        raise typer.Exit(EXIT_INTERRUPTED) from None
    frame = sensitivity_frame(target)
    for column, value in asdict(table.key).items():
        if column in frame:
            frame = frame[frame[column] == value]
    if layer:
        frame = frame[frame["layer"].isin(layer)]
    if as_json:
        typer.echo(json.dumps(frame.to_dict(orient="records")))
        return
    reach = int(frame.loc[frame["error"] != 0, "error"].abs().min())
    grouped = frame.groupby(["layer", "part"], sort=False)
    print_table(
        f"{table.key.model} on {table.key.images:,} images of {table.key.dataset}, top-1 {table.reference_top1:.2f} %",
        (*TITLES[:-1], (f"loss at e = ±{reach}", "pp"), TITLES[-1]),
        [_row(str(name), str(part), rows, reach) for (name, part), rows in grouped],
        left=(0, 1),
    )


def _row(layer: str, part: str, rows: "pd.DataFrame", reach: int) -> tuple[str, ...]:
    losses = dict(zip(rows["error"].tolist(), rows["accuracy_loss"].tolist(), strict=True))
    worst = max(losses, key=lambda error: losses[error])
    near = max(losses.get(error, 0.0) for error in (-reach, reach))
    return layer, part, f"{losses[worst]:.2f}", str(worst), f"{near:.2f}", _robust_range(losses)


def _robust_range(losses: dict[int, float], allowed: float = 2.0) -> str:
    """Errors from the least to the greatest between which no measured one loses more than allowed."""
    low = high = 0
    for error in sorted(e for e in losses if e > 0):
        if losses[error] > allowed:
            break
        high = error
    for error in sorted((e for e in losses if e < 0), reverse=True):
        if losses[error] > allowed:
            break
        low = error
    return f"{low} … {high}"
