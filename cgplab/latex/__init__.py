"""Tables and texts for LaTeX that fit the page of a plain ``article``."""

from cgplab.latex.layout import Column, Page
from cgplab.latex.mathematics import escape, mathematics
from cgplab.latex.tables import set_tables, table

__all__ = ["Column", "Page", "escape", "mathematics", "set_tables", "table"]
