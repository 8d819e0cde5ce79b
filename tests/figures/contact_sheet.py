"""All figures over the example studies, each at print width with its caption, as one page: ``make contact-sheet``."""

import sys
from pathlib import Path

from cgplab.figures import FIGURES
from cgplab.figures.captions import caption
from cgplab.figures.critical_difference import caption_of, diagram
from cgplab.figures.registry import experiments
from cgplab.study.drawing import Drawing
from cgplab.study.study import Study

EXAMPLES = Path(__file__).parents[2] / "data" / "examples"
DRAWN_FROM = {
    "accuracy_loss": ("mobilenet", "nearest wiring"),
    "accuracy_loss_by_layer": ("mobilenet", "nearest wiring"),
    "energy_by_layer": ("mobilenet_evolved", ""),
    "success": ("mobilenet_evolved", ""),
    "missing_weights": ("mobilenet_evolved", ""),
    "measures_by_strategy": ("layer_bypass", "nearest wiring"),
    "measures_by_grid": ("grid_size", ""),
    "lowest_energy": ("kernels", "nearest wiring"),
    "best_solutions": ("kernels", "nearest wiring"),
    "pareto": ("kernels", "nearest wiring"),
    "pareto_by_layer": ("mobilenet", "nearest wiring"),
    "rate_accuracy": ("mobilenet", "nearest wiring"),
    "accuracy_error": ("mobilenet", "nearest wiring"),
    "accuracy_loss_by_dataset": ("mobilenet", "nearest wiring"),
    "convergence": ("mobilenet_evolved", ""),
    "hitting_times": ("mobilenet_evolved", ""),
    "attainment": ("kernels", "nearest wiring"),
    "expected_time": ("kernels", "nearest wiring"),
    "performance_profile": ("kernels", ""),
    "gate_usage": ("layer_bypass", "nearest wiring"),
    "sensitivity": ("sensitivity", ""),
    "synthesis": ("synthesis", "nearest wiring"),
    "critical_difference": ("kernels", ""),
}
"""Example study and experiment of every figure."""
_HEAD = """# All figures

Every figure of `cgplab figures`, drawn from the studies that ship with cgplab, at the width of a text column (15 cm),
each with the caption that cgplab writes. `make contact-sheet` makes this page. [analysis.md](analysis.md) says how to
draw them and what they hold.
"""


def drawing(name: str) -> Drawing:
    """Figure over its example study, with its caption."""
    study, title = DRAWN_FROM[name]
    opened = Study(str(EXAMPLES / f"{study}.cgplab"))
    if name == "critical_difference":
        found = opened.planned()
        return Drawing(diagram(found), name, FIGURES[name].title, caption_of(found, f"study {study}"))
    plot = FIGURES[name]
    frames = opened._frames
    (part,) = [part for part in experiments(plot, frames) if part.title == title]
    own = frames.subset(part.ids)
    return Drawing(plot.publication(own[plot.frame]), name, plot.title, caption(plot, own, part.title))


def main(docs: Path, names: list[str]) -> None:
    """Write ``figures.md`` and its pictures; of the pictures only those named, if any are."""
    (docs / "figures").mkdir(exist_ok=True)
    page = [_HEAD]
    for name in FIGURES:
        if names and name not in names:
            continue
        made = drawing(name)
        (docs / "figures" / f"{name}.png").write_bytes(made.png())
        study, title = DRAWN_FROM[name]
        of = f"{study}, {title}" if title else study
        page.append(f"## {name}\n\n![{made.title}](figures/{name}.png)\n\n{made.caption}\n\n*Example study: {of}.*\n")
    if not names:
        (docs / "figures.md").write_text("\n".join(page))


if __name__ == "__main__":
    main(Path(sys.argv[1]), sys.argv[2:])
