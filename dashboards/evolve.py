"""Served entry point: the whole dashboard. Serve with ``panel serve dashboards/*.py`` or ``cgplab dashboard``."""

from cgplab.dashboard import page

page().servable()
