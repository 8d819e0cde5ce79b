"""``model_metrics/{dataset}.{split}.{experiment}.{run}.csv``: accuracy of the chromosomes of a run.

The columns of the statistics and ``Top-1``, ``Top-5``, ``Loss``, ``Run ID`` (number of the chromosome from 1), in
any order and case; the last row belongs to the run's final circuit.
"""

import csv
import re
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from cgplab.errors import InputError
from cgplab.numbers import real_number
from cgplab.thesis.statistics import COLUMNS, NOT_COMPUTED, WHOLE, Row, parse_row
from cgplab.thesis.text import read_lines

ACCURACY = ("Top-1", "Top-5", "Loss")
_ROUNDED = re.compile(r"[0-9.]++e\+[0-9]++")


@dataclass(frozen=True)
class Metrics:
    """One row: the circuit's measures and what its weights do; None where unknown.

    ``top1`` and ``top5`` are in per cent, ``loss`` is the mean cross-entropy.
    """

    row: Row
    top1: float
    top5: float | None
    loss: float | None


def metrics_name(dataset: str, split: str, experiment: str, run: int) -> str:
    """Name of a file."""
    return f"{dataset}.{split}.{experiment}.{run}.csv"


def find_metrics(directories: Sequence[Path], experiment: str, run: int) -> dict[tuple[str, str], Path]:
    """Files of a run by data set and split; the first directory that has one wins."""
    found: dict[tuple[str, str], Path] = {}
    for directory in directories:
        for path in sorted(directory.glob(f"*.{run}.csv")):
            dataset, _, rest = path.name.partition(".")
            split, _, tail = rest.partition(".")
            if tail == f"{experiment}.{run}.csv":
                found.setdefault((dataset, split), path)
    return found


def read_metrics(path: Path) -> list[Metrics]:
    """Rows of a file.

    Raises
    ------
    InputError
        Absent, empty, cut off, without the columns it needs, or with a value that is no number.
    """
    csv.field_size_limit(sys.maxsize)
    table = _table(path)
    if len(table) < 2:
        raise InputError(f"{path} has no rows")
    header = [name.strip().lower() for name in table[0][1]]
    lacking = [name for name in (*COLUMNS[3:9], ACCURACY[0].lower()) if name not in header]
    if lacking:
        raise InputError(f"{path}, line 1: no column {lacking[0]!r}")
    rows = []
    for number, fields in table[1:]:
        place = f"{path}, line {number}"
        if len(fields) != len(header):
            raise InputError(f"{place} has {len(fields)} values instead of {len(header)}; the file may be cut off")
        rows.append(_metrics(dict(zip(header, fields, strict=True)), place))
    # The original's own figures are per cent; a table of shares is told by having nothing above 1.
    scale = 100 if all(max(row.top1, row.top5 or 0) <= 1 for row in rows) else 1
    return [Metrics(r.row, r.top1 * scale, None if r.top5 is None else r.top5 * scale, r.loss) for r in rows]


def write_metrics(path: Path, rows: Sequence[Metrics]) -> None:
    """Write rows."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow([*COLUMNS, *ACCURACY, "Run ID"])
        for number, metrics in enumerate(rows, 1):
            texts = metrics.row.texts()
            shown = ["" if value is None else repr(value) for value in (metrics.top1, metrics.top5, metrics.loss)]
            writer.writerow([*(texts[name] for name in COLUMNS), *shown, number])


def _table(path: Path) -> list[tuple[int, list[str]]]:
    """Fields of every line that is not blank, and its number; no field of these files goes on in another line."""
    table = []
    for number, line in read_lines(path):
        try:
            [fields] = csv.reader([line], strict=True)
        except (csv.Error, ValueError) as error:
            raise InputError(f"{path}, line {number}: not CSV, or cut off ({error})") from error
        table.append((number, fields))
    return table


def _metrics(fields: dict[str, str], place: str) -> Metrics:
    texts = {name: text for name, text in fields.items() if name in COLUMNS}
    for name in WHOLE:
        # pandas makes a column with missing values real: 12.0, and large numbers lose their digits.
        text = texts.get(name, "").removesuffix(".0")
        texts[name] = "" if _ROUNDED.fullmatch(text) else text
    row = parse_row({"run": "1", "generation": "1", **dict.fromkeys(COLUMNS[2:], ""), **texts}, place)
    values: list[float | None] = []
    for name in ACCURACY:
        text = fields.get(name.lower(), "").strip()
        values.append(None if text.lower() in NOT_COMPUTED else real_number(text, f"{place}: {name}"))
    if values[0] is None:
        raise InputError(f"{place}: {ACCURACY[0]} is missing")
    return Metrics(row, values[0], values[1], values[2])
