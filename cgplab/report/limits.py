"""Limits of what the data of a study can show."""

from cgplab.report.content import Prose
from cgplab.report.subject import Made, Subject, section
from cgplab.study.limits import limits


def limits_section(subject: Subject) -> Made:
    """Paragraphs, each a limit that holds for these runs."""
    found = limits(subject.document, subject.completeness, subject.runs)
    return section("Limits", [Prose(text) for text in found])
