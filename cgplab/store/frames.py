"""Progress of many runs as one table, by DuckDB over their Parquet files."""

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

from cgplab.errors import InputError
from cgplab.store.progress import SharedProgress, read_progress, sealed_progress
from cgplab.store.run import Run

if TYPE_CHECKING:
    import duckdb
    import pandas as pd

PROGRESS_COLUMNS = ("generation", "error", "energy", "area", "delay", "depth", "gate_count", "phase", "seconds")


def progress_frame(
    runs: Sequence[Run],
    columns: Sequence[str] = PROGRESS_COLUMNS,
    leave_out: Callable[[Run, str], None] | None = None,
) -> "pd.DataFrame":
    """Rows of the progress of runs, run by run, generation by generation.

    Parameters
    ----------
    runs : sequence of Run
        Finished or not.
    columns : sequence of str
        Some of :data:`PROGRESS_COLUMNS`; few columns read much faster.
    leave_out : callable, optional
        Called with each run whose rows are damaged or lost, and what is wrong; default: the first raises.

    Returns
    -------
    pandas.DataFrame
        With a first column ``run``, the id. Energy in pJ, area in um2, delay in ns, seconds in s.

    Raises
    ------
    InputError
        Unknown columns, or a damaged file.
    """
    _check(columns)
    return _query(runs, f"SELECT run, {', '.join(columns)} FROM progress ORDER BY run, generation", columns, leave_out)


def last_progress(runs: Sequence[Run], columns: Sequence[str] = PROGRESS_COLUMNS) -> "pd.DataFrame":
    """Last row of the progress of each run; parameters and columns as in :func:`progress_frame`."""
    _check(columns)
    names = ", ".join(f"arg_max({name}, generation) AS {name}" for name in columns)
    return _query(runs, f"SELECT run, {names} FROM progress GROUP BY run ORDER BY run", columns)


def _check(columns: Sequence[str]) -> None:
    unknown = [name for name in columns if name not in PROGRESS_COLUMNS]
    if unknown:
        raise InputError(f"progress has no column {unknown[0]!r}; allowed: {', '.join(PROGRESS_COLUMNS)}")


def _query(
    runs: Sequence[Run], sql: str, columns: Sequence[str], leave_out: Callable[[Run, str], None] | None = None
) -> "pd.DataFrame":
    import duckdb

    sealed, told = [], []
    shared: dict[SharedProgress, list[str]] = {}
    for run in runs:
        try:
            if (source := run.shared_progress) is not None:
                shared.setdefault(source, []).append(run.id)
                continue
            # DuckDB compares no checksums.
            path = sealed_progress(run.directory)
            if path is None:
                told += [[run.id, *(row[name] for name in PROGRESS_COLUMNS)] for row in read_progress(run.directory)]
            else:
                sealed.append(str(path))
        except InputError as error:
            if leave_out is None:
                raise
            leave_out(run, str(error))
    with duckdb.connect(":memory:") as database:
        try:
            tables = [source.table(ids, sorted({"generation", *columns})) for source, ids in shared.items()]
            _create_view(database, sealed, told, tables, columns)
            return database.execute(sql).df()
        except duckdb.Error as error:
            raise InputError(
                f"progress cannot be read: {str(error).splitlines()[0]}; find the damage with: cgplab runs verify"
            ) from error


def _create_view(
    database: "duckdb.DuckDBPyConnection",
    sealed: Sequence[str],
    rows: Sequence[list[object]],
    tables: Sequence[object],
    columns: Sequence[str],
) -> None:
    types = "run VARCHAR, generation BIGINT, error BIGINT, energy DOUBLE, area DOUBLE, delay DOUBLE, depth BIGINT, "
    types += "gate_count BIGINT, phase VARCHAR, seconds DOUBLE"
    database.execute(f"CREATE TABLE going ({types})")
    if rows:
        import pandas as pd

        told = pd.DataFrame(rows, columns=["run", *PROGRESS_COLUMNS])
        database.register("told", told)
        database.execute("INSERT INTO going SELECT * FROM told")
    names = ", ".join(name for name in PROGRESS_COLUMNS if name in ("generation", *columns))
    parts = [f"SELECT run, {names} FROM going"]
    if sealed:
        # The directory that holds a run's file is named by its id.
        listed = ", ".join("'" + path.replace("'", "''") + "'" for path in sealed)
        parts.append(
            f"SELECT string_split(filename, '/')[-2] AS run, {names} FROM read_parquet([{listed}], filename = true)"
        )
    for number, table in enumerate(tables):
        database.register(f"shared{number}", table)
        parts.append(f"SELECT run::VARCHAR AS run, {names} FROM shared{number}")
    database.execute(f"CREATE VIEW progress AS {' UNION ALL '.join(parts)}")
