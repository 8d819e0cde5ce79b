"""Runs above their budget: they have no costs or accuracies to compare, and they would be the expensive ones.

Whatever is said of costs and accuracies is said of the runs within budget; where too many are left out it stays open.
"""

from dataclasses import replace

import pandas as pd

from cgplab.reproduction.answers import OPEN, Answer

COMPLETE = 0.95
"""Share of runs within budget below which those above it leave a comparison of costs or accuracies open."""
_OF_LEVEL = {"strategy": " at t = {:g}", "grid": " on {}"}


def censored(runs: pd.DataFrame, by: str | None = None) -> str:
    """Why the runs above budget leave a comparison open; empty where :data:`COMPLETE` or more are within.

    Parameters
    ----------
    runs : pandas.DataFrame
        All runs that were made, with ``within``.
    by : str, optional
        ``strategy`` or ``grid``: each of its levels has to have enough; default: the runs as a whole.
    """
    groups = [("", runs)] if by is None else [(_OF_LEVEL[by].format(level), group) for level, group in runs.groupby(by)]
    return "; ".join(
        f"{int((~group['within']).sum())} of {len(group)} runs{where} are above budget"
        for where, group in groups
        if group["within"].mean() < COMPLETE
    )


def guarded(found: Answer, reason: str) -> Answer:
    """The answer, which stays open for a reason of :func:`censored` if there is one."""
    if not reason:
        return found
    return replace(found, verdict=OPEN, why="; ".join(part for part in (reason, found.why) if part))
