"""Run what was planned: requests, workers, the manager, accuracy."""

from cgplab.running.accuracy import OWN_TEST_IMAGES, AccuracyData, Measured, measure_accuracy, missing_accuracy
from cgplab.running.circuits import circuit_source
from cgplab.running.local import run_all
from cgplab.running.manager import pause, resume, retry, start, stop
from cgplab.running.plan import Plan, plan, plan_runs
from cgplab.running.request import METHODS, Request
from cgplab.running.slots import check_jobs, usable_cores

__all__ = [
    "METHODS",
    "OWN_TEST_IMAGES",
    "AccuracyData",
    "Measured",
    "Plan",
    "Request",
    "check_jobs",
    "circuit_source",
    "measure_accuracy",
    "missing_accuracy",
    "pause",
    "plan",
    "plan_runs",
    "resume",
    "retry",
    "run_all",
    "start",
    "stop",
    "usable_cores",
]
