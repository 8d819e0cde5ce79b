"""Constructive solver: circuits built from distinct values instead of evolved, with lower bounds."""

from cgplab.cgp.construct.construction import Construction
from cgplab.cgp.construct.request import OBJECTIVES
from cgplab.cgp.construct.solver import construct

__all__ = ["OBJECTIVES", "Construction", "construct"]
