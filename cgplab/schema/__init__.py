"""Files from outside, read against a schema: bounded in size, strictly typed, damage named in one line."""

from cgplab.schema.arrays import MOST_DATA_BYTES, NUMBERS, WHOLE, ArraySchema, array_names, read_arrays
from cgplab.schema.documents import convert_as, decode_as, parsed_json, read_as, read_json, toml_as
from cgplab.schema.kinds import (
    Amount,
    Checksum,
    Count,
    FileName,
    Finite,
    Grid,
    Identifier,
    LongText,
    Name,
    Scalar,
    Text,
    Time,
    Whole,
    Word,
)

__all__ = [
    "MOST_DATA_BYTES",
    "NUMBERS",
    "WHOLE",
    "Amount",
    "ArraySchema",
    "Checksum",
    "Count",
    "FileName",
    "Finite",
    "Grid",
    "Identifier",
    "LongText",
    "Name",
    "Scalar",
    "Text",
    "Time",
    "Whole",
    "Word",
    "array_names",
    "convert_as",
    "decode_as",
    "parsed_json",
    "read_arrays",
    "read_as",
    "read_json",
    "toml_as",
]
