"""``cgplab runs tag|note|delete|export|merge|verify|reindex``: what is done with runs once they are stored."""

from pathlib import Path
from typing import Annotated, Any

import typer

from cgplab.cli.options import BatchOption, RunsArgument, StoreOption, StudyOption
from cgplab.cli.output import agreed, complain, say, say_lines
from cgplab.errors import InputError
from cgplab.files import with_directory, write_atomic
from cgplab.running import manager
from cgplab.sealed import is_sealed, open_store
from cgplab.spreadsheets import csv_text
from cgplab.store import Run, Store
from cgplab.store.export import export_runs
from cgplab.store.incoming import check_sound
from cgplab.store.remedies import with_remedy
from cgplab.study.scope import inventory
from cgplab.words import counted

EXIT_DAMAGED = 1
ALL = "all"
_ARCHIVES = (".tar.gz", ".tar.xz")
_TABLES = (".csv", ".json", ".parquet")


def add_to(app: typer.Typer) -> None:
    """Register these commands."""
    for command in (tag, note, delete, export, merge, verify, reindex):
        app.command()(command)


def tag(
    run: Annotated[str, typer.Argument(help="Beginning or end of a run's id.")],
    tags: Annotated[list[str], typer.Argument(metavar="TAG...", help="Words without blanks.")],
    remove: Annotated[bool, typer.Option("--remove", help="Take the tags away.")] = False,
    store: StoreOption = None,
) -> None:
    """Give a run tags, for `cgplab runs list --tag`."""
    wrong = [text for text in tags if not text or text.split() != [text]]
    if wrong:
        raise InputError(f"a tag is one word, not {wrong[0]!r}")
    found = Store.open(store).find(run)
    found.annotate(remove=tuple(tags)) if remove else found.annotate(add=tuple(tags))
    say(f"{found.id}: {' '.join(found.tags) or 'no tags'}")


def note(
    run: Annotated[str, typer.Argument(help="Beginning or end of a run's id.")],
    text: Annotated[str | None, typer.Argument(help="New note; '' removes it. Default: show the note.")] = None,
    store: StoreOption = None,
) -> None:
    """Show or replace the note of a run."""
    found = open_store(store).find(run)
    if text is not None:
        found.annotate(note=text)
    say_lines(found.note or "no note")


def delete(
    runs: RunsArgument,
    yes: Annotated[bool, typer.Option("--yes", help="Do not ask.")] = False,
    store: StoreOption = None,
) -> None:
    """Remove runs for good."""
    target = Store.open(store)
    chosen = _chosen(target, runs)
    if not yes and not agreed(f"Remove {len(chosen)} of the runs in {target.root} for good?"):
        raise InputError("nothing was removed; answer yes, or use --yes")
    manager.delete(*chosen)
    say(f"removed {counted(len(chosen), 'run')}")


def export(
    out: Annotated[
        Path, typer.Argument(metavar="FILE", help=".tar.gz, .tar.xz: whole runs; .csv, .json, .parquet: table.")
    ],
    runs: Annotated[list[str] | None, typer.Argument(metavar="RUN...", help="Ids; default: all runs.")] = None,
    store: StoreOption = None,
    study: StudyOption = None,
    batch: BatchOption = None,
) -> None:
    """Write runs for others: whole, to be taken in with `cgplab runs merge`, or as a table."""
    target = open_store(store)
    if not out.name.endswith((*_ARCHIVES, *_TABLES)):
        raise InputError(f"cannot tell what {out.name!r} shall hold; end it with {', '.join((*_ARCHIVES, *_TABLES))}")
    everything = ALL in (runs or [ALL])
    table = inventory(target, study, batch).table if everything else target.table()
    rows = {run.id: row for run, row in zip(table.runs, table.rows, strict=True)}
    damaged = dict(table.damaged)
    asked = [target.find(name).id for name in runs or [] if name != ALL]
    chosen = [target.run(name) for name in (rows if everything else asked) if name not in damaged]
    if out.name.endswith(_ARCHIVES):
        damaged |= {run.id: str(error) for run in chosen if (error := _unsound(run)) is not None}
    if wrong := next((name for name in asked if name in damaged), None):
        raise InputError(f"run {wrong} cannot be exported: {with_remedy(wrong, damaged[wrong])}")
    chosen = [run for run in chosen if run.id not in damaged]
    for name, reason in damaged.items() if everything else ():
        complain(f"run {name} left out: {with_remedy(name, reason)}")
    if not chosen:
        raise InputError(f"no {'sound ' if damaged else ''}runs in {target.root}")
    if out.name.endswith(_ARCHIVES):
        export_runs(chosen, out)
    else:
        _write_table([rows[run.id] for run in chosen], out)
    say(f"wrote {counted(len(chosen), 'run')} into {out}")
    if everything and damaged:
        raise typer.Exit(EXIT_DAMAGED)


