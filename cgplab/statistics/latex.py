"""Results as LaTeX tables."""

from typing import TYPE_CHECKING

import pandas as pd

from cgplab.statistics.words import p_text, plain, sample_size
from cgplab.terminal import printable

if TYPE_CHECKING:
    from cgplab.statistics.comparison import Comparison

_SPECIAL = str.maketrans(
    {c: f"\\{c}" for c in "&%$#_{}"}
    | {"~": r"\textasciitilde{}", "^": r"\textasciicircum{}", "\\": r"\textbackslash{}"}
    # Signs that the old font encoding draws as others, and ends of lines, which could end a paragraph.
    | {"<": r"\textless{}", ">": r"\textgreater{}", "|": r"\textbar{}", "\n": " ", "\r": " "}
    # pdflatex knows no others of Unicode's mathematical signs than those it is told.
    | {"×": r"$\times$", "≥": r"$\ge$", "≤": r"$\le$", "−": "$-$", "µ": r"$\mu$", "²": "$^2$", "χ": r"$\chi$"}
    | {"λ": r"$\lambda$", "η": r"$\eta$", "ε": r"$\varepsilon$", "→": r"$\rightarrow$", "·": r"$\cdot$"}
)
_KNOWN = frozenset("–—‘’“”„…€ĂăĆćČčĎďĚěĞğĹĺĽľŁłŃńŇňŐőŒœŔŕŘřŚśŠšŞşŢţŤťŮůŰűŸŹźŻżŽž")
"""Characters beyond Latin-1 that pdflatex knows by itself, in the old font encoding too."""


def escape(text: object) -> str:
    """Text in which LaTeX's special characters stand for themselves."""
    return "".join(map(_known, printable(text).translate(_SPECIAL)))


def _known(character: str) -> str:
    """A character that pdflatex can set; one that it cannot becomes its number in Unicode."""
    return character if ord(character) < 0x100 or character in _KNOWN else f"[U+{ord(character):04X}]"


def table(frame: pd.DataFrame, caption: str, label: str) -> str:
    """Frame of texts as a floating table; needs the package booktabs."""
    shown = frame.rename(columns=escape).map(escape)
    style = shown.style.hide(axis="index")
    return style.to_latex(
        hrules=True, caption=escape(caption), label=label, position="htbp", position_float="centering",
        column_format="l" * 1 + "r" * (len(frame.columns) - 1),
    )  # fmt: skip


def long_table(frame: pd.DataFrame, caption: str, label: str, columns: str) -> str:
    """Frame of long texts as a table over several pages; needs the packages booktabs and longtable."""
    shown = frame.rename(columns=escape).map(escape)
    style = shown.style.hide(axis="index")
    return style.to_latex(
        environment="longtable", hrules=True, caption=escape(caption), label=label, column_format=columns
    )


def tables(found: "Comparison") -> str:
    """Tables of levels and pairs; see :meth:`Comparison.to_latex`."""
    s, t = found.samples, found.test
    subject = f"{plain(s.response).capitalize()} by {plain(s.factor)}, {sample_size(found)}"
    tested = t.why if t.name == "none" else f"{t.name}: {t.symbol} = {t.statistic:.4g}, {p_text(t.p)}"
    levels = pd.DataFrame(
        {
            plain(s.factor): [plain(level) for level in found.levels.index],
            "n": found.levels["n"].astype(str),
            "median": found.levels["median"].map("{:.4g}".format),
            "quartiles": [
                f"{q1:.4g} to {q3:.4g}" for q1, q3 in zip(found.levels["q1"], found.levels["q3"], strict=True)
            ],
            "average rank": found.levels["average_rank"].map("{:.3g}".format),
        }
    )
    p = found.pairs
    rows = pd.DataFrame(
        {
            "pair": [f"{plain(a)} – {plain(b)}" for a, b in zip(p["a"], p["b"], strict=True)],
            "difference": p["difference"].map("{:.4g}".format),
            "adjusted p": p["p_adjusted"].map(lambda value: p_text(value).removeprefix("p = ").removeprefix("p ")),
            "Cliff's delta": p["delta"].map("{:+.2f}".format),
            "different": p["different"].map({True: "yes", False: "no"}),
        }
    )
    name = f"{s.response}-{s.factor}".replace("_", "-")
    posthoc = found.posthoc.name or t.name
    return "\n".join(
        [
            table(levels, f"{subject}. {tested}.", f"tab:{name}"),
            table(rows, f"{subject}: {posthoc}.", f"tab:{name}-pairs"),
        ]
    )
