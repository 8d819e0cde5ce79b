"""What reading a sealed study in place costs: ``python -m benchmarks.sealed_study FILE.cgplab [--runs 50000]``.

With ``--runs`` the rows of the table of runs are repeated under new ids, beside FILE, and the listing of that many is
measured too. Seconds are of CPU; loading Python's packages is told apart, as every command pays it once.
"""

import argparse
import time
from collections.abc import Callable
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TypeVar

T = TypeVar("T")
FRAMES = ("progress", "accuracies", "gate_usage", "pareto", "compression")


def measured(what: str, do: Callable[[], T]) -> T:
    begun = time.process_time()
    found = do()
    print(f"{what:32s} {time.process_time() - begun:8.3f} s")
    return found


def load() -> None:
    import duckdb  # noqa: F401
    import matplotlib.pyplot  # noqa: F401
    import pandas as pd  # noqa: F401
    import pyarrow.parquet  # noqa: F401

    import cgplab.figures
    import cgplab.sealed.store  # noqa: F401


def many(path: Path, runs: int, target: Path) -> None:
    """Write the study with its rows repeated; only its table of runs is sound then."""
    from cgplab.sealed import content
    from cgplab.sealed.container import Container, packed
    from cgplab.sealed.rows import ROWS_OF_PROGRESS, pack_rows
    from cgplab.sealed.store import SealedStore

    store, container = SealedStore(path), Container(path)
    rows, counts = store.table().rows, store.content.columns[ROWS_OF_PROGRESS]
    repeated = [{**rows[at % len(rows)], "id": f"0{at:025d}"} for at in range(runs)]
    members = {name: container.read(name) for name in container.names}
    members[content.RUNS] = pack_rows(repeated, [counts[at % len(rows)] for at in range(runs)])
    target.write_bytes(packed(members))


def main() -> None:
    from cgplab.sealed import open_store

    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("file", type=Path)
    parser.add_argument("--runs", type=int)
    asked = parser.parse_args()
    measured("loading packages", load)
    from cgplab.analysis import Frames
    from cgplab.figures import FIGURES, save_figure

    with TemporaryDirectory() as name:
        directory = Path(name)
        frames = measured("opening, table of runs", lambda: Frames(open_store(asked.file)))
        drawn = FIGURES["accuracy_loss"].frame
        measured("figure accuracy_loss", lambda: save_figure("accuracy_loss", frames[drawn], directory, ["png"]))
        for frame in FRAMES:
            measured(f"frame {frame}", lambda frame=frame: frames[frame])
        run = frames.runs[len(frames.runs) // 2]
        measured("circuit of one run", run.best)
        measured("weights of one run", run.weights)
        measured("verify", open_store(asked.file).verify)
        if asked.runs:
            path = directory / "many.cgplab"
            many(asked.file, asked.runs, path)
            measured(f"opening, rows of {asked.runs:,} runs", lambda: open_store(path).table())
            measured("the same as a frame", lambda: Frames(open_store(path)))


if __name__ == "__main__":
    main()
