"""Net compression: bits per weight of circuits beside other ways to store the same weights."""

import pandas as pd

from cgplab.analysis.compression import CONFIGURED, WIRED
from cgplab.hardware.memory import DEFAULT_LEVEL, DEFAULT_MEMORY
from cgplab.report.content import Block, Prose, table
from cgplab.report.subject import Made, Subject, section

_TITLE = "Net compression"


def compression_section(subject: Subject) -> Made:
    """Bits per weight by set of weights; medians where several runs store the same weights."""
    frame = subject.frames["compression"]
    if frame.empty:
        return section(_TITLE, [Prose("No run of the study has both a circuit and a known model.")])
    blocks: list[Block] = [
        Prose(
            "Bits per weight that have to be read at every inference. Wired: gates and wires are fixed in silicon and "
            "only the kept weights are read; area and energy of the wires are not included. Configured: selector "
            f"and circuit are read too. Memory model {DEFAULT_MEMORY}, level {DEFAULT_LEVEL}."
        )
    ]
    for selection, group in frame.groupby("selection", sort=False):
        blocks.append(_table(str(selection), group, subject))
    return section(_TITLE, blocks, ["horowitz2014"] if DEFAULT_MEMORY.startswith("horowitz") else [])


def _table(selection: str, frame: pd.DataFrame, subject: Subject) -> Block:
    baselines = frame[frame["id"].isna()]
    schemes = list(dict.fromkeys(baselines["scheme"]))
    circuits = frame[frame["id"].notna()].merge(subject.solved[["id", "search"]], on="id").astype({"within": bool})
    # A circuit above budget does not give the weights that were asked for, so its bits are no saving.
    n, circuits = circuits["id"].nunique(), circuits[circuits["within"]]
    if circuits.empty:
        return Prose(f"{selection}: none of the {n:,} circuits is within its budget, so there is nothing to compare.")
    strategies = sorted(circuits["strategy"].astype(float).unique())
    rows = []
    for (scope, search), group in circuits.groupby(["scope", "search"], sort=False):
        own = baselines[baselines["scope"] == scope].set_index("scheme")["bits_per_weight"]
        medians = group.groupby(["scheme", group["strategy"].astype(float)])["bits_per_weight"].median()
        first = group.iloc[0]
        rows.append(
            (
                f"{first['layer']} {first['kernel'] or ''}".strip(), str(search), f"{int(first['n_weights']):,}",
                *(_bits(own.get(scheme)) for scheme in schemes),
                *(_bits(medians.get((scheme, t))) for scheme in (WIRED, CONFIGURED) for t in strategies),
            )
        )  # fmt: skip
    names = {WIRED: "wired", CONFIGURED: "conf."}
    titles = ["layer", "search", "weights", *schemes]
    titles += [f"{names[scheme]} t={t:g}" for scheme in (WIRED, CONFIGURED) for t in strategies]
    caption = (
        f"Bits per weight, {selection}. Circuits: median over the runs within budget, {circuits['id'].nunique():,} of "
        f"{n:,} with a circuit; searches are kept apart."
    )
    return table(caption, titles, rows, words=(0, 1))


def _bits(value: float | None) -> str:
    return "–" if value is None or pd.isna(value) else f"{value:.2f}"
