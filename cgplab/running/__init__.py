"""Run what was planned: requests, workers, accuracy."""

from cgplab.running.accuracy import Measured, measure_accuracy
from cgplab.running.local import check_jobs, run_all, usable_cores
from cgplab.running.plan import METHODS, Request, plan

__all__ = ["METHODS", "Measured", "Request", "check_jobs", "measure_accuracy", "plan", "run_all", "usable_cores"]
