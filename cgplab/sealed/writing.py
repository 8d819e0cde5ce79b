"""Write a sealed study: the same runs give the same bytes, and the file appears whole or not at all."""

from collections.abc import Sequence
from pathlib import Path

from cgplab.errors import InputError
from cgplab.files import with_directory, write_atomic
from cgplab.sealed import content as members
from cgplab.sealed.carried import pack_carried
from cgplab.sealed.circuits import Genes, PackedCircuits, shared_places
from cgplab.sealed.container import packed
from cgplab.sealed.documents import pack_documents
from cgplab.sealed.model_tables import pack_tables
from cgplab.sealed.progress import pack_progress
from cgplab.sealed.rows import pack_rows
from cgplab.sealed.run import SealedRun
from cgplab.sealed.weights import Arrays, PackedWeights, made_again, same
from cgplab.store import Manifest, Run, State, Store
from cgplab.store.incoming import check_sound
from cgplab.store.names import SEALED_STUDY
from cgplab.work import load_problem


def seal_runs(runs: Sequence[Run], store: Store, path: Path, study_text: str, histories: bool = True) -> None:
    """Write runs into one file that is read without unpacking.

    Parameters
    ----------
    runs : sequence of Run
        Finished and sound; in any order.
    store : Store
        Store that holds them; its sensitivity and baseline tables of the runs' models are sealed too.
    path : Path
        Ends with ``.cgplab``.
    study_text : str
        TOML; at most 1 MiB in UTF-8.
    histories : bool
        Whether to include the histories of improvements; they can be most of the file.

    Raises
    ------
    InputError
        A run is not finished or damaged, a run is given twice, there is none, the text is too long, or the file
        cannot be written; an existing file is then unchanged.
    """
    try:
        text = study_text.encode()
    except UnicodeEncodeError as error:
        raise InputError(
            f"the text of the study has an invalid character at position {error.start}; remove it"
        ) from error
    if path.suffix != SEALED_STUDY:
        raise InputError(f"the name of a sealed study must end with {SEALED_STUDY}, not be {path.name!r}")
    if len(text) > members.MOST_STUDY_BYTES:
        raise InputError(f"the study has {len(text):,} bytes; at most {members.MOST_STUDY_BYTES:,} can be sealed")
    chosen = sorted(runs, key=lambda run: run.id)
    if not chosen:
        raise InputError("there are no runs to seal; name some that are finished")
    for run, following in zip(chosen, [*chosen[1:], None], strict=True):
        if following is not None and run.id == following.id:
            raise InputError(f"run {run.id} is named twice")
        _check_sound(run)
    circuits, weights = PackedCircuits(), PackedWeights()
    for run in chosen:
        circuits.add(run, _places(run), histories)
        arrays = run.weight_arrays()
        weights.add(arrays, stored=not _is_made_again(run, arrays))
    progress, counts = pack_progress(run.progress() for run in chosen)
    models = {run.manifest.model_sha256 for run in chosen}
    sensitivity = [table for table in store.sensitivity_tables() if table.key.model_sha256 in models]
    baselines = [each for each in store.all_baselines() if each["key"].model_sha256 in models]
    data = packed({
        members.STUDY: text,
        members.RUNS: pack_rows([run.row() for run in chosen], counts),
        members.DOCUMENTS: pack_documents(chosen),
        members.PROGRESS: progress,
        members.CIRCUITS: circuits.circuits(),
        members.PLACES: circuits.places(),
        members.HISTORIES: circuits.histories(),
        members.WEIGHTS: weights.weights(),
        members.CARRIED: pack_carried(chosen),
        members.TABLES: pack_tables(sensitivity, baselines),
    })  # fmt: skip
    write_atomic(with_directory(path), data)


def _check_sound(run: Run) -> None:
    state = run.observed().state
    if state is not State.FINISHED:
        raise InputError(f"run {run.id} is {state}; only finished runs can be sealed: wait for it, or leave it out")
    if not isinstance(run, SealedRun):  # its file has checksums, which are compared as it is read
        try:
            check_sound(run)
        except InputError as error:
            raise InputError(f"run {run.id} cannot be sealed: {error}") from error


def _places(run: Run) -> Genes | None:
    """Which distinct target each output meets; None where the problem cannot be had."""
    problem = run.carried_problem()
    try:
        return shared_places((load_problem(run.manifest)[2] if problem is None else problem).targets)
    except InputError:
        return None


def _is_made_again(run: Run, arrays: Arrays) -> bool:
    manifest: Manifest = run.manifest
    try:
        return same(made_again(manifest, run.best()), arrays)
    except InputError:
        return False
