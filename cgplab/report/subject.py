"""What a report is about, looked up once for all of its sections."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING

from cgplab.analysis import Frames, solved
from cgplab.report.content import Attachment, Block, Section
from cgplab.study.completeness import Completeness
from cgplab.study.document import Document
from cgplab.study.scope import Scope

if TYPE_CHECKING:
    import pandas as pd


@dataclass(frozen=True, eq=False)
class Subject:
    """A study and its runs.

    Attributes
    ----------
    scope : Scope
    document : Document
    completeness : Completeness
    """

    scope: Scope
    document: Document
    completeness: Completeness

    @cached_property
    def frames(self) -> Frames:
        """Frames over all runs of the study."""
        return self.scope.frames()

    @property
    def runs(self) -> "pd.DataFrame":
        """Table of the runs."""
        return self.frames["runs"]

    @cached_property
    def solved(self) -> "pd.DataFrame":
        """Table of the runs that have a circuit, with ``within``."""
        return solved(self.runs)


@dataclass(frozen=True)
class Made:
    """A section and the files that go with it."""

    section: Section
    attachments: tuple[Attachment, ...] = field(default=())


def section(title: str, blocks: Sequence[Block], cites: Sequence[str] = (), files: Sequence[Attachment] = ()) -> Made:
    """Section with its blocks."""
    return Made(Section(title, tuple(blocks), tuple(cites)), tuple(files))


def shown(value: object) -> str:
    """Value of a label as text."""
    return f"{value:g}" if isinstance(value, float) else str(value)
