"""Everything that a study's report says, section by section."""

from collections.abc import Callable

from cgplab.errors import InputError
from cgplab.report.circuits import circuits_section
from cgplab.report.comparison import comparison_section
from cgplab.report.completeness import completeness_section
from cgplab.report.compression import compression_section
from cgplab.report.content import Attachment, Report, Section
from cgplab.report.limits import limits_section
from cgplab.report.methods import methods_section
from cgplab.report.outcomes import outcomes_section
from cgplab.report.pictures import pictures_section
from cgplab.report.references import REFERENCES
from cgplab.report.subject import Subject
from cgplab.study.scope import Scope

Progress = Callable[[str, int, int], None]
"""Called with what is being made, how many parts are done and how many there are."""

_SECTIONS = (
    ("design", completeness_section),
    ("results", outcomes_section),
    ("comparison", comparison_section),
    ("figures", pictures_section),
    ("compression", compression_section),
    ("circuits", circuits_section),
    ("methods", methods_section),
    ("limits", limits_section),
)


def build_report(scope: Scope, progress: Progress = lambda *_: None) -> Report:
    """Report on the runs of a study.

    Parameters
    ----------
    scope : Scope
        Of a study; see :func:`cgplab.study.scope.scope_of`.
    progress : callable
        See :data:`Progress`.

    Raises
    ------
    InputError
        The scope is not a study, or none of its runs has a circuit.
    """
    if scope.document is None or scope.completeness is None:
        raise InputError(f"{scope.title} is not a study; a report needs one: cgplab study new NAME")
    subject = Subject(scope, scope.document, scope.completeness)
    if subject.runs["error"].isna().all():
        raise InputError(
            f"no run of {scope.title} has a circuit yet; carry them out with: cgplab study run {scope.name}"
        )
    sections: list[Section] = []
    cited: set[str] = set()
    attachments: list[Attachment] = []
    for done, (name, make) in enumerate(_SECTIONS):
        progress(name, done, len(_SECTIONS))
        made = make(subject)
        sections.append(made.section)
        cited |= set(made.section.cites)
        attachments += made.attachments
    progress("", len(_SECTIONS), len(_SECTIONS))
    return Report(
        title=f"{scope.name}: {scope.document.question}",
        sections=tuple(sections),
        references=tuple(key for key in REFERENCES if key in cited),
        attachments=tuple(attachments),
    )
