"""Figures over stored runs: one file each, data computed apart from drawing."""

from cgplab.figures.files import FORMATS, save_drawing
from cgplab.figures.registry import FIGURES, Plot, part_words, save_figure, save_table

__all__ = ["FIGURES", "FORMATS", "Plot", "part_words", "save_drawing", "save_figure", "save_table"]
