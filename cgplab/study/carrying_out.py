"""What is left to do of a study: runs to make, runs to go on with, accuracies to measure."""

from dataclasses import dataclass

from cgplab.errors import InputError
from cgplab.models import load_model
from cgplab.selections import selection_by_name
from cgplab.store import Manifest, Run
from cgplab.study.completeness import Completeness, Stage
from cgplab.study.document import Document


@dataclass(frozen=True, eq=False)
class Work:
    """What completes a study.

    Attributes
    ----------
    new : list of Manifest
        Of runs that are missing, in the order of the design.
    again : list of Run
        Runs that were begun or planned but that no process carries out; they continue from their last checkpoint.
    unmeasured : list of Run
        Runs that are done and have weights, but no accuracy on the study's images.
    """

    new: list[Manifest]
    again: list[Run]
    unmeasured: list[Run]

    @property
    def n_runs(self) -> int:
        """Runs to be carried out."""
        return len(self.new) + len(self.again)


def check_images(document: Document) -> None:
    """Refuse a study whose images are not there or do not fit its models, before hours of searching.

    A study that names no data set is let through: its accuracies can be measured when the data set is installed.
    """
    on = document.accuracy_data
    if on is None or on.dataset is None or not selection_by_name(document.selection).of_weights:
        return
    for name in document.models:
        try:
            on.load(load_model(name), name)
        except InputError as error:
            raise InputError(f"study {document.name} cannot be measured: {error}") from error


def work_of(found: Completeness, retry: bool = False) -> Work:
    """What is left to do; runs in the queue of a worker are left alone.

    Parameters
    ----------
    found : Completeness
    retry : bool
        Whether failed runs are tried again; they go on from their last checkpoint.
    """
    stages = (Stage.UNFINISHED, Stage.FAILED) if retry else (Stage.UNFINISHED,)
    done = found.of_stage(Stage.DONE)
    return Work(
        new=list(found.design.manifests(found.missing)),
        again=[member.run for member in found.of_stage(*stages)],
        unmeasured=[member.run for member in done if member.is_unmeasured and member.run.has_weights()],
    )
