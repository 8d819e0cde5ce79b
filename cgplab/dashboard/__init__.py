"""The dashboard: every view also works in a notebook cell, e.g. ``LiveView()``."""

from cgplab.dashboard.evolve_view import EvolveView
from cgplab.dashboard.live_view import LiveView
from cgplab.dashboard.page import Page, page
from cgplab.dashboard.results_view import ResultsView
from cgplab.dashboard.runs_view import RunsView
from cgplab.dashboard.statistics_view import StatisticsView

__all__ = ["EvolveView", "LiveView", "Page", "ResultsView", "RunsView", "StatisticsView", "page"]
