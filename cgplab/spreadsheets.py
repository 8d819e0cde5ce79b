"""CSV for people, who open it in a spreadsheet: no text in it becomes a formula there.

Files that a program reads again byte by byte are written elsewhere: cost tables (:mod:`cgplab.hardware.tables`) and the
original program's files (:mod:`cgplab.thesis`), which stay exact.
"""

from typing import TYPE_CHECKING

from cgplab.terminal import printable

if TYPE_CHECKING:
    import pandas as pd

_STARTS = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")
"""Characters that begin a formula in a spreadsheet cell, as OWASP lists them."""


def csv_text(frame: "pd.DataFrame") -> str:
    """CSV of a frame without its index; numbers as they are.

    A text, or a column's name, that would be a formula is written behind an apostrophe, which spreadsheets take for
    "this is text". Control characters are escaped: many look at CSV files in a terminal.
    """
    import pandas as pd

    harmless = frame.rename(columns=_harmless)
    for place, kind in enumerate(frame.dtypes):
        if kind.kind not in "biufcmM":  # one by one: of other kinds are texts, and mixtures
            values = [_harmless(value) for value in frame.iloc[:, place]]
            harmless.isetitem(place, pd.Series(values, dtype=object).to_numpy())
    return str(harmless.to_csv(index=False))


def _harmless(value: object) -> object:
    if not isinstance(value, str):
        return value
    return f"'{printable(value)}" if value.startswith(_STARTS) else printable(value)
