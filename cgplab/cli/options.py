"""Options that several commands share."""

from pathlib import Path
from typing import Annotated

import typer

from cgplab.errors import InputError

EXIT_WRONG_RESULT = 1
"""Exit code when something that cgplab made was proved wrong, and was not written."""
EXIT_MISSING_TOOL = 3
"""Exit code when a program outside cgplab is needed and not installed."""
EXIT_INTERRUPTED = 130
"""By Ctrl-C, as shells count it."""

StoreOption = Annotated[
    str | None,
    typer.Option(
        "--store",
        metavar="DIR",
        help="Run store, or a sealed study to read; default: $CGPLAB_STORE, else your data.",
    ),
]
BatchOption = Annotated[
    str | None,
    typer.Option("--batch", metavar="ID", help="Only the runs of one `cgplab evolve`: part of its id, or 'last'."),
]
StudyOption = Annotated[
    str | None,
    typer.Option(
        "--study",
        metavar="NAME",
        help="Only the runs of this study; 'latest': the study or batch used last; 'all': all runs of the store.",
    ),
]
JsonOption = Annotated[bool, typer.Option("--json", help="Print JSON instead of a table.")]
CostsOption = Annotated[
    str,
    typer.Option("--costs", metavar="TABLE", help="Cost table: a name of `cgplab costs list`, a .csv or a .txt file."),
]
JobsOption = Annotated[int | None, typer.Option("--jobs", metavar="N", help="Runs at a time. Default: usable cores.")]
RunsArgument = Annotated[list[str], typer.Argument(metavar="RUN...", help="Beginnings or ends of run ids, or 'all'.")]
ClusterOption = Annotated[
    str | None,
    typer.Option("--cluster", metavar="WHERE", help="Carry out with Dask: slurm, pbs, local or tcp://HOST:PORT."),
]
ClusterSettingsOption = Annotated[
    Path | None,
    typer.Option("--cluster-settings", metavar="FILE", help="TOML file. Default: cluster.toml of your configuration."),
]
DatasetOption = Annotated[
    str | None,
    typer.Option(
        metavar="NAME", help="Data set, .npz file or folder of pictures; default: what each model was made for."
    ),
]
SplitOption = Annotated[str, typer.Option(help="Split of the data set, as `cgplab data list` names it.")]
ImagesOption = Annotated[int | None, typer.Option(metavar="N", help="Only the first N images; default: all.")]
NoAccuracyOption = Annotated[
    bool, typer.Option("--no-accuracy", help="Do not measure accuracies when runs end; see cgplab metrics.")
]
DeviceOption = Annotated[str, typer.Option(help="cpu, or cuda where there is one.")]
WhereOption = Annotated[
    list[str] | None,
    typer.Option("--where", metavar="COLUMN=VALUE", help="Only runs like these, e.g. selection=mobilenet; repeatable."),
]


def check_formats(text: str) -> list[str]:
    """Formats of figures from a comma-separated list; InputError for an unknown one."""
    from cgplab.figures import FORMATS

    formats = [part.strip() for part in text.split(",")]
    unknown = [name for name in formats if name not in FORMATS]
    if unknown:
        raise InputError(f"unknown format {unknown[0]!r}; allowed: {', '.join(FORMATS)}")
    return formats
