"""From a study to a chapter: one content, written as a page (HTML) and for LaTeX."""

from cgplab.report.build import build_report
from cgplab.report.content import Report
from cgplab.report.writing import Written, check_folder, write_report

__all__ = ["Report", "Written", "build_report", "check_folder", "write_report"]