def merge(
    source: Annotated[
        Path, typer.Argument(metavar="DIR", help="Another store, an archive of whole runs, or a sealed study.")
    ],
    store: StoreOption = None,
) -> None:
    """Take over sound runs from another store; if both have a run, the one with more progress is kept."""
    target = Store.open(store, to_fill=True)
    if is_sealed(source):
        from cgplab.sealed.merging import merge_sealed

        found = merge_sealed(source, target)
    else:
        found = target.merge(source)
    healed = f", {len(found.healed)} healed" if found.healed else ""
    say(f"{len(found.added)} added, {len(found.updated)} updated{healed}, {len(found.unchanged)} unchanged")
    for name in found.healed:
        say(f"run {name} was damaged here; the sound copy has taken its place")
    for name, reason in found.refused.items():
        complain(f"run {name} left out: {reason}")
    if found.refused:
        raise typer.Exit(EXIT_DAMAGED)


def verify(store: StoreOption = None) -> None:
    """Check every file of every run; names each one that is damaged."""
    target = _existing(store)
    damages = target.verify()
    for damage in damages:
        say(f"{damage.path}: {damage.what.removeprefix(f'{damage.path} ')}")
    if damages:
        files = counted(len({damage.path for damage in damages}), "damaged file")
        say(f"{files} among {_number_of_runs(target)}" if target.changes else files, err=True)
        raise typer.Exit(EXIT_DAMAGED)
    say(f"{_number_of_runs(target)}, no damage")


def reindex(store: StoreOption = None) -> None:
    """Build the index anew from the runs' files; the index holds nothing of its own."""
    target = _existing(store)
    table = target.reindex()
    say(f"{counted(len(table.rows), 'run')} indexed")
    for name, reason in table.damaged.items():
        complain(f"run {name} left out: {with_remedy(name, reason)}")


def _number_of_runs(store: Store) -> str:
    return counted(sum(1 for _ in store.runs()), "run")


def _existing(store: str | None) -> Store:
    """A store that is there: nothing is no damage, but hardly what was meant."""
    target = open_store(store)
    if not target.exists():
        raise InputError(f"no store in {target.root}; name one with --store or CGPLAB_STORE")
    return target


def _chosen(store: Store, names: list[str]) -> list[Run]:
    chosen = store.table().runs if ALL in names else [store.find(name) for name in names]
    if not chosen:
        raise InputError(f"no runs in {store.root}")
    return chosen


def _unsound(run: Run) -> InputError | None:
    """Why a run would be refused where its archive is merged."""
    try:
        check_sound(run)
    except InputError as error:
        return InputError(f"{run.directory}: {error}")
    return None


def _write_table(rows: list[dict[str, Any]], out: Path) -> None:
    import pandas as pd

    table = pd.DataFrame(rows)
    match out.suffix:
        case ".csv":
            data = csv_text(table).encode()
        case ".json":
            data = table.to_json(orient="records", indent=2).encode()
        case _:
            data = table.to_parquet(index=False)
    write_atomic(with_directory(out), data)
