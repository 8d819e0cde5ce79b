"""Comparisons as tables for LaTeX."""

from typing import TYPE_CHECKING

import pandas as pd

from cgplab.latex import table
from cgplab.statistics.words import p_cell, p_text, plain, sample_size
from cgplab.words import digits, fixed, signed

if TYPE_CHECKING:
    from cgplab.statistics.comparison import Comparison


def tables(found: "Comparison") -> str:
    """Tables of levels and pairs; see :meth:`Comparison.to_latex`."""
    s, t = found.samples, found.test
    subject = f"{plain(s.response).capitalize()} by {plain(s.factor)}, {sample_size(found)}"
    df = f"({', '.join(map(digits, t.df))})" if t.df else ""
    tested = t.why if t.name == "none" else f"{t.name}: {t.symbol}{df} = {digits(t.statistic)}, {p_text(t.p, t.how)}"
    levels = pd.DataFrame(
        {
            plain(s.factor): [plain(level) for level in found.levels.index],
            "n": found.levels["n"].map("{:,}".format),
            "median": found.levels["median"].map(digits),
            "quartiles": [
                f"{digits(q1)} to {digits(q3)}" for q1, q3 in zip(found.levels["q1"], found.levels["q3"], strict=True)
            ],
            "average rank": found.levels["average_rank"].map(digits),
        }
    )
    p = found.pairs
    rows = pd.DataFrame(
        {
            "pair": [f"{plain(a)} – {plain(b)}" for a, b in zip(p["a"], p["b"], strict=True)],
            "difference": p["difference"].map(digits),
            "adjusted p": p["p_adjusted"].map(p_cell),
            "Cliff's delta": p["delta"].map(signed),
            "95 % interval": [
                f"{fixed(a)} to {fixed(b)}" for a, b in zip(p["delta_low"], p["delta_high"], strict=True)
            ],
            "differ": p["different"].map({True: "yes", False: "no"}),
        }
    )
    name = f"{s.response}-{s.factor}".replace("_", "-")
    posthoc = found.posthoc.name or t.name or "no test"
    made = [
        table(levels, f"{subject}. {tested}.", f"tab:{name}"),
        table(rows, f"{subject}: {posthoc}.", f"tab:{name}-pairs"),
    ]
    if found.success is not None:
        made.append(table(found.success.table(), found.success.caption, f"tab:{name}-success"))
    if found.images is not None:
        made.append(table(found.images.table(), found.images.caption, f"tab:{name}-images"))
    return "\n".join(made)
