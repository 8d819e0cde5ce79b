"""``cgplab model sensitivity``: what errors in the weights of each layer do to the accuracy."""

import json
from typing import Annotated

import typer
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn, TimeRemainingColumn
from rich.table import Table

from cgplab.cli.options import JsonOption, StoreOption
from cgplab.models.provenance import dataset_of
from cgplab.store import Store


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
    from cgplab.analysis.sensitivity import sensitivity_frame
    from cgplab.running.sensitivity import measure_sensitivity, parse_overflow

    target = Store.open(store)
    target.check_writable()
    columns = (
        TextColumn("{task.description}"),
        BarColumn(),
        MofNCompleteColumn(),
        TimeElapsedColumn(),
        TimeRemainingColumn(),
    )
    try:
        with Progress(*columns, console=Console(stderr=True), transient=True) as bar:
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
        typer.echo(f"stopped; what is measured is kept in {target.root}, the same command goes on", err=True)
        raise typer.Exit(130) from None
    frame = sensitivity_frame(target, table.key.model)
    same = (frame["overflow"] == overflow) & (frame["images"] == table.key.images)
    frame = frame[same & (frame["dataset"] == table.key.dataset) & (frame["split"] == table.key.split)]
    if layer:
        frame = frame[frame["layer"].isin(layer)]
    if as_json:
        typer.echo(json.dumps(frame.to_dict(orient="records")))
        return
    shown = Table(
        title=f"{table.key.model} on {table.key.images:,} images, top-1 {table.reference_top1:.2f} %, sums {overflow}",
        caption="Loss of top-1 in percentage points; robust range: errors e around 0 that lose at most 2 points",
    )
    for title in ("Layer", "Part", "Largest loss", "at e", "Loss at e = ±8", "Robust range"):
        shown.add_column(title, justify="left" if title in ("Layer", "Part") else "right")
    for (layer_name, part), rows in frame.groupby(["layer", "part"], sort=False):
        worst = rows["accuracy_loss"].argmax()
        near = rows[rows["error"].abs() == 8]["accuracy_loss"]
        shown.add_row(
            str(layer_name),
            str(part),
            f"{rows['accuracy_loss'].iloc[worst]:.2f}",
            str(rows["error"].iloc[worst]),
            f"{near.max():.2f}" if len(near) else "–",
            _robust_range(dict(zip(rows["error"], rows["accuracy_loss"], strict=True))),
        )
    Console().print(shown)


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
