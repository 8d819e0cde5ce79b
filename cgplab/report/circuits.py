"""The best circuits, with their exports."""

from cgplab.analysis import best
from cgplab.errors import InputError
from cgplab.export import format_by_name
from cgplab.report.content import Attachment, Block, Listing, Prose, table
from cgplab.report.subject import Made, Subject, section
from cgplab.running import circuit_source

FOLDER = "circuits"
"""Folder of the exports, beside the report."""
_TITLES = ("search", "layer", "t", "grid", "error", "within budget", "energy", "area", "delay", "gates", "seed", "run")
_FORMATS = ("verilog", "c", "numpy", "text")
_LONGEST_LISTING = 30
"""Lines of a circuit that is printed in the report itself."""


def circuits_section(subject: Subject) -> Made:
    """The best circuit of each model, search and strategy: within budget, then of least energy."""
    found = best(subject.runs, ["model", "search", "strategy"])
    rows, files = [], []
    listing: Listing | None = None
    by_id = {run.id: run for run in subject.frames.runs}
    for row in found.to_dict("records"):
        run = by_id[row["id"]]
        rows.append(
            (
                str(row["search"]), str(row["layer"]), f"{row['strategy']:g}", str(row["grid"]), f"{row['error']:,.0f}",
                "yes" if row["within"] else "no", f"{row['energy']:.4g}", f"{row['area']:.4g}", f"{row['delay']:.4g}",
                f"{row['gate_count']:.0f}", f"{row['seed']}", run.id[-8:],
            )
        )  # fmt: skip
        try:
            source = circuit_source(run)
        except InputError:
            continue  # its model is not here; the table tells what is stored
        for name in _FORMATS:
            form = format_by_name(name)
            text = form.write(source)
            files.append(Attachment(f"{FOLDER}/{source.name}{form.suffix}", text.encode()))
            if name == "verilog" and row["within"] and listing is None and text.count("\n") <= _LONGEST_LISTING:
                listing = Listing(f"Circuit of run {run.id[-8:]} as Verilog.", text)
    blocks: list[Block] = [
        Prose(
            "The best circuit of each model, search and strategy, over all layers, kernels, grids and seeds: within "
            f"budget first, then with the lowest energy. The folder {FOLDER} has each in Verilog, C, Python and the "
            "original program's text format."
        ),
        table(
            "Best circuits. Energy (power × delay) in pJ, area in um2, delay in ns.",
            [
                "search",
                "layer",
                "t",
                "grid",
                "error",
                "within budget",
                "energy",
                "area",
                "delay",
                "gates",
                "seed",
                "run",
            ],
            rows,
            words=(0, 1, 2),
        ),
    ]
    if listing is not None:
        blocks.append(listing)
    return section("Best circuits", blocks, files=files)
