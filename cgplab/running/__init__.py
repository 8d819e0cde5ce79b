"""Run what was planned: requests, workers, accuracy."""

from cgplab.running.accuracy import Measured, measure_accuracy
from cgplab.running.local import check_jobs, run_all, usable_cores
from cgplab.running.plan import Plan, plan, plan_runs
from cgplab.running.request import METHODS, Request

__all__ = [
    "METHODS",
    "Measured",
    "Plan",
    "Request",
    "check_jobs",
    "measure_accuracy",
    "plan",
    "plan_runs",
    "run_all",
    "usable_cores",
]
