"""Tidy tables over stored runs."""

from cgplab.analysis.filtering import where
from cgplab.analysis.runs import run_rows, runs, select_runs

__all__ = ["run_rows", "runs", "select_runs", "where"]
