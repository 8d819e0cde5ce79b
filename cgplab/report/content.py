"""The parts of a report, independent of its file format."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from cgplab.latex import Column

if TYPE_CHECKING:
    from matplotlib.figure import Figure


@dataclass(frozen=True)
class Prose:
    """Running text."""

    text: str


@dataclass(frozen=True)
class DataTable:
    """A table of texts.

    Attributes
    ----------
    caption : str
        What it shows, with units.
    columns : tuple of Column
    rows : tuple of tuple of str
    """

    caption: str
    columns: tuple[Column, ...]
    rows: tuple[tuple[str, ...], ...]

    def __post_init__(self) -> None:
        assert all(len(row) == len(self.columns) for row in self.rows), self.caption


@dataclass(frozen=True, eq=False)
class Picture:
    """A drawn figure."""

    caption: str
    figure: "Figure"


@dataclass(frozen=True)
class Listing:
    """Text that is shown verbatim, such as the source of a circuit."""

    caption: str
    text: str


Block = Prose | DataTable | Picture | Listing


@dataclass(frozen=True)
class Section:
    """Blocks under a heading, and the keys of the works that they cite."""

    title: str
    blocks: tuple[Block, ...]
    cites: tuple[str, ...] = ()


@dataclass(frozen=True)
class Attachment:
    """A file that goes with the report, by its path within the report's folder."""

    path: str
    data: bytes


@dataclass(frozen=True)
class Report:
    """All of a report.

    Attributes
    ----------
    title : str
    sections : tuple of Section
    references : tuple of str
        Keys of :data:`cgplab.report.references.REFERENCES`, in the order in which the text names them.
    attachments : tuple of Attachment
    """

    title: str
    sections: tuple[Section, ...]
    references: tuple[str, ...] = ()
    attachments: tuple[Attachment, ...] = ()

    @property
    def pictures(self) -> list[Picture]:
        """All pictures, in order."""
        return [block for section in self.sections for block in section.blocks if isinstance(block, Picture)]


def table(caption: str, titles: Sequence[str], rows: Sequence[Sequence[str]], words: Sequence[int] = (0,)) -> DataTable:
    """Table whose columns at the places ``words`` hold words, the others numbers."""
    columns = tuple(Column(title, index in words) for index, title in enumerate(titles))
    return DataTable(caption, columns, tuple(tuple(row) for row in rows))
