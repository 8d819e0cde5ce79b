"""Runs on many machines: Dask, on a batch system or not, and job arrays without it."""

from cgplab.running.cluster.engine import Cluster

__all__ = ["Cluster"]
