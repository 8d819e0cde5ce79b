"""Tables that belong to the runs' models: sensitivity, and accuracies of weights stored in other ways."""

from collections.abc import Mapping, Sequence
from typing import Any

import msgspec
import pyarrow as pa

from cgplab.schema import decode_as
from cgplab.sealed.parquet import Rows, column, parquet_bytes
from cgplab.store.baselines import Baselines
from cgplab.store.sensitivity import SensitivityTable, StoredTable, content_of, table_of

SCHEMA = pa.schema([column("sensitivity", pa.string(), optional=True), column("baselines", pa.string(), optional=True)])


def pack_tables(sensitivity: Sequence[SensitivityTable], baselines: Sequence[Baselines]) -> bytes:
    """Parquet of tables, a row each."""
    tables = [msgspec.json.encode(content_of(table)).decode() for table in sensitivity]
    others = [msgspec.json.encode(each).decode() for each in baselines]
    columns: Mapping[str, Any] = {
        "sensitivity": tables + [None] * len(others), "baselines": [None] * len(tables) + others
    }  # fmt: skip
    return parquet_bytes(SCHEMA, [columns])


def unpack_tables(data: bytes, where: str) -> tuple[list[SensitivityTable], list[Baselines]]:
    """Tables of sensitivity and of baselines; InputError where they are damaged."""
    rows = Rows(data, SCHEMA, where).all().to_pylist()
    tables = [decode_as(row["sensitivity"].encode(), StoredTable, where) for row in rows if row["sensitivity"]]
    others = [decode_as(row["baselines"].encode(), Baselines, where) for row in rows if row["baselines"]]
    return [table_of(table, where) for table in tables], others
