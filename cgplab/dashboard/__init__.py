"""The dashboard: every view also works in a notebook cell, e.g. ``LiveView()``."""

from cgplab.dashboard.evolve_view import EvolveView
from cgplab.dashboard.live_view import LiveView
from cgplab.dashboard.page import Page, page

__all__ = ["EvolveView", "LiveView", "Page", "page"]
