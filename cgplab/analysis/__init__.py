"""Tidy tables over stored runs, of any number of stores."""

from cgplab.analysis.accuracies import accuracies
from cgplab.analysis.best import best, distinct, missing_weights, solved
from cgplab.analysis.by_layer import LayerTable, layer_table
from cgplab.analysis.columns import FRAMES
from cgplab.analysis.comparable import BLOCKS, FACTORS, HIGH_IS_GOOD, RESPONSES
from cgplab.analysis.filtering import where
from cgplab.analysis.frames import Frames
from cgplab.analysis.gates import gate_usage
from cgplab.analysis.pareto import pareto
from cgplab.analysis.performance_profile import performance_profile, performance_ratios
from cgplab.analysis.progress import expected_time, fixed_budget, progress, time_to_target
from cgplab.analysis.run_time import attained, expected_running_time, hits, hitting_times
from cgplab.analysis.runs import run_rows, runs, select_rows, select_runs
from cgplab.analysis.sensitivity import sensitivity
from cgplab.analysis.synthesis import synthesis

__all__ = [
    "BLOCKS",
    "FACTORS",
    "FRAMES",
    "HIGH_IS_GOOD",
    "RESPONSES",
    "Frames",
    "LayerTable",
    "accuracies",
    "attained",
    "best",
    "distinct",
    "expected_running_time",
    "expected_time",
    "fixed_budget",
    "gate_usage",
    "hits",
    "hitting_times",
    "layer_table",
    "missing_weights",
    "pareto",
    "performance_profile",
    "performance_ratios",
    "progress",
    "run_rows",
    "runs",
    "select_rows",
    "select_runs",
    "sensitivity",
    "solved",
    "synthesis",
    "time_to_target",
    "where",
]
