"""What 100,000 runs in a store cost: ``python -m benchmarks.many_runs DIR``, which fills DIR first unless it is there.

Seconds are of CPU, so that other work on the machine counts little. The store is read as the commands and the Runs view
read it.
"""

import argparse
import resource
import time
from collections.abc import Callable
from pathlib import Path
from typing import TypeVar

from benchmarks.linked_store import fill_linked
from cgplab.analysis import Frames, where
from cgplab.analysis.run_table import RunTable
from cgplab.analysis.runs import table_of
from cgplab.dashboard.address import Address
from cgplab.dashboard.runs_view import RunsView
from cgplab.dashboard.theme import load
from cgplab.figures import FIGURES, save_figure
from cgplab.store import Store

Result = TypeVar("Result")
FIGURE = "missing_weights"


def measured(what: str, function: Callable[[], Result]) -> Result:
    """Result of a call; its CPU time and the process's peak memory so far are printed as a row."""
    begun = time.process_time()
    result = function()
    used = time.process_time() - begun
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(f"| {what} | {used:.2f} | {peak:.0f} |", flush=True)
    return result


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("directory", type=Path)
    parser.add_argument("--runs", type=int, default=100_000)
    parser.add_argument("--cold", action="store_true", help="list without an index first; takes a minute or more")
    asked = parser.parse_args()
    store = Store(asked.directory)
    if not store.runs_directory.is_dir():
        fill_linked(store, asked.runs, 100)
    print("| | s of CPU | peak MB |\n| --- | ---: | ---: |")
    if asked.cold:
        (store.root / "index.sqlite").unlink(missing_ok=True)
        measured("list without an index", store.table)
    read(store, asked.directory / "out")
    show(store)


def read(store: Store, out: Path) -> None:
    """What the commands do."""
    table = measured("list through the index", store.table)
    frame = measured("table of runs from the rows", lambda: table_of(table.rows))
    measured("filter strategy=5", lambda: where(frame, ["strategy=5"]))
    frames = measured("frames for a figure", lambda: Frames(store))
    drawn = measured("its frame", lambda: frames[FIGURES[FIGURE].frame])
    measured(f"figure {FIGURE}, PNG", lambda: save_figure(FIGURE, drawn, out, ["png"]))


def show(store: Store) -> None:
    """What the Runs view does."""
    load()
    address = Address(tab="runs")
    source = RunTable.of(store)
    measured("dashboard: first look at the store", source.look)
    view = measured("dashboard: Runs view, first table", lambda: RunsView(store, address))
    for _ in range(3):
        measured("dashboard: look at an unchanged store", source.look)
    measured("dashboard: page", view._table.get_root)
    for words in ("strategy=5", "finished", ""):
        measured(f"dashboard: filter {words or 'nothing'}", lambda words=words: setattr(address, "filters", words))
    by_energy = [{"field": "energy", "dir": "asc"}]
    measured("dashboard: sort by energy", lambda: setattr(view._table, "sorters", by_energy))


if __name__ == "__main__":
    main()
