"""Cartesian Genetic Programming over int8 constants: circuits, evaluation, evolution."""

from cgplab.cgp.circuit import Circuit
from cgplab.cgp.construct import Construction, construct
from cgplab.cgp.costs import CostTable
from cgplab.cgp.evaluation import Evaluation, evaluate
from cgplab.cgp.evolution import Evolution
from cgplab.cgp.geometry import Geometry
from cgplab.cgp.operators import OPERATORS, Operator
from cgplab.cgp.problem import Problem
from cgplab.cgp.progress import Improvement, Progress
from cgplab.cgp.settings import Settings

__all__ = [
    "OPERATORS",
    "Circuit",
    "Construction",
    "CostTable",
    "Evaluation",
    "Evolution",
    "Geometry",
    "Improvement",
    "Operator",
    "Problem",
    "Progress",
    "Settings",
    "construct",
    "evaluate",
]
