"""Fixed workloads and how fast and how well they are searched."""

from cgplab.benchmarks.measuring import Row, measure_workload
from cgplab.benchmarks.workloads import WORKLOADS, Workload

__all__ = ["WORKLOADS", "Row", "Workload", "measure_workload"]
