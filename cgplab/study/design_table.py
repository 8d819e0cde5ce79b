"""A study's design as a table: each cell or group of cells, with the numbers of its runs by stage."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from cgplab.store import Manifest
from cgplab.study.completeness import Completeness, Tally
from cgplab.study.design import Cell

_READ: Mapping[str, Callable[[Manifest], object]] = {
    "model": lambda manifest: manifest.model,
    "search": lambda manifest: manifest.search,
    "budget": lambda manifest: manifest.budget,
    "layer": lambda manifest: manifest.layer,
    "kernel": lambda manifest: manifest.kernel or "",
    "grid": lambda manifest: manifest.grid,
    "strategy": lambda manifest: manifest.strategy,
}
_MANY = ("layer", "kernel")
"""Columns that a table of groups leaves out: studies have tens of layers and kernels."""


@dataclass(frozen=True)
class Line:
    """One line.

    Attributes
    ----------
    labels : {column: value}
        What the cells have in common.
    n_cells : int
    tally : Tally
    """

    labels: Mapping[str, object]
    n_cells: int
    tally: Tally


@dataclass(frozen=True)
class DesignTable:
    """Lines and columns of the table.

    Attributes
    ----------
    columns : tuple of str
        In which cells differ.
    same : {column: value}
        Columns in which all cells agree.
    lines : tuple of Line
    """

    columns: tuple[str, ...]
    same: Mapping[str, object]
    lines: tuple[Line, ...]


def design_table(found: Completeness, by_cell: bool = False) -> DesignTable:
    """Table of a study's design.

    Parameters
    ----------
    found : Completeness
    by_cell : bool
        A line for every cell; default: layers and kernels are counted together.
    """
    labelled = [({name: read(cell.template) for name, read in _READ.items()}, cell) for cell in found.design.cells]
    values = {name: dict.fromkeys(labels[name] for labels, _ in labelled) for name in _READ}
    varying = tuple(name for name in _READ if len(values[name]) > 1 and (by_cell or name not in _MANY))
    groups: dict[tuple[object, ...], list[Cell]] = {}
    for labels, cell in labelled:
        groups.setdefault(tuple(labels[name] for name in varying), []).append(cell)
    lines = tuple(
        Line(dict(zip(varying, key, strict=True)), len(cells), found.tally(cells)) for key, cells in groups.items()
    )
    same = {
        name: next(iter(found_)) for name, found_ in values.items() if len(found_) == 1 and next(iter(found_)) != ""
    }
    counts = {f"{name}s": len(values[name]) for name in _MANY if len(values[name]) > 1 and not by_cell}
    return DesignTable(varying, same | counts, lines)
