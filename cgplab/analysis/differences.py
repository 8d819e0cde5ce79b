"""Settings of several runs side by side."""

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from cgplab.store import Manifest

if TYPE_CHECKING:
    import pandas as pd

_PER_RUN = ("id", "created", "schema")


def settings_table(manifests: Sequence[Manifest], *, differences_only: bool = True) -> "pd.DataFrame":
    """What was asked for, one row per setting and one column per run.

    Parameters
    ----------
    manifests : sequence of Manifest
        The first is the baseline that the others are held against.
    differences_only : bool
        Leave out what all runs share.

    Returns
    -------
    pandas.DataFrame
        Texts, indexed by setting; nested settings are joined by dots.
    """
    import pandas as pd

    columns = {manifest.id: _flat(vars(manifest)) for manifest in manifests}
    names = list(dict.fromkeys(name for flat in columns.values() for name in flat))
    rows = {name: [flat.get(name, "–") for flat in columns.values()] for name in names}
    if differences_only:
        rows = {name: values for name, values in rows.items() if len(set(values)) > 1}
    return pd.DataFrame.from_dict(rows, orient="index", columns=list(columns))


def _flat(fields: Mapping[str, Any], prefix: str = "") -> dict[str, str]:
    flat: dict[str, str] = {}
    for name, value in fields.items():
        if not prefix and name in _PER_RUN:
            continue
        if isinstance(value, Mapping):
            flat.update(_flat(value, f"{prefix}{name}."))
        else:
            flat[f"{prefix}{name}"] = "–" if value is None else str(value)
    return flat
