"""Served entry point: the dashboard, opened at the table of runs."""

from cgplab.dashboard import page

page(tab="runs").servable()
