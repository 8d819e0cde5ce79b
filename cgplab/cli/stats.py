"""``cgplab stats``: compare what runs found, with the test that fits."""

import shlex
from pathlib import Path
from typing import Annotated

import typer

from cgplab.analysis.comparing import TooFewSolutionsError, counting, on_images
from cgplab.analysis.mixture import MixedError
from cgplab.cli.options import BatchOption, StoreOption, StudyOption, WhereOption, check_formats
from cgplab.cli.output import say, say_lines
from cgplab.errors import InputError
from cgplab.figures import save_drawing
from cgplab.files import with_directory, write_atomic
from cgplab.sealed import open_store
from cgplab.study.comparing import compare_runs, left_of
from cgplab.study.scope import scope_of

_MOST_WAYS = 4


def stats(
    response: Annotated[
        str | None,
        typer.Option(metavar="COLUMN", help="Column to compare. Default: as planned, else accuracy_loss."),
    ] = None,
    factor: Annotated[
        str | None,
        typer.Option(metavar="COLUMN", help="Column whose levels are compared. Default: as planned, else strategy."),
    ] = None,
    block: Annotated[
        str | None,
        typer.Option(
            metavar="COLUMN",
            help="Column that defines blocks, e.g. layer; runs of a cell: median. Default: as planned.",
        ),
    ] = None,
    posthoc: Annotated[
        str | None, typer.Option(help="conover or dunn; with blocks nemenyi or wilcoxon. First is default.")
    ] = None,
    drop_incomplete: Annotated[
        bool, typer.Option("--drop-incomplete", help="Leave out blocks in which a level has no run.")
    ] = False,
    alpha: Annotated[float, typer.Option(help="Level of the tests.")] = 0.05,
    equivalent_within: Annotated[
        float | None,
        typer.Option(
            metavar="MARGIN",
            help="Also test whether levels lie within MARGIN of 0, or of --control; in the measure's unit.",
        ),
    ] = None,
    control: Annotated[
        str | None, typer.Option(metavar="LEVEL", help="Also compare every level with this one.")
    ] = None,
    use_mixed: Annotated[
        bool, typer.Option("--mixed", help="Also fit a linear mixed model: layer and kernel random, every run counts.")
    ] = False,
    show: Annotated[
        float | None,
        typer.Option(
            "--power",
            metavar="DIFFERENCE",
            help="Also report the power to show DIFFERENCE, in the measure's unit, and what gives 80 % power.",
        ),
    ] = None,
    out: Annotated[Path, typer.Option(metavar="DIR", help="Directory for the diagram.")] = Path("out"),
    format: Annotated[str, typer.Option(help="Comma-separated: pdf, png, svg.")] = "pdf,png,svg",
    latex: Annotated[bool, typer.Option("--latex", help="Write the tables for LaTeX too.")] = False,
    conditions: WhereOption = None,
    store: StoreOption = None,
    study: StudyOption = None,
    batch: BatchOption = None,
) -> None:
    """Compare a measure between strategies, grids, methods: tests, effect sizes, critical-difference diagram."""
    from cgplab.figures.critical_difference import diagram
    from cgplab.statistics import (
        AgainstControl,
        Equivalence,
        Mixed,
        Power,
        against_control,
        equivalence,
        mixed,
        power,
    )  # fmt: skip

    formats = check_formats(format)
    scope = scope_of(open_store(store), study, batch)
    plan = None if scope.document is None else scope.document.comparison
    restrictions = list(conditions or [])
    if plan is not None and factor is None and block is None:
        response, factor, block = response or plan.response, plan.factor, plan.block
        drop_incomplete |= plan.block is not None
        restrictions += left_of(plan.where, restrictions)
    response, factor = response or "accuracy_loss", factor or "strategy"
    try:
        frames = scope.frames(restrictions)
        found = compare_runs(
            frames, response, factor, block,
            posthoc=posthoc, drop_incomplete=drop_incomplete, alpha=alpha,
        )  # fmt: skip
    except TooFewSolutionsError as error:
        say(scope.title + "".join(f", {condition}" for condition in restrictions))
        say_lines(error.success.report())
        raise
    except MixedError as error:
        ways = [f"--where {shlex.quote(condition)}" for condition in error.choices[:_MOST_WAYS]]
        ways += [f"--block {error.block}"] * (error.block is not None)
        raise InputError(f"{error}: {' | '.join(ways)}") from error
    further: list[AgainstControl | Equivalence | Mixed | Power] = []
    if control is not None:
        further.append(against_control(found.samples, control, posthoc=posthoc, alpha=alpha, images=found.images))
    if equivalent_within is not None:
        further.append(equivalence(found.samples, equivalent_within, control, alpha=alpha, images=found.images))
    if use_mixed:
        further.append(
            mixed(counting(frames["runs"], response), response, factor, alpha=alpha, notes=on_images(response))
        )
    if show is not None:
        further.append(power(found.samples, show, alpha=alpha, notes=on_images(response)))
    say(scope.title + "".join(f", {condition}" for condition in restrictions))
    for result in (found, *further):
        say_lines(result.report())
        say()
    name = f"stats_{response}_by_{factor}"
    paths = save_drawing(diagram(found), name, out, formats)
    if latex:
        path = out / f"{name}.tex"
        write_atomic(with_directory(path), "\n".join(result.to_latex() for result in (found, *further)).encode())
        paths.append(path)
    for path in paths:
        say(str(path))
