"""Files from outside, read against a schema: bounded in size, strictly typed, damage named in one line."""

from cgplab.schema.arrays import NUMBERS, WHOLE, ArraySchema, array_names, read_arrays
from cgplab.schema.bounded import MOST_BYTES, read_bounded
from cgplab.schema.documents import convert_as, decode_as, read_as, schema_error, toml_as
from cgplab.schema.kinds import (
    Amount,
    Checksum,
    Count,
    Finite,
    LongText,
    Name,
    Scalar,
    Text,
    Time,
    Whole,
)

__all__ = [
    "MOST_BYTES",
    "NUMBERS",
    "WHOLE",
    "Amount",
    "ArraySchema",
    "Checksum",
    "Count",
    "Finite",
    "LongText",
    "Name",
    "Scalar",
    "Text",
    "Time",
    "Whole",
    "array_names",
    "convert_as",
    "decode_as",
    "read_arrays",
    "read_as",
    "read_bounded",
    "schema_error",
    "toml_as",
]
