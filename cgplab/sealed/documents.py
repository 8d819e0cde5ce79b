"""What a run's JSON files hold, a column of texts for each of them."""

from collections.abc import Iterable, Sequence
from dataclasses import asdict
from functools import lru_cache
from typing import Any

import msgspec
import pyarrow as pa

from cgplab.schema import decode_as, parsed_json
from cgplab.sealed.parquet import Rows, column, parquet_bytes
from cgplab.store import Manifest, Run, Status
from cgplab.store.contents import Accuracy, Annotations, Metrics, Synthesis
from cgplab.store.events import event_of

SCHEMA = pa.schema([
    column("manifest", pa.string()),
    column("status", pa.string()),
    column("metrics", pa.string()),
    column("synthesis", pa.string()),
    column("annotations", pa.string()),
    column("events", pa.string()),
])  # fmt: skip
_GROUP = 2_000
"""Rows that are read at once for one of them."""
_KEPT = 12
"""Columns of groups that are kept."""


def pack_documents(runs: Sequence[Run]) -> bytes:
    """Parquet of the documents of runs, a row each."""
    return parquet_bytes(SCHEMA, (_group(runs[at : at + _GROUP]) for at in range(0, len(runs), _GROUP)))


def _group(runs: Iterable[Run]) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {name: [] for name in SCHEMA.names}
    for run in runs:
        values = {
            "manifest": asdict(run.manifest), "status": asdict(run.status), "metrics": run.metrics(),
            "synthesis": run.synthesis(), "annotations": run.annotations(), "events": run.events(),
        }  # fmt: skip
        for name, value in values.items():
            found[name].append(msgspec.json.encode(value).decode())
    return found


class Documents:
    """Documents of runs by their row; InputError where they are damaged."""

    def __init__(self, data: bytes, where: str) -> None:
        self._rows = Rows(data, SCHEMA, where)
        self._texts = lru_cache(maxsize=_KEPT)(self._read)

    def __len__(self) -> int:
        return len(self._rows)

    def manifest(self, row: int) -> Manifest:
        """What was asked for."""
        data, where = self._of("manifest", row)
        return Manifest.from_fields(parsed_json(data, where), where)

    def status(self, row: int) -> Status:
        """Where the run stands."""
        data, where = self._of("status", row)
        return decode_as(data, Status, where)

    def metrics(self, row: int) -> dict[str, Accuracy]:
        """Accuracies by ``dataset/split``."""
        data, where = self._of("metrics", row)
        return decode_as(data, Metrics, where)

    def synthesis(self, row: int) -> dict[str, Any]:
        """Estimates and syntheses by library."""
        data, where = self._of("synthesis", row)
        return decode_as(data, Synthesis, where)

    def annotations(self, row: int) -> Annotations:
        """Tags and note."""
        data, where = self._of("annotations", row)
        return decode_as(data, Annotations, where)

    def events(self, row: int) -> list[dict[str, Any]]:
        """What happened, in order."""
        data, where = self._of("events", row)
        return [event_of(event, where) for event in decode_as(data, list[Any], where)]

    def _of(self, name: str, row: int) -> tuple[bytes, str]:
        group, place = self._rows.place(row)
        return self._texts(name, group)[place].encode(), f"{self._rows.where} {name} of row {row}"

    def _read(self, name: str, group: int) -> list[str]:
        texts: list[str] = self._rows.group(group, [name]).column(name).to_pylist()
        return texts
