"""Kinds of values that files hold, with the ranges every reader relies on; schemas are built from them."""

from typing import Annotated

from msgspec import Meta

LARGEST = 1e30
"""Far above every measure; sums, squares and axes of larger numbers leave the range of float64."""
MOST_COUNT = 2**63 - 1
"""Counts go into int64 arrays, Parquet and SQLite."""
MOST_NAME, MOST_TEXT, MOST_LONG_TEXT = 255, 4096, 1 << 20

Count = Annotated[int, Meta(ge=0, le=MOST_COUNT)]
"""Whole number of at least 0 that fits an int64."""
Whole = Annotated[int, Meta(ge=-(2**63), le=MOST_COUNT)]
"""Whole number that fits an int64."""
Finite = Annotated[float, Meta(ge=-LARGEST, le=LARGEST)]
"""Number between -1e30 and 1e30, not NaN."""
Amount = Annotated[float, Meta(ge=0, le=LARGEST)]
"""Number between 0 and 1e30: pJ, um2, ns, s, per cent."""
Name = Annotated[str, Meta(max_length=MOST_NAME)]
"""Text that becomes a key, a label or a part of a path."""
Word = Annotated[str, Meta(min_length=1, max_length=MOST_TEXT)]
"""Text that is not empty."""
Text = Annotated[str, Meta(max_length=MOST_TEXT)]
"""A path, or a few sentences."""
LongText = Annotated[str, Meta(max_length=MOST_LONG_TEXT)]
"""A note, or a traceback."""
Checksum = Annotated[str, Meta(pattern=r"^[0-9a-f]{64}\Z")]
"""SHA-256, hexadecimal."""
Time = Annotated[str, Meta(pattern=r"^\d{4}-\d\d-\d\d([T ]\d\d:\d\d[0-9:.]{0,16}(Z|[+-]\d\d:\d\d)?)?\Z")]
"""Day, or day and time of day, ISO 8601."""
Scalar = Annotated[str, Meta(max_length=MOST_LONG_TEXT)] | Whole | Finite | bool | None
"""A single value of JSON."""
Identifier = Annotated[str, Meta(pattern=r"^[0-9A-Za-z_-]{1,64}\Z")]
"""Name of a directory that cgplab made: a run, a batch."""
FileName = Annotated[str, Meta(pattern=r"^[0-9A-Za-z_][0-9A-Za-z_.-]{0,100}\Z")]
"""Name of a file within a directory, never a way out of it."""
Grid = Annotated[str, Meta(pattern=r"^\d{1,9}x\d{1,9}\Z")]
"""``ROWSxCOLS``."""
