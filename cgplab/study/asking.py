"""Add a request to a study, new or existing, and start the runs that are missing."""

from dataclasses import dataclass

from cgplab.running import Request
from cgplab.running import start as start_runs
from cgplab.study.carrying_out import work_of
from cgplab.study.completeness import Completeness
from cgplab.study.design import Design
from cgplab.study.document import Document, check_name, document_of
from cgplab.study.library import Library
from cgplab.study.writing import extended, text_of


@dataclass(frozen=True)
class Asked:
    """What became of a request.

    Attributes
    ----------
    study : str
    started : list of str
        Ids of the runs in the worker's queue.
    there : int
        Runs of the study that need no worker.
    """

    study: str
    started: list[str]
    there: int


def ask(library: Library, name: str, question: str, request: Request, jobs: int | None = None) -> Asked:
    """Make a request part of a study, new or existing, and start the runs that the study lacks.

    Parameters
    ----------
    library : Library
    name : str
        Of the study.
    question : str
        Question of a new study; an existing study keeps its own.
    request : Request
    jobs : int, optional
        Runs at a time.

    Raises
    ------
    InputError
        The request or the name is wrong, or the study of this name has other settings, is sealed, or is being carried
        out. Its file is then unchanged.
    """
    request.check()
    check_name(name)
    if name in library.sealed():
        library.check_there(name)  # tells what sealed studies are good for
    library.store.check_writable()
    if name not in library.names():
        data = text_of(name, question, request).encode()
        Design.of(document_of(data, f"study {name}"))
        library.add(data, f"study {name}")
    with library.held(name):
        design, document = _with_request(library, name, request)
        found = Completeness.of(design, library.store, document.accuracy_data)
        work = work_of(found)
        started = (
            start_runs([*work.again, *work.new], library.store, jobs, accuracy=document.accuracy_data)
            if work.n_runs
            else []
        )
    library.set_latest(name)
    return Asked(name, started, len(found.members) - len(work.again))


def _with_request(library: Library, name: str, request: Request) -> tuple[Design, Document]:
    """Make a request part of an existing study, unless its design holds all of it already."""
    text = library.text(name)
    before = document_of(text.encode(), f"study {name}")
    more = extended(text, request).encode()
    after = document_of(more, f"study {name}")
    design = Design.of(after)  # an impossible cell is refused before anything is written
    if design.n_runs == Design.of(before, None).n_runs:
        return design, before
    return design, library.replace(name, more)


def free_name(library: Library, request: Request) -> str:
    """Name that no study has yet, made of the selection's."""
    taken = {*library.names(), *library.sealed()}
    stem = request.selection
    return next(name for number in range(1, len(taken) + 2) if (name := f"{stem}-{number}") not in taken)
